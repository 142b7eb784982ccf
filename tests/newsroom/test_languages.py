"""What the newsroom's people see in a day's work is in their language."""

import io
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.images import ImageFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image
from screens import english_in, forms_of, screens, words_of
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Revision
from wagtail.users.models import UserProfile

from kawaraban.language.registry_csv import COLUMNS
from kawaraban.newsroom.models import AboutPage, Name, NewspaperSettings, Person, Photo, SectionPage, StoryPage, Topic

pytestmark = pytest.mark.django_db

# The test newspaper's own data.
NAMES = frozenset({"writer", "desk", "photo", "chief", "The", "Test", "Politics", "port", "mine", "jpg", "kei", "bridge"})
NAMES |= frozenset({"politics", "society", "sports", "about", "edition", "en", "ja"})
NAMES |= frozenset({"from", "to"})  # columns of a file of redirects
NAMES |= frozenset("_".join(COLUMNS).split("_"))  # columns of a file of names
NAMES |= frozenset({"Ads", "Llms", "Robots", "Trust", "robots", "txt", "RSL", "Really", "Simple", "Licensing"})  # files for programs
# For programs, or for people who are not logged in; and the long tail of answers that only repeat a part of a screen.
NOT_SCREENS = re.compile(
    r"error_test|logout|sprite|javascript_catalog|wagtailadmin_api|^original|^rendition|preview_on|block_preview|tag_|images:preview"
    r"|names_export|results$|editing_sessions|view_draft|revisions_view|workflow_preview|wagtaildocs"
)
# What Wagtail's scripts add to a form before it is sent.
_FRAME = ("_FORMS", "-count", "-id", "-ORDER")
BY_SCRIPT = {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}


@dataclass
class Day:
    """A newsroom in the middle of its day: stories in every state, photos, a redirect."""

    known: dict
    stories: list
    photos: list
    asked_for: list  # addresses with a question in them


