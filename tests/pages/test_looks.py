"""What a newsroom sets once for its looks reaches every page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.newsroom.models import NewspaperSettings
from kawaraban.pages.colours import CONTRAST, contrast, readable_on
from kawaraban.sheetlog.shapes import Asset, Kind, Sheet, Slot

PAPER, NIGHT = "#efe8da", "#211f1a"


@given(st.integers(0, 0xFFFFFF))
def test_any_accent_is_made_readable_by_day_and_by_night(number):
    for ground in (PAPER, NIGHT):
        assert contrast(ground, readable_on(ground, f"#{number:06x}")) >= CONTRAST


def test_an_accent_that_is_readable_stays_as_it_was_chosen():
    assert readable_on(PAPER, "#7a1f10") == "#7a1f10"


def test_the_grounds_are_those_of_the_style():
    from kawaraban.pages.assets import _DAY, _NIGHT, asset_files

    style = asset_files("#c8371f")["site.css"].decode()
    assert re.findall(r"--wash: (#\w+)", style) == [_DAY, _NIGHT] == [PAPER, NIGHT]


@pytest.mark.django_db
def test_a_new_accent_and_a_new_ranking_reach_every_page(publish, press):
    story = publish("色の記事")
    before = _style(press(), story.reader_path)
    paper = NewspaperSettings.load()
    assert "{reads}" not in _row_of_the_ranking(press(), story.reader_path)
    paper.accent = "#005f73"
    paper.ranking_reads = True
    paper.save()
    log = press()
    after = _style(log, story.reader_path)
    assert after != before
    assert after == _style(log, "/") == _style(log, "/society")
    assert b"--accent: #005f73" in log.get(Kind.ASSET, after, Asset).body
    assert after in log.get(Kind.SHEET, "/worker.js", Sheet).pieces[0]
    for path in (story.reader_path, "/", "/society"):
        assert _row_of_the_ranking(log, path).endswith('<p class="reads"><span>閲覧{reads}回</span></p></li>')


def test_the_worker_knows_the_page_of_every_edition(newspaper, press):
    from kawaraban.press.actions import ask_to_print_everything

    ask_to_print_everything()
    log = press()
    worker = log.get(Kind.SHEET, "/worker.js", Sheet)
    assert worker.content_type.startswith("text/javascript")
    assert '{"": "/offline", "en": "/en/offline"}' in worker.pieces[0]
    assert log.get(Kind.SHEET, "/en/offline", Sheet).status == 200


def _row_of_the_ranking(log, path: str) -> str:
    (slot,) = [piece for piece in log.get(Kind.SHEET, path, Sheet).pieces if isinstance(piece, Slot) and piece.name == "ranking"]
    return slot.row_closing


def _style(log, path: str) -> str:
    text = "".join(piece for piece in log.get(Kind.SHEET, path, Sheet).pieces if isinstance(piece, str))
    return re.search(r'href="(/assets/site\.\w+\.css)"', text)[1]
