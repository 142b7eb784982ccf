"""What every importer makes of its source before a story is written."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime  # noqa: TC003 - dataclass fields are looked at when they are made
from typing import Any


@dataclass(frozen=True, kw_only=True)
class SourceStory:
    """A story as it stands in a source, in our words."""

    source_id: str
    title: str
    paragraphs: tuple[str, ...]
    section: str = ""
    topics: tuple[str, ...] = ()
    language: str = ""
    published_at: datetime | None = None
    bylines: tuple[str, ...] = ()
    url: str = ""


@dataclass
class ImportReport:
    """What came of an import."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0  # changed in the source, but edited or withdrawn here since: ours stays
    problems: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """Say it in one line."""
        return (
            f"{self.read} stories read: {self.new} new, {self.updated} updated, {self.unchanged} unchanged, "
            f"{self.kept} kept as edited or withdrawn here, {len(self.problems)} with a problem."
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return asdict(self)
