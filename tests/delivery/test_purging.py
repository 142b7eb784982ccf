"""Caches in front of us are told what changed, in their own words, and nothing is left out."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from delivery.test_reader import printed
from kawaraban.delivery.purging import Cloudflare, Fastly, PurgeError, Purger, Varnish, cache_of
from kawaraban.project.env import WrongSettingError, read_environment
from kawaraban.sheetlog.log import Change
from kawaraban.sheetlog.shapes import Gone, Kind, StoryList


class Heard(BaseHTTPRequestHandler):
    """A cache that writes down what it is asked."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.heard.append((self.command, self.path, dict(self.headers), json.loads(body) if body else None))
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    do_PURGE = do_BAN = do_POST = answer  # noqa: N815 - names that the library calls

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Heard)
    server.heard, server.status = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def url(server):
    return f"http://127.0.0.1:{server.server_address[1]}"


@pytest.fixture
def client():
    with httpx.Client() as client:
        yield client


@pytest.fixture
def purger(sheet_log, tmp_path, url, client):
    purger = Purger(sheet_log.path, tmp_path / "purged", Varnish(url, "https://news.example", client))
    purger.look()
    return purger


def purged(server):
    return [path for method, path, _, _ in server.heard if method == "PURGE"]


def test_what_was_printed_or_withdrawn_is_purged_and_nothing_else(purger, sheet_log, server):
    sheet_log.append([*printed("a"), Change(Kind.LIST, "ja/latest", StoryList(("a",)))])
    assert purger.look() == 1
    assert purged(server) == ["/politics/a"]
    assert server.heard[-1][2]["host"] == "news.example"
    sheet_log.append([Change(Kind.LIST, "ja/latest", StoryList(("a", "b")))])
    assert purger.look() == 0
    sheet_log.append([Change(Kind.SHEET, "/politics/a", None), Change(Kind.GONE, "/politics/a", Gone("ja", "a"))])
    assert purger.look() == 1
    assert purged(server) == ["/politics/a"] * 2


def test_nothing_is_left_out_while_the_cache_is_away_or_after_a_crash(purger, sheet_log, server, tmp_path, url, client):
    server.status = 503
    sheet_log.append(printed("a"))
    with pytest.raises(PurgeError, match="503"):
        purger.look()
    server.status = 200
    server.heard.clear()
    # Another process, after a crash.
    again = Purger(sheet_log.path, tmp_path / "purged", Varnish(url, "https://news.example", client))
    sheet_log.append(printed("b"))
    assert again.look() == 2
    assert purged(server) == ["/politics/a", "/politics/b"]


def test_everything_goes_at_once_when_everything_was_printed_anew(purger, sheet_log, server):
    sheet_log.append([change for number in range(600) for change in printed(f"s{number}")])
    purger.look()
    assert [method for method, *_ in server.heard] == ["BAN", "BAN"], "one for the start, when nobody knows what the cache holds"


def test_fastly_is_asked_by_keys(server, url, client):
    Fastly("SRV", "secret", client, api=url).purge(["/", "/politics/a"])
    method, path, headers, _ = server.heard[0]
    assert (method, path) == ("POST", "/service/SRV/purge")
    assert {name.lower(): value for name, value in headers.items()}["surrogate-key"] == "path-/ path-/politics/a"
    assert {name.lower(): value for name, value in headers.items()}["fastly-key"] == "secret"
    Fastly("SRV", "secret", client, api=url).purge_all()
    assert server.heard[1][1] == "/service/SRV/purge_all"


def test_cloudflare_is_asked_by_addresses_thirty_at_a_time(server, url, client):
    cache = Cloudflare("ZONE", "secret", "https://news.example", client, api=url)
    cache.purge([f"/politics/{number}" for number in range(31)])
    assert [len(message["files"]) for _, _, _, message in server.heard] == [30, 1]
    assert server.heard[0][1] == "/zones/ZONE/purge_cache"
    assert server.heard[0][3]["files"][0] == "https://news.example/politics/0"
    assert {name.lower(): value for name, value in server.heard[0][2].items()}["authorization"] == "Bearer secret"
    cache.purge_all()
    assert server.heard[-1][3] == {"purge_everything": True}


@pytest.mark.parametrize(
    "value", ["varnish", "varnish localhost", "fastly", "fastly SRV", "cloudflare ZONE", "squid http://x", "varnishhttp://x"]
)
def test_a_setting_that_cannot_be_used_is_said(value):
    with pytest.raises(WrongSettingError, match="KAWARABAN_PURGE is"):
        read_environment({"KAWARABAN_PURGE": value})


def test_settings_choose_the_cache(client):
    assert isinstance(cache_of("varnish http://127.0.0.1:6081", "", "http://x", client), Varnish)
    assert isinstance(cache_of("fastly SRV", "t", "http://x", client), Fastly)
    assert isinstance(cache_of("cloudflare ZONE", "t", "http://x", client), Cloudflare)
