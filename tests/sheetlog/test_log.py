"""The sheet log: one row a key, numbered by its last change, seen whole or not at all."""

import sqlite3

import pytest

from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Card, Kind, Sheet, StoryList


def test_a_follower_gets_the_present_state_of_what_changed_in_order(sheet_log):
    sheet_log.append([Change(Kind.LIST, "a", StoryList(("1",))), Change(Kind.LIST, "b", StoryList(("2",)))])
    seen = sheet_log.last_seq()
    sheet_log.append([Change(Kind.LIST, "a", StoryList(("3", "1")))])
    follower = SheetLog(sheet_log.path)
    assert [entry.key for entry in follower.after(seen)] == ["a"]
    assert [entry.key for entry in follower.after(0)] == ["b", "a"]
    assert follower.get(Kind.LIST, "a", StoryList) == StoryList(("3", "1"))


def test_what_is_written_unchanged_keeps_its_number(sheet_log):
    change = Change(Kind.CARD, "x/row", Card("<a>x</a>"))
    first = sheet_log.append([change])
    assert sheet_log.append([change]) == first


def test_a_sheet_that_is_printed_again_as_it_stands_keeps_its_number_and_its_date(sheet_log):
    def printed(at: float, words: str = "<p>同じ</p>") -> Change:
        return Change(Kind.SHEET, "/a", Sheet(path="/a", language="ja", kind="about", pieces=(words,), modified_at=at))

    first = sheet_log.append([printed(1000.0)])
    assert sheet_log.append([printed(1001.0)]) == first
    assert sheet_log.get(Kind.SHEET, "/a", Sheet).modified_at == 1000.0
    assert sheet_log.append([printed(1002.0, "<p>新しい</p>")]) > first
    assert sheet_log.get(Kind.SHEET, "/a", Sheet).modified_at == 1002.0


def test_a_sheet_of_another_version_is_replaced(sheet_log):
    sheet = Change(Kind.SHEET, "/a", Sheet(path="/a", language="ja", kind="about", pieces=("同じ",), modified_at=1.0))
    sheet_log.append([sheet])
    with sqlite3.connect(sheet_log.path) as other:
        other.execute("UPDATE log SET payload = ?", (b"\0\x81\xa1a\x01",))
    other.close()
    sheet_log.append([sheet])
    assert sheet_log.get(Kind.SHEET, "/a", Sheet) == sheet.value


def test_a_tombstone_is_an_entry_like_any_other(sheet_log):
    sheet_log.append([Change(Kind.CARD, "x/row", Card("x"))])
    seen = sheet_log.last_seq()
    sheet_log.append([Change(Kind.CARD, "x/row", None)])
    (entry,) = sheet_log.after(seen)
    assert entry.payload is None
    assert sheet_log.get(Kind.CARD, "x/row", Card) is None


def test_a_publication_that_fails_halfway_leaves_nothing(sheet_log):
    def changes():
        yield Change(Kind.CARD, "x/row", Card("x"))
        raise RuntimeError("the press broke")

    with pytest.raises(RuntimeError):
        sheet_log.append(changes())
    assert sheet_log.last_seq() == 0


def test_a_follower_cannot_write(sheet_log):
    with pytest.raises(sqlite3.OperationalError):
        SheetLog(sheet_log.path).append([Change(Kind.CARD, "x/row", Card("x"))])


def test_large_payloads_come_back_as_they_went(sheet_log):
    card = Card("語" * 50_000, "後")
    sheet_log.append([Change(Kind.CARD, "x/row", card)])
    assert sheet_log.get(Kind.CARD, "x/row", Card) == card
