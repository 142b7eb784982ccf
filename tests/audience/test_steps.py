"""What is counted, and why what is not counted is dropped: a sentence a reason."""

import pytest
from delivery.world import story_facts

from kawaraban.audience.shapes import REASONS, MalformedReadError, PageMessage, RawRead, parse_page_message
from kawaraban.audience.steps import STEPS, VISITOR_A_MINUTE, Gate, device_of, identify, judge, source_of
from kawaraban.audience.tokens import is_token_of, load_or_make_key, read_token
from kawaraban.audience.visitors import Salts

KEY = b"k" * 32
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1"


@pytest.fixture
def gate(tmp_path):
    stories = {name: story_facts(name) for name in ("a", "b", *(f"s{number}" for number in range(100)))}
    return Gate(KEY, Salts(tmp_path / "salts"), stories, {"wire:7": "b"})


def read(story="a", *, token=None, at=1_000_000.0, address="192.0.2.1", agent=PHONE, purpose="", staff=False, **page):
    message = PageMessage(story=story, token=token or read_token(KEY, story), **page)
    return RawRead(page=message, at=at, address=address, user_agent=agent, accept_language="ja", purpose=purpose, staff=staff)


def verdict(raw, gate):
    found = identify(raw, gate)
    reason = judge(found, gate)
    if reason is None:
        gate.seen[found.visitor, found.story] = raw.at
    return reason


def test_a_reader_who_had_the_page_is_counted(gate):
    assert verdict(read(), gate) is None


def test_a_story_is_known_by_its_id_in_its_source_too(gate):
    assert verdict(read("wire:7", token=read_token(KEY, "b")), gate) is None


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (read("nowhere"), "unknown-story"),
        (read(token="made-up"), "forged"),
        (read(token=read_token(KEY, "b")), "forged"),
        (read(token="\ud800"), "forged"),
        (read(staff=True), "staff"),
        (read(agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), "bot"),
        (read(agent=""), "bot"),
        (read(purpose="prefetch;prerender"), "prefetch"),
        (read(prerendered=True), "prefetch"),
        (read(visible_ms=900), "not-seen"),
    ],
)
def test_what_is_no_read_is_dropped_with_its_reason(gate, raw, reason):
    assert verdict(raw, gate) == reason


def test_a_short_look_counts_once_the_page_was_scrolled(gate):
    assert verdict(read(visible_ms=900, scrolled=True), gate) is None


def test_the_same_reader_counts_once_in_half_an_hour(gate):
    assert verdict(read(), gate) is None
    assert verdict(read(at=1_000_000.0 + 1799), gate) == "repeat"
    assert verdict(read("b", at=1_000_000.0 + 10), gate) is None
    assert verdict(read(at=1_000_000.0 + 1801), gate) is None


def test_midnight_makes_no_second_read(gate):
    midnight = 86400.0 * 20_000
    assert verdict(read(at=midnight - 5), gate) is None
    assert verdict(read(at=midnight + 5), gate) == "repeat"


def test_more_stories_than_a_person_opens_are_a_flood(gate):
    verdicts = [verdict(read(f"s{number}"), gate) for number in range(VISITOR_A_MINUTE + 10)]
    assert verdicts[:VISITOR_A_MINUTE] == [None] * VISITOR_A_MINUTE
    assert set(verdicts[VISITOR_A_MINUTE:]) == {"flood"}


def test_every_step_and_every_reason_is_known_by_name():
    assert len({step.__name__ for step in STEPS}) == len(STEPS) == len(REASONS)


def test_salts_are_thrown_away_after_two_days(tmp_path):
    salts = Salts(tmp_path)
    first = salts.hashes(read(at=0.0))
    salts.forget(3 * 86400.0)
    assert not list(tmp_path.iterdir())
    assert Salts(tmp_path).hashes(read(at=0.0)) != first


def test_no_address_is_kept_anywhere(tmp_path):
    Salts(tmp_path).hashes(read(address="203.0.113.77"))
    assert all(b"203.0.113.77" not in file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"{}", b'{"story":"a"}', b'{"story":["a"],"token":"x"}', b"\xff\xfe", b'{"story":"' + b"a" * 3000 + b'","token":"x"}'],
)
def test_what_is_no_message_is_refused_with_a_sentence(body):
    with pytest.raises(MalformedReadError, match=r"\w"):
        parse_page_message(body)


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        ("", "direct"),
        ("https://www.google.co.jp/search?q=x", "search"),
        ("https://news.yahoo.co.jp/articles/1", "portal"),
        ("https://search.yahoo.co.jp/", "search"),
        ("https://t.co/x", "social"),
        ("https://blog.example/", "other"),
        ("https://mail.example/?utm_medium=email", "newsletter"),
        ("http://[broken", "other"),
    ],
)
def test_where_a_reader_came_from_is_told_by_class(referrer, source):
    assert source_of(referrer) == source


def test_devices_are_told_by_class():
    assert device_of(PHONE) == "phone"
    assert device_of("Mozilla/5.0 (iPad; CPU OS 19_1)") == "tablet"
    assert device_of("Mozilla/5.0 (Windows NT 10.0)") == "desktop"


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "reads" / "token.key"
    key = load_or_make_key(path)
    load_or_make_key.cache_clear()
    assert load_or_make_key(path) == key
    assert path.stat().st_mode & 0o077 == 0
    assert is_token_of(key, "a", read_token(key, "a"))
