"""What is done on the newsroom's screens, and by its clock, reaches the printed pages."""

import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.files.images import ImageFile
from django.db.models.signals import post_delete
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from screens import forms_of
from wagtail.contrib.redirects.models import Redirect as RedirectRow
from wagtail.models import PageViewRestriction, Revision
from wagtail.users.models import UserProfile

from kawaraban.newsroom.actions.publish_story import CorrectionDraft, StoryDraft, publish_new_story
from kawaraban.newsroom.models import Person, Photo, PhotoRendition, SectionPage, StoryPage, Topic
from kawaraban.newsroom.models.addresses import is_reserved
from kawaraban.pages.errands import publish_scheduled, withdraw_ended_photos
from kawaraban.press import receivers
from kawaraban.press.actions import ask_to_print_everything
from kawaraban.press.models import PrintJob
from kawaraban.sheetlog.shapes import Card, Gone, Kind, Redirect, Sheet, StoryList

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parent.parent.parent / "docs"
BY_SCRIPT = {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}


@pytest.fixture
def desk(cast, client):
    client.force_login(cast["desk"])
    return client


def text(log, path: str) -> str:
    sheet = log.get(Kind.SHEET, path, Sheet)
    return "" if sheet is None else "".join(piece for piece in sheet.pieces if isinstance(piece, str)).replace("<wbr>", "")


def form_of(client, address: str) -> dict:
    form = next(form for form in forms_of(client.get(address).content.decode(), address) if "title" in form.values)
    return {name: value for name, value in form.values.items() if "__prefix__" not in name} | BY_SCRIPT


def edit(client, story: StoryPage, **changed: str):
    address = reverse("wagtailadmin_pages:edit", args=(story.pk,))
    answer = client.post(address, form_of(client, address) | changed)
    story.refresh_from_db()
    return answer


# ------------------------------------------------------------------ schedules


def moment(**ahead: int) -> str:
    return timezone.localtime(timezone.now() + timedelta(**ahead)).strftime("%Y-%m-%d %H:%M")


def clock_forward(story: StoryPage, **passed: int) -> None:
    """So much time goes by for this story."""
    time = timedelta(**passed)
    for revision in Revision.objects.for_instance(story).filter(approved_go_live_at__isnull=False):
        revision.approved_go_live_at -= time
        revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
        revision.save()
    StoryPage.objects.filter(pk=story.pk).update(
        **{name: value - time for name in ("go_live_at", "expire_at") if (value := getattr(story, name)) is not None}
    )
    story.refresh_from_db()


def test_a_story_goes_out_when_it_is_due_and_not_before(desk, publish, press, cast):
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    story = section.add_child(instance=StoryPage(title="朝刊の記事", owner=cast["writer"], live=False, locale=section.locale))
    story.save_revision(user=cast["writer"], log_action=True)
    edit(desk, story, go_live_at=moment(hours=2), **{"action-publish": "1"})
    publish_scheduled(None)
    assert (story.live, text(press(), story.reader_path)) == (False, "")
    clock_forward(story, hours=3)
    publish_scheduled(None)
    log = press()
    story.refresh_from_db()
    assert story.live
    assert "朝刊の記事" in text(log, story.reader_path)
    assert log.get(Kind.LIST, "ja/latest", StoryList).stories == (story.story_id,)
    # It is new when it goes out, not when it was written.
    assert story.published_at > timezone.now() - timedelta(minutes=1)


def test_a_story_goes_when_it_expires(desk, publish, press):
    story = publish("期限のある記事")
    edit(desk, story, expire_at=moment(hours=2), **{"action-publish": "1"})
    publish_scheduled(None)
    assert "期限のある記事" in text(press(), story.reader_path)
    clock_forward(story, hours=3)
    publish_scheduled(None)
    log = press()
    assert text(log, story.reader_path) == ""
    assert log.get(Kind.GONE, story.reader_path, Gone) is not None
    assert log.get(Kind.LIST, "ja/latest", StoryList).stories == ()


def schedule(story: StoryPage) -> None:
    story.go_live_at = timezone.now() + timedelta(hours=1)
    story.save_revision().publish()
    clock_forward(story, hours=2)


