"""The desk's reading: what stands in the editor is read, what is meant is left alone, and errors ask for a reason."""

import io
import json
from datetime import UTC, date, datetime

import pytest
from django.core.files.images import ImageFile
from django.urls import reverse
from django.utils.timezone import localdate
from PIL import Image
from screens import forms_of
from wagtail.models import ModelLogEntry, PageLogEntry

from kawaraban.language.registry_csv import read
from kawaraban.newsroom.actions.register_names import register_names
from kawaraban.newsroom.desk_reading import ask_for_a_reason, keep_ignored
from kawaraban.newsroom.models import AcceptedWording, NewspaperSettings, Photo, StoryPage, Topic
from kawaraban.newsroom.queries.desk_reading import day_of, read_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def read_as(cast, client):
    """Sends fields to the desk's reading as somebody, and returns the answer."""

    def ask(who: str, *fields: tuple[str, str, bool], story=None):
        client.force_login(cast[who])
        asked = {"story": story.pk if story else None, "fields": [{"key": key, "text": text, "body": body} for key, text, body in fields]}
        return client.post(reverse("desk_read"), json.dumps(asked), content_type="application/json").json()

    return ask


def test_a_place_is_told_in_its_own_field(read_as):
    told = read_as("writer", ("title", "橋の架け替え", False), ("body-0", "市は橋を直す。\n橋をを渡る。", True))
    assert told["places"] == [{"field": "body-0", "start": 9, "end": 11, "text": "をを", "suggestion": "を", "level": "error"}]
    assert told["count"] == 1
    assert "「を」が重なっていませんか。" in told["html"]


def test_korean_is_read_by_its_own_rules(cast, client):
    client.force_login(cast["desk"])
    asked = {"story": None, "language": "ko", "fields": [{"key": "body-0", "text": "기자가 학생를 만났다.", "body": True}]}
    told = client.post(reverse("desk_read"), json.dumps(asked), content_type="application/json").json()
    assert told["places"] == [{"field": "body-0", "start": 4, "end": 7, "text": "학생를", "suggestion": "학생을", "level": "error"}]
    assert '<q lang="ko">학생를</q>' in told["html"]
    asked["language"] = "tlh"
    assert client.post(reverse("desk_read"), json.dumps(asked), content_type="application/json").status_code == 400


def test_names_are_told_with_their_state_and_topics_are_proposed(read_as):
    register_names(entries=read("form,kind,reading,brackets\n韓世珍,person,ハン・セジン,auto\n")[0], actor=None)
    topic = Topic.objects.create(name="韓世珍氏の来訪", slug="visit")
    told = read_as("desk", ("title", "韓世珍氏が来訪", False), ("body-0", "韓世珍氏が来た。", True))
    assert told["places"] == [
        {"field": "body-0", "start": 0, "end": 3, "text": "韓世珍", "suggestion": "韓世珍(ハン・セジン)", "level": "name"}
    ]
    assert f'data-topic="{topic.pk}"' in told["html"]


MINISTER = "form,kind,reading,titles\n韓世珍,person,ハン・セジン,海洋相 2023-05-10..2025-04-04、前海洋相 2025-04-05..\n"


@pytest.mark.parametrize(
    ("day", "level", "mended"),
    [("2024-07-11 09:00", "", None), ("2025-06-01", "name", "前海洋相"), ("2025-", "name", "前海洋相"), ("", "name", "前海洋相")],
)
def test_a_title_is_looked_at_on_the_storys_own_day(cast, client, day, level, mended):
    register_names(entries=read(MINISTER)[0], actor=None)
    client.force_login(cast["desk"])
    asked = {"story": None, "day": day, "fields": [{"key": "body-0", "text": "韓世珍(ハン・セジン)海洋相が来た。", "body": True}]}
    (place,) = client.post(reverse("desk_read"), json.dumps(asked), content_type="application/json").json()["places"]
    assert (place["level"], place["suggestion"]) == (level, mended)


