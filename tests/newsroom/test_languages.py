"""What the newsroom's people see in a day's work is in their language."""

import io
import json
import re
from html.parser import HTMLParser

import pytest
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image

from kawaraban.newsroom.models import FrontPage, Person, Photo, SectionPage, Topic

pytestmark = pytest.mark.django_db

# Words in Latin letters that belong into Japanese and Korean text.
ALLOWED = {
    *(
        "Wagtail",
        "Kawaraban",
        "URL",
        "JPEG",
        "JPG",
        "PNG",
        "WEBP",
        "AVIF",
        "GIF",
        "IPTC",
        "XMP",
        "RSS",
        "API",
        "SNS",
        "JavaScript",
        "CSV",
        "XLSX",
    ),
    *("Ctrl", "Alt", "Shift", "Esc", "Enter", "English", "https", "example", "com", "UTC"),
    *("harbour", "bridge"),  # an example of an address
    *("Asia", "Europe", "America"),  # names of time zones
    *("Search", "Actions", "None", "True"),  # written into Wagtail's own templates, hidden or for screen readers only
}
# The test newspaper's own data.
DATA = {"writer", "desk", "photo", "chief", "The", "Test", "Politics", "politics", "port", "jpg"}
SHOWN_ATTRIBUTES = {"aria-label", "title", "placeholder", "alt", "value"}


class Visible(HTMLParser):
    """Collects what a person sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: set[str] = set()
        self._hidden = 0

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in {"script", "style", "svg"}:
            self._hidden += 1
        if tag == "a" and attributes.get("href"):
            self.links.add(attributes["href"])
        kind = attributes.get("type")
        for name in SHOWN_ATTRIBUTES & attributes.keys():
            if name == "value" and (tag != "input" or kind not in {"submit", "button"}):
                continue
            self.words.append(attributes[name] or "")

    def handle_endtag(self, tag):
        if tag in {"script", "style", "svg"}:
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data):
        if not self._hidden and data.strip():
            self.words.append(data.strip())


def english_in(words: list[str]) -> list[str]:
    found = []
    for text in words:
        latin = set(re.findall(r"[A-Za-z][A-Za-z'’]{2,}", re.sub(r"\S+@\S+|https?://\S+|/\S*", " ", text)))
        if latin - ALLOWED - DATA:
            found.append(re.sub(r"\s+", " ", text)[:120])
    return found


def work_of(role: str, story, photo) -> list[str]:
    """The addresses of a role's day."""
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    front = FrontPage.objects.get(locale__language_code="ja")
    pages = [
        reverse("wagtailadmin_pages:add", args=("newsroom", "storypage", section.pk)),
        reverse("wagtailadmin_pages:edit", args=(story.pk,)),
        reverse("wagtailadmin_pages:history", args=(story.pk,)),
        reverse("wagtailadmin_pages:usage", args=(story.pk,)),
        reverse("wagtailadmin_explore", args=(section.pk,)),
        reverse("wagtailadmin_pages:search") + "?q=%E8%A8%98%E4%BA%8B",
    ]
    desk = [
        reverse("wagtailadmin_pages:unpublish", args=(story.pk,)),
        reverse("wagtailadmin_pages:move", args=(story.pk,)),
        reverse("wagtailadmin_pages:copy", args=(story.pk,)),
        reverse("wagtailadmin_pages:delete", args=(story.pk,)),
        reverse("wagtailadmin_pages:workflow_history", args=(story.pk,)),
        reverse("wagtailadmin_reports:locked_pages"),
        reverse("wagtailadmin_reports:workflow"),
        reverse("wagtailadmin_reports:aging_pages"),
        reverse("wagtailadmin_reports:site_history"),
        reverse(Topic.snippet_viewset.get_url_name("list")),
        reverse(Topic.snippet_viewset.get_url_name("add")),
        reverse(Person.snippet_viewset.get_url_name("list")),
        reverse(Person.snippet_viewset.get_url_name("add")),
    ]
    photos = [
        reverse("wagtailimages:index"),
        reverse("wagtailimages:add"),
        reverse("wagtailimages:edit", args=(photo.pk,)),
        reverse("wagtailimages:delete", args=(photo.pk,)),
        reverse("wagtailimages:image_usage", args=(photo.pk,)),
    ]
    chief = [
        reverse("wagtailadmin_pages:edit", args=(front.pk,)),
        reverse("wagtailadmin_pages:edit", args=(section.pk,)),
        reverse("wagtailadmin_pages:add", args=("newsroom", "sectionpage", front.pk)),
        reverse("wagtailsettings:edit", args=("newsroom", "newspapersettings")),
        reverse("wagtailusers_users:index"),
        reverse("wagtailusers_users:add"),
        reverse("wagtailredirects:index"),
        reverse("wagtailredirects:add"),
    ]
    everyday = ["/admin/", reverse("audience"), reverse("wagtailadmin_account")]
    return (
        everyday + {"writer": pages + photos[:3], "desk": pages + desk + photos[:3], "photo": photos, "chief": pages + desk + chief}[role]
    )


@pytest.fixture
def photo_file(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    file = io.BytesIO()
    Image.new("RGB", (160, 100), "#27405f").save(file, "JPEG")
    return ImageFile(file, name="port.jpg")


@pytest.fixture
def day(cast, publish, client, photo_file):
    """A story in progress, a photo, and somebody logged in."""
    story = publish("汐見大橋の記事", summary="要約です。")
    story.title = "直した見出し"
    story.save_revision(user=cast["desk"], log_action=True)
    photo = Photo.objects.create(title="港", file=photo_file, credit="写真部", uploaded_by_user=cast["photo"])

    def log_in(role: str, language: str):
        from wagtail.users.models import UserProfile

        user = cast[role]
        profile = UserProfile.get_for_user(user)
        profile.preferred_language = language
        profile.save()
        client.force_login(user)
        return client, work_of(role, story, photo)

    return log_in


@pytest.mark.parametrize("role", ["writer", "desk", "photo", "chief"])
def test_no_screen_of_a_japanese_day_shows_english(day, role):
    client, addresses = day(role, "ja")
    shown, seen = {}, 0
    for address in addresses:
        answer = client.get(address, follow=True)
        if answer.status_code != 200:
            continue
        seen += 1
        page = Visible()
        page.feed(answer.content.decode())
        if words := english_in(page.words):
            shown[address] = sorted(set(words))
    assert seen >= len(addresses) * 0.9
    assert sorted({word for words in shown.values() for word in words}) == []


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_every_word_of_our_own_has_its_translation(language):
    from pathlib import Path

    from django.utils import translation

    room = Path(__file__).parent.parent.parent / "src/kawaraban/newsroom"
    ours = set()
    for path in room.rglob("*.py"):
        ours |= set(re.findall(r'\b_\("((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8")))
    for path in (room / "templates").rglob("*.html"):
        ours |= set(re.findall(r'{% translate "([^"]+)"', path.read_text(encoding="utf-8")))
    assert len(ours) > 100
    with translation.override(language):
        assert sorted(word for word in ours if translation.gettext(word) == word) == []


def test_the_scripts_of_the_newsroom_speak_japanese_too(day):
    client, _ = day("desk", "ja")
    catalogue = client.get(reverse("wagtailadmin_javascript_catalog")).content.decode()
    assert json.dumps("ブロックを挿入")[1:-1] in catalogue