def test_a_scheduled_story_that_cannot_go_out_holds_up_nobody_and_is_not_out_unprinted(newspaper, press, monkeypatch, caplog):
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    bad, good = [
        section.add_child(instance=StoryPage(title=title, live=False, locale=section.locale)) for title in ("前の記事", "次の記事")
    ]
    schedule(bad)
    schedule(good)
    with monkeypatch.context() as broken:
        ask = receivers.ask_to_print
        broken.setattr(receivers, "ask_to_print", lambda wanted: ask(w for w in wanted if w.key != bad.story_id or 1 / 0))
        publish_scheduled(None)
    bad.refresh_from_db()
    assert not bad.live
    assert "could not be published" in caplog.text
    assert "次の記事" in text(press(), good.reader_path)
    publish_scheduled(None)
    assert "前の記事" in text(press(), bad.reader_path)


def test_an_expired_story_that_cannot_be_withdrawn_holds_up_nobody(publish, press, monkeypatch):
    stories = [publish(title) for title in ("前の記事", "次の記事")]
    press()
    StoryPage.objects.update(expire_at=timezone.now() - timedelta(hours=1))
    ask = receivers.ask_to_print
    monkeypatch.setattr(receivers, "ask_to_print", lambda wanted: ask(w for w in wanted if w.key != stories[0].story_id or 1 / 0))
    publish_scheduled(None)
    log = press()
    assert [text(log, story.reader_path) == "" for story in stories] == [False, True]
    assert list(StoryPage.objects.live()) == [stories[0]]


# ------------------------------------------------------------------ rights


@pytest.fixture
def photo(newspaper, tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    file = io.BytesIO()
    Image.new("RGB", (1600, 1000), "#27405f").save(file, "JPEG")
    caches["default"].clear()  # Wagtail remembers there what renditions a photo has; another test's is not this one's
    return Photo.objects.create(title="港", file=ImageFile(file, name="rights.jpg"), credit="通信社", alt_text="港の船")


@pytest.mark.parametrize("ago", [timedelta(seconds=1), timedelta(days=40)])
def test_a_photo_leaves_every_page_when_its_rights_end_however_long_the_newsroom_was_stopped(publish, press, photo, ago):
    story = publish("写真のある記事", lead_photo=photo)
    log = press()
    assert "通信社" in text(log, story.reader_path)
    cards = [key for key in log.keys(Kind.CARD) if key.startswith(story.story_id)]
    assert any("rights" in str(log.get(Kind.CARD, key, Card)) for key in cards)
    files = [rendition.file for rendition in photo.renditions.all()]
    assert files
    thumbnail = photo.get_rendition("max-165x165")
    # Time went by: nobody saved anything.
    Photo.objects.filter(pk=photo.pk).update(rights_end=timezone.now() - ago)
    withdraw_ended_photos(None)
    press()
    assert "通信社" not in text(log, story.reader_path)
    assert not any("rights" in str(log.get(Kind.CARD, key, Card)) for key in cards)
    assert not any(file.storage.exists(file.name) for file in files)
    # Those who settle rights see it still, and nothing is printed for that.
    assert list(PhotoRendition.objects.values_list("pk", flat=True)) == [thumbnail.pk]
    withdraw_ended_photos(None)
    assert not PrintJob.objects.exists()


# ------------------------------------------------------------------ what is deleted


@pytest.fixture
def photo_desk(cast, client):
    client.force_login(cast["photo"])
    return client


@pytest.fixture
def wagtail_hears_first():
    """As in a newsroom that runs: the migrations that made the tests' database connected Wagtail's index of references anew, after us."""
    if post_delete.disconnect(receivers._changed, sender=Photo):
        post_delete.connect(receivers._changed, sender=Photo)


@pytest.mark.usefixtures("wagtail_hears_first")
@pytest.mark.parametrize("in_bulk", [False, True])
@pytest.mark.parametrize("place", ["lead", "body", "gallery"])
def test_a_photo_that_is_deleted_leaves_every_page(photo_desk, newspaper, press, photo, place, in_bulk):
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    shown = {"photo": photo, "caption": "", "alt_text": ""}
    blocks = {"lead": [], "body": [("photo", shown)], "gallery": [("gallery", {"photos": [shown, shown], "caption": ""})]}[place]
    lead = photo if place == "lead" else None
    draft = StoryDraft(headline="写真のある記事", section=section, lead_photo=lead, body=[("paragraph", "<p>本文です。</p>"), *blocks])
    story = publish_new_story(draft=draft, actor=None)
    log = press()
    assert "rights" in text(log, story.reader_path)
    bulk = f"/admin/bulk/newsroom/photo/delete/?id={photo.pk}"
    photo_desk.post(bulk if in_bulk else reverse("wagtailimages:delete", args=(photo.pk,)))
    assert not Photo.objects.exists()
    press()
    page = text(log, story.reader_path)
    assert ("rights" in page, "本文です。" in page) == (False, True)
    assert not any("rights" in str(log.get(Kind.CARD, key, Card)) for key in log.keys(Kind.CARD))


def test_a_topic_that_is_deleted_leaves_its_stories(cast, client, publish, press):
    client.force_login(cast["chief"])
    topic = Topic.objects.create(slug="bridge", name="汐見大橋")
    story = publish("橋の記事", topics=[topic])
    assert "/topics/bridge" in text(press(), story.reader_path)
    client.post(reverse(Topic.snippet_viewset.get_url_name("delete"), args=(topic.pk,)))
    log = press()
    assert "/topics/bridge" not in text(log, story.reader_path)
    assert text(log, "/topics/bridge") == ""


# ------------------------------------------------------------------ what is private


@pytest.mark.parametrize("whole_section", [False, True])
def test_what_was_made_private_elsewhere_is_in_no_page(publish, press, whole_section):
    made = CorrectionDraft(made_at=timezone.now(), text="金額を直しました。")
    story = publish("内輪の記事", corrections=[made])
    other = publish("For everybody", language="en", translation_of=story)
    log = press()
    assert story.reader_path in text(log, other.reader_path)
    page = story.get_parent() if whole_section else story
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="login")
    press()
    assert log.get(Kind.SHEET, story.reader_path, Sheet) is None
    assert log.get(Kind.LIST, "ja/latest", StoryList).stories == ()
    assert story.reader_path not in text(log, other.reader_path)
    assert "金額を直しました。" not in text(log, "/corrections")
    restriction.delete()
    press()
    assert "内輪の記事" in text(log, story.reader_path)
    assert story.reader_path in text(log, other.reader_path)
    assert "金額を直しました。" in text(log, "/corrections")


