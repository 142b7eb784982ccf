"""The first screen: what a person's day begins with."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.users.models import UserProfile

from kawaraban.newsroom.models import SectionPage, StoryPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(client, cast):
    """The first screen's text, as somebody of the cast sees it."""

    def opened(name: str) -> str:
        person = cast[name]
        UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": "ja"})
        client.force_login(person)
        return client.get("/admin/").content.decode()

    return opened


def draft(owner, headline: str, **fields) -> StoryPage:
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    story = section.add_child(instance=StoryPage(title=headline, owner=owner, live=False, has_unpublished_changes=True, **fields))
    story.save_revision(user=owner)
    return story


def test_who_writes_is_led_to_the_sections_and_to_what_was_begun(home, cast):
    draft(cast["writer"], "書きかけの見出し")
    draft(cast["desk"], "ひとの見出し")
    text = home("writer")
    assert "記事を書く" in text
    assert "書きかけの見出し" in text
    assert "ひとの見出し" not in text


def test_the_photo_desk_is_not_asked_to_write(home):
    text = home("photo")
    assert "記事を書く" not in text
    assert "書きかけの原稿" not in text


def test_what_goes_out_next_stands_there_and_is_no_draft_any_more(home, cast):
    story = draft(cast["desk"], "あすの見出し")
    story.go_live_at = timezone.now() + timedelta(hours=9)
    story.save_revision(user=cast["desk"]).publish()
    text = home("desk")
    assert text.count("あすの見出し") == 1
    assert "書きかけの原稿はありません" in text


def test_what_went_out_last_is_there_for_everybody(home, publish):
    publish("いま出た見出し")
    assert "いま出た見出し" in home("writer")


def test_how_long_ago_it_went_out_is_told_in_one_step(home, publish):
    story = publish("先ほど出た見出し")
    StoryPage.objects.filter(pk=story.pk).update(published_at=timezone.now() - timedelta(hours=1, minutes=13))
    text = home("writer")
    assert "1時間前" in text
    assert "1時間、13分前" not in text
