"""The blocks that a story's body is made of. How readers see each is told by ``pages/templates/pages/blocks``."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.blocks import (
    CharBlock,
    ListBlock,
    PageChooserBlock,
    RichTextBlock,
    StreamBlock,
    StructBlock,
    StructBlockValidationError,
    TextBlock,
    URLBlock,
)
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images.blocks import ImageChooserBlock

from kawaraban.newsroom.markup import harmless, words_of

CLEAN_PASTE = "clean-paste"
# Wagtail says the same of the heading of a table.
_CAPTION = pgettext_lazy("of a photo", "Caption")
INLINE = ["bold", "italic", "link", "ruby", "ruby-notation", CLEAN_PASTE]


class PhotoUse(StructBlock):
    """A photo in a story. Its credit comes with the photo; caption and alternative text may be this story's own."""

    photo = ImageChooserBlock(label=_("Photo"))
    caption = CharBlock(label=_CAPTION, required=False, max_length=300)
    alt_text = CharBlock(label=_("Alternative text"), required=False, max_length=300)

    class Meta:
        label = _("Photo")
        icon = "image"

    def get_searchable_content(self, value: Any) -> list[str]:
        """Return the words of it that readers see."""
        return [str(value["caption"])] if value.get("caption") else []


class Gallery(StructBlock):
    """Several photos that belong together."""

    photos = ListBlock(PhotoUse(), label=_("Photos"), min_num=2, max_num=30)
    caption = CharBlock(label=_CAPTION, required=False, max_length=300)

    class Meta:
        label = _("Gallery")
        icon = "image"


class Quotation(StructBlock):
    """Somebody's words, set apart."""

    text = TextBlock(label=pgettext_lazy("of a quotation", "Words"))
    speaker = CharBlock(label=_("Who said it"), required=False, max_length=120)

    class Meta:
        label = _("Quotation")
        icon = "openquote"


class InformationBox(StructBlock):
    """Background that stands beside the story."""

    title = CharBlock(label=_("Title"), max_length=80)
    text = RichTextBlock(label=_("Text"), features=[*INLINE, "ul", "ol"])

    class Meta:
        label = _("Information box")
        icon = "info-circle"


class Embed(StructBlock):
    """A video or post, by its address. The reader's browser asks for it only when touched."""

    address = URLBlock(label=_("Address"))
    title = CharBlock(label=_("What it shows"), max_length=120)

    def clean(self, value: Any) -> Any:
        """Take secure addresses only: the page's own policy lets no other into a frame."""
        result = super().clean(value)
        if urlsplit(result["address"]).scheme != "https":
            raise StructBlockValidationError(block_errors={"address": ValidationError(_("Use an address that begins with https://."))})
        return result

    class Meta:
        label = _("Video or post")
        icon = "media"


class KeptMarkup(TextBlock):
    """HTML that came from elsewhere and that no other block holds. What could act in it is taken out whenever it is saved."""

    def clean(self, value: Any) -> Any:
        """Take out what could act."""
        return harmless(str(super().clean(value)))

    def get_searchable_content(self, value: Any) -> list[str]:
        """Give the words without their marks."""
        return [words_of(str(value))]

    class Meta:
        label = _("HTML from elsewhere")
        icon = "code"


class MissingPhoto(StructBlock):
    """The place of a photo whose file could not be had when its story was brought over. Readers do not see it."""

    address = CharBlock(label=_("Where it was"), required=False)
    caption = CharBlock(label=_CAPTION, required=False)
    credit = CharBlock(label=_("Credit"), required=False)
    alt_text = CharBlock(label=_("Alternative text"), required=False)

    def get_searchable_content(self, value: Any) -> list[str]:
        """Give nothing: readers would search for what they cannot see."""
        return []

    class Meta:
        label = _("Missing photo")
        icon = "warning"


class Body(StreamBlock):
    """A story's body."""

    paragraph = RichTextBlock(label=_("Paragraph"), features=[*INLINE, "ul", "ol"], icon="pilcrow")
    subheading = CharBlock(label=_("Subheading"), max_length=80, icon="title")
    photo = PhotoUse()
    gallery = Gallery()
    quotation = Quotation()
    table = TypedTableBlock([("text", CharBlock(label=_("Text"), required=False))], label=_("Table"), icon="table")
    box = InformationBox()
    story = PageChooserBlock(label=_("Linked story"), page_type="newsroom.StoryPage", icon="link")
    embed = Embed()
    markup = KeptMarkup()
    missing_photo = MissingPhoto()
