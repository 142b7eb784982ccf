"""A reader server that fails while it takes up what has changed."""

import asyncio
import sqlite3

from delivery.test_reader import printed
from kawaraban.delivery.reader import Reader
from kawaraban.delivery.settings import reader_settings
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, StoryList


def test_what_could_not_be_taken_up_is_taken_up_when_that_works_again(tmp_path, caplog):
    log = SheetLog(tmp_path / "sheets.sqlite3", writable=True)
    log.append([*printed("a", "最初の記事"), *printed("b", "次の記事"), Change(Kind.LIST, "ja/latest", StoryList(("a",)))])
    settings = reader_settings(
        sheet_log=log.path,
        media_dir=tmp_path,
        related_store=tmp_path / "related.sqlite3",
        collector_socket=tmp_path / "no-collector.sock",
        search_socket=tmp_path / "no-search.sock",
        base_url="http://localhost",
    )

    async def run() -> list[bool]:
        reader = Reader(settings)
        store, shown = reader._store, []
        reader.__rsgi_init__(asyncio.get_running_loop())

        def look() -> None:
            shown.append(b'data-story="b"' in b"".join(reader.ready(b"/politics/a", {b"accept-encoding": b"identity"}, head=False)[1]))

        await asyncio.sleep(0.1)
        look()
        listed = store.listed

        def fails(key: str):
            store.listed = listed
            raise sqlite3.OperationalError("disk I/O error")

        store.listed = fails
        log.append([Change(Kind.LIST, "ja/latest", StoryList(("b", "a")))])
        await asyncio.sleep(0.2)
        look()
        await asyncio.sleep(1.2)
        look()
        await reader.close()
        return shown

    assert asyncio.run(run()) == [False, False, True]
    assert "could not be followed" in caplog.text
