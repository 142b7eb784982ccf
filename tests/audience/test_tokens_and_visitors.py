"""Tokens prove that a page was had; visitors are known for two days and by nobody's address."""

from __future__ import annotations

import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from audience.cast import MORNING, PHONE
from kawaraban.audience.origins import device_of, source_of
from kawaraban.audience.shapes import PageMessage, RawRead
from kawaraban.audience.tokens import Tokens, load_or_make_key, read_token
from kawaraban.audience.visitors import Salts

if TYPE_CHECKING:
    from pathlib import Path


def test_a_token_is_short_and_safe_in_a_url_and_the_storys_own() -> None:
    token = read_token(b"k" * 32, "記事")
    assert len(token) == 16
    assert token.replace("-", "").replace("_", "").isalnum()
    assert Tokens(b"k" * 32).is_of("記事", token)
    assert not Tokens(b"k" * 32).is_of("記事2", token)
    assert not Tokens(b"l" * 32).is_of("記事", token)


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "reads" / "token.key"
    key = load_or_make_key(path)
    load_or_make_key.cache_clear()
    assert load_or_make_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["token.key"]


def test_of_processes_that_start_together_all_get_the_same_key(tmp_path: Path) -> None:
    code = (
        f"from pathlib import Path; from kawaraban.audience.tokens import *; print(load_or_make_key(Path({str(tmp_path)!r}) / 'k').hex())"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env={"PYTHONPATH": ":".join(sys.path)}) for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in started}) == 1


def test_a_key_that_was_cut_short_is_said_and_not_used(tmp_path: Path) -> None:
    (tmp_path / "k").write_bytes(b"short")
    with pytest.raises(ValueError, match="restore it"):
        load_or_make_key(tmp_path / "k")


def test_salts_are_private_overlap_by_a_day_and_are_thrown_away(tmp_path: Path) -> None:
    def raw(at: float) -> RawRead:
        return RawRead(page=PageMessage(story="s", token="t"), at=at, address="203.0.113.7", user_agent=PHONE)

    salts = Salts(tmp_path)
    today, tomorrow = salts.visitor(raw(MORNING)), salts.visitor(raw(MORNING + 86400))
    assert tomorrow.yesterday == today.today
    assert tomorrow.today != today.today
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in tmp_path.iterdir())
    assert Salts(tmp_path).visitor(raw(MORNING)) == today
    # One was killed while it wrote.
    (tmp_path / f".salt-{int(MORNING // 86400)}.77.new").write_bytes(b"x" * 32)
    salts.forget(MORNING + 2 * 86400)
    assert [file.name for file in tmp_path.iterdir()] == [f"salt-{int(MORNING // 86400) + 1}"]


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        ("", "direct"),
        ("https://news.example.com/politics", "internal"),
        ("https://www.google.co.jp/", "search"),
        ("https://search.yahoo.co.jp/search?p=x", "search"),
        ("https://news.yahoo.co.jp/articles/1", "portal"),
        ("https://news.google.com/", "portal"),
        ("https://www.smartnews.com/", "portal"),
        ("https://t.co/abc", "social"),
        ("https://l.facebook.com/l.php", "social"),
        ("https://mail.google.com/", "newsletter"),
        ("https://letters.example.org/?utm_medium=email", "newsletter"),
        ("https://not.t.co.example.org/", "other"),
        ("https://notgoogle.com/", "other"),
        ("http://[broken", "other"),
        ("nonsense", "direct"),
    ],
)
def test_where_a_reader_came_from_is_told_by_the_host(referrer: str, source: str) -> None:
    assert source_of(referrer, {"news.example.com"}) == source


def test_devices_are_told_in_three_classes() -> None:
    assert device_of(PHONE) == "phone"
    assert device_of("Mozilla/5.0 (iPad; CPU OS 19_1)") == "tablet"
    assert device_of("Mozilla/5.0 (Linux; Android 16; Pixel Tablet) Chrome/150 Safari/537.36") == "tablet"
    assert device_of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150") == "desktop"
