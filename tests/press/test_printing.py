"""The press: what a publication touches, and that it does not grow."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kawaraban.newsroom.actions.publish_story import CorrectionDraft
from kawaraban.newsroom.actions.withdraw_story import withdraw_story
from kawaraban.newsroom.models import NewspaperSettings, Person, Topic
from kawaraban.newsroom.queries.stories import published_stories
from kawaraban.press import registry
from kawaraban.press.models import PrintJob
from kawaraban.press.printing import print_everything_asked, print_round, work_slowly
from kawaraban.press.statistics import refresh_statistics
from kawaraban.sheetlog.shapes import Card, Document, Gone, Kind, Redirect, Sheet, Story, StoryList

pytestmark = pytest.mark.django_db


def text(sheet: Sheet) -> str:
    return "".join(piece for piece in sheet.pieces if isinstance(piece, str))


def test_a_published_story_is_in_the_log_with_all_that_shows_it(publish, press):
    topic = Topic.objects.create(slug="bridge", name="橋")
    person = Person.objects.create(slug="sato", name="佐登")
    story = publish("橋が架かる", topics=[topic], bylines=[(person, "text")])
    log = press()
    facts = log.get(Kind.STORY, story.story_id, Story)
    assert facts is not None
    assert (facts.url, facts.section, facts.topics) == (f"/politics/{story.story_id}", "politics", ("bridge",))
    sheet = log.get(Kind.SHEET, facts.url, Sheet)
    assert sheet is not None
    assert f'data-story="{story.story_id}" data-read-token="' in text(sheet)
    for key in ("ja/latest", "ja/section/politics", "ja/topic/bridge", "ja/by/sato"):
        listed = log.get(Kind.LIST, key, StoryList)
        assert listed is not None
        assert listed.stories == (story.story_id,)
    assert log.get(Kind.DOCUMENT, story.story_id, Document).body == "本文です。"
    assert log.get(Kind.CARD, f"{story.story_id}/rss", Card) is not None
    day = timezone.localdate()
    assert log.get(Kind.SHEET, f"/{day:%Y/%m/%d}", Sheet) is not None
    assert log.get(Kind.SHEET, "/", Sheet) is not None


def test_a_withdrawn_story_leaves_every_place_at_once(publish, press):
    story = publish("消える記事")
    publish("残る記事")
    press()
    withdraw_story(story=story, actor=None)
    log = press()
    assert log.get(Kind.SHEET, story.reader_path, Sheet) is None
    assert log.get(Kind.GONE, story.reader_path, Gone) is not None
    assert not [key for key in log.keys(Kind.CARD) if key.startswith(story.story_id)]
    assert log.get(Kind.DOCUMENT, story.story_id, Document) is None
    assert story.story_id not in log.get(Kind.LIST, "ja/latest", StoryList).stories


def test_a_story_published_again_stands_again(publish, press):
    story = publish("戻る記事")
    press()
    withdraw_story(story=story, actor=None)
    press()
    story.save_revision().publish()
    log = press()
    assert log.get(Kind.GONE, story.reader_path, Gone) is None
    assert log.get(Kind.SHEET, story.reader_path, Sheet) is not None


def test_a_moved_story_leaves_a_redirect_and_its_old_section(publish, press):
    from kawaraban.newsroom.models import SectionPage

    story = publish("移る記事")
    old = story.reader_path
    press()
    story.move(SectionPage.objects.get(slug="society"), pos="last-child")
    log = press()
    story.refresh_from_db()
    assert story.reader_path == f"/society/{story.story_id}"
    assert log.get(Kind.REDIRECT, old, Redirect) == Redirect(story.reader_path)
    assert log.get(Kind.SHEET, old, Sheet) is None
    assert log.get(Kind.LIST, "ja/section/politics", StoryList).stories == ()


def test_a_correction_stands_on_the_story_and_in_the_log_of_corrections(publish, press):
    made = CorrectionDraft(made_at=timezone.now(), text="金額を直しました。", wrong="3億円", right="2億円")
    story = publish("訂正のある記事", corrections=[made])
    log = press()
    for path in (story.reader_path, "/corrections"):
        assert "<del>3億円</del>" in text(log.get(Kind.SHEET, path, Sheet))


def test_a_publication_touches_as_many_entries_in_a_large_archive_as_in_a_small_one(publish, press):
    def touched() -> int:
        log = press()
        before = log.last_seq()
        publish("もう一つの記事")
        press()
        # A day's sitemap is another one when a second has gone by: that says nothing of the archive's size.
        return len([entry for entry in log.after(before) if not entry.key.startswith("/sitemaps/")])

    publish("最初の記事")
    few = touched()
    for number in range(45):
        publish(f"記事{number}")
    assert touched() <= few


def test_printing_asks_as_many_questions_for_one_story_as_the_archive_is_long(publish, press, django_assert_max_num_queries):
    for number in range(12):
        publish(f"記事{number}")
    log = press()
    publish("数える記事")
    with django_assert_max_num_queries(60):
        print_everything_asked(log)


def test_a_founded_newspaper_has_its_settings_before_there_is_anything_to_print(newspaper):
    """Made where they are first asked for, they ask for all that is there by then a second time."""
    assert NewspaperSettings.objects.count() == 1


def test_what_grows_with_the_archive_is_asked_once_a_round_however_many_stories_it_prints(publish, press):
    def whole_archive(count):
        for number in range(count):
            # Each begins a day of its own, as old stories do that an import brings.
            publish(f"記事{count}{number}", published_at=timezone.now() - timedelta(days=100 * count + number))
        with CaptureQueriesContext(connection) as asked:
            press()
        queries = [query["sql"] for query in asked]
        # All days, of each of the two editions; and all pages, which matter where one is private.
        return sum("cast_date" in sql or "AT TIME ZONE" in sql for sql in queries), sum(
            "pageviewrestriction" in sql and "JOIN" in sql for sql in queries
        )

    press()
    assert whole_archive(1)[1] == 0
    assert [whole_archive(count) for count in (6, 10, 12)] == [(2, 0)] * 3


def test_a_job_that_cannot_be_printed_stays_and_holds_up_nobody(publish, press, monkeypatch):
    log = press()
    good = publish("良い記事")
    PrintJob.objects.create(subject="about", key="ja")
    monkeypatch.setitem(registry._plates, "about", lambda *_: 1 / 0)
    print_round(log)
    assert log.get(Kind.SHEET, good.reader_path, Sheet) is not None
    (job,) = PrintJob.objects.all()
    assert "ZeroDivisionError" in job.error
    assert print_round(log).jobs == 0


def test_translations_link_to_each_other(publish, press):
    original = publish("原文")
    translated = publish("Translated", language="en", translation_of=original)
    log = press()
    assert f'hreflang="en" href="http://127.0.0.1:8000{translated.reader_path}"' in text(log.get(Kind.SHEET, original.reader_path, Sheet))
    assert original.reader_path in text(log.get(Kind.SHEET, translated.reader_path, Sheet))


def test_an_imported_script_never_reaches_a_page(publish, press):
    story = publish('<script>alert("見出し")</script>', body='<script>alert(1)</script><a href="javascript:alert(2)">x</a>')
    page = text(press().get(Kind.SHEET, story.reader_path, Sheet))
    assert "<script>alert" not in page
    assert "javascript:" not in page


def test_slow_work_holds_up_no_page_and_fails_alone(publish, press, sheet_log, monkeypatch):
    done = []
    monkeypatch.setitem(registry._slow, "photo", done.append)
    PrintJob.objects.create(subject="photo", key="1")
    story = publish("先に出る記事")
    while print_round(sheet_log).jobs:
        pass
    assert sheet_log.get(Kind.SHEET, story.reader_path, Sheet) is not None
    assert done == []
    assert work_slowly()
    assert done == ["1"]
    assert not work_slowly()
    monkeypatch.setitem(registry._slow, "photo", lambda _: 1 / 0)
    PrintJob.objects.create(subject="photo", key="2")
    assert work_slowly()
    assert "ZeroDivisionError" in PrintJob.objects.get().error
    assert not work_slowly()


def test_printing_again_asks_few_questions_and_no_more_for_more_pages(publish, press, sheet_log):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    topic, person = Topic.objects.create(slug="bridge", name="橋"), Person.objects.create(slug="sato", name="佐登")

    def asked(count: int) -> int:
        """Publish so many more, and count what a reprint of all stories asks in one round."""
        for number in range(count):
            publish(f"記事{number}", topics=[topic], bylines=[(person, "text")])
        press()
        ids = list(sheet_log.keys(Kind.STORY))
        wanted = [registry.Wanted("story", story_id) for story_id in ids] + [registry.Wanted("feed-entry", story_id) for story_id in ids]
        PrintJob.objects.bulk_create(PrintJob(subject=each.subject, key=each.key) for each in wanted)
        with CaptureQueriesContext(connection) as queries:
            assert print_round(sheet_log).jobs == len(wanted)
        return len(queries)

    few, many = asked(2), asked(20)
    assert many == few <= 40


def test_a_story_that_is_printed_again_leaves_the_lists_alone(publish, press, sheet_log):
    for number in range(3):
        publish(f"記事{number}")
    log = press()
    before = log.last_seq()
    PrintJob.objects.create(subject="story", key=next(iter(log.keys(Kind.STORY))))
    press()
    assert {entry.kind for entry in log.changed_keys(before)} <= {Kind.SHEET}


def test_stories_before_a_story_are_the_same_alone_and_together(publish):
    from datetime import timedelta

    from kawaraban.newsroom.models import StoryPage
    from kawaraban.newsroom.queries.stories import Stands, older_in_section

    now = timezone.now().replace(microsecond=0)
    # Several of one second, two sections, and gaps.
    for number in range(24):
        publish(f"記事{number}", section=("politics", "society")[number % 3 == 0], published_at=now - timedelta(minutes=number // 2 * 7))
    stories = [
        Stands(story.story_id, "ja", story.reader_path.split("/")[1], story.published_at)
        for story in StoryPage.objects.select_related("locale").order_by("-published_at", "-pk")
    ]

    def before(story: Stands) -> list[str]:
        home = [other for other in stories if other.section == story.section and other.id != story.id]
        return [other.id for other in home if other.published_at <= story.published_at][:4]

    expected = {story.id: before(story) for story in stories}
    assert older_in_section(stories, 4) == expected
    apart = [stories[0], stories[-1], stories[12]]
    assert older_in_section(apart, 4) == {story.id: expected[story.id] for story in apart}
    for story in stories:
        assert older_in_section([story], 4) == {story.id: expected[story.id]}


def test_when_everything_is_printed_hot_pages_come_first(publish, monkeypatch):
    from kawaraban.audience.shapes import RankedStory
    from kawaraban.pages.plates import stories as plates

    old, middle, new = (publish(name) for name in ("古い記事", "間の記事", "新しい記事"))
    row = RankedStory(old.story_id, 1, 5, 5.0, False)
    monkeypatch.setattr(plates, "ranking", lambda *_, **__: (row,))
    order = [(wanted.subject, wanted.key) for wanted in registry.everything()]
    subjects = list(dict.fromkeys(subject for subject, _ in order))
    assert subjects[:5] == ["assets", "parts", "front", "section", "story"]
    assert [key for subject, key in order if subject == "story"] == [old.story_id, new.story_id, middle.story_id]


def test_the_newest_stories_are_found_without_reading_all(publish):
    for number in range(40):
        publish(f"記事{number}")
    newest = published_stories().filter(locale__language_code="ja").values_list("story_id")[:10]
    refresh_statistics()
    if connection.vendor == "sqlite":
        assert "USING INDEX story_by_time" in newest.explain()
    assert len(newest) == 10
