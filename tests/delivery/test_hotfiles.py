"""Hot files behind a real nginx: the same pages, as new, and gone when they are withdrawn."""

import asyncio
import gzip
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from msgspec import structs

from delivery.test_reader import START, printed
from kawaraban.delivery.hotfiles import MARK, HotFiles, is_ours
from kawaraban.delivery.nginx import nginx_configuration
from kawaraban.delivery.settings import reader_settings
from kawaraban.project.env import WrongSettingError, read_environment
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Gone, Kind, Sheet, StoryList
from running import free_port, until

pytestmark = pytest.mark.servers
GZIP = {"accept-encoding": "gzip"}
AROUND = """
daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log; worker_processes 1; {user}
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {dir}/a; proxy_temp_path {dir}/b;
  fastcgi_temp_path {dir}/c; uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
  {site}
}}
"""


class Place:
    """A log, a reader server over it that keeps hot files, and nginx before it."""

    def __init__(self, root, open_files_valid):
        self.root = root
        self.hot = root / "hot"
        (root / "media").mkdir()
        (root / "media" / "photo.avif").write_bytes(b"a photo")
        self.log = SheetLog(root / "sheets.sqlite3", writable=True)
        front = Sheet(path="/", language="ja", kind="front", pieces=("表紙" * 1000, printed("a")[1].value.pieces[1]), modified_at=0.0)
        others = [
            Sheet(path=path, language=language, kind="story", pieces=(f"{path} " * 300,), modified_at=0.0)
            for path, language in (("/ko", "ko"), ("/ko/politics/a", "ko"), ("/en", "en"), ("/en/politics/a", "en"), ("/kokusai/a", "ja"))
        ]
        gone = Sheet(path="/_410/ja", language="ja", kind="error", status=410, pieces=("もうない",), modified_at=0.0)
        self.log.append(
            [
                *printed("a"),
                *printed("b"),
                Change(Kind.LIST, "ja/latest", StoryList(("b",))),
                Change(Kind.SHEET, "/", front),
                *(Change(Kind.SHEET, other.path, other) for other in others),
                Change(Kind.SHEET, "/_410/ja", gone),
            ]
        )
        self.port, self.nginx_port = free_port(), free_port()
        settings = reader_settings(
            sheet_log=self.log.path,
            media_dir=root / "media",
            related_store=root / "related.sqlite3",
            collector_socket=root / "no-collector.sock",
            search_socket=root / "no-search.sock",
            base_url="http://localhost",
        )
        structs.replace(settings, hot_files=str(self.hot)).hand_on()
        self.environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent / "src")}
        self.reader = self.start_reader(self.port)
        site = nginx_configuration(
            readers=f"127.0.0.1:{self.port}",
            hot_files=self.hot,
            media=root / "media",
            listen=f"127.0.0.1:{self.nginx_port}",
            open_files_valid=open_files_valid,
        )
        user = "user root;" if os.geteuid() == 0 else ""
        (root / "nginx.conf").write_text(AROUND.format(dir=root, user=user, site=site), encoding="utf-8")
        self.nginx = subprocess.Popen([shutil.which("nginx"), "-c", str(root / "nginx.conf")], stderr=subprocess.DEVNULL)
        self.direct = httpx.Client(base_url=f"http://127.0.0.1:{self.port}")
        self.front = httpx.Client(base_url=f"http://127.0.0.1:{self.nginx_port}")
        until(lambda: self.front.get("/healthz").status_code == 200)

    def start_reader(self, port):
        return subprocess.Popen([sys.executable, "-c", START, str(port)], env=self.environment)

    def files(self):
        return sorted(str(path.relative_to(self.hot)) for path in self.hot.rglob("*.gz"))

    def becomes_hot(self, path):
        """Ask until nginx answers from a file: it names no Surrogate-Key, a reader server does."""
        return until(lambda: (answer := self.front.get(path)).status_code == 200 and "surrogate-key" not in answer.headers and answer)

    def shows(self, path, words):
        """Ask until nginx answers with a page in which these words stand."""
        return until(lambda: words in (answer := self.front.get(path)).text and answer)

    def stop(self):
        for process in (self.nginx, self.reader):
            process.terminate()
            process.wait(20)
        self.log.close()


