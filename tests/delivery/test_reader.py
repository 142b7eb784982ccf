"""The reader server over real HTTP, with nothing beside it but a sheet log."""

import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import brotli
import httpx
import pytest
import zstandard

from delivery.world import story_facts
from kawaraban.delivery.settings import reader_settings
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Asset, Card, Gone, Kind, Redirect, Sheet, Slot, StoryList
from running import free_port, until

START = (
    "import sys; from kawaraban.delivery.serving import serve_readers; from kawaraban.delivery.settings import handed_on;"
    "serve_readers(handed_on(), host='127.0.0.1', port=int(sys.argv[1]))"
)


def printed(name: str, headline: str = "見出し") -> list[Change]:
    facts = story_facts(name, title=headline)
    latest = Slot(name="latest", fill="stories", rows=5, shape="row", sources=("list:ja/latest",))
    pieces = (f"<h1>{headline}</h1>" + "文" * 2000, latest)
    sheet = Sheet(path=facts.url, language="ja", kind="story", story=name, pieces=pieces, modified_at=1000.0, keys=(f"story-{name}",))
    return [
        Change(Kind.STORY, name, facts),
        Change(Kind.SHEET, facts.url, sheet),
        Change(Kind.CARD, f"{name}/row", Card(f'<a data-story="{name}">{headline}</a>')),
    ]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A reader server and the log it serves from."""
    root = tmp_path_factory.mktemp("reader")
    log = SheetLog(root / "sheets.sqlite3", writable=True)
    (root / "media").mkdir()
    (root / "media" / "photo.jpg").write_bytes(bytes(range(256)) * 10)
    (root / "secret").write_text("no", encoding="ascii")
    log.append(
        [
            *printed("a", "最初の記事"),
            *printed("b", "次の記事"),
            Change(Kind.LIST, "ja/latest", StoryList(("b", "a"))),
            Change(Kind.REDIRECT, "/old", Redirect("/politics/a")),
            Change(Kind.GONE, "/politics/gone", Gone("ja", "gone")),
            Change(Kind.GONE, "/en/politics", Gone("en")),
            Change(Kind.ASSET, "/assets/site.1.css", Asset("text/css", b"body{}" * 500)),
            Change(
                Kind.SHEET,
                "/_404/ja",
                Sheet(path="/_404/ja", language="ja", kind="error", status=404, pieces=("ここには<b>ない</b>",), modified_at=0.0),
            ),
            Change(
                Kind.SHEET,
                "/_410/ja",
                Sheet(path="/_410/ja", language="ja", kind="error", status=410, pieces=("もうない",), modified_at=0.0),
            ),
        ]
    )
    settings = reader_settings(
        sheet_log=log.path,
        media_dir=root / "media",
        related_store=root / "related.sqlite3",
        collector_socket=root / "no-collector.sock",
        search_socket=root / "no-search.sock",
        base_url="http://localhost",
    )
    settings.hand_on()
    port = free_port()
    source = str(Path(__file__).parent.parent.parent / "src")
    process = subprocess.Popen([sys.executable, "-c", START, str(port)], env={**os.environ, "PYTHONPATH": source})
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}")
    until(lambda: client.get("/healthz").status_code == 200)
    yield client, log
    process.terminate()
    process.wait(10)


def test_a_page_comes_in_every_encoding_with_a_validator_of_its_own(world):
    client, _ = world
    unpack = {
        "br": brotli.decompress,
        "gzip": gzip.decompress,
        "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
    }
    plain = client.get("/politics/a", headers={"accept-encoding": "identity"})
    etags = {plain.headers["etag"]}
    for name, decompress in unpack.items():
        with client.stream("GET", "/politics/a", headers={"accept-encoding": name}) as answer:
            body = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == name
        assert decompress(body) == plain.content
        etags.add(answer.headers["etag"])
    assert len(etags) == 4


def test_a_copy_that_is_still_good_is_not_sent_again(world):
    client, _ = world
    etag = client.get("/politics/a").headers["etag"]
    assert client.get("/politics/a", headers={"if-none-match": f'"x", W/{etag}'}).status_code == 304
    assert client.get("/politics/a", headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(("path", "sentence"), [("/en/politics", "もうない"), ("/en/nothing", "ない")])
def test_where_an_edition_has_ended_another_one_says_that_nothing_stands_there(world, path, sentence):
    client, _ = world
    assert sentence in client.get(path).text


def test_head_has_the_headers_of_get_and_no_body(world):
    client, _ = world
    head, get = client.head("/politics/a"), client.get("/politics/a")
    assert head.content == b""
    assert head.headers["etag"] == get.headers["etag"]


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/old", 301, "/politics/a"),
        ("/politics/a/", 301, "/politics/a"),
        ("/POLITICS/A", 301, "/politics/a"),
        ("/nothing", 404, None),
        ("/politics/gone", 410, None),
        ("/_404/ja", 404, None),
        ("//evil.example/politics/a/", 404, None),
        ("/%ff", 404, None),
        ("/" + "x" * 3000, 414, None),
    ],
)
def test_every_other_address_gets_its_answer(world, path, status, location):
    client, _ = world
    answer = client.get(httpx.URL(str(client.base_url).rstrip("/") + path))
    assert answer.status_code == status
    assert answer.headers.get("location") == location


def test_other_methods_are_refused_by_name(world):
    client, _ = world
    assert client.post("/politics/a").status_code == 405
    assert client.get("/read").headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/politics/a", "/nothing", "/healthz", "/live/ranking.json", "/read"])
def test_every_answer_bears_the_safety_headers(world, path):
    client, _ = world
    headers = client.get(path).headers
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_media_come_whole_in_ranges_or_not_at_all(world):
    client, _ = world
    assert len(client.get("/media/photo.jpg").content) == 2560
    part = client.get("/media/photo.jpg", headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert client.get("/media/photo.jpg", headers={"range": "bytes=-5"}).content == bytes(range(251, 256))
    assert client.get("/media/photo.jpg", headers={"range": "bytes=9999-"}).status_code == 416
    for path in ("/media/../secret", "/media/%2e%2e/secret", "/media//etc/passwd", "/media/"):
        assert client.get(httpx.URL(str(client.base_url).rstrip("/") + path)).status_code == 404


def test_a_publication_is_seen_and_a_withdrawal_too(world):
    client, log = world
    assert "三番目" not in client.get("/politics/a").text
    log.append([*printed("c", "三番目の記事"), Change(Kind.LIST, "ja/latest", StoryList(("c", "b", "a")))])
    until(lambda: "三番目の記事" in client.get("/politics/a").text, 2)
    log.append(
        [
            Change(Kind.STORY, "c", None),
            Change(Kind.SHEET, "/politics/c", None),
            Change(Kind.CARD, "c/row", None),
            Change(Kind.GONE, "/politics/c", Gone("ja", "c")),
        ]
    )
    until(lambda: client.get("/politics/c").status_code == 410, 2)
    until(lambda: "三番目の記事" not in client.get("/politics/a").text, 2)
    log.append([Change(Kind.LIST, "ja/latest", StoryList(("b", "a")))])


def test_without_its_collector_a_read_is_refused_not_lost(world):
    client, _ = world
    answer = client.post("/read", json={"story": "a", "token": "x"})
    assert answer.status_code == 503
    assert "retry-after" in answer.headers


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"story": 1, "token": "x"}', b'{"story": "a"}', b"\xff", b'{"story":"","token":""}', b"[" * 9000]
)
def test_a_malformed_read_is_told_what_is_wrong(world, body):
    client, _ = world
    answer = client.post("/read", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_wrong_question_gets_a_sentence(world):
    client, _ = world
    for query in ("window=year", "limit=0", "limit=x", "limit=99999999"):
        answer = client.get(f"/live/ranking.json?{query}")
        assert answer.status_code == 400
        assert "must be" in answer.json()["error"]


def test_the_live_document_has_all_slots_and_a_version(world):
    client, _ = world
    answer = client.get("/live/page.json", params={"path": "/politics/a"})
    (slot,) = json.loads(answer.text)["slots"]
    assert slot["name"] == "latest"
    assert 'data-story="b"' in slot["html"]
    assert 'data-story="a"' not in slot["html"]
    assert (
        client.get("/live/page.json", params={"path": "/politics/a"}, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    )


def test_the_reader_plane_loads_no_django():
    words = "import kawaraban.delivery.reader, kawaraban.audience.collector, kawaraban.discovery.process, sys;"
    words += "sys.exit(any(name.split('.')[0] in {'django', 'wagtail'} for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0


def test_a_page_composed_from_parts_changes_its_validator_with_them(world):
    client, log = world
    before = client.get("/politics/b").headers["etag"]
    log.append([Change(Kind.CARD, "a/row", Card('<a data-story="a">直した見出し</a>'))])
    until(lambda: client.get("/politics/b").headers["etag"] != before, 2)
    time.sleep(0.05)
    assert "直した見出し" in client.get("/politics/b").text


def test_a_paper_in_another_language_is_found_at_the_root(world):
    client, log = world
    log.append([Change(Kind.SHEET, "/ko", Sheet(path="/ko", language="ko", kind="front", pieces=("앞면",), modified_at=0.0))])
    until(lambda: client.get("/ko").status_code == 200)
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/ko")
