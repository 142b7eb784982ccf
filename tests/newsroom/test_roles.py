"""The four roles on their first day."""

import io

import pytest
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image

from kawaraban.newsroom.models import Photo, SectionPage, StoryPage

pytestmark = pytest.mark.django_db


def permissions(person, page):
    return page.permissions_for_user(person)


def test_a_writer_adds_stories_and_hands_them_in_but_publishes_nothing(cast, newspaper, publish):
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    mine = section.add_child(instance=StoryPage(title="下書き", owner=cast["writer"], live=False, locale=section.locale))
    assert permissions(cast["writer"], section).can_add_subpage()
    assert permissions(cast["writer"], mine).can_edit()
    assert permissions(cast["writer"], mine).can_submit_for_moderation()
    assert not permissions(cast["writer"], mine).can_publish()
    assert not permissions(cast["writer"], publish("他人の記事")).can_edit()


def test_the_desk_edits_and_publishes_all(cast, publish):
    story = publish("記事")
    assert permissions(cast["desk"], story).can_edit()
    assert permissions(cast["desk"], story).can_publish()
    assert permissions(cast["desk"], story).can_unpublish()


def test_the_photo_desk_keeps_photos_and_no_pages(cast, publish, client):
    assert not permissions(cast["photo"], publish("記事")).can_edit()
    client.force_login(cast["photo"])
    assert client.get(reverse("wagtailimages:index")).status_code == 200
    assert client.get(reverse("wagtailimages:add_multiple")).status_code == 200


def test_the_chief_places_the_front_page_and_keeps_staff_and_settings(cast, newspaper, client):
    assert permissions(cast["chief"], newspaper["ja"]).can_publish()
    client.force_login(cast["chief"])
    for name in ("wagtailusers_users:index", "wagtailusers_users:add"):
        assert client.get(reverse(name)).status_code == 200
    assert client.get(reverse("wagtailsettings:edit", args=("newsroom", "newspapersettings")), follow=True).status_code == 200
    client.force_login(cast["writer"])
    assert client.get(reverse("wagtailusers_users:index")).status_code == 302


@pytest.mark.parametrize("role", ["writer", "desk", "photo", "chief"])
def test_every_role_gets_in_and_sees_the_audience(cast, client, role):
    client.force_login(cast[role])
    assert client.get(reverse("wagtailadmin_home")).status_code == 200
    assert client.get(reverse("audience")).status_code == 200


def test_photos_are_shown_on_the_newsrooms_own_screens(cast, client, settings, tmp_path):
    file = io.BytesIO()
    Image.new("RGB", (400, 300), "#27405f").save(file, "JPEG")
    photo = Photo.objects.create(title="港", file=ImageFile(file, name="thumbnail.jpg"), credit="写真部")
    address = photo.get_rendition("max-165x165").url
    assert client.get(address).status_code == 302
    client.force_login(cast["writer"])
    assert client.get(address)["content-type"] == "image/jpeg"
    assert client.get("/media/../newsroom/secret-key").status_code in {400, 404}


def test_originals_are_for_staff_only(client, newspaper):
    answer = client.get("/originals/original_images/x.jpg")
    assert answer.status_code == 302
    assert "login" in answer.headers["location"]


def test_the_newsrooms_search_finds_a_word_inside_a_sentence(publish):
    story = publish("汐見大橋の架け替え", body="市議会の選手団が核抑止を論じた。")
    for word in ("選手", "核", "架け替え", "市議会"):
        assert [found.pk for found in StoryPage.objects.search(word)] == [story.pk]
    assert not list(StoryPage.objects.search("野球"))
    assert [found.pk for found in StoryPage.objects.autocomplete("汐見")] == [story.pk]


def test_the_search_screen_finds_a_word_inside_a_sentence(cast, publish, client):
    story = publish("汐見大橋の記事", body="市議会の選手団が核抑止を論じた。")
    client.force_login(cast["desk"])
    for word, found in (("核", True), ("選手", True), ("野球", False)):
        page = client.get(reverse("wagtailadmin_pages:search"), {"q": word}).content.decode()
        assert (reverse("wagtailadmin_pages:edit", args=(story.pk,)) in page) is found


def test_the_preview_is_the_real_page_and_counts_nothing(cast, publish, client, press):
    story = publish("試し読みの記事")
    press()
    client.force_login(cast["desk"])
    page = story.make_preview_request(preview_mode="").content.decode()
    assert "試し読みの記事" in page
    assert "試験新報" in page
    assert "data-read-token" not in page
    assert "<script" not in page


def test_a_japanese_headline_makes_an_ascii_address(publish):
    story = publish("日本語だけの見出し")
    assert story.reader_path == f"/politics/{story.story_id}"
    assert story.reader_path.isascii()
