"""The WebSub hub is told of every change of a feed, when readers can have it, and printing never waits for it."""

import contextlib
import http.server
import json
import socket
import threading
import time
from datetime import timedelta
from urllib.parse import parse_qs

import feedparser
import httpx
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from kawaraban.exchange.feeds import hubs
from kawaraban.exchange.models import FeedNotice, HubPlace
from kawaraban.exchange.outside import Outside
from kawaraban.newsroom.actions.withdraw_story import withdraw_story
from kawaraban.newsroom.models import NewspaperSettings, Person, Topic
from kawaraban.sheetlog.shapes import Kind, Sheet

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


class Hub(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        self.server.asked.append((self.headers["host"], self.headers["content-type"], form))
        status = self.server.statuses.pop(0) if self.server.statuses else 204
        self.send_response(status)
        if status == 307:
            self.send_header("location", "http://169.254.169.254/latest/")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def hub(newspaper):
    """A hub of this machine, and what it was told."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.asked, server.statuses = [], []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.address = f"http://127.0.0.1:{server.server_port}/hub"
    paper = NewspaperSettings.load()
    paper.hub = server.address
    paper.save()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def anywhere():
    """Asks also this machine."""
    outside = Outside(may_ask=lambda _: True)
    yield outside
    outside.close()


def later(minutes=1):
    return timezone.now() + timedelta(minutes=minutes)


def told(hub):
    feeds = [form["hub.topic"][0].removeprefix(SITE) for _, _, form in hub.asked]
    hub.asked.clear()
    return sorted(feeds)


def feeds_of(*paths):
    return sorted(f"{path}/{file}" for path in paths for file in ("feed.xml", "atom.xml", "feed.json"))


def test_publications_corrections_and_withdrawals_are_told(hub, anywhere, publish, press):
    person, topic = Person.objects.create(slug="sato", name="佐登"), Topic.objects.create(slug="bridge", name="橋")
    hubs.note_changes(press())
    assert not FeedNotice.objects.exists(), "what stood before there was a hub is no news"
    story = publish("橋の記事", bylines=[(person, "text")], topics=[topic])
    hubs.note_changes(press())
    assert hubs.tell_hub(anywhere) == 0, "a hub that came at once would be given an older copy by a cache"
    hubs.tell_hub(anywhere, later())
    host, kind, form = hub.asked[0]
    assert (host, kind) == (f"127.0.0.1:{hub.server_port}", "application/x-www-form-urlencoded")
    assert (form["hub.mode"], form["hub.url"]) == (["publish"], form["hub.topic"])
    everywhere = feeds_of("", "/politics", "/topics/bridge", "/by/sato")
    assert told(hub) == everywhere

    hubs.note_changes(press())
    assert (hubs.tell_hub(anywhere, later()), told(hub)) == (0, []), "nothing changed"

    story.summary = "新しい要約"
    story.save_revision().publish()
    hubs.note_changes(press())
    hubs.tell_hub(anywhere, later())
    assert told(hub) == everywhere

    withdraw_story(story=story, actor=None)
    hubs.note_changes(press())
    hubs.tell_hub(anywhere, later())
    assert told(hub) == everywhere


def test_an_old_storys_correction_is_in_no_feed_and_is_not_told(hub, anywhere, publish, press, monkeypatch):
    monkeypatch.setattr(hubs, "FEED_ROWS", 1)
    old = publish("古い記事", published_at=timezone.now() - timedelta(days=2))
    publish("新しい記事")
    hubs.note_changes(press())
    old.summary = "新しい要約"
    old.save_revision().publish()
    assert hubs.note_changes(press()) == 0


def test_a_hub_that_is_away_is_told_later_and_once(hub, anywhere, publish, press):
    hubs.note_changes(press())
    publish("記事")
    hubs.note_changes(press())
    hub.statuses[:] = [503]
    assert hubs.tell_hub(anywhere, later()) == 0
    assert len(hub.asked) == 1, "the others need not find out one by one"
    assert {notice.error for notice in FeedNotice.objects.all()} == {"it answers 503"}
    hub.asked.clear()
    publish("次の記事")
    hubs.note_changes(press())
    assert hubs.tell_hub(anywhere, later()) == 0, "it is left in peace for a minute"
    assert hubs.tell_hub(anywhere, later(3)) == 6
    assert told(hub) == feeds_of("", "/politics")
    assert not FeedNotice.objects.exists()


def test_what_it_has_against_one_feed_holds_up_no_other(hub, anywhere, publish, press):
    hubs.note_changes(press())
    publish("記事")
    hubs.note_changes(press())
    hub.statuses[:] = [404]
    assert hubs.tell_hub(anywhere, later()) == 5
    for tries in range(hubs.GIVEN_UP_AFTER):
        hub.statuses[:] = [404]
        hubs.tell_hub(anywhere, later(60 * 24 * (tries + 2)))
    assert not FeedNotice.objects.exists(), "one day it is given up"


def test_a_change_while_the_hub_is_told_is_told_again(hub, anywhere, publish, press):
    hubs.note_changes(press())
    publish("記事")
    log = press()
    hubs.note_changes(log)

    class Slow:
        def ask(self, *asked, **more):
            FeedNotice.objects.update(changed_at=later())
            return anywhere.ask(*asked, **more)

    hubs.tell_hub(Slow(), later())
    assert FeedNotice.objects.count() == 6


def test_the_last_of_several_changes_is_told_when_caches_have_it(hub, anywhere):
    first = timezone.now()
    last = first + hubs.TOLD_AFTER - timedelta(seconds=0.2)
    FeedNotice.objects.create(path="/feed.xml", changed_at=last, due_at=first + hubs.TOLD_AFTER)
    assert hubs.tell_hub(anywhere, first + hubs.TOLD_AFTER) == 1, "the first change waits for no other"
    assert FeedNotice.objects.get().due_at == last + hubs.TOLD_AFTER
    assert hubs.tell_hub(anywhere, last + timedelta(seconds=5)) == 0
    assert hubs.tell_hub(anywhere, last + hubs.TOLD_AFTER) == 1
    assert told(hub) == ["/feed.xml", "/feed.xml"]
    assert not FeedNotice.objects.exists()


def test_only_the_public_internet_is_asked_and_nothing_is_followed(hub, anywhere, publish, press):
    hubs.note_changes(press())
    publish("記事")
    hubs.note_changes(press())
    outside = Outside()
    assert hubs.tell_hub(outside, later()) == 0
    outside.close()
    assert hub.asked == []
    assert all("none of the public internet" in notice.error for notice in FeedNotice.objects.all())
    hub.statuses[:] = [307] * 6
    assert hubs.tell_hub(anywhere, later(5)) == 0
    assert len(hub.asked) == 6
    assert {notice.error for notice in FeedNotice.objects.all()} == {"it answers 307"}


@pytest.mark.parametrize("slow", ["head", "body"])
def test_who_answers_letter_by_letter_is_not_waited_for(slow):
    def answer(server):
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\n" + (b"" if slow == "head" else b"\r\n"))
            for _ in range(60):
                time.sleep(0.05)
                connection.sendall(b"x: y\r\n")
            connection.sendall(b"\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=(server,), daemon=True)
        thread.start()
        outside = Outside(may_ask=lambda _: True, seconds=0.3)
        with pytest.raises(httpx.ReadTimeout):
            outside.ask("GET", f"http://127.0.0.1:{server.getsockname()[1]}/", headers={}).read()
        outside.close()
        thread.join(1)
    assert not thread.is_alive(), "it was hung up on"


def test_a_restored_log_and_no_hub_begin_anew(hub, publish, press):
    hubs.note_changes(press())
    publish("記事")
    log = press()
    log.begin_new_life()
    assert hubs.note_changes(log) == 0, "numbers of another log mean something else"
    publish("別の記事")
    assert hubs.note_changes(press()) == 6
    paper = NewspaperSettings.load()
    paper.hub = ""
    paper.save()
    assert hubs.note_changes(press()) == 0
    assert not FeedNotice.objects.exists()
    assert not HubPlace.objects.exists()


def test_printing_does_not_wait_for_a_hub(hub, publish, press, monkeypatch):
    held, asked = threading.Event(), threading.Event()

    def stuck(_: Outside) -> int:
        asked.set()
        held.wait(20)
        return 0

    monkeypatch.setattr(hubs, "tell_hub", stuck)
    hubs.look(press())
    publish("記事")
    log = press()
    hubs.note_changes(log)
    FeedNotice.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    hubs.look(log)
    assert asked.wait(5)
    hubs.look(log)
    publish("次の記事")
    assert press().last_seq() > 0
    held.set()
    hubs._teller._thread.join(10)
    assert not hubs._teller._thread.is_alive()


def test_every_feed_names_itself_and_its_hub(hub, publish, press):
    person, topic = Person.objects.create(slug="sato", name="佐登"), Topic.objects.create(slug="bridge", name="橋")
    publish("記事", bylines=[(person, "text")], topics=[topic])
    publish("A story", language="en")
    log = press()
    for path in ("", "/politics", "/topics/bridge", "/by/sato", "/en", "/en/politics"):
        for file in ("feed.xml", "atom.xml"):
            (opening, *_) = log.get(Kind.SHEET, f"{path}/{file}", Sheet).pieces
            feed = feedparser.parse(opening + ("</channel></rss>" if file == "feed.xml" else "</feed>")).feed
            links = {link["rel"]: link["href"] for link in feed.links}
            assert (links["self"], links["hub"]) == (f"{SITE}{path}/{file}", hub.address)
        head = log.get(Kind.SHEET, f"{path}/feed.json", Sheet).pieces
        told = json.loads(head[0] + head[-1])
        assert (told["feed_url"], told["hubs"]) == (f"{SITE}{path}/feed.json", [{"type": "WebSub", "url": hub.address}])
    paper = NewspaperSettings.load()
    paper.hub = "ftp://hub.example"
    with pytest.raises(ValidationError):
        paper.full_clean()