def test_an_old_story_is_read_as_of_its_day_before_it_is_published_again(publish):
    # The 10th of July was a Wednesday in 2024; by another year it would be another day.
    old = publish("橋", body="橋は7月10日(水)に開く。", published_at=datetime(2024, 7, 8, 3, tzinfo=UTC))
    assert day_of(old) == date(2024, 7, 8)
    assert read_story(old, day=day_of(old)).errors == []
    planned = publish("橋", body="橋は7月10日(木)に開く。", published_at=datetime(2024, 7, 8, 3, tzinfo=UTC))
    assert [error.rule for error in read_story(planned, day=day_of(planned)).errors] == ["weekday"]
    draft = StoryPage(title="橋")
    assert day_of(draft) == localdate()
    draft.go_live_at = datetime(2031, 1, 1, 20, tzinfo=UTC)
    assert day_of(draft) == date(2031, 1, 2)


def test_what_is_meant_is_left_alone_here_or_always(read_as, publish, cast, client):
    story, other = publish("橋", body="橋をを渡る。"), publish("港")
    field = ("body-0", "橋をを渡る。", True)
    wording = {"rule": "doubled", "text": "をを"}
    client.force_login(cast["desk"])
    assert client.post(reverse("desk_accept"), {**wording, "story": story.pk}).status_code == 200
    assert read_as("desk", field, story=story)["places"] == []
    assert len(read_as("desk", field, story=other)["places"]) == 1
    assert client.post(reverse("desk_accept"), {**wording, "always": "1"}).status_code == 200
    assert read_as("desk", field, story=other)["places"] == []
    assert AcceptedWording.objects.count() == 2


@pytest.mark.parametrize(
    ("ignored", "kept"),
    [('[["doubled", "をを"]]', ["をを"]), ("", []), ("[1]", []), ('{"a": 1}', []), ("[[]]", []), ('[["", "をを"], ["doubled", ""]]', [])],
)
def test_what_was_ignored_before_the_story_was_saved_is_kept_with_it(cast, publish, rf, ignored, kept):
    story = publish("橋", body="橋をを渡る。")
    request = rf.post("/", {"proof-ignored": ignored})
    request.user = cast["desk"]
    for _ in range(2):
        keep_ignored(request, story)
    assert list(AcceptedWording.objects.filter(story=story).values_list("text", flat=True)) == kept
    assert (ask_for_a_reason(request, story) is None) if kept else read_story(story, day=day_of(story)).errors


def test_a_writer_decides_for_no_other_story(read_as, publish, cast, client):
    story = publish("橋")
    client.force_login(cast["writer"])
    for asked in ({"always": "1"}, {"story": story.pk}):
        assert client.post(reverse("desk_accept"), {"rule": "doubled", "text": "をを", **asked}).status_code in {302, 403}
    assert not AcceptedWording.objects.exists()


def test_the_house_style_is_the_chiefs(read_as):
    settings = NewspaperSettings.load()
    settings.unwanted_words, settings.longest_sentence = "架空町 → 架空市\n看護婦 → 看護婦", 40
    settings.save()
    told = read_as("desk", ("body-0", "架空町の看護婦が来た。" + "市は橋の計画を住民に説明し、" * 4 + "進める。", True))
    assert [(place["suggestion"], place["level"]) for place in told["places"]] == [("架空市", "warn"), (None, "hint")]


def test_widths_are_the_chiefs_too_and_may_be_mended_together(read_as):
    settings = NewspaperSettings.load()
    settings.digits, settings.comma = "single-full", "、"
    settings.save()
    told = read_as("desk", ("body-0", "参加は3人，欠席は１２人。橋をを渡る。", True))
    assert [(place["text"], place["suggestion"]) for place in told["places"]] == [("3", "３"), ("，", "、"), ("１２", "12"), ("をを", "を")]
    assert told["of_form"] == [0, 1, 2]
    assert "data-mend-form" in told["html"]
    assert "data-mend-form" not in read_as("desk", ("body-0", "参加は3人。", True))["html"]


