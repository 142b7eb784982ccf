"""Somebody whom a draft names is not lost from it, and a draft that names somebody who is gone can be worked with."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from screens import forms_of
from wagtail.models import Revision

from kawaraban.newsroom.models import Person, SectionPage, StoryByline, StoryPage, Topic
from kawaraban.pages.errands import publish_scheduled

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
WAYS = {"its screen": "/admin/snippets/newsroom/person/delete/{}/", "several at once": "/admin/bulk/newsroom/person/delete/?id={}"}


@pytest.fixture
def chief(cast, client):
    client.force_login(cast["chief"])
    return client


@pytest.fixture
def person():
    return Person.objects.create(name="橘 圭", slug="kei")


def sign(story: StoryPage, *people: Person) -> Revision:
    """A draft in which these people stand, while the story's own rows name nobody."""
    story.bylines = [StoryByline(person=each, role="text") for each in people]
    return story.save_revision()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["draft", "changes", "scheduled"])
def test_somebody_whom_a_draft_names_is_not_deleted(chief, publish, person, way, kind):
    story = publish("署名のある記事")
    if kind == "draft":
        story.unpublish()
    if kind == "scheduled":
        story.go_live_at = timezone.now() + timedelta(hours=1)
    revision = sign(story, person)
    if kind == "scheduled":
        revision.publish()
        # Somebody went on writing, without the byline: what goes out is the other.
        story.refresh_from_db()
        story.bylines = []
        story.save_revision()
    answer = chief.post(WAYS[way].format(person.pk), follow=True)
    assert "「署名のある記事」の作業中の原稿に署名があります" in answer.content.decode()
    assert Person.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize("way", WAYS)
def test_somebody_whom_only_an_old_revision_names_is_deleted(chief, publish, person, way):
    story = publish("署名のあった記事")
    old = sign(story, person)
    story.refresh_from_db()
    story.bylines = []
    story.save_revision().publish()
    chief.post(WAYS[way].format(person.pk))
    assert not Person.objects.exists()
    assert chief.get(reverse("wagtailadmin_pages:revisions_revert", args=(story.pk, old.pk))).status_code == 200


def test_a_draft_whose_person_is_gone_is_edited_and_published_and_keeps_the_others(chief, newspaper, person):
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    story = section.add_child(instance=StoryPage(title="予定の記事", live=False, locale=section.locale))
    stays, topic = Person.objects.create(name="佐登", slug="sato"), Topic.objects.create(name="橋", slug="bridge")
    story.topics = [topic]
    sign(story, person, stays)
    # Not by the screens: by a script, or before they refused it.
    person.delete()
    topic.delete()
    address = reverse("wagtailadmin_pages:edit", args=(story.pk,))
    form = next(form for form in forms_of(chief.get(address).content.decode(), address) if "title" in form.values)
    values = {name: value for name, value in form.values.items() if "__prefix__" not in name} | BY_SCRIPT
    assert (values["bylines-TOTAL_FORMS"], values["bylines-0-person"]) == ("1", str(stays.pk))
    Revision.objects.for_instance(story).update(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    publish_scheduled(None)
    story.refresh_from_db()
    assert story.live
    assert list(StoryByline.objects.values_list("person__slug", flat=True)) == ["sato"]
