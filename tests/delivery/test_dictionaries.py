"""Compression dictionaries: the next page against the one before, or against the edition's own."""

import base64
import hashlib
import random

import pytest
import zstandard

from delivery.world import sheet_of, stories_slot, world_of
from kawaraban.delivery.allowance import Allowance
from kawaraban.delivery.bodies import Body
from kawaraban.delivery.composition import Page
from kawaraban.delivery.dictionaries import Dictionaries
from kawaraban.delivery.shelf import Shelf
from kawaraban.sheetlog.shapes import Asset, Redirect, Sheet, press_sheet

BROWSER = b"gzip, deflate, br, zstd"
WITH_DICTIONARY = BROWSER + b", dcb, dcz"
SITE = "/assets/ja.0123.dictionary"
WORDS = b"<article><h1>" + bytes(range(32, 127)) * 40


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


class Store:
    """The two questions that dictionaries ask a sheet store."""

    def redirect(self, path):
        return Redirect(SITE, permanent=False) if path == "/assets/ja.dictionary" else None

    def asset(self, path):
        return Asset("application/octet-stream", WORDS, dictionary_for="/*") if path == SITE else Asset("text/css", b"x")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def dictionaries(clock):
    return Dictionaries(Store(), 1_000_000, clock)


def body_of(dictionaries, text, *, ranks=()):
    world = world_of(20, ranks=list(ranks))
    sheet = sheet_of(stories_slot("ranking", 5, 20, "ranking", window="24h"), stories_slot("latest", 8, 50, "list:ja/latest"))
    sheet = press_sheet(type(sheet)(path="/x", language="ja", kind="story", pieces=(text, *sheet.pieces), modified_at=0.0))
    shelf = Shelf(world)
    page = Page(sheet, shelf)
    return Body(page, shelf, 0.0, None, dictionaries)


def available(plain):
    return b":" + base64.b64encode(hashlib.sha256(plain).digest()) + b":"


def opened(packed, dictionary):
    """Read "dcz" as a browser does."""
    assert packed[:8] == b"\x5e\x2a\x4d\x18\x20\x00\x00\x00"
    assert packed[8:40] == hashlib.sha256(dictionary).digest()
    raw = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdDecompressor(dict_data=raw).decompress(packed[40:])


def name_of(body):
    offer = dict(body.for_accepted(BROWSER).headers)["use-as-dictionary"]
    return offer.partition("id=")[2].encode()


def test_the_next_page_is_compressed_against_the_page_before(dictionaries):
    text = "文と字の列" + "".join(chr(0x4E00 + number * 7) for number in range(900))
    before, after = body_of(dictionaries, text), body_of(dictionaries, text, ranks=["s9", "s4"])
    got = after.against(available(before.plain), name_of(before), WITH_DICTIONARY)
    assert opened(got.body, before.plain) == after.plain
    headers = dict(got.headers)
    assert headers["content-encoding"] == "dcz"
    assert "private" in headers["cache-control"]
    assert "available-dictionary" in headers["vary"]
    assert headers["etag"].startswith(f'"{after.digest}-dcz-')
    assert len(got.body) < len(after.in_encoding("br").body) * 0.12
    # The page that was sent is the dictionary of what is asked for next.
    third = body_of(dictionaries, text, ranks=["s1"])
    assert opened(third.against(available(after.plain), f'"{after.digest}"'.encode(), WITH_DICTIONARY).body, after.plain) == third.plain


def test_an_editions_own_dictionary_serves_who_read_nothing_before(dictionaries):
    body = body_of(dictionaries, "本文" * 600)
    assert dict(body.for_accepted(BROWSER).headers)["link"] == f'<{SITE}>; rel="compression-dictionary"'
    got = body.against(available(WORDS), f'"{SITE}"'.encode(), WITH_DICTIONARY)
    assert opened(got.body, WORDS) == body.plain
    # Other pages are then read against it too, and the page itself against what it was.
    assert 'match="/x",' in dict(got.headers)["use-as-dictionary"]
    again = body_of(dictionaries, "本文" * 601)
    assert 'match="/x",' in dict(again.against(available(body.plain), name_of(body), WITH_DICTIONARY).headers)["use-as-dictionary"]
    assert 'match="/*",' in dict(again.for_accepted(BROWSER).headers)["use-as-dictionary"]


