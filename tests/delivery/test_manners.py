"""How a site answers, when it is told so: HTTPS only, and keys as Cloudflare reads them."""

import pytest

from delivery.test_reader import printed
from kawaraban.delivery import http
from kawaraban.sheetlog.shapes import Asset, press_sheet


@pytest.fixture(autouse=True)
def _as_before():
    yield
    http.set_manners()


def test_nobody_is_told_to_come_by_https_only_unless_the_operator_says_so():
    assert b"strict-transport-security" not in http.safe_end()
    http.set_manners(strict_seconds=600)
    http.set_manners(strict_seconds=31_536_000)
    assert http.safe_end().count(b"strict-transport-security: max-age=31536000\r\n") == 1


def test_keys_are_sent_in_the_words_of_the_cache_in_front():
    sheet = press_sheet(printed("a")[1].value)
    assert b"surrogate-key: kind-story path-/politics/a story-a\r\n" in http.steady_head(sheet, [])
    http.set_manners(cache_tags=True)
    assert b"cache-tag: kind-story,path-/politics/a,story-a\r\n" in http.steady_head(sheet, [])


def test_no_shared_cache_has_a_dictionary_for_long_that_may_be_taken_back():
    def caching(**fields):
        return dict(http.asset_headers("/assets/x", Asset("application/octet-stream", b"", **fields)))["cache-control"]

    assert caching() == http.FOR_EVER
    assert "s-maxage=5" in caching(dictionary_for="/*")
    assert "immutable" not in caching(dictionary_for="/*")
