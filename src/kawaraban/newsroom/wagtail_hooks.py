"""What this room adds to Wagtail: topics and people, the audience's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.rich_text.editors.draftail.features import PluginFeature
from wagtail.admin.views.pages.bulk_actions.publish import PublishBulkAction
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from kawaraban.newsroom import desk_reading, ruby
from kawaraban.newsroom.actions import rule_ranking
from kawaraban.newsroom.actions.set_up_roles import set_up_roles
from kawaraban.newsroom.audience_desk import addresses as audience_addresses
from kawaraban.newsroom.front_form import offered
from kawaraban.newsroom.home import panels_of_the_day
from kawaraban.newsroom.models import FrontPage, Person, Photo, StoryPage
from kawaraban.newsroom.models.blocks import CLEAN_PASTE
from kawaraban.newsroom.names_desk import NameViewSet
from kawaraban.newsroom.names_desk import addresses as names_addresses
from kawaraban.newsroom.photo_permissions import PhotoPermissionPolicy
from kawaraban.newsroom.queries.desk import in_work_by
from kawaraban.newsroom.searches_desk import addresses as searches_addresses
from kawaraban.newsroom.topics_desk import TopicViewSet
from kawaraban.newsroom.topics_desk import addresses as topics_addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern
    from wagtail.admin.ui.components import Component
    from wagtail.log_actions import LogActionRegistry
    from wagtail.models import BaseLogEntry, ModelLogEntry, Page
    from wagtail.query import PageQuerySet
    from wagtail.rich_text.feature_registry import FeatureRegistry


TOLD = 5  # headlines in a sentence


class PersonViewSet(SnippetViewSet):
    """People in the main menu."""

    model = Person
    icon = "user"
    menu_label = _("People")
    menu_name = "people"
    menu_order = 260
    add_to_admin_menu = True
    list_display = ["name", "slug", "role"]


register_snippet(TopicViewSet)
register_snippet(NameViewSet)
register_snippet(PersonViewSet)
# For the exact class: Wagtail's own, which may be registered later, is for it and those made of it.
register_permission_policy(Photo, PhotoPermissionPolicy(), exact_class=True)


@hooks.register("register_admin_urls")
def own_addresses() -> list[URLPattern]:
    """Give our own screens their addresses."""
    return [*audience_addresses(), *names_addresses(), *searches_addresses(), *topics_addresses(), *desk_reading.addresses()]


@hooks.register("register_admin_viewset")
def stories_forms() -> desk_reading.StoryViewSet:
    """Have stories written with the desk's reading beside them."""
    return desk_reading.StoryViewSet()


@hooks.register("register_rich_text_features")
def features_of_the_editor(features: FeatureRegistry) -> None:
    """Have readings written above letters, and what is pasted cleaned."""
    ruby.register(features)
    features.register_editor_plugin("draftail", CLEAN_PASTE, PluginFeature({"type": "CLEAN_PASTE"}, js=["newsroom/paste.js"]))


@hooks.register("before_publish_page")
def read_before_publishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Ask for a reason where errors would go out."""
    return desk_reading.ask_for_a_reason(request, page)


@hooks.register("before_create_page")
def hand_in_at_once(request: HttpRequest, parent_page: Page, page_class: type[Page]) -> None:
    """Offer to hand a story in on its first form too: Wagtail asks the section there, which hands in nothing of its own."""
    parent_page.lends_its_workflow = issubclass(page_class, StoryPage)


@hooks.register("after_create_page")
def keep_what_was_ignored(request: HttpRequest, page: Page) -> None:
    """Keep with a new story what was ignored in it while it was no story yet."""
    desk_reading.keep_ignored(request, page)


@hooks.register("before_bulk_action")
def read_before_publishing_together(request: HttpRequest, action_type: str, objects: Iterable[Page], action: Any) -> HttpResponse | None:
    """Let no errors out among many."""
    if not isinstance(action, PublishBulkAction):
        return None
    return desk_reading.refuse_errors_together(request, objects, action)


@hooks.register("register_log_actions")
def own_log_actions(actions: LogActionRegistry) -> None:
    """Tell in a story's history that it went out over errors, and why."""

    @actions.register_action(desk_reading.PUBLISHED_OVER)
    class PublishedOver(LogFormatter):
        label = _("Publish over errors")

        def format_message(self, log_entry: BaseLogEntry) -> str:
            return _("Published over errors: {reason}").format(reason=log_entry.data.get("reason", ""))


@hooks.register("register_admin_menu_item")
def audience_menu() -> MenuItem:
    """Put the audience's screen into the main menu."""
    return MenuItem(_("Audience"), reverse("audience"), name="audience", icon_name="view", order=150)


@hooks.register("register_admin_menu_item")
def searches_menu() -> MenuItem:
    """Put what readers search for into the main menu, behind the audience."""
    return MenuItem(_("Searches"), reverse("searches"), name="searches", icon_name="search", order=155)


@hooks.register("register_page_header_buttons")
def reads_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """Lead from a story to its reads and its place in rankings."""
    if isinstance(page, StoryPage) and page.live:
        yield Button(_("Reads and ranking"), reverse("audience_story", args=(page.pk,)), icon_name="view", priority=60)


@hooks.register("register_log_actions")
def ranking_log_actions(actions: LogActionRegistry) -> None:
    """Say in a story's history what editors did to its place in rankings, and why."""
    for action, words in (
        (rule_ranking.PIN, _("Pin in rankings")),
        (rule_ranking.TAKE_OUT, _("Take out of rankings")),
        (rule_ranking.LET_RANK, _("Let rank as read")),
    ):
        actions.register_action(action)(type("Reasoned", (_Reasoned,), {"label": words, "message": words}))


class _Reasoned(LogFormatter):
    def format_comment(self, log_entry: ModelLogEntry) -> str:
        return str(log_entry.data.get("reason", ""))


@hooks.register("construct_main_menu")
def without_documents(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out what a newsroom does not keep here: stories have photos, not office files."""
    items[:] = [item for item in items if item.name not in {"documents", "help"}]


@hooks.register("before_delete_snippet")
def keep_people_of_drafts(request: HttpRequest, instances: Iterable[Model]) -> HttpResponse | None:
    """Refuse to delete somebody whom a draft names: the database protects only those whom a page's own rows name."""
    people = [instance for instance in instances if isinstance(instance, Person)]
    stories = in_work_by(people) if people else []
    if not stories:
        return None
    headlines = ", ".join(story.draft_title for story in stories[:TOLD])
    messages.error(
        request, _("Not deleted: a byline stands in what is in work of “{stories}”. Take it off there first.").format(stories=headlines)
    )
    return redirect(Person.snippet_viewset.get_url_name("list"))


@hooks.register("after_create_page")
def staff_a_new_edition(request: HttpRequest, page: Page) -> None:
    """Let writers and desk into an edition that the chief just founded."""
    if isinstance(page, FrontPage):
        set_up_roles(page.language)


@hooks.register("construct_page_chooser_queryset")
def offer_published_stories(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Let stories be chosen that readers can see, on a front page those of its edition."""
    return offered(pages, page_type=request.GET.get("page_type", ""), user_perms=request.GET.get("user_perms", ""))


@hooks.register("construct_homepage_panels")
def begin_the_day(request: HttpRequest, panels: list[Component]) -> None:
    """Make the first screen."""
    panels_of_the_day(request, panels)


@hooks.register("insert_global_admin_css")
def newsroom_styles() -> str:
    """Dress Wagtail's screens and ours."""
    return format_html('<link rel="stylesheet" href="{}">', static("newsroom/newsroom.css"))
