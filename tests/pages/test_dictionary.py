"""An edition's own compression dictionary, made by the press of what its pages have in common."""

import time

import pytest
import zstandard

from kawaraban.discovery.related_store import RelatedWriter
from kawaraban.pages import dictionary
from kawaraban.sheetlog.log import Change
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


def test_what_holds_a_story_that_was_corrected_is_taken_back_and_what_holds_it_as_it_is_stays(stories, publish, press):
    # The shortest page is the one that it holds whole.
    story = publish("短い", body="山田という名がある。")
    press()
    for is_corrected in (False, True):
        dictionary.renew_dictionaries(stories)
        held = present(stories)
        assert "山田" in stories.get(Kind.ASSET, held, Asset).body.decode()
        story.body = [("paragraph", "<p>名はない。</p>")] if is_corrected else story.body
        story.save_revision().publish()
        press()
        dictionary.renew_dictionaries(stories)
        assert (present(stories) == held) is not is_corrected
    assert stories.get(Kind.ASSET, held, Asset) is None
    assert "山田" not in stories.get(Kind.ASSET, present(stories), Asset).body.decode()


def test_what_names_a_withdrawn_story_is_taken_back_in_every_edition_that_stands_or_stood(stories):
    for language in ("en", "zz"):
        path, address = f"/assets/{language}.0.dictionary", f"/assets/{language}.dictionary"
        asset = Asset("application/octet-stream", b'<a data-story="gone">', dictionary_for="/*", made_at=time.time())
        stories.append([Change(Kind.ASSET, path, asset), Change(Kind.REDIRECT, address, Redirect(path, permanent=False))])
    dictionary.renew_dictionaries(stories)
    left = [*stories.keys(Kind.ASSET), *stories.keys(Kind.REDIRECT)]
    assert [path for path in left if path.startswith(("/assets/en.", "/assets/zz."))] == []
    assert present(stories) is not None


def test_to_look_for_one_leaves_nothing_open(stories, monkeypatch):
    opened = []

    class Store(dictionary.SheetStore):
        def news(self):
            opened.append(self)
            return super().news()

    monkeypatch.setattr(dictionary, "SheetStore", Store)
    dictionary.renew_dictionaries(stories)
    assert [store.is_open for store in opened] == [False]


def test_none_is_made_before_related_stories_are_known(stories, settings):
    related = RelatedWriter(settings.KAWARABAN_DISCOVERY_DIR / "related.sqlite3")
    dictionary.renew_dictionaries(stories)
    assert present(stories) is None
    ids = list(stories.keys(Kind.STORY))
    related.write({ids[0]: ids[1:3]})
    dictionary.renew_dictionaries(stories)
    assert present(stories) is not None


def test_of_a_few_pages_none_is_made(publish, press, settings, tmp_path, monkeypatch):
    settings.KAWARABAN_DISCOVERY_DIR = tmp_path
    publish("ただ一つの記事")
    log = press()
    # It is looked for every half minute: nobody is asked for what cannot be made.
    monkeypatch.setattr(dictionary, "readership", None)
    dictionary.renew_dictionaries(log)
    assert present(log) is None
