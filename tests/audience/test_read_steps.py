"""Why a read is dropped: a sentence a reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audience.cast import MORNING, PHONE, publish, story, withdraw
from kawaraban.audience.shapes import REASONS

if TYPE_CHECKING:
    from audience.cast import Newspaper

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "what-is-a-read.md"


def test_a_read_of_a_published_story_is_counted(newspaper: Newspaper) -> None:
    assert newspaper.read("election") is None
    assert newspaper.ledger.rankings.reads("election", "24h") == 1


def test_a_story_may_be_named_by_its_source_and_number_there(newspaper: Newspaper) -> None:
    assert newspaper.read("wire:77") is None
    assert newspaper.ledger.rankings.reads("election", "24h") == 1


def test_a_story_that_does_not_stand_is_unknown(newspaper: Newspaper) -> None:
    assert newspaper.read("nothing") == "unknown-story"


def test_a_withdrawn_story_is_unknown(newspaper: Newspaper) -> None:
    withdraw(newspaper.sheets, "election")
    newspaper.ledger.shelf.follow()
    assert newspaper.read("election") == "unknown-story"
    assert newspaper.read("wire:77") == "unknown-story"


def test_a_story_published_this_moment_is_known_to_its_first_reader(newspaper: Newspaper) -> None:
    publish(newspaper.sheets, story("flash"))
    assert newspaper.read("flash") is None


@pytest.mark.parametrize("token", ["made-up", "", "日本", "\ud800"])
def test_a_token_that_is_not_the_storys_is_forged(newspaper: Newspaper, token: str) -> None:
    assert newspaper.read("election", token=token) == "forged"


def test_another_storys_token_is_forged(newspaper: Newspaper) -> None:
    assert newspaper.read("election", token=newspaper.raw("budget").page.token) == "forged"


@pytest.mark.parametrize("name", ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.5.0", "", "  "])
def test_who_says_of_itself_that_it_is_a_bot_or_nothing_at_all_is_a_bot(newspaper: Newspaper, name: str) -> None:
    assert newspaper.read("election", user_agent=name) == "bot"


@pytest.mark.parametrize(
    "sign",
    [{"prerendered": True}, {"prefetched": True}, {"purpose": "prefetch;prerender"}, {"purpose": "Prefetch"}, {"visibility": "prerender"}],
)
def test_a_page_fetched_ahead_was_not_read(newspaper: Newspaper, sign: dict[str, object]) -> None:
    assert newspaper.read("election", **sign) == "prefetch"


def test_a_page_in_the_background_was_not_seen(newspaper: Newspaper) -> None:
    assert newspaper.read("election", visibility="hidden", visible_ms=9000) == "not-seen"


def test_a_page_that_was_visible_for_two_seconds_was_not_seen(newspaper: Newspaper) -> None:
    assert newspaper.read("election", visible_ms=2000) == "not-seen"


def test_a_page_that_was_scrolled_was_seen_however_short(newspaper: Newspaper) -> None:
    assert newspaper.read("election", visible_ms=500, scrolled=True) is None


def test_the_newsrooms_own_looking_does_not_count(newspaper: Newspaper) -> None:
    assert newspaper.read("election", staff=True) == "staff"


def test_who_asks_not_to_be_counted_is_not_and_nothing_else_is_looked_at(newspaper: Newspaper) -> None:
    assert newspaper.read("election", opted_out=True, token="forged") == "opted-out"
    assert newspaper.read("election") is None


@pytest.mark.parametrize("hint", ["proxy", "from", "another-site"])
def test_a_machine_is_told_by_more_than_its_name(newspaper: Newspaper, hint: str) -> None:
    assert newspaper.read("election", hint=hint) == "bot"


def test_what_was_dropped_is_told_by_rule_and_by_samples_that_name_nobody(newspaper: Newspaper) -> None:
    newspaper.read("election", user_agent="Mozilla/5.0 (compatible; Googlebot/2.1)", referrer="https://www.google.com/")
    newspaper.read("election", user_agent=" ")
    newspaper.read("election", hint="proxy")
    newspaper.read("budget", visible_ms=10)
    newspaper.read("made-up@example.com")
    report = newspaper.ledger.report(MORNING + 1)
    assert {(one.reason, one.rule, one.count) for one in report.rules} == {
        ("bot", "Googlebot\\/", 1),
        ("bot", "nameless", 1),
        ("bot", "proxy", 1),
        ("not-seen", "under-three-seconds", 1),
        ("unknown-story", "", 1),
    }
    assert ("bot", "election", "search") in {(one.reason, one.story, one.source) for one in report.samples}
    assert {one.story for one in report.samples if one.reason == "unknown-story"} == {""}
    assert all(one.at % 60 == 0 for one in report.samples)
    assert all(text not in repr(report) for text in ("203.0.113", "Mozilla", "made-up@example.com"))


def test_a_token_sent_again_and_again_moves_nothing(newspaper: Newspaper) -> None:
    """Replay: one page's token, from one machine under one name, under many, and from its whole network."""
    for number in range(40):
        newspaper.read("budget", address=f"2001:db8:{number:x}::1")
    for number in range(300):
        newspaper.read("election", at=MORNING + number * 0.1)
        newspaper.read("election", user_agent=f"{PHONE} {number}", at=MORNING + number * 0.1)
        newspaper.read("election", address=f"203.0.113.{number % 256}", user_agent=f"{PHONE} {number}", at=MORNING + number * 0.1)
    counts = newspaper.ledger.rankings
    assert counts.reads("election", "24h") < counts.reads("budget", "24h")


