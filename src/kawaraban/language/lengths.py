"""How long a text is, and how long it takes to read."""

from __future__ import annotations

import re

# Silent reading: about 500 characters a minute in Japanese (400–600 is what reading studies commonly give), the same order for
# Korean syllables; about 238 words a minute in English non-fiction (Brysbaert 2019, a review of 190 studies), taken a little slower.
CHARACTERS_A_MINUTE = 500
WORDS_A_MINUTE = 220


def length(text: str, language: str) -> int:
    """Return the length as a desk counts it: characters without blanks in Japanese and Korean, words in English."""
    return len(text.split()) if language == "en" else len(re.sub(r"\s", "", text))


def reading_minutes(text: str, language: str) -> int:
    """Return whole minutes, at least one."""
    pace = WORDS_A_MINUTE if language == "en" else CHARACTERS_A_MINUTE
    return max(1, round(length(text, language) / pace))