# ------------------------------------------------------------------ addresses


def test_a_story_renamed_on_its_screen_leaves_a_redirect(desk, publish, press):
    story = publish("名前の変わる記事")
    old = story.reader_path
    press()
    assert edit(desk, story, slug="harbour-bridge", **{"action-publish": "1"}).status_code == 302
    log = press()
    assert story.reader_path == "/politics/harbour-bridge"
    assert log.get(Kind.REDIRECT, old, Redirect) == Redirect("/politics/harbour-bridge")
    assert "名前の変わる記事" in text(log, "/politics/harbour-bridge")
    assert text(log, old) == ""


def test_a_story_moved_on_its_screen_leaves_a_redirect(desk, publish, press):
    story = publish("面の変わる記事")
    old = story.reader_path
    press()
    society = SectionPage.objects.get(slug="society", locale__language_code="ja")
    desk.post(reverse("wagtailadmin_pages:move_confirm", args=(story.pk, society.pk)))
    log = press()
    story.refresh_from_db()
    assert story.reader_path == f"/society/{story.story_id}"
    assert log.get(Kind.REDIRECT, old, Redirect) == Redirect(story.reader_path)


def test_a_section_renamed_takes_its_stories_along(cast, client, publish, press, django_capture_on_commit_callbacks):
    client.force_login(cast["chief"])
    story = publish("面ごと移る記事")
    old = story.reader_path
    press()
    section = story.get_parent().specific
    address = reverse("wagtailadmin_pages:edit", args=(section.pk,))
    form = form_of(client, address) | {"slug": "city-hall", "action-publish": "1"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, form)
    log = press()
    story.refresh_from_db()
    assert story.reader_path == f"/city-hall/{story.story_id}"
    assert log.get(Kind.REDIRECT, old, Redirect) == Redirect(story.reader_path)
    assert log.get(Kind.REDIRECT, "/politics", Redirect) == Redirect("/city-hall")
    assert "面ごと移る記事" in text(log, story.reader_path)
    assert text(log, old) == ""
    # The section's own page and feed too.
    assert "面ごと移る記事" not in text(log, "/politics")
    assert log.get(Kind.SHEET, "/politics", Sheet) is None
    assert log.get(Kind.REDIRECT, "/politics/feed.xml", Redirect) == Redirect("/city-hall/feed.xml")
    assert log.get(Kind.LIST, "ja/section/city-hall", StoryList).stories == (story.story_id,)


