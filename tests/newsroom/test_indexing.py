"""The newsroom's indexes: a story goes in once a change, and several together; a draft changes nothing."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import ReferenceIndex

from kawaraban.newsroom.indexing import indexed_together
from kawaraban.newsroom.models import Person, StoryPage

pytestmark = pytest.mark.django_db


def found(word: str) -> list[str]:
    return sorted(story.title for story in StoryPage.objects.search(word))


def test_stories_that_are_published_together_are_found_when_all_are(publish):
    with indexed_together():
        publish("港の橋")
        publish("山の橋")
        assert found("橋") == []
    assert found("橋") == ["山の橋", "港の橋"]


def test_a_story_that_was_rolled_back_is_left_out_and_the_others_stand(publish):
    @transaction.atomic
    def publish_and_fail():
        publish("消えた橋")
        raise ZeroDivisionError

    with indexed_together():
        publish("港の橋")
        with pytest.raises(ZeroDivisionError):
            publish_and_fail()
    assert found("橋") == ["港の橋"]


def test_several_stories_ask_search_as_much_as_one(publish):
    def asked(count: int) -> int:
        with CaptureQueriesContext(connection) as queries, indexed_together():
            for number in range(count):
                publish(f"記事{number}")
        return sum("indexentry" in query["sql"] for query in queries)

    asked(1)
    assert asked(6) == asked(1)


def test_a_draft_does_not_change_what_is_found(publish):
    story = publish("港の橋")
    story.title = "山の駅"
    story.save_revision()
    assert (found("橋"), found("駅")) == (["港の橋"], [])
    story.get_latest_revision().publish()
    assert (found("橋"), found("駅")) == ([], ["山の駅"])


def test_a_deleted_story_is_not_found(publish):
    publish("港の橋").delete()
    assert found("橋") == []


def test_a_published_story_is_known_to_refer_to_its_people(publish):
    person = Person.objects.create(slug="sato", name="佐登")
    story = publish("港の橋", bylines=[(person, "text")])
    assert [int(row.object_id) for row in ReferenceIndex.get_references_to(person)] == [story.pk]
