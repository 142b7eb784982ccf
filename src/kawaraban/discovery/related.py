"""Related stories by what they tell: the words that set a story apart, weighted by how rare they are.

The index scores (BM25 over words); what is asked of it is what tells: a name counts for more than another noun, a rare word for far more
than a frequent one, a word that is said often only a little more than one that is said once. Measured in ``bench/discovery.py``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kawaraban.language.words import told_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.discovery.facts import Documents, Facts
    from kawaraban.discovery.index import Index
    from kawaraban.sheetlog.shapes import Document

TERMS = 40
CANDIDATES = 60
KEPT = 24
# In an archive of few stories every word is in many of them.
FEW = 12
# A headline names the event: its words count so many times.
TITLE_TIMES = 2
A_NAME = 2.0
RARITY = 1.5
# So often said, a word counts for half of what it can.
HALF = 1.0
FIELDS = (("body", 1.0), ("title", 0.5), ("lead", 0.3))
SAME_TOPIC, SAME_NAME, SAME_SECTION = 1.25, 1.15, 1.05
# A story of the same week is more likely of the same event; after that age matters little.
FRESH_DAYS, FRESH = 14.0, 0.35
_DAY = 86400


def related_stories(document: Document, index: Index, known: Documents) -> list[str]:
    """Return the stories related to one, best first: never itself, never a translation of it, never a withdrawn one."""
    shunned = {document.id, *document.translations}
    scored = []
    for score, story in index.alike(_in_fields(telling_terms(document, index)), language=document.language, limit=CANDIDATES):
        other = known.get(story)
        if other is not None and story not in shunned:
            scored.append((score * _closeness(document, other), story))
    return [story for _, story in sorted(scored, key=lambda pair: (-pair[0], pair[1]))][:KEPT]


def telling_terms(document: Document, index: Index) -> list[tuple[str, float]]:
    """Return the terms that tell this story from others, with their weights."""
    said: dict[str, tuple[int, bool]] = {}
    for text, times in ((document.title, TITLE_TIMES), (" ".join(document.topic_names), TITLE_TIMES), (document.body, 1)):
        for term, is_name in told_words(text, document.language):
            count, _ = said.get(term, (0, False))
            said[term] = (count + times, is_name)
    total = max(2, index.count())
    weighted = []
    for term, (count, is_name) in said.items():
        frequency = index.frequency(term)
        # A word in a third of all stories tells nothing; one that stands nowhere else finds nothing.
        if 1 < frequency <= max(FEW, total // 3):
            rarity = math.log(total / frequency + 1)
            weighted.append((term, count / (count + HALF) * rarity**RARITY * (A_NAME if is_name else 1.0), rarity))
    weighted.sort(key=lambda found: (-found[1] * found[2], found[0]))
    return [(term, weight) for term, weight, _ in weighted[:TERMS]]


def _in_fields(terms: Iterable[tuple[str, float]]) -> list[tuple[str, str, float]]:
    return [(field, term, weight * worth) for term, weight in terms for field, worth in FIELDS]


def _closeness(document: Document, other: Facts) -> float:
    weight = 1.0
    if set(document.topics) & set(other.topics):
        weight *= SAME_TOPIC
    if set(document.names) & set(other.names):
        weight *= SAME_NAME
    if document.section == other.section:
        weight *= SAME_SECTION
    days = abs(document.published_at - other.published_at) / _DAY
    return weight * (1 + FRESH * math.exp(-days / FRESH_DAYS))