def test_an_address_that_is_not_ascii_is_refused_in_words(desk, publish):
    story = publish("番地の記事")
    for wrong in ("汐見大橋", "a b", "bridge/../x", "Bridge", "-bridge"):
        for way in ({}, {"action-publish": "1"}):
            answer = edit(desk, story, slug=wrong, **way)
            assert answer.status_code == 200
            assert story.get_latest_revision_as_object().slug == story.slug == story.story_id
    assert "小文字" in answer.content.decode()
    assert not RedirectRow.objects.exists()


@pytest.mark.parametrize("kind", ["sectionpage", "aboutpage"])
def test_an_address_of_the_sites_own_is_refused_in_words(cast, client, newspaper, kind):
    client.force_login(cast["chief"])
    sentences = {"ja": "サイト自身が使っています", "ko": "사이트가 직접 사용합니다", "en": "The site itself uses this address."}
    address = reverse("wagtailadmin_pages:add", args=("newsroom", kind, newspaper["ja"].pk))
    for name in ("search", "topics", "en", "2026"):
        for language, sentence in sentences.items():
            UserProfile.objects.update_or_create(user=cast["chief"], defaults={"preferred_language": language})
            answer = client.post(address, form_of(client, address) | {"title": "検索", "slug": name, "action-publish": "1"})
            assert answer.status_code == 200
            assert sentence in answer.content.decode()
    assert not newspaper["ja"].get_children().filter(title="検索").exists()


def test_all_that_the_site_hands_out_below_a_front_page_is_reserved(newspaper, publish, press):
    publish(
        "記事", topics=[Topic.objects.create(slug="bridge", name="橋")], bylines=[(Person.objects.create(slug="sato", name="佐登"), "text")]
    )
    ask_to_print_everything()
    log = press()
    printed = {
        key.removeprefix("/en").split("/")[1] for kind in (Kind.SHEET, Kind.ASSET) for key in log.keys(kind) if key not in {"/", "/en"}
    }
    described = re.findall(r"`(?:POST )?/([^/`?{]+)", (DOCS / "reference/addresses.md").read_text())
    # No page of the newsroom's can bear a name with a dot or a line below.
    own = {name for name in printed | set(described) if name.isalnum()} - {"politics", "society", "sports", "about"}
    assert {"search", "topics", "media", "readyz", "ko"} < own
    assert {name for name in own if not is_reserved(name)} == set()


# ------------------------------------------------------------------ the live preview


def previewed(client, name: str, *args, **changed: str) -> str:
    """What the preview beside the form shows after this was typed."""
    form = form_of(client, reverse(f"wagtailadmin_pages:{name}", args=args)) | changed
    address = reverse(f"wagtailadmin_pages:preview_on_{name}", args=args)
    assert json.loads(client.post(address, form).content)["is_valid"]
    answer = client.get(address, {"mode": ""})
    assert answer.status_code == 200
    return answer.content.decode().replace("<wbr>", "")


def test_the_live_preview_is_the_real_page_with_what_was_just_typed(desk, publish, press):
    story = publish("出ている見出し")
    publish("ほかの記事")
    press()
    page = previewed(desk, "edit", story.pk, title="打ちかけの見出し")
    assert "打ちかけの見出し" in page
    assert "試験新報" in page
    # Lists of the real page, and nothing that counts or could run.
    assert "ほかの記事" in page
    assert "data-read-token" not in page
    assert "<script" not in page
    story.refresh_from_db()
    assert story.title == "出ている見出し"


def test_a_new_story_is_previewed_before_it_is_saved(desk, press, newspaper):
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    press()
    assert "まだない記事" in previewed(desk, "add", "newsroom", "storypage", section.pk, title="まだない記事")
    assert not StoryPage.objects.exists()


def test_the_front_page_is_previewed_with_what_was_just_placed(cast, client, publish, press, newspaper):
    client.force_login(cast["chief"])
    story = publish("置かれる記事")
    press()
    placed = {"lead-TOTAL_FORMS": "1", "lead-0-story": str(story.pk), "lead-0-ORDER": "1", "lead-0-id": ""}
    page = previewed(client, "edit", newspaper["ja"].pk, breaking_text="速報の線", nameplate="新しい題字", **placed)
    assert "速報の線" in page
    assert "新しい題字" in page
    assert "置かれる記事" in page