def test_the_same_visitor_reads_a_story_once_in_half_an_hour(newspaper: Newspaper) -> None:
    assert newspaper.read("election") is None
    assert newspaper.read("election", at=MORNING + 29 * 60) == "repeat"
    assert newspaper.read("budget", at=MORNING + 29 * 60) is None
    assert newspaper.read("election", at=MORNING + 30 * 60) is None


def test_midnight_makes_no_second_read(newspaper: Newspaper) -> None:
    midnight = MORNING - MORNING % 86400 + 86400
    assert newspaper.read("election", at=midnight - 60) is None
    assert newspaper.read("election", at=midnight + 60) == "repeat"


def test_a_phone_that_changes_the_lower_half_of_its_address_stays_the_same_visitor(newspaper: Newspaper) -> None:
    assert newspaper.read("election", address="2001:db8:1:2::1") is None
    assert newspaper.read("election", address="2001:db8:1:2:ffff::9") == "repeat"
    assert newspaper.read("election", address="2001:db8:1:3::1") is None


def test_repeats_hold_across_a_restart(newspaper: Newspaper) -> None:
    assert newspaper.read("election") is None
    newspaper.restart(MORNING + 60)
    newspaper.ledger.forget(MORNING + 90)
    assert newspaper.read("election", at=MORNING + 120) == "repeat"
    newspaper.ledger.forget(MORNING + 29 * 60)
    assert newspaper.read("election", at=MORNING + 29 * 60) == "repeat"
    assert newspaper.read("election", at=MORNING + 31 * 60) is None


def test_nobody_opens_more_than_forty_stories_a_minute(newspaper: Newspaper) -> None:
    newspaper.publish(*(story(f"s{number}") for number in range(60)))
    outcomes = [newspaper.read(f"s{number}", at=MORNING + number * 0.5) for number in range(60)]
    assert outcomes == [None] * 40 + ["too-fast"] * 20


def test_one_network_cannot_push_a_story_by_changing_its_browsers_name(newspaper: Newspaper) -> None:
    outcomes = [newspaper.read("election", address=f"203.0.113.{number % 250}", user_agent=f"{PHONE} {number}") for number in range(500)]
    assert outcomes.count(None) == 30
    assert set(outcomes) == {None, "flood"}


def test_every_reason_is_explained_to_people() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [reason for reason in REASONS if f"`{reason}`" not in page] == []
