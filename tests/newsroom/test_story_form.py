"""The form in which a story is written."""

import lxml.html
import pytest
from django.urls import reverse
from screens import forms_of
from wagtail.users.models import UserProfile

from kawaraban.newsroom.models import SectionPage, StoryPage

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}


@pytest.fixture
def new_story(cast, client, newspaper):
    """The address at which a writer begins a story."""
    client.force_login(cast["writer"])
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    return reverse("wagtailadmin_pages:add", args=("newsroom", "storypage", section.pk))


def form_at(client, address: str) -> dict:
    form = next(form for form in forms_of(client.get(address).content.decode(), address) if "title" in form.values)
    return {name: value for name, value in form.values.items() if "__prefix__" not in name} | BY_SCRIPT


def test_a_form_that_saves_by_itself_leaves_a_story_the_address_of_its_id(client, new_story):
    # The script makes the draft and goes on sending what the form was opened with: the address of a story that never was.
    form = form_at(client, new_story) | {"title": "灯台に階段"}
    client.post(new_story, form)
    story = StoryPage.objects.get(title="灯台に階段")
    assert story.slug == story.story_id != form["slug"]
    client.post(reverse("wagtailadmin_pages:edit", args=(story.pk,)), form | {"summary": "きょうから上れる。"})
    story.refresh_from_db()
    draft = story.get_latest_revision_as_object()
    assert (draft.summary, draft.slug) == ("きょうから上れる。", story.story_id)


def test_an_address_that_somebody_chose_is_kept(client, new_story):
    client.post(new_story, form_at(client, new_story) | {"title": "灯台に階段"})
    story = StoryPage.objects.get(title="灯台に階段")
    address = reverse("wagtailadmin_pages:edit", args=(story.pk,))
    client.post(address, form_at(client, address) | {"slug": "lighthouse"})
    story.refresh_from_db()
    assert story.get_latest_revision_as_object().slug == "lighthouse"


@pytest.mark.parametrize(("language", "word"), [("ja", "見出し*"), ("ko", "제목*"), ("en", "Headline*")])
def test_where_the_headline_goes_is_seen_before_it_is_written(client, cast, new_story, language, word):
    UserProfile.objects.update_or_create(user=cast["writer"], defaults={"preferred_language": language})
    screen = lxml.html.fromstring(client.get(new_story).content.decode())
    assert screen.get_element_by_id("id_title").get("placeholder") == word