@pytest.fixture
def day(cast, publish, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    photos = [picture("port.jpg", cast["photo"], 100), picture("mine.jpg", cast["writer"], 120)]
    topic = Topic.objects.create(name="橋の架け替え", slug="bridge")
    name = Name.objects.create(name="汐見大橋", slug="shiomi-bridge", kind="place")
    person = Person.objects.create(name="橘 圭", slug="kei", user=cast["writer"])
    story = publish("汐見大橋の記事", summary="要約です。", topics=[topic], bylines=[(person, "text")], lead_photo=photos[0])
    story.title = "直した見出し"
    story.save_revision(user=cast["desk"], log_action=True)
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    front = section.get_parent()

    def draft(headline: str, **fields):
        page = section.add_child(instance=StoryPage(title=headline, owner=cast["writer"], live=False, locale=section.locale, **fields))
        page.save_revision(user=cast["writer"], log_action=True)
        return page

    handed_in = draft("渡した原稿")
    workflow = handed_in.get_workflow()
    state = workflow.start(handed_in, cast["writer"])
    scheduled = draft("予定の原稿", go_live_at=timezone.now() + timedelta(days=1), expire_at=timezone.now() + timedelta(days=2))
    scheduled.get_latest_revision().publish(user=cast["desk"])
    locked = draft("鍵の原稿", locked=True, locked_by=cast["desk"], locked_at=timezone.now())
    stories = [story, draft("私の下書き"), handed_in, scheduled, locked]
    redirect = Redirect.objects.create(old_path="/old", redirect_page=story)
    revisions = list(Revision.objects.for_instance(story).order_by("pk").values_list("pk", flat=True))
    task = {"page_id": [handed_in.pk], "action_name": ["approve", "reject"], "task_state_id": [state.current_task_state.pk]}
    a_story = {"content_type_app_name": ["newsroom"], "content_type_model_name": ["storypage"], "parent_page_id": [section.pk]}
    known = {
        "_topic": {"pk": [topic.pk]},
        "_name:": {"pk": [name.pk]},
        "_person": {"pk": [person.pk]},
        "wagtailimages": {"pk": [photos[0].pk], "image_id": [photos[0].pk]},
        "users_users": {"pk": [cast["desk"].pk]},
        "redirects": {"redirect_id": [redirect.pk]},
        "workflows": {"pk": [workflow.pk]},
        "wagtailsettings": {"app_name": ["newsroom"], "model_name": ["newspapersettings"], "pk": [1]},
        "pages:workflow_action": task,
        "pages:collect_workflow": task,
        "pages:workflow_history": {"page_id": [handed_in.pk], "workflow_state_id": [state.pk]},
        "pages:revisions": {
            "page_id": [story.pk],
            "pk": [story.pk],
            "revision_id": revisions[-1:],
            "revision_id_a": revisions[:1],
            "revision_id_b": revisions[-1:],
        },
        "pages:add": {**a_story, "parent_page_id": [section.pk]},
        "pages:edit": {"page_id": [page.pk for page in (*stories, section, front, AboutPage.objects.first())]},
        "pages:": {**a_story, "page_id": [story.pk], "page_to_move_id": [story.pk], "destination_id": [section.pk]},
        "": {"parent_page_id": [section.pk], "page_id": [story.pk], "app_label": [], "model_name": []},
    }
    bulk = [("wagtailcore/page", name, f"id={stories[1].pk}&id={locked.pk}") for name in ("publish", "delete", "move")]
    bulk += [("wagtailcore/page", "unpublish", f"id={story.pk}"), ("newsroom/topic", "delete", f"id={topic.pk}")]
    bulk += [("newsroom/photo", name, f"id={photos[0].pk}") for name in ("delete", "add_tags", "add_to_collection")]
    bulk += [("newsroom/user", name, f"id={cast['writer'].pk}") for name in ("delete", "assign_role", "set_active_state")]
    asked_for = [f"/admin/bulk/{model}/{name}/?{ids}" for model, name, ids in bulk]
    for name in ("wagtailadmin_pages:search", "wagtailadmin_choose_page_search", "wagtailimages:index"):
        asked_for += [f"{reverse(name)}?q={word}" for word in ("記事", "ない")]
    asked_for.append(reverse("wagtailadmin_pages:add", args=("newsroom", "sectionpage", front.pk)))
    asked_for.append(reverse("wagtailadmin_choose_page") + "?page_type=newsroom.storypage")
    # Its screen is there as soon as somebody asked for the settings.
    NewspaperSettings.load()
    return Day(known, stories, photos, asked_for)


def picture(name: str, owner, height: int) -> Photo:
    file = io.BytesIO()
    Image.new("RGB", (160, height), "#27405f").save(file, "JPEG")
    return Photo.objects.create(title="港", file=ImageFile(file, name=name), credit="写真部", uploaded_by_user=owner)


class Walk:
    """Walks through screens as somebody, and keeps what English was seen where."""

    def __init__(self, client, user) -> None:
        profile = UserProfile.get_for_user(user)
        profile.preferred_language = "ja"
        profile.save()
        client.force_login(user)
        client.raise_request_exception = False
        self.client = client
        self.english: dict[str, set[str]] = {}
        self.seen: set[str] = set()
        self.broken: set[str] = set()

    def get(self, address: str) -> str:
        """Return what stands there, or nothing if this role does not get in."""
        with transaction.atomic():
            answer = self.client.get(address)
            transaction.set_rollback(True)
        return self._look(answer, address) if answer.status_code == 200 else ""

    def told(self) -> str:
        return "\n".join(f"{text!r} at {', '.join(sorted(places)[:3])}" for text, places in sorted(self.english.items()))

    def send_forms_of(self, address: str, content: str, *, wrong: bool = True) -> None:
        """Send the forms of a screen: by each of their buttons or as they stand; if asked, also with nothing and with nonsense in them."""
        for form in forms_of(content, address):
            if "csrfmiddlewaretoken" not in form.values or "logout" in form.action:
                continue  # what scripts send by themselves
            as_it_stands = {name: value for name, value in form.values.items() if "__prefix__" not in name} | BY_SCRIPT
            ways = [as_it_stands | {name: value} for name, value in form.buttons] or [as_it_stands]
            frame = {name: value for name, value in as_it_stands.items() if name.endswith(_FRAME)}
            nonsense = frame | {name: "だめ: " * 200 for name in form.typed if name in as_it_stands and name not in frame}
            for data in [*ways, frame, nonsense] if wrong else ways:
                session = self.client.cookies[settings.SESSION_COOKIE_NAME].value
                with transaction.atomic():
                    answer = self.client.post(form.action, data)
                    transaction.set_rollback(True)
                # Who changes their account gets a new session, which was rolled back too.
                self.client.cookies[settings.SESSION_COOKIE_NAME] = session
                self._look(answer, f"POST {form.action}")

    def _look(self, answer, address: str) -> str:
        self.client.cookies.pop("messages", None)
        self.seen.add(address)
        if answer.status_code >= 500:
            self.broken.add(address)
        words = [word for told in answer.wsgi_request._messages._queued_messages for word in words_of(str(told))]
        content, kind = "", answer.headers.get("content-type", "")
        if answer.status_code == 200 and not answer.streaming:
            content = answer.content.decode()
            words += words_of(content, kind)
            if "json" in kind:
                data = json.loads(content)
                content = data.get("html") or "" if isinstance(data, dict) else ""
        for text in english_in(words, NAMES):
            self.english.setdefault(text, set()).add(address)
        return content


@pytest.fixture
def walk(cast, client):
    return lambda role: Walk(client, cast[role])


def test_no_screen_of_the_whole_newsroom_shows_english_to_the_chief(day, walk):
    chief = walk("chief")
    for address in [*(reverse(name, kwargs=parameters) for name, parameters in screens(day.known, NOT_SCREENS)), *day.asked_for]:
        content = chief.get(address)
        # What stands in the story's form, and its answers, the desk sees below.
        if content and not ("/edit/" in address and "storypage" in content):
            chief.send_forms_of(address, content, wrong="/bulk/" not in address)
    assert not chief.told()
    # A form without its data is a broken client's, not a person's: two of Wagtail's do not survive that.
    assert {re.sub(r"\d+|\?", "", address) for address in chief.broken} <= {"POST /admin/choose-external-link/", "POST /admin/pages//copy/"}
    assert len(chief.seen) > 150


@pytest.mark.parametrize("role", ["writer", "desk", "photo"])
def test_no_screen_of_a_day_shows_english(day, walk, role):
    person = walk(role)
    everyday = [reverse(name) for name in ("wagtailadmin_home", "audience", "wagtailadmin_account", "wagtailimages:index")]
    photos = [reverse("wagtailimages:edit", args=(photo.pk,)) for photo in day.photos]
    section = day.stories[0].get_parent()
    pages = [reverse("wagtailadmin_pages:edit", args=(story.pk,)) for story in day.stories]
    pages += [
        reverse("wagtailadmin_explore", args=(section.pk,)),
        reverse("wagtailadmin_pages:add", args=("newsroom", "storypage", section.pk)),
    ]
    pages += [reverse("wagtailadmin_pages:history", args=(day.stories[2].pk,))]
    for address in everyday + photos + pages:
        if content := person.get(address):
            person.send_forms_of(address, content, wrong=role == "desk" and address not in pages[2:5])
    assert not person.told()
    assert person.seen >= set(everyday)
    assert (set(photos[:1]) <= person.seen) is (role != "writer")
    assert (set(pages[1:2]) <= person.seen) is (role != "photo")


def test_who_is_not_logged_in_is_met_in_japanese(cast, client, mailoutbox):
    seen = [
        client.get(reverse("wagtailadmin_login")),
        client.post(reverse("wagtailadmin_login"), {"username": "desk", "password": "wrong"}),
    ]
    reset = reverse("wagtailadmin_password_reset")
    seen += [client.get(reset), client.post(reset, {"email": "nobody"}), client.get(reverse("wagtailadmin_password_reset_done"))]
    cast["desk"].email = "desk@example.com"
    cast["desk"].save()
    client.post(reset, {"email": "desk@example.com"})
    (mail,) = mailoutbox
    link = re.search(r"https?://[^/\s]+(/\S+)", mail.body)[1]
    choose = client.get(link, follow=True)
    seen += [choose, client.post(choose.wsgi_request.path, {"new_password1": "1", "new_password2": "2"})]
    assert {text for answer in seen for text in english_in(words_of(answer.content.decode()), NAMES)} == set()
    assert english_in([mail.subject, *mail.body.splitlines()], NAMES) == set()


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_every_word_of_our_own_has_its_translation(language):
    room = Path(__file__).parent.parent.parent / "src/kawaraban/newsroom"
    ours = set()
    for path in room.rglob("*.py"):
        ours |= set(re.findall(r'(?:\b_|\bgettext|\bngettext)\(\s*"((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8")))
    for path in (room / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        ours |= set(re.findall(r'{% translate "([^"]+)"', text))
        ours |= {
            re.sub(r"{{ *(\w+) *}}", r"%(\1)s", words)
            for words in re.findall(r"{% blocktranslate[^%]*%}([^{]*(?:{{[^}]*}}[^{]*)*){%", text)
        }
    assert len(ours) > 100
    with translation.override(language):
        assert sorted(word for word in ours if translation.gettext(word) == word and translation.ngettext(word, word, 2) == word) == []


def test_the_scripts_of_the_newsroom_speak_japanese_too(cast, client):
    client.force_login(cast["desk"])
    catalogue = client.get(reverse("wagtailadmin_javascript_catalog")).content.decode()
    assert json.dumps("ブロックを挿入")[1:-1] in catalogue
