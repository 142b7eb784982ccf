"""A newspaper with a few stories, and readers of several kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kawaraban.audience.ledger import Ledger
from kawaraban.audience.shapes import PageMessage, RawRead, Reason
from kawaraban.audience.tokens import load_or_make_key, read_token
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, Story

if TYPE_CHECKING:
    from pathlib import Path

PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
# 10:00 UTC on a Tuesday: far from midnight, when salts change.
MORNING = 1_764_064_800.0


def story(name: str, *, section: str = "politics", language: str = "ja", published_at: float = MORNING - 3600, **more: object) -> Story:
    return Story(
        id=name,
        url=f"/{section}/{name}",
        title=name,
        section=section,
        section_name=section,
        language=language,  # type: ignore[arg-type]
        published_at=published_at,
        updated_at=published_at,
        **more,  # type: ignore[arg-type]
    )


def publish(log: SheetLog, *stories: Story) -> None:
    log.append([Change(Kind.STORY, each.id, each) for each in stories])


def withdraw(log: SheetLog, name: str) -> None:
    log.append([Change(Kind.STORY, name, None)])


class Newspaper:
    """A sheet log, a ledger that counts its reads, and a hand to send some."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.reads_dir = directory / "reads"
        self.sheet_log_path = directory / "sheets.sqlite3"
        self.sheets = SheetLog(self.sheet_log_path, writable=True)
        self.open()

    def open(self, now: float = MORNING) -> None:
        self.ledger = Ledger(self.reads_dir, self.sheet_log_path, own_hosts=["news.example.com"])
        self.ledger.recall(now)
        self.key = load_or_make_key(self.reads_dir / "token.key")

    def restart(self, now: float = MORNING) -> None:
        self.ledger.close()
        self.open(now)

    def publish(self, *stories: Story) -> None:
        publish(self.sheets, *stories)
        self.ledger.shelf.follow()

    def raw(self, name: str, **more: object) -> RawRead:
        page = {key: more.pop(key) for key in list(more) if key in PageMessage.__struct_fields__}
        page.setdefault("story", name)
        page.setdefault("token", read_token(self.key, self.ledger.shelf.resolve(name)))
        fields = {"at": MORNING, "address": "203.0.113.7", "user_agent": PHONE, "accept_language": "ja"} | more
        return RawRead(page=PageMessage(**page), **fields)  # type: ignore[arg-type]

    def read(self, name: str, **more: object) -> Reason | None:
        """Send a read all the way; return why it was dropped, or None."""
        batch = self.ledger.judge([self.raw(name, **more)])
        self.ledger.write([batch])
        self.ledger.enter([batch])
        return batch.reasons[0]

    def close(self) -> None:
        self.ledger.close()
        self.sheets.close()