def test_a_photo_without_a_credit_is_an_error(cast, client, publish, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    file = io.BytesIO()
    Image.new("RGB", (32, 20), "#27405f").save(file, "PNG")
    photo = Photo.objects.create(title="港", file=ImageFile(file, name="port.png"), credit="")
    client.force_login(cast["desk"])
    asked = {"story": None, "fields": [{"key": "title", "text": "橋"}], "photos": [{"key": "lead_photo", "id": str(photo.pk)}]}
    told = client.post(reverse("desk_read"), json.dumps(asked), content_type="application/json").json()
    assert [(place["field"], place["level"], place["text"]) for place in told["places"]] == [("lead_photo", "error", photo.title)]
    asked["photos"] = [{"key": "lead_photo", "id": "9" * 40}, {"key": "x", "id": "x"}]
    assert client.post(reverse("desk_read"), json.dumps(asked), content_type="application/json").status_code == 400
    assert [error.rule for error in read_story(publish("橋", lead_photo=photo), day=localdate()).errors] == ["credit-missing"]


def test_headlines_and_summaries_have_their_lengths(read_as):
    told = read_as("desk", ("title", "橋" * 41, False), ("summary", "市は橋を直す。" * 20, False), ("body-0", "橋を直す。", True))
    assert [(place["field"], place["level"]) for place in told["places"]] == [("title", "warn"), ("summary", "hint")]
    assert "見出しが41字あります。" in told["html"]


@pytest.mark.parametrize("content", ["", "[]", '{"fields": [1]}', '{"fields": [], "story": "x"}'])
def test_what_is_no_story_is_refused(cast, client, content):
    client.force_login(cast["desk"])
    assert client.post(reverse("desk_read"), content, content_type="application/json").status_code == 400


@pytest.fixture
def send(cast, publish, client):
    """Publishes a story from its form, with a reason or without."""

    def publish_again(body: str, reason: str = ""):
        story = publish("橋の記事", body=body)
        client.force_login(cast["desk"])
        address = reverse("wagtailadmin_pages:edit", args=(story.pk,))
        form = next(form for form in forms_of(client.get(address).content.decode(), address) if "short_headline" in form.values)
        data = {name: value for name, value in form.values.items() if "__prefix__" not in name}
        blocks = {"body-count": "1", "body-0-type": "paragraph", "body-0-order": "0", "body-0-deleted": "", "body-0-id": ""}
        text = {
            "blocks": [{"key": "a", "type": "unstyled", "text": body, "depth": 0, "inlineStyleRanges": [], "entityRanges": []}],
            "entityMap": {},
        }
        data |= {**blocks, "body-0-value": json.dumps(text), "title": "直した見出し", "action-publish": "1", "proof-reason": reason}
        data |= {"comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
        answer = client.post(address, data, follow=True)
        return StoryPage.objects.get(pk=story.pk), answer.content.decode()

    return publish_again


def test_a_story_with_errors_is_kept_as_a_draft_until_there_is_a_reason(send):
    story, screen = send("橋をを渡る。")
    assert (story.title, story.get_latest_revision_as_object().title) == ("橋の記事", "直した見出し")
    assert "公開せず下書きに保存しました。誤りが1件あります。" in screen
    assert "「をを」" in screen


def test_with_a_reason_it_goes_out_and_the_history_says_why(send):
    story, _ = send("橋をを渡る。", "歌詞の引用のため")
    assert story.title == "直した見出し"
    entry = PageLogEntry.objects.get(page_id=story.pk, action="newsroom.published_over")
    assert entry.data == {"reason": "歌詞の引用のため", "errors": [{"rule": "doubled", "text": "をを"}]}
    assert entry.message == "誤りがあるまま公開しました。理由:歌詞の引用のため"
    assert not ModelLogEntry.objects.filter(action="newsroom.published_over").exists()


def test_a_story_without_errors_goes_out(send):
    assert send("橋を渡る。")[0].title == "直した見出し"


@pytest.fixture
def approve(cast, client):
    """Approves a story that was handed in, in its form, with a reason or without; returns the screen that follows."""

    def approve_in_form(story, reason: str = "", **changes: str) -> str:
        client.force_login(cast["desk"])
        address = reverse("wagtailadmin_pages:edit", args=(story.pk,))
        form = next(form for form in forms_of(client.get(address).content.decode(), address) if "short_headline" in form.values)
        data = {name: value for name, value in form.values.items() if "__prefix__" not in name}
        # The script of the page makes the fields of the body: here it has none.
        data |= {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "proof-reason": reason}
        data |= {"action-workflow-action": "1", "workflow-action-name": "approve"} | changes
        return client.post(address, data, follow=True).content.decode()

    return approve_in_form


def handed_in(publish, cast, headline: str) -> StoryPage:
    story = publish(headline)
    story.unpublish()
    # Whole minutes, as the form shows them.
    story.body, story.published_at = [], story.published_at.replace(second=0, microsecond=0)
    story.save_revision()
    story.get_workflow().start(story, cast["writer"])
    return story


def test_approving_in_the_form_asks_for_a_reason_too(publish, cast, approve):
    story = handed_in(publish, cast, "橋をを渡る。")
    screen = approve(story)
    assert "公開せず下書きに保存しました。誤りが1件あります。" in screen
    assert "「をを」" in screen
    story.refresh_from_db()
    assert (story.live, story.workflow_in_progress) == (False, True)
    approve(story, "歌詞の引用のため")
    story.refresh_from_db()
    assert (story.live, story.workflow_in_progress) == (True, False)
    assert PageLogEntry.objects.get(page_id=story.pk, action="newsroom.published_over").data["reason"] == "歌詞の引用のため"


def test_what_is_changed_while_approving_waits_for_an_approval_of_its_own(publish, cast, approve):
    story = handed_in(publish, cast, "橋を渡る。")
    approve(story, title="橋をを渡る。")
    story.refresh_from_db()
    assert (story.live, story.workflow_in_progress) == (False, True)
    assert story.get_latest_revision_as_object().title == "橋をを渡る。"
    assert "誤りが1件あります。" in approve(story)
    approve(story, "歌詞の引用のため")
    story.refresh_from_db()
    assert (story.live, story.title) == (True, "橋をを渡る。")
    assert PageLogEntry.objects.filter(page_id=story.pk, action="newsroom.published_over").count() == 1


@pytest.mark.parametrize(("body", "live"), [("橋を渡る。", True), ("橋をを渡る。", False)])
@pytest.mark.parametrize("window", [False, True])
def test_approving_on_the_first_screen_leads_to_the_form_where_a_reason_can_be_given(cast, publish, client, body, live, window):
    story = publish("橋の記事", body=body)
    story.unpublish()
    task = story.get_workflow().start(story, cast["writer"]).current_task_state
    client.force_login(cast["desk"])
    headers = {"x-requested-with": "XMLHttpRequest"} if window else {}
    address = reverse("wagtailadmin_pages:workflow_action", args=(story.pk, "approve", task.pk))
    answer = client.post(address + "?next=/newsroom/", {"comment": "よい"}, headers=headers)
    story.refresh_from_db()
    assert (story.live, story.workflow_in_progress) == (live, not live)
    form = reverse("wagtailadmin_pages:edit", args=(story.pk,))
    assert (form in (answer.content.decode() if window else answer["Location"])) is not live
    if not live:
        assert "誤りが1件あります。" in client.get(form).content.decode()


def test_a_story_with_errors_is_sent_back_without_a_reason(cast, publish, client):
    story = publish("橋の記事", body="橋をを渡る。")
    task = story.get_workflow().start(story, cast["writer"]).current_task_state
    client.force_login(cast["desk"])
    client.post(reverse("wagtailadmin_pages:workflow_action", args=(story.pk, "reject", task.pk)), {"comment": "直して"})
    task.refresh_from_db()
    assert (task.status, task.comment) == ("rejected", "直して")


@pytest.mark.parametrize("deep", [False, True])
def test_many_stories_with_an_error_among_them_do_not_go_out_together(cast, publish, client, deep):
    stories = [publish("港の記事"), publish("橋の記事", body="橋をを渡る。")]
    for story in stories:
        story.unpublish()
    client.force_login(cast["chief" if deep else "desk"])

    def publish_together(pages):
        ids = "&".join(f"id={page.pk}" for page in pages)
        address = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "publish"))
        data = {"include_descendants": "on"} if deep else {}
        answer = client.post(f"{address}?next={reverse('wagtailadmin_home')}&{ids}", data, follow=True)
        return [StoryPage.objects.get(pk=story.pk).live for story in stories], answer.content.decode()

    live, screen = publish_together([stories[0].get_parent()] if deep else stories)
    assert live == [False, False]
    assert "何も公開していません。校閲で誤りがある記事:橋の記事。" in screen
    assert publish_together(stories[:1])[0] == [True, False]


def test_the_panel_stands_beside_japanese_stories_alone(cast, publish, client):
    client.force_login(cast["desk"])
    for language, there in (("ja", True), ("en", False)):
        page = client.get(reverse("wagtailadmin_pages:edit", args=(publish("Bridge", language=language).pk,))).content.decode()
        assert ("<desk-reading" in page, "newsroom/desk.js" in page) == (there, there)
