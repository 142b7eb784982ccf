"""What readers search for, on the newsroom's screen."""

import time

import pytest
from django.urls import reverse

from kawaraban.discovery.searches import SEARCHES_FILE, Searches
from kawaraban.newsroom.models import FrontPage
from kawaraban.newsroom.searches_desk import _page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["writer", "desk", "chief"])
def test_the_newsroom_sees_what_was_searched_for_and_not_found(newspaper, cast, client, settings, tmp_path, who):
    settings.KAWARABAN_DISCOVERY_DIR = tmp_path
    client.force_login(cast[who])
    assert client.get(reverse("searches")).status_code == 200
    searches = Searches(tmp_path / SEARCHES_FILE)
    for network in ("a", "b", "c"):
        searches.note("<b>沈没船", language="ja", asker=network, found=0, now=time.time())
        searches.note("lighthouse", language="en", asker=network, found=4, now=time.time())
        searches.note("등대", language="", asker=network, found=2, now=time.time())
    for network in ("a", "b"):
        searches.note("ひとりだけ", language="ja", asker=network, found=0, now=time.time())
    page = client.get(reverse("searches")).content.decode()
    in_vain, found = page.split('id="newsroom-found"')
    assert "&lt;b&gt;沈没船" in in_vain
    assert "lighthouse" in found
    assert "/en/search?q=lighthouse" in found
    assert f'href="{settings.KAWARABAN_BASE_URL}/search?q=%EB%93%B1%EB%8C%80&amp;editions=all"' in found
    assert "ひとりだけ" not in page


def test_what_was_looked_for_in_all_editions_is_asked_on_the_first_editions_page(newspaper, settings):
    assert _page("등대", "") == f"{settings.KAWARABAN_BASE_URL}/search?q=%EB%93%B1%EB%8C%80&editions=all"
    FrontPage.objects.filter(locale__language_code="ja").update(live=False)
    first = FrontPage.objects.live().order_by("path").first().locale.language_code
    assert _page("등대", "") == f"{settings.KAWARABAN_BASE_URL}/{first}/search?q=%EB%93%B1%EB%8C%80&editions=all"
    assert _page("등대", "ko") == f"{settings.KAWARABAN_BASE_URL}/ko/search?q=%EB%93%B1%EB%8C%80"


def test_readers_do_not_see_it(client, newspaper):
    assert client.get(reverse("searches")).status_code == 302
