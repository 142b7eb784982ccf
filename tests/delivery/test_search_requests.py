"""Whatever stands in the addresses of the search, it gets an answer: the server's code and the search's, in one process."""

import asyncio
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from delivery.world import story_facts
from kawaraban.delivery.reader import Reader
from kawaraban.delivery.request import Request, Scope
from kawaraban.delivery.settings import reader_settings
from kawaraban.discovery import wire
from kawaraban.discovery.archive import Archive
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Document, Kind, Sheet, Slot

ASKED = ("instead", "order", "editions", "section", "topic", "when", "pages", "often", "kept")


class Near:
    """The search without a socket between: what is asked and answered goes through its frames, and a failure comes out."""

    def __init__(self, archive):
        self.archive = archive

    async def search(self, query):
        return told(wire.Told(1, self.archive.search(told(wire.Ask(1, query)).query))).answer

    async def suggest(self, typed, *, language=""):
        asked = told(wire.AskBeginning(1, typed, language, 8))
        return told(wire.ToldBeginning(1, tuple(self.archive.suggest(asked.typed, asked.language, asked.limit)))).answer

    async def often(self, *, language, limit):
        return tuple(self.archive.often(language, limit))


def told(message):
    return msgspec.msgpack.decode(wire.frame(message)[4:], type=type(message))


@pytest.fixture(scope="module")
def status(tmp_path_factory):
    """What an address is answered with; what fails raises."""
    root = tmp_path_factory.mktemp("search")
    log = SheetLog(root / "sheets.sqlite3", writable=True)
    slots = [Slot(name=key, fill="asked", key=key, sentences=("{query}", "2026\t年")) for key in ASKED]
    found = Document(id="a", language="ja", title="灯台の一般公開", body="灯台が開く。", section="a", published_at=1.79e9)
    log.append(
        [
            Change(Kind.STORY, "a", story_facts("a")),
            Change(Kind.DOCUMENT, "a", found),
            *(
                Change(Kind.SHEET, path, Sheet(path=path, language="ja", kind="search", pieces=tuple(slots), modified_at=0.0))
                for path in ("/search", "/ko/search", "/en/search")
            ),
        ]
    )
    archive = Archive(log.path, root / "discovery")
    while archive.follow():
        pass
    reader = Reader(
        reader_settings(
            sheet_log=log.path,
            media_dir=root,
            related_store=root / "related.sqlite3",
            collector_socket=root / "none.sock",
            search_socket=root / "none.sock",
            base_url="http://localhost",
        )
    )
    reader._search = Near(archive)
    reader._store.news()
    loop = asyncio.new_event_loop()

    def ask(target):
        request = Request()
        request.method, request.target = b"GET", target
        return loop.run_until_complete(reader._answer(Scope(request, "203.0.113.7:1"), None)).status

    yield ask
    loop.run_until_complete(reader.close())
    loop.close()


PLACES = st.sampled_from([b"/search", b"/ko/search", b"/en/search", b"/search.json", b"/suggest.json"])
FIELDS = st.sampled_from(
    ["q", "section", "topic", "by", "byline", "when", "order", "editions", "page", "language", "limit", "offset", "since", "until"]
)
VALUES = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(categories=["Nd", "Nl", "No"]), max_size=12),
    st.integers().map(str),
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
    st.dates().map(str),
    st.sampled_from(
        ["灯台", "灯台 -公開", "「灯台」", "new", "all", "ja", "7", "2026", "020201", "0", "1e9", "nan", "-0", "9999-12-31", "0001-01-01"]
    ),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=PLACES,
    fields=st.lists(st.tuples(FIELDS, VALUES), max_size=8),
    rest=st.one_of(st.just(b""), st.binary(max_size=20)),
)
@example(place=b"/search", fields=[("q", "灯台"), ("when", "020201")], rest=b"")
@example(place=b"/search", fields=[("q", "灯台"), ("when", "20261")], rest=b"")
def test_no_address_of_the_search_fails_whatever_stands_in_it(status, place, fields, rest):
    assert status(place + b"?" + urlencode(fields, errors="replace").encode() + rest) in {200, 400, 414}


def test_the_search_page_is_asked_here_as_readers_ask_it(status):
    asked = urlencode({"q": "灯台"}).encode()
    assert [status(path + b"?" + asked) for path in (b"/search", b"/search.json", b"/suggest.json")] == [200, 200, 200]
    assert status(b"/search.json?limit=x") == 400
