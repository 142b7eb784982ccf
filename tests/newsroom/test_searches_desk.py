"""What readers search for, on the newsroom's screen."""

import time

import pytest
from django.urls import reverse

from kawaraban.discovery.searches import SEARCHES_FILE, Searches

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["writer", "desk", "chief"])
def test_the_newsroom_sees_what_was_searched_for_and_not_found(newspaper, cast, client, settings, tmp_path, who):
    settings.KAWARABAN_DISCOVERY_DIR = tmp_path
    client.force_login(cast[who])
    assert client.get(reverse("searches")).status_code == 200
    searches = Searches(tmp_path / SEARCHES_FILE)
    for person in ("a", "b"):
        searches.note("<b>沈没船", language="ja", asker=person, found=0, now=time.time())
        searches.note("lighthouse", language="en", asker=person, found=4, now=time.time())
    searches.note("ひとりだけ", language="ja", asker="a", found=0, now=time.time())
    page = client.get(reverse("searches")).content.decode()
    in_vain, found = page.split('id="newsroom-found"')
    assert "&lt;b&gt;沈没船" in in_vain
    assert "lighthouse" in found
    assert "/en/search?q=lighthouse" in found
    assert "ひとりだけ" not in page


def test_readers_do_not_see_it(client, newspaper):
    assert client.get(reverse("searches")).status_code == 302