@pytest.fixture(scope="module", params=[None, 0], ids=["files opened each time", "files kept open"])
def place(request, tmp_path_factory):
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    place = Place(tmp_path_factory.mktemp("hot"), request.param)
    yield place
    place.stop()


@pytest.mark.parametrize("path", ["/", "/politics/a", "/ko", "/ko/politics/a", "/en", "/en/politics/a", "/kokusai/a"])
def test_a_page_that_is_read_is_handed_out_by_nginx_byte_for_byte(place, path):
    hot = place.becomes_hot(path)
    ours = place.direct.get(path)
    assert hot.content == ours.content
    for name in (
        "content-type",
        "cache-control",
        "content-language",
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
    ):
        assert hot.headers[name] == ours.headers[name], name
    assert hot.headers["vary"].lower() == "accept-encoding"
    with place.front.stream("GET", path, headers=GZIP) as packed, place.direct.stream("GET", path, headers=GZIP) as ours:
        assert b"".join(packed.iter_raw()) == b"".join(ours.iter_raw())
        assert packed.headers["content-encoding"] == "gzip"
    assert place.front.get(path, headers={"accept-encoding": "identity"}).content == hot.content
    assert place.front.head(path).status_code == 200
    assert place.front.get(path, headers={**GZIP, "if-none-match": packed.headers["etag"]}).status_code == 304


def test_everything_else_is_answered_by_the_reader_server(place):
    assert place.front.get("/nothing-here").status_code == 404
    assert place.front.get("/politics/a/").headers["location"] == "/politics/a"
    assert place.front.get("/_front").status_code == 404
    assert place.front.get(f"/{MARK}").status_code == 404
    assert place.front.get("/.new").status_code == 404
    assert place.front.post("/read", json={}).status_code == 400
    assert place.front.post("/politics/a").status_code == 405
    assert place.front.get("/live/ranking.json").json()["items"] == []
    photo = place.front.get("/media/photo.avif")
    assert photo.content == b"a photo"
    assert photo.headers["content-type"] == "image/avif"
    assert place.front.get("/media/../sheets.sqlite3").status_code == 404


def test_files_follow_what_is_published_each_with_a_validator_of_its_own(place):
    place.becomes_hot("/politics/a")
    etags = set()
    for turn in range(6):
        headline = f"記事の{turn}版"
        place.log.append([Change(Kind.CARD, "b/row", printed("b", headline)[2].value)])
        etags.add(place.shows("/politics/a", headline).headers["etag"])
    # Within one second, and some of the same length.
    assert len(etags) == 6


def test_what_is_withdrawn_is_gone_at_once(place):
    place.log.append(printed("c"))
    place.becomes_hot("/politics/c")
    assert "politics/c.gz" in place.files()
    place.log.append([Change(Kind.SHEET, "/politics/c", None), Change(Kind.GONE, "/politics/c", Gone("ja", "c"))])
    until(lambda: place.front.get("/politics/c").status_code == 410, 1.0)
    assert "politics/c.gz" not in place.files()
    assert all(place.front.get("/politics/c").status_code == 410 for _ in range(50))


def test_a_page_that_is_hardly_read_is_no_file(place):
    place.log.append(printed("d"))
    until(lambda: place.front.get("/politics/d").status_code == 200)
    time.sleep(0.3)
    assert "politics/d.gz" not in place.files()


