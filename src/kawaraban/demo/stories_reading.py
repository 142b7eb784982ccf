"""Reads the demo's stories: TOML files whose body has the marks of ``stories/FORMAT.md``."""

from __future__ import annotations

import html
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

HERE = Path(__file__).parent
_BOLD = re.compile(r"\*\*(.+?)\*\*")
# A day of the month without its month is a day of the week in which the stories were written; durations are other numbers.
_DAY = {
    "ja": re.compile(r"(?<![月年0-9])(?P<day>1[4-9]|2[0-9])日(?=[のに夜で、午が]|$)"),
    "ko": re.compile(r"(?<![월0-9])(?<!월 )(?P<day>1[4-9]|2[0-9])일(?=[ ,.]|에|$)"),
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# "The Saturday market" is held on Saturdays, whenever the demo is made.
_WEEKDAY = re.compile(rf"(?<!The )\b({'|'.join(_WEEKDAYS)})\b")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)")


@dataclass(frozen=True)
class DemoStory:
    """A story as its file has it."""

    id: str
    language: str
    fields: dict[str, Any]

    @property
    def blocks(self) -> list[tuple[str, Any]]:
        """The body's blocks: (kind, value), with pictures and stories still named by their ids."""
        return [block for part in re.split(r"\n\s*\n", self.fields.get("body", "").strip()) if (block := _block(part.strip()))]


def newspaper() -> dict[str, Any]:
    """Return the demo's newspaper: names, sections, topics, people."""
    return tomllib.loads((HERE / "newspaper.toml").read_text(encoding="utf-8"))


def stories(today: date | None = None) -> list[DemoStory]:
    """Return all of the demo's stories, oldest first, so that what is linked or translated stands before what links to it.

    Days that they tell of are moved to ``today``: the stories were written on ``written_on`` of ``newspaper.toml``.
    """
    written_on = newspaper()["written_on"]
    found = []
    for path in sorted((HERE / "stories").glob("*/*.toml")):
        text = moved(path.read_text(encoding="utf-8"), path.parent.name, written_on, today or written_on)
        fields = tomllib.loads(text)
        found.append(DemoStory(fields["id"], path.parent.name, fields))
    return sorted(found, key=lambda story: (bool(story.fields.get("translation_of")), -story.fields["hours_ago"]))


def moved(text: str, language: str, written_on: date, today: date) -> str:
    """Return a text with the days that it tells of as many days later as ``today`` is."""
    later = today - written_on
    if language == "en":
        return _WEEKDAY.sub(lambda found: _WEEKDAYS[(_WEEKDAYS.index(found[1]) + later.days) % 7], text)
    return _DAY[language].sub(lambda found: f"{(written_on.replace(day=int(found['day'])) + later).day}{found[0][-1]}", text)


def pictures() -> list[dict[str, Any]]:
    """Return what is known of the demo's pictures; none while none are drawn."""
    path = HERE / "pictures" / "pictures.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["pictures"] if path.exists() else []


def inline(text: str) -> str:
    """Escape a text for HTML, with its bold words and links."""
    escaped = _BOLD.sub(r"<b>\1</b>", html.escape(text, quote=False))
    return _LINK.sub(lambda found: f'<a href="{found[2]}">{found[1]}</a>', escaped)


def _block(part: str) -> tuple[str, Any] | None:
    lines = part.splitlines()
    if part.startswith("## "):
        return "subheading", part[3:].strip()
    if part.startswith("> "):
        words = [line[1:].strip() for line in lines]
        speaker = words.pop()[2:].strip() if words[-1].startswith("——") else ""
        return "quotation", {"text": "\n".join(words), "speaker": speaker}
    if part.startswith("- "):
        items = "".join(f"<li>{inline(line[2:].strip())}</li>" for line in lines)
        return "paragraph", f"<ul>{items}</ul>"
    if part.startswith("|"):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
        return "table", {"head": rows[0], "rows": rows[1:]}
    if part.startswith("!"):
        word, _, rest = part.partition(" ")
        return _marked(word, rest.strip())
    return "paragraph", f"<p>{inline(' '.join(lines))}</p>"


def _marked(word: str, rest: str) -> tuple[str, Any] | None:
    fields = [field.strip() for field in rest.split("|")]
    if word == "!photo":
        return "photo", {"id": fields[0], "caption": fields[1] if len(fields) > 1 else "", "alt": fields[2] if len(fields) > 2 else ""}  # noqa: PLR2004
    if word == "!gallery":
        return "gallery", {"ids": [name.strip() for name in fields[0].split(",")], "caption": fields[1] if len(fields) > 1 else ""}
    if word == "!box":
        title, _, text = rest.partition("\n")
        return "box", {"title": title.strip(), "text": "".join(f"<p>{inline(line.strip())}</p>" for line in text.splitlines())}
    if word == "!story":
        return "story", fields[0]
    if word == "!embed":
        return "embed", {"address": fields[0], "title": fields[1] if len(fields) > 1 else fields[0]}
    return None
