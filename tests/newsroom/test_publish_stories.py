"""Many new stories at once stand in the database as one that Wagtail's own actions published."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.images.tests.utils import get_test_image_file
from wagtail.log_actions import LogContext
from wagtail.models import Page, PageLogEntry, ReferenceIndex
from wagtail.signals import page_published

from kawaraban.newsroom.actions.publish_stories import plain_story, publish_new_stories
from kawaraban.newsroom.actions.publish_story import CorrectionDraft, StoryDraft, publish_new_story
from kawaraban.newsroom.indexing import indexed_together
from kawaraban.newsroom.models import Name, NameInStory, Person, Photo, SectionPage, StoryPage, Topic
from kawaraban.newsroom.models.stories import ID_ALPHABET
from kawaraban.press.models import PrintJob

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class _UndoneError(Exception):
    """Takes back what was written."""


@pytest.fixture
def drafts(newspaper):
    """Two stories with all that a story may have beside it, and a bare one."""
    politics, sports = (
        SectionPage.objects.select_related("locale").get(slug=slug, locale__language_code="ja") for slug in ("politics", "sports")
    )
    photo = Photo.objects.create(title="橋", file=get_test_image_file("bridge.png", size=(64, 40)), caption="橋", credit="写真部")
    topics = [Topic.objects.create(name=name, slug=slug) for name, slug in (("橋", "bridge"), ("港", "harbour"))]
    people = [Person.objects.create(name=name, slug=slug) for name, slug in (("佐登はるか", "sato"), ("森あおい", "mori"))]
    Name.objects.create(name="港市", slug="minato", kind="place")

    def draft(story_id: str, section: SectionPage, **fields) -> StoryDraft:
        body = [("paragraph", f"<p>港市の橋が{story_id}。</p>"), ("photo", {"photo": photo, "caption": "", "alt_text": ""})]
        return StoryDraft(headline=f"題 {story_id}", section=section, body=body, story_id=story_id, published_at=MOMENT, **fields)

    correction = CorrectionDraft(made_at=MOMENT, text="橋の名を正しました。", wrong="北橋", right="南橋")
    return [
        draft(
            "bcdfghjk",
            politics,
            topics=topics,
            bylines=[(people[0], "text"), (people[1], "photo")],
            corrections=[correction],
            lead_photo=photo,
            standfirst="港市。",
            import_source="wire",
            import_id="1",
            import_digest="d",
        ),
        draft("bcdfghjm", sports, topics=topics[:1], summary="一行", import_source="wire", import_id="2"),
        draft("bcdfghjn", politics),
    ]


def written_down() -> list[str]:
    """Return every row of every table, in a form that does not tell one run from another."""
    rows = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for row in json.loads(serializers.serialize("json", model._base_manager.order_by("pk"))):
            fields = row["fields"]
            # The hash of a path with an id in it; and the order in which jobs and log entries came says nothing.
            fields.pop("content_path_hash", None)
            name = "" if model in {PrintJob, PageLogEntry, ReferenceIndex, NameInStory} else row["pk"]
            rows.append((row["model"], str(name), json.dumps(fields, ensure_ascii=False, sort_keys=True)))
    known: dict[str, str] = {}
    ordered = sorted(rows, key=lambda row: (row[0], row[1].zfill(9), UUID.sub("", row[2])))
    return [UUID.sub(lambda found: known.setdefault(found[0], f"uuid {len(known)}"), " ".join(row)) for row in ordered]


def taken_back(write) -> list[str]:
    """Write, look at what stands then, and take it back."""
    rows: list[str] = []

    @transaction.atomic
    def in_vain():
        # PostgreSQL takes no number back that it gave.
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
                cursor.execute(sql)
        write()
        rows.extend(written_down())
        raise _UndoneError

    with pytest.raises(_UndoneError):
        in_vain()
    return rows


def together(drafts, actor=None) -> list[bool]:
    return publish_new_stories(stories=[story for draft in drafts if (story := plain_story(draft))], actor=actor)


@pytest.mark.parametrize("with_actor", [False, True])
def test_the_same_rows_stand_in_every_table(cast, drafts, monkeypatch, with_actor):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    actor = cast["desk"] if with_actor else None
    Topic.objects.create(name="港市の話", slug="city", any_words="港市")

    @indexed_together()  # a title's weight in search is that of the moment when it goes in
    def one_by_one():
        for draft in drafts:
            publish_new_story(draft=draft, actor=actor)

    with LogContext(user=actor):
        single, many = taken_back(one_by_one), taken_back(lambda: together(drafts, actor))
    assert [row for row in many if row not in single] == [row for row in single if row not in many]
    assert many == single
    assert sum(row.startswith("newsroom.storypage ") for row in many) == len(drafts)
    assert sum(row.startswith("newsroom.nameinstory ") for row in many) == len(drafts)
    assert sum(row.startswith("newsroom.storygathered ") for row in many) == len(drafts)


def test_an_edit_afterwards_goes_the_way_of_any_other(drafts, newspaper):
    together(drafts)
    assert Page.find_problems() == ([], [], [], [], [])
    story = StoryPage.objects.get(story_id="bcdfghjk")
    story.title = "新しい題"
    story.save_revision().publish()
    story.refresh_from_db()
    assert (story.title, story.live_revision.get_previous().content["title"]) == ("新しい題", "題 bcdfghjk")
    assert list(story.topics.values_list("slug", flat=True)) == ["bridge", "harbour"]
    assert [found.story_id for found in StoryPage.objects.search("新しい題")] == ["bcdfghjk"]
    assert {usage.object_id for usage in ReferenceIndex.get_references_to(Photo.objects.get())} == {
        str(page.pk) for page in StoryPage.objects.all()
    }


def test_whoever_hears_of_publications_hears_of_each(drafts):
    heard = []

    def hear(instance, revision, **_):
        heard.append((instance.story_id, instance.live, revision.pk == instance.live_revision_id))

    page_published.connect(hear, sender=StoryPage)
    try:
        together(drafts)
    finally:
        page_published.disconnect(hear, sender=StoryPage)
    assert heard == [(draft.story_id, True, True) for draft in drafts]


def test_one_whose_id_another_has_is_left_to_the_single_way(drafts):
    assert together(drafts[:1]) == [True]
    assert together([*drafts, drafts[2]]) == [False, True, True, False]
    assert StoryPage.objects.count() == len(drafts)


def test_what_is_wrong_or_rare_goes_the_single_way(drafts):
    from dataclasses import replace

    assert plain_story(replace(drafts[0], headline="長" * 256)) is None
    assert plain_story(replace(drafts[0], headline="")) is None
    assert plain_story(replace(drafts[0], source_url="no address")) is None
    assert plain_story(replace(drafts[0], story_id="")) is None
    assert plain_story(replace(drafts[0], published_at=None)) is None
    assert plain_story(replace(drafts[0], translation_of=StoryPage())) is None


def test_questions_grow_by_a_few_with_each_story(drafts):
    from dataclasses import replace

    counts, few = [], 2
    for number in (few, 12):
        some = [replace(drafts[2], story_id=f"bcdfg{letter}{'fg'[number > few]}z") for letter in ID_ALPHABET[:number]]
        with CaptureQueriesContext(connection) as asked:
            together(some)
        counts.append(len(asked))
    # A savepoint, the page and the story, the names in it and what is to be printed. Wagtail's actions ask some fifty.
    assert counts[1] - counts[0] <= 11 * 10


def test_every_kind_of_row_beside_a_story_is_known():
    from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations

    from kawaraban.newsroom.actions.publish_story import RELATED

    beside = [row.get_accessor_name() for row in get_all_child_relations(StoryPage)]
    assert set(RELATED) == {*beside, *(field.name for field in get_all_child_m2m_relations(StoryPage))}
