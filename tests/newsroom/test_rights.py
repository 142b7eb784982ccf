"""Who may do what, asked for at the door: by addresses and by forms sent by hand."""

import json
import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from screens import forms_of
from wagtail.models import Page, PageViewRestriction, WorkflowState
from wagtail.permissions import policy_registry

from kawaraban.newsroom.models import AboutPage, FrontPage, NewspaperSettings, Person, Photo, SectionPage, StoryPage, Topic, User

pytestmark = pytest.mark.django_db

ONE_PIXEL = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
FRAMES = (FrontPage, SectionPage, AboutPage)


@pytest.fixture
def section(newspaper):
    return SectionPage.objects.get(slug="politics", locale__language_code="ja")


@pytest.fixture
def enter(cast, client):
    def as_(role: str):
        client.force_login(cast[role])
        return client

    return as_


@pytest.fixture
def draft(section, cast):
    """Writes a draft as somebody."""

    def one(role: str, headline: str = "下書き"):
        page = section.add_child(instance=StoryPage(title=headline, owner=cast[role], live=False, locale=section.locale))
        page.save_revision(user=cast[role], log_action=True)
        return page

    return one


def form_of(client, address: str) -> dict:
    """The data of the form that stands at an address, as a browser would send it."""
    forms = [form for form in forms_of(client.get(address).content.decode(), address) if "title" in form.values]
    return {name: value for name, value in forms[0].values.items() if "__prefix__" not in name} | {
        "body-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }


def state_of_the_frame() -> list:
    """All that can be changed of the pages that frame the stories, and where they stand."""
    names = ("pk", "title", "draft_title", "slug", "path", "live", "locked", "latest_revision_id", "live_revision_id", "go_live_at")
    pages = Page.objects.exact_type(*FRAMES).order_by("path")
    return [
        *pages.values_list(*names),
        *pages.values_list("view_restrictions__pk", "numchild"),
        *FrontPage.objects.values_list("nameplate"),
    ]


def attempts(frame: Page, section: Page, form: dict) -> list[tuple[str, dict]]:
    """Every way to change a page of the frame that Wagtail has an address for."""
    pages = "wagtailadmin_pages"
    elsewhere = FrontPage.objects.exclude(pk=frame.pk).filter(locale__language_code="en").get()
    bulk = [(f"/admin/bulk/wagtailcore/page/{name}/?id={frame.pk}", {}) for name in ("publish", "unpublish", "delete")]
    changed = form | {"title": "乗っ取り", "nameplate": "乗っ取り"}
    return [
        (reverse(f"{pages}:edit", args=(frame.pk,)), changed),
        (reverse(f"{pages}:edit", args=(frame.pk,)), changed | {"action-publish": "1"}),
        (reverse(f"{pages}:edit", args=(frame.pk,)), changed | {"action-submit": "1"}),
        (reverse(f"{pages}:revisions_revert", args=(frame.pk, frame.latest_revision_id)), changed),
        (reverse(f"{pages}:delete", args=(frame.pk,)), {}),
        (reverse(f"{pages}:unpublish", args=(frame.pk,)), {}),
        (reverse(f"{pages}:lock", args=(frame.pk,)), {}),
        (reverse(f"{pages}:unlock", args=(frame.pk,)), {}),
        (reverse(f"{pages}:set_privacy", args=(frame.pk,)), {"restriction_type": "login"}),
        (reverse(f"{pages}:move_confirm", args=(frame.pk, elsewhere.pk)), {}),
        (reverse(f"{pages}:set_page_position", args=(frame.pk,)) + "?position=0", {}),
        (
            reverse(f"{pages}:copy", args=(frame.pk,)),
            {"new_title": "写し", "new_slug": "copied", "new_parent_page": str(frame.get_parent().pk), "publish_copies": "on"},
        ),
        (reverse("simple_translation:submit_page_translation", args=(frame.pk,)), {"locales": str(elsewhere.locale_id)}),
        *bulk,
        (f"/admin/bulk/wagtailcore/page/move/?id={frame.pk}", {"chooser": str(elsewhere.pk)}),
    ]


@pytest.mark.parametrize("model", FRAMES)
@pytest.mark.parametrize("role", ["writer", "desk", "photo"])
def test_only_the_chief_changes_the_frame(enter, section, model, role):
    frame = model.objects.filter(locale__language_code="ja").order_by("path").first()
    address = reverse("wagtailadmin_pages:edit", args=(frame.pk,))
    form = form_of(enter("chief"), address)
    before = state_of_the_frame()
    client = enter(role)
    assert client.get(address).status_code == 302
    for address, data in attempts(frame, section, form):
        client.post(address, data)
        assert state_of_the_frame() == before, address


@pytest.mark.parametrize("role", ["writer", "desk", "photo"])
def test_only_the_chief_adds_to_the_frame(enter, newspaper, section, role):
    before = state_of_the_frame()
    root, front = newspaper["ja"].get_parent(), newspaper["ja"]
    client = enter(role)
    for model, parent in (("frontpage", root), ("sectionpage", front), ("aboutpage", front)):
        address = reverse("wagtailadmin_pages:add", args=("newsroom", model, parent.pk))
        data = {
            "title": "新しい面",
            "slug": "new",
            "nameplate": "新しい新聞",
            "body": "null",
            "action-publish": "1",
            "comments-TOTAL_FORMS": "0",
        }
        client.post(address, data)
        assert state_of_the_frame() == before, address


def test_the_forms_that_the_others_are_refused_work_for_the_chief(enter, section, newspaper):
    """Otherwise the tests above would prove nothing."""
    chief = enter("chief")
    for frame in (newspaper["ja"], section, AboutPage.objects.first()):
        address = reverse("wagtailadmin_pages:edit", args=(frame.pk,))
        form = form_of(chief, address)
        worked = set()
        for where, data in attempts(frame, section, form):
            before = state_of_the_frame()
            with transaction.atomic():
                chief.post(where, data)
                if state_of_the_frame() != before:
                    worked.add(re.sub(r"\d+|\?.*", "", where))
                transaction.set_rollback(True)
        assert worked >= {"/admin/pages//edit/", "/admin/pages//unpublish/", "/admin/pages//lock/", "/admin/pages//delete/"}
    chief.post(
        reverse("wagtailadmin_pages:add", args=("newsroom", "sectionpage", newspaper["ja"].pk)),
        {"title": "経済", "slug": "economy", "action-publish": "1", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"},
    )
    assert SectionPage.objects.live().filter(slug="economy").exists()


def test_an_edition_that_the_chief_founds_has_its_writers_and_desk(enter, newspaper, cast):
    from wagtail.models import Locale

    Locale.objects.create(language_code="ko")
    chief = enter("chief")
    address = reverse("wagtailadmin_pages:add", args=("newsroom", "frontpage", newspaper["ja"].get_parent().pk)) + "?locale=ko"
    form = form_of(chief, address)
    chief.post(address, form | {"title": "신문", "nameplate": "신문", "slug": "edition-ko", "action-publish": "1"})
    front = FrontPage.objects.get(locale__language_code="ko")
    section = front.add_child(instance=SectionPage(title="정치", slug="politics", locale=front.locale))
    assert section.permissions_for_user(cast["writer"]).can_add_subpage()
    assert section.permissions_for_user(cast["desk"]).can_publish_subpage()


def test_a_writer_writes_hands_in_and_publishes_nothing(enter, section, cast, draft):
    client = enter("writer")
    address = reverse("wagtailadmin_pages:add", args=("newsroom", "storypage", section.pk))
    form = form_of(client, address)
    client.post(address, form | {"title": "灯台の記事", "action-publish": "1"})
    story = StoryPage.objects.get(title="灯台の記事")
    assert (story.live, story.owner) == (False, cast["writer"])
    edit = reverse("wagtailadmin_pages:edit", args=(story.pk,))
    form = form_of(client, edit)
    client.post(edit, form | {"title": "灯台の続報", "action-publish": "1"})
    client.post(f"/admin/bulk/wagtailcore/page/publish/?id={story.pk}")
    story.refresh_from_db()
    assert (story.live, story.draft_title) == (False, "灯台の続報")
    client.post(edit, form | {"action-submit": "1"})
    assert WorkflowState.objects.active().for_instance(story).exists()
    other = draft("desk", "他人の原稿")
    assert client.get(reverse("wagtailadmin_pages:edit", args=(other.pk,))).status_code == 302
    client.post(reverse("wagtailadmin_pages:edit", args=(other.pk,)), form | {"title": "乗っ取り"})
    client.post(reverse("wagtailadmin_pages:delete", args=(other.pk,)))
    other.refresh_from_db()
    assert other.draft_title == "他人の原稿"


def test_a_writer_hands_a_story_in_from_its_first_form(enter, section):
    client = enter("writer")
    address = reverse("wagtailadmin_pages:add", args=("newsroom", "storypage", section.pk))
    assert 'name="action-submit"' in client.get(address).content.decode()
    client.post(address, form_of(client, address) | {"title": "灯台の記事", "action-submit": "1"})
    story = StoryPage.objects.get(title="灯台の記事")
    assert WorkflowState.objects.active().for_instance(story).exists()
    assert not story.live


def test_a_writer_cannot_change_what_is_with_the_desk_once_it_is_out(enter, publish, cast):
    """A writer's own story, once published, is the desk's to correct."""
    story = publish("出た記事")
    story.owner = cast["writer"]
    story.save()
    client = enter("writer")
    client.post(reverse("wagtailadmin_pages:unpublish", args=(story.pk,)))
    client.post(reverse("wagtailadmin_pages:delete", args=(story.pk,)))
    story.refresh_from_db()
    assert story.live


def test_the_desk_edits_publishes_corrects_and_withdraws(enter, draft):
    story = draft("writer", "橋の記事")
    client = enter("desk")
    address = reverse("wagtailadmin_pages:edit", args=(story.pk,))
    client.post(address, form_of(client, address) | {"title": "橋の記事(直し)", "action-publish": "1"})
    story.refresh_from_db()
    assert (story.live, story.title) == (True, "橋の記事(直し)")
    correction = {
        "made_at": "2026-11-24 10:00",
        "kind": "correction",
        "text": "直しました。",
        "wrong": "二十",
        "right": "十",
        "id": "",
        "ORDER": "1",
    }
    form = form_of(client, address) | {f"corrections-0-{name}": value for name, value in correction.items()}
    client.post(address, form | {"corrections-TOTAL_FORMS": "1", "action-publish": "1"})
    assert story.corrections.get().wrong == "二十"
    client.post(reverse("wagtailadmin_pages:unpublish", args=(story.pk,)))
    story.refresh_from_db()
    assert not story.live


def test_the_desk_approves_what_was_handed_in(enter, draft, cast):
    story = draft("writer", "渡した記事")
    task = story.get_workflow().start(story, cast["writer"]).current_task_state
    for role, live in (("photo", False), ("writer", False), ("desk", True)):
        enter(role).post(reverse("wagtailadmin_pages:workflow_action", args=(story.pk, "approve", task.pk)))
        story.refresh_from_db()
        assert story.live is live


def test_the_desk_has_a_story_translated_into_another_edition(enter, publish):
    story = publish("訳される記事")
    locale = FrontPage.objects.get(locale__language_code="en").locale
    enter("desk").post(reverse("simple_translation:submit_page_translation", args=(story.pk,)), {"locales": str(locale.pk)})
    translated = StoryPage.objects.get(locale=locale)
    assert translated.translation_key == story.translation_key
    assert translated.story_id != story.story_id
    assert translated.reader_path == f"/en/politics/{translated.story_id}"
    assert not translated.live


def test_a_copy_gets_an_address_of_its_own_unless_somebody_chose_one(enter, publish):
    story = publish("写される記事")
    client, address = enter("desk"), reverse("wagtailadmin_pages:copy", args=(story.pk,))
    for given, headline in ((f"{story.slug}-1", "写し"), ("lighthouse", "灯台")):
        client.post(address, {"new_title": headline, "new_slug": given, "new_parent_page": str(story.get_parent().pk)})
    for headline in ("写し", "灯台"):
        copied = StoryPage.objects.get(title=headline)
        copied.get_latest_revision().publish()
        copied.refresh_from_db()
        assert copied.story_id != story.story_id
        assert copied.published_at > story.published_at
        assert copied.slug == ("lighthouse" if headline == "灯台" else copied.story_id)
        assert copied.reader_path == f"/politics/{copied.slug}"


@pytest.mark.parametrize("role", ["writer", "desk", "photo"])
def test_staff_settings_and_redirects_are_the_chiefs(enter, newspaper, cast, role):
    client = enter(role)
    setting = NewspaperSettings.load()
    names = [("wagtailusers_users:index", ()), ("wagtailusers_users:add", ()), ("wagtailusers_users:edit", (cast["chief"].pk,))]
    names += [
        ("wagtailredirects:index", ()),
        ("wagtailredirects:add", ()),
        ("wagtailusers_groups:index", ()),
        ("wagtailadmin_workflows:index", ()),
    ]
    names += [("wagtailsettings:edit", ("newsroom", "newspapersettings", setting.pk))]
    for name, args in names:
        assert client.get(reverse(name, args=args)).status_code == 302, name
    client.post(reverse("wagtailusers_users:delete", args=(cast["chief"].pk,)))
    client.post(reverse("wagtailredirects:add"), {"old_path": "/old", "redirect_link": "https://example.com/", "is_permanent": "on"})
    client.post(
        reverse("wagtailsettings:edit", args=("newsroom", "newspapersettings", setting.pk)), {"accent": "#000000", "ranking_window": "1h"}
    )
    assert User.objects.filter(username="chief").exists()
    assert NewspaperSettings.load().accent != "#000000"


def test_nobody_makes_a_chief_of_oneself(enter, cast):
    for role in ("writer", "desk", "photo"):
        client = enter(role)
        client.post(reverse("wagtailusers_users:edit", args=(cast[role].pk,)), {"username": role, "is_superuser": "on", "is_active": "on"})
        client.post(f"/admin/bulk/newsroom/user/assign_role/?id={cast[role].pk}", {"role": str(cast["chief"].groups.get().pk)})
        assert cast[role].groups.count() == 1
    # The chief keeps the staff, and gives nobody more than a chief has.
    client = enter("chief")
    client.post(
        reverse("wagtailusers_users:edit", args=(cast["chief"].pk,)), {"username": "chief", "is_superuser": "on", "is_active": "on"}
    )
    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.parametrize(("role", "names"), [("writer", False), ("photo", False), ("desk", True), ("chief", True)])
def test_topics_and_people_are_kept_by_desk_and_chief(enter, newspaper, role, names):
    client = enter(role)
    for model in (Topic, Person):
        rows = {f"{rows}-{count}_FORMS": "0" for rows in ("put_in", "taken_out") for count in ("TOTAL", "INITIAL")}  # a topic's
        client.post(reverse(model.snippet_viewset.get_url_name("add")), {"name": "灯台", "slug": "lighthouse"} | rows)
        assert model.objects.filter(slug="lighthouse").exists() is names


WAYS_TO_DELETE = {
    "its screen": "/admin/images/{}/delete/",
    "several at once": "/admin/bulk/newsroom/photo/delete/?id={}",
    "all at once": "/admin/bulk/newsroom/photo/delete/?id=all",
    "while uploading": "/admin/images/multiple/{}/delete/",
}


@pytest.mark.parametrize("way", WAYS_TO_DELETE)
@pytest.mark.parametrize(("role", "deletes"), [("writer", False), ("desk", False), ("photo", True), ("chief", True)])
def test_photos_are_deleted_by_photo_desk_and_chief_alone_also_their_own(enter, cast, role, deletes, way, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    client = enter(role)
    for number, uploader in enumerate((role, "writer")):
        file = SimpleUploadedFile("port.gif", ONE_PIXEL, "image/gif")
        photo = Photo.objects.create(title=f"港{number}", file=file, credit="橘 圭", uploaded_by_user=cast[uploader])
        client.post(WAYS_TO_DELETE[way].format(photo.pk), headers={"x-requested-with": "XMLHttpRequest"})
        assert Photo.objects.filter(pk=photo.pk).exists() is not deletes


@pytest.mark.parametrize(("role", "deletes"), [("writer", False), ("desk", False), ("photo", True), ("chief", True)])
def test_a_photo_of_ones_own_is_edited_by_everybody_and_deleted_where_the_screen_says_so(enter, cast, role, deletes, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    file = SimpleUploadedFile("port.gif", ONE_PIXEL, "image/gif")
    photo = Photo.objects.create(title="港", file=file, credit="橘 圭", uploaded_by_user=cast[role])
    client, address = enter(role), reverse("wagtailimages:edit", args=(photo.pk,))
    screen = client.get(address).content.decode()
    assert (reverse("wagtailimages:delete", args=(photo.pk,)) in screen) is deletes
    form = next(form for form in forms_of(screen, address) if "credit" in form.values)
    client.post(address, form.values | {"credit": "佐登"})
    photo.refresh_from_db()
    assert photo.credit == "佐登"
    # Who may do what is told in as many ways as are asked.
    policy = policy_registry.get_by_type(Photo)
    user = cast[role]
    assert policy.user_has_permission(user, "delete") is deletes
    assert policy.instances_user_has_permission_for(user, "delete").exists() is deletes
    assert policy.collections_user_has_permission_for(user, "delete").exists() is deletes
    assert (user in policy.users_with_permission("delete")) is deletes
    assert (user in policy.users_with_permission_for_instance("delete", photo)) is deletes
    assert user in policy.users_with_any_permission_for_instance({"change", "delete"}, photo)
    assert user in policy.users_with_any_permission({"change", "delete"})
    assert policy.instances_user_has_any_permission_for(user, {"change", "delete"}).exists()


@pytest.mark.parametrize("role", ["desk", "chief"])
def test_nobody_makes_a_page_private(enter, publish, role):
    story = publish("みなの記事")
    client = enter(role)
    for page in (story, story.get_parent()):
        address = reverse("wagtailadmin_pages:set_privacy", args=(page.pk,))
        assert "restriction_type" not in client.get(address).content.decode()
        for kind in ("login", "password", "groups"):
            client.post(address, {"restriction_type": kind, "password": "a password", "groups": "1"})
    assert not PageViewRestriction.objects.exists()


MENUS = {
    "writer": {"explorer", "audience", "searches", "images", "reports"},
    "desk": {"explorer", "audience", "searches", "images", "topics", "names", "people", "reports"},
    "photo": {"audience", "searches", "images"},
    "chief": {"explorer", "audience", "searches", "images", "topics", "names", "people", "reports", "settings"},
}


@pytest.mark.parametrize("role", MENUS)
def test_the_menu_shows_what_a_role_can_use_and_nothing_else(enter, newspaper, publish, role):
    client = enter(role)
    page = client.get("/admin/").content.decode()
    props = json.loads(re.search(r'<script id="wagtail-sidebar-props"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    items = [item for item in menu_items(props) if item["name"] not in {"account", "logout"}]
    addresses = {item["url"] for item in items if item.get("url")}
    assert {item["name"] for item in items if not item["below"]} == MENUS[role]
    assert len(addresses) >= len(MENUS[role]) - 2
    for address in addresses:
        answer = client.get(address, follow=True)
        assert (answer.status_code, answer.request["PATH_INFO"] == "/admin/") == (200, False), address


def menu_items(node, below: str = "") -> Iterator[dict]:
    """The main menu's entries, with the name of the entry below which each stands."""
    if isinstance(node, dict) and str(node.get("_type", "")).endswith("MenuItem"):
        item = node["_args"][0]
        yield {**item, "below": below}
        for each in node["_args"][1:]:
            yield from menu_items(each, item["name"])
    elif isinstance(node, (dict, list)):
        for each in node.values() if isinstance(node, dict) else node:
            yield from menu_items(each, below)
