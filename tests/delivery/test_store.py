"""The sheet store: what many pages have in common is held once, and only as long as one of them is."""

import gc
import weakref

from delivery.world import sheet_of, stories_slot
from kawaraban.audience.shapes import Snapshot
from kawaraban.delivery.store import SheetStore
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind


def test_equal_slots_and_texts_are_held_once_and_let_go_with_the_last_page(tmp_path):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    sheet = sheet_of(stories_slot("latest", 3, 50, "list:ja/latest"))
    log.append(
        [
            Change(Kind.SHEET, path, type(sheet)(path=path, language="ja", kind="story", pieces=sheet.pieces, modified_at=0.0))
            for path in ("/a", "/b")
        ]
    )
    store = SheetStore(log.path, tmp_path / "related.sqlite3", lambda: Snapshot(0, 0.0, {}))
    store.news()
    one, other = store.sheet("/a"), store.sheet("/b")
    assert one.slots[0] is other.slots[0]
    texts = [text for text in one.texts if text.size]
    assert texts
    assert all(any(text is another for another in other.texts) for text in texts)
    held = [weakref.ref(thing) for thing in (one.slots[0], texts[0])]
    del texts, one
    gc.collect()
    assert all(thing() is not None for thing in held)
    del other
    gc.collect()
    assert [thing() for thing in held] == [None, None]