def test_a_page_is_a_file_as_long_as_one_beneath_it_is(place):
    # nginx would lead to a directory's address, and the reader server from there back.
    section = Sheet(path="/kokusai", language="ja", kind="section", pieces=("国際 " * 300,), modified_at=0.0)
    place.log.append([Change(Kind.SHEET, "/kokusai", section)])
    until(lambda: place.direct.get("/kokusai").status_code == 200)
    place.becomes_hot("/kokusai/a")
    until(lambda: {"kokusai.gz", "kokusai/a.gz"} <= set(place.files()), 10)
    assert place.front.get("/kokusai").content == place.direct.get("/kokusai").content
    # Of a directory that is no page there is none, whichever way it is asked for.
    place.becomes_hot("/en/politics/a")
    assert "en.gz" in place.files()
    assert place.front.get("/en/politics", follow_redirects=True).status_code == 404
    place.log.append([Change(Kind.SHEET, "/kokusai", None), Change(Kind.GONE, "/kokusai", Gone("ja", ""))])
    until(lambda: "kokusai.gz" not in place.files())
    assert place.front.get("/kokusai", follow_redirects=True).status_code == 410


def files_of(tmp_path, pages, clock):
    bodies = SimpleNamespace(
        epoch=1,
        present=lambda path: SimpleNamespace(sheet=sheet(path), digest=path, until=math.inf, in_encoding=packed) if path in pages else None,
    )
    files = HotFiles(tmp_path / "hot", bodies, 100, clock)
    (tmp_path / "hot").mkdir()
    assert files._locked()
    return files


def sheet(path):
    return SimpleNamespace(status=200, content_type="text/html", path=path)


def packed(_name):
    return SimpleNamespace(body=b"packed")


def test_a_page_that_cools_stays_a_file_while_one_beneath_it_is_one_and_no_directory_outlives_its_files(tmp_path):
    now = [0.0]
    pages = {"/", "/ko", "/ko/politics", "/ko/politics/a", "/ko/politics/b"}
    files = files_of(tmp_path, pages, lambda: now[0])

    def named():
        return sorted(str(path.relative_to(tmp_path / "hot")) for path in (tmp_path / "hot").rglob("*") if not path.name.startswith("."))

    for path in ("/ko/politics/a", "/ko", "/"):
        for _ in range(9):
            files.asked(path)
    asyncio.run(files._write_each(list(files._new)))
    above = ["_front.gz", "ko", "ko.gz", "ko/politics", "ko/politics.gz"]
    assert named() == sorted([*above, "ko/politics/a.gz"])
    now[0] += 30
    for _ in range(9):
        files.asked("/ko/politics/a")
    now[0] += 30
    asyncio.run(files._renew_all())
    assert named() == sorted([*above[1:], "ko/politics/a.gz"])
    now[0] += 300
    asyncio.run(files._renew_all())
    asyncio.run(files._renew_all())
    assert named() == []


def test_one_server_keeps_the_files_and_another_takes_over(place):
    place.becomes_hot("/politics/a")
    second_port = free_port()
    second = place.start_reader(second_port)
    until(lambda: httpx.get(f"http://127.0.0.1:{second_port}/politics/b").status_code == 200)
    place.reader.send_signal(signal.SIGKILL)
    place.reader.wait()
    # What the dead one left is swept away before the next begins.
    until(lambda: place.files() == [], 5.0)
    place.log.append(printed("b", "引き継いだあとの記事"))
    until(lambda: httpx.get(f"http://127.0.0.1:{second_port}/politics/b").status_code == 200 and "politics/b.gz" in place.files())
    assert "引き継いだ" in gzip.decompress((place.hot / "politics/b.gz").read_bytes()).decode()
    second.terminate()
    second.wait(20)
    assert place.files() == [], "a server that ends leaves no file behind"
    place.reader = place.start_reader(place.port)
    until(lambda: place.direct.get("/politics/a").status_code == 200)


def test_a_directory_with_other_files_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work", encoding="ascii")
    assert not is_ours(tmp_path)
    with pytest.raises(WrongSettingError, match="KAWARABAN_HOT_FILES"):
        read_environment({"KAWARABAN_HOT_FILES": str(tmp_path)})
    assert is_ours(tmp_path / "new")
    assert read_environment({"KAWARABAN_HOT_FILES": str(tmp_path / "new")}).hot_files == tmp_path / "new"