@pytest.mark.parametrize(
    ("given", "identity"),
    [
        (b":AAAA:", None),
        (b"no base64 at all", None),
        (b"", None),
        (None, b'"somebody-elses"'),
        (None, b""),
        (None, b'"/assets/site.css"'),
        (None, b"\xff\xfe"),
    ],
)
def test_who_names_what_we_do_not_hold_is_answered_without(dictionaries, given, identity):
    before, after = body_of(dictionaries, "前" * 600), body_of(dictionaries, "後" * 600)
    name = name_of(before)
    assert (
        after.against(given if given is not None else available(before.plain), identity if identity is not None else name, BROWSER) is None
    )
    assert (
        after.against(given if given is not None else available(before.plain), identity if identity is not None else name, WITH_DICTIONARY)
        is None
    )


def test_only_pages_are_offered_to_those_who_can_keep_them(dictionaries):
    body = body_of(dictionaries, "本文" * 600)
    assert "use-as-dictionary" not in dict(body.for_accepted(b"gzip").headers)
    sheet = press_sheet(
        Sheet(path="/feed.xml", content_type="application/rss+xml", language="ja", kind="feed", pieces=("本文" * 600,), modified_at=0.0)
    )
    shelf = Shelf(world_of(1))
    feed = Body(Page(sheet, shelf), shelf, 0.0, None, dictionaries)
    assert "use-as-dictionary" not in dict(feed.for_accepted(BROWSER).headers)
    assert feed.against(available(WORDS), f'"{SITE}"'.encode(), WITH_DICTIONARY) is None


def test_dictionaries_are_forgotten_after_a_day_and_when_there_is_no_room(dictionaries, clock):
    bodies = [
        body_of(dictionaries, "".join(chr(0x4E00 + (number * 31 + seed * 977) % 20000) for number in range(4000))) for seed in range(60)
    ]
    for body in bodies:
        body.for_accepted(BROWSER)
    assert dictionaries.bytes <= 250_000
    assert dictionaries.found(available(bodies[0].plain), name_of(bodies[-1])) is None
    first = f'"{bodies[0].digest}"'.encode()
    assert dictionaries.found(available(bodies[0].plain), first) is None
    last = bodies[-1]
    assert dictionaries.found(available(last.plain), f'"{last.digest}"'.encode()) is not None
    clock.now += 90_000
    bodies[0].for_accepted(BROWSER)
    assert dictionaries.found(available(last.plain), f'"{last.digest}"'.encode()) is None
    assert 0 < dictionaries.bytes < 30_000


def test_bodies_of_one_page_share_their_weight(dictionaries):
    text = "".join(chr(0x4E00 + number * 7) for number in range(2900))
    body_of(dictionaries, text).for_accepted(BROWSER)
    one = dictionaries.bytes
    for rank in range(10):
        body_of(dictionaries, text, ranks=[f"s{rank}"]).for_accepted(BROWSER)
    # Eleven of them, apart, would weigh eleven times as much.
    assert dictionaries.bytes < one * 3


def test_work_that_nobody_waits_for_is_bounded(clock):
    allowance = Allowance(0.1, most=1.0, clock=clock)
    allowance.spend(3.0)
    assert not allowance.is_left()
    clock.now += 19
    assert not allowance.is_left()
    clock.now += 2
    assert allowance.is_left()
    clock.now += 1000
    allowance.spend(1.0)
    allowance.spend(0.5)
    assert not allowance.is_left()


def test_what_is_made_good_after_a_time_of_much_work_is_bounded(clock):
    allowance = Allowance(0.1, most=0.1, clock=clock, most_debt=0.5)
    for _ in range(100):
        allowance.spend(0.3)
    clock.now += 4.9
    assert not allowance.is_left()
    clock.now += 0.2
    assert allowance.is_left()


def test_where_there_is_time_a_page_is_made_smaller(dictionaries, clock, monkeypatch):
    chance = random.Random(1)
    words = ["".join(chr(0x4E00 + chance.randrange(400)) for _ in range(chance.randrange(2, 6))) for _ in range(300)]
    before = body_of(dictionaries, "<wbr>".join(chance.choice(words) for _ in range(900)))
    text = "<wbr>".join(chance.choice(words) for _ in range(900))
    others = [body_of(dictionaries, text, ranks=[f"s{rank}"]) for rank in range(3)]
    sizes = []
    # 0.6 seconds for each, of one that was saved: then less than half is left, then nothing.
    ticks = iter(range(100))
    monkeypatch.setattr("kawaraban.delivery.dictionaries.time.thread_time", lambda: next(ticks) * 0.6)
    for body in others:
        got = body.against(available(before.plain), name_of(before), WITH_DICTIONARY)
        assert got is None or opened(got.body, before.plain) == body.plain
        sizes.append(got and len(got.body))
    assert sizes[0] < sizes[1]
    assert sizes[2] is None
    clock.now += 60
    again = body_of(dictionaries, text, ranks=["s9"]).against(available(before.plain), name_of(before), WITH_DICTIONARY)
    assert again is not None
    assert len(again.body) < sizes[1]
