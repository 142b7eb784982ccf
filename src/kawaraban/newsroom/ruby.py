"""Ruby in the editor: a button, 青空文庫's notation (｜漢字《かんじ》) as it is typed or pasted, and <ruby> in what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from draftjs_exporter.dom import DOM
from wagtail.admin.rich_text.converters.contentstate_models import Entity
from wagtail.admin.rich_text.converters.html_to_contentstate import InlineEntityElementHandler
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature, PluginFeature

if TYPE_CHECKING:
    from wagtail.rich_text.feature_registry import FeatureRegistry

FEATURE, ENTITY = "ruby", "RUBY"
_SCRIPT = ["newsroom/ruby.js"]


class RubyHandler(InlineEntityElementHandler):
    """<ruby> becomes an entity over its base; its reading is set by what stands in <rt>."""

    mutability = "IMMUTABLE"

    def get_attribute_data(self, attrs: dict[str, str]) -> dict[str, str]:
        """Begin without a reading."""
        return {"reading": ""}


class ReadingHandler:
    """What stands in <rt> is no text of the story, but the reading of the base before it; what stands in <rp> is nothing."""

    def __init__(self, *, keep: bool) -> None:
        self._keep = keep
        self._begin = 0

    def handle_starttag(self, name: str, attrs: list[tuple[str, str]], state: Any, contentstate: Any) -> None:
        """Remember where it begins."""
        self._begin = len(state.current_block.text) if state.current_block else 0

    def handle_endtag(self, name: str, state: Any, contentstate: Any) -> None:
        """Take it out of the text."""
        block = state.current_block
        if block is None:
            return
        reading, block.text = block.text[self._begin :], block.text[: self._begin]
        if self._keep and state.current_entity_ranges:
            entity = contentstate.entity_map[state.current_entity_ranges[-1].key]
            if isinstance(entity, Entity) and entity.entity_type == ENTITY:
                entity.data["reading"] += reading


def ruby_element(props: dict[str, Any]) -> Any:
    """Write an entity as <ruby>, readable where ruby is unknown: 漢字(かんじ)."""
    reading = str(props.get("reading") or "")
    if not reading:
        return DOM.create_element("span", {}, props["children"])
    marks = (DOM.create_element(tag, {}, text) for tag, text in (("rp", "("), ("rt", reading), ("rp", ")")))
    return DOM.create_element("ruby", {}, props["children"], *marks)


def register(features: FeatureRegistry) -> None:
    """Make the feature known to Wagtail's editor."""
    told = {"type": ENTITY, "label": _("Ruby"), "description": _("Ruby (the reading above the letters)"), "attributes": ["reading"]}
    features.register_editor_plugin("draftail", FEATURE, EntityFeature(told, js=_SCRIPT))
    features.register_editor_plugin("draftail", f"{FEATURE}-notation", PluginFeature({"type": f"{ENTITY}_NOTATION"}, js=_SCRIPT))
    features.register_converter_rule(
        "contentstate",
        FEATURE,
        {
            "from_database_format": {"ruby": RubyHandler(ENTITY), "rt": ReadingHandler(keep=True), "rp": ReadingHandler(keep=False)},
            "to_database_format": {"entity_decorators": {ENTITY: ruby_element}},
        },
    )
