"""An edition's own compression dictionary, made by the press of what its pages have in common."""

import time

import pytest
import zstandard

from kawaraban.discovery.related_store import RelatedWriter
from kawaraban.pages import dictionary
from kawaraban.sheetlog.shapes import Asset, Kind, Redirect, Sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def stories(publish, press, settings, tmp_path):
    settings.KAWARABAN_DISCOVERY_DIR = tmp_path
    for number in range(22):
        publish(f"見出し{number}番", body=f"これは{number}番めの記事です。" * 30)
    return press()


def present(log):
    redirect = log.get(Kind.REDIRECT, "/assets/ja.dictionary", Redirect)
    return redirect and redirect.to


def test_it_is_made_of_the_newest_pages_and_again_after_a_day(stories, publish, press, monkeypatch):
    dictionary.renew_dictionaries(stories)
    first = present(stories)
    asset = stories.get(Kind.ASSET, first, Asset)
    assert asset.dictionary_for == "/*"
    sheets = (stories.get(Kind.SHEET, key, Sheet) for key in list(stories.keys(Kind.SHEET)))
    page = next(sheet for sheet in sheets if sheet.kind == "story")
    plain = "".join(piece for piece in page.pieces if isinstance(piece, str)).encode()
    raw = zstandard.ZstdCompressionDict(asset.body, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    against = zstandard.ZstdCompressor(dict_data=raw).compress(plain)
    assert len(against) < len(zstandard.ZstdCompressor().compress(plain)) / 2
    assert len(asset.body) <= 48 * 1024
    # Within the day it stays, whatever is published.
    publish("あたらしい見出し", body="まったく別の文章である。" * 200)
    press()
    dictionary.renew_dictionaries(stories)
    assert present(stories) == first
    now = time.time()
    monkeypatch.setattr(dictionary.time, "time", lambda: now + 90_000)
    dictionary.renew_dictionaries(stories)
    second = present(stories)
    assert second != first
    assert stories.get(Kind.ASSET, first, Asset) is not None, "a browser may still name yesterday's"
    monkeypatch.setattr(dictionary.time, "time", lambda: now + 300_000)
    publish("その次の見出し", body="さらに別の文章である。" * 200)
    press()
    dictionary.renew_dictionaries(stories)
    assert stories.get(Kind.ASSET, first, Asset) is None


def test_what_names_a_withdrawn_story_is_taken_back_at_once(stories, publish, press):
    named = publish("取り消す見出し", body="取り消す記事です。" * 30)
    press()
    dictionary.renew_dictionaries(stories)
    first = present(stories)
    assert "取り消す見出し" in stories.get(Kind.ASSET, first, Asset).body.decode()
    named.unpublish()
    press()
    dictionary.renew_dictionaries(stories)
    second = present(stories)
    assert second not in {None, first}
    assert "取り消す" not in stories.get(Kind.ASSET, second, Asset).body.decode()
    assert stories.get(Kind.ASSET, first, Asset) is None


def test_none_is_made_before_related_stories_are_known(stories, settings):
    related = RelatedWriter(settings.KAWARABAN_DISCOVERY_DIR / "related.sqlite3")
    dictionary.renew_dictionaries(stories)
    assert present(stories) is None
    ids = list(stories.keys(Kind.STORY))
    related.write({ids[0]: ids[1:3]})
    dictionary.renew_dictionaries(stories)
    assert present(stories) is not None


def test_of_a_few_pages_none_is_made(publish, press, settings, tmp_path):
    settings.KAWARABAN_DISCOVERY_DIR = tmp_path
    publish("ただ一つの記事")
    log = press()
    dictionary.renew_dictionaries(log)
    assert present(log) is None
