"""What Wagtail says in the language in which the process starts is put into the reader's."""

import ast
import re
from pathlib import Path

import pytest
import wagtail
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import translation
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import AdminPageChooser
from wagtail.contrib.redirects.filters import RedirectsReportFilterSet
from wagtail.contrib.redirects.views import IndexView
from wagtail.forms import TaskStateCommentForm
from wagtail.images.forms import ImageInsertionForm, URLGeneratorForm
from wagtail.users.models import UserProfile

from kawaraban.newsroom.names_desk import NameViewSet
from kawaraban.newsroom.ruby import register
from kawaraban.newsroom.wagtail_hooks import PersonViewSet
from kawaraban.newsroom.wording import CHOOSERS

# By file: mended in wording.py; and what nobody of ours sees (the form of a group, which our roles replace; an app that is not installed).
MENDED = {
    "forms.py": {"Comment"},
    "admin/viewsets/chooser.py": {"Choose", "Choose another", "Edit", "Search", "Create"},
    "contrib/redirects/filters.py": {"Type", "Permanent", "Temporary", "All"},
    "contrib/redirects/views.py": {"From", "Site", "To", "Type"},
    "images/forms.py": {
        *("Format", "Image is decorative", "Alt text", "Filter", "Width", "Height", "Closeness", "Original size"),
        *(f"Resize to {size}" for size in ("width", "height", "min", "max", "fill")),
    },
}
NOT_SEEN = {
    "images/forms.py": {"Add", "Add/edit images you own", "Edit", "Edit any image", "Choose", "Select images in choosers"},
    "admin/forms/collections.py": {"Add", "Add collections", "Edit", "Edit collections", "Delete", "Delete collections"},
    "contrib/styleguide/views.py": {"Styleguide"},
}
LABELS = {
    ImageInsertionForm: ["Format", "Image is decorative", "Alt text"],
    URLGeneratorForm: ["Filter", "Width", "Height", "Closeness"],
}
_NOT_LAZY = re.compile(r"\b[np]?gettext\b")


def said_at_once(path: Path) -> set[str]:
    """Return what a module translates while it is imported."""
    text = path.read_text(encoding="utf-8")
    if not _NOT_LAZY.search(text):
        return set()
    tree = ast.parse(text)
    names = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.name in {"gettext", "ngettext", "pgettext"}
    }
    found, left = set(), list(tree.body) if names else []
    while left:
        node = left.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            found.add(ast.literal_eval(node.args[0]))
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            left += ast.iter_child_nodes(node)
    return found


def test_all_that_wagtail_says_when_it_is_imported_is_known():
    root = Path(wagtail.__file__).parent
    paths = [path for path in root.rglob("*.py") if not {"tests", "test", "migrations", "bin"} & set(path.relative_to(root).parts)]
    found = {str(path.relative_to(root)): said for path in paths if (said := said_at_once(path))}
    assert len(paths) > 300
    assert found == {file: MENDED.get(file, set()) | NOT_SEEN.get(file, set()) for file in MENDED | NOT_SEEN}


@pytest.mark.parametrize(
    ("language", "search", "comment", "home"),
    [("ko", "검색", "댓글", "홈"), ("ja", "検索", "コメント", "ホーム"), ("en", "Search", "Comment", "Home")],
)
def test_it_is_said_in_the_readers_language(language, search, comment, home):
    with translation.override(language):
        assert str(ChooserViewSet.search_tab_label) == search
        assert {name: str(getattr(ChooserViewSet, name)) for name in CHOOSERS} == {name: str(words) for name, words in CHOOSERS.items()}
        assert str(TaskStateCommentForm().fields["comment"].label) == comment
        for form, labels in LABELS.items():
            assert [str(field.label) for field in form().fields.values()] == [translation.gettext(label) for label in labels]
        sizes = URLGeneratorForm().fields["filter_method"].choices
        assert dict(sizes)["original"] == translation.gettext("Original size")
        assert str(RedirectsReportFilterSet().form.fields["is_permanent"].label) == translation.gettext("Type")
        assert [str(label) for _, label in RedirectsReportFilterSet().form.fields["is_permanent"].choices] == [
            translation.gettext(words) for words in ("All", "Permanent", "Temporary")
        ]
        assert str(IndexView.export_headings["old_path"]) == translation.gettext("From")
        for views in (NameViewSet, PersonViewSet):
            assert str(views().breadcrumbs_items[0]["label"]) == home
        assert str(NameViewSet.list_display[-1].label) == translation.gettext("Updated")


def test_a_chooser_of_stories_asks_in_the_language_of_who_sees_it_and_not_of_who_opened_the_form_first():
    with translation.override("ja"):
        stories, pages = AdminPageChooser(target_models="newsroom.StoryPage"), AdminPageChooser()
        told = AdminPageChooser(target_models="newsroom.StoryPage", choose_one_text="橋の記事")
    asked = {}
    for language in ("ja", "ko", "en"):
        with translation.override(language):
            asked[language] = (str(stories.choose_one_text), str(pages.choose_one_text))
    assert asked == {
        "ja": ("ページを選択 (記事)", "ページを選択"),
        "ko": ("페이지 선택 (기사)", "페이지 선택"),
        "en": ("Choose a page (Story)", "Choose a page"),
    }
    assert told.choose_one_text == "橋の記事 (記事)"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "refusal"), [("ko", "이 화면에 들어갈 권한이 없습니다."), ("ja", "アクセス権がありません。")])
def test_who_may_not_is_told_so_in_the_language_of_the_account_and_not_of_the_browser(cast, client, language, refusal):
    profile = UserProfile.get_for_user(cast["writer"])
    profile.preferred_language = language
    profile.save()
    client.force_login(cast["writer"])
    answer = client.get(reverse("wagtailadmin_collections:index"), headers={"accept-language": "en"})
    assert [str(told).strip() for told in get_messages(answer.wsgi_request)] == [refusal]


def test_the_button_for_ruby_is_called_so_in_each_language():
    told = {}

    class Registry:
        def register_editor_plugin(self, _editor, name, plugin):
            told[name] = plugin

        def register_converter_rule(self, *_rule):
            pass

    register(Registry())
    said = set()
    for language in ("ja", "ko", "en"):
        with translation.override(language):
            said.add(str(told["ruby"].data["label"]))
    assert said == {"ルビ", "루비", "Ruby"}
