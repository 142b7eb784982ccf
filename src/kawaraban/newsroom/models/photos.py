"""Photos and their rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.search import index

from kawaraban.newsroom.search_fields import WordsAutocompleteField, WordsField, page_search_fields

if TYPE_CHECKING:
    from datetime import datetime


class Photo(AbstractImage):
    """A photo, map or chart: never without its credit, and not shown once its rights have ended."""

    credit = models.CharField(
        _("credit"), max_length=200, help_text=_("As it stands beside the picture. Read from the file (IPTC, XMP) when it has one.")
    )
    caption = models.TextField(_("caption"), blank=True, help_text=_("Without the credit. A story may say it otherwise."))
    alt_text = models.CharField(
        _("alternative text"), max_length=300, blank=True, help_text=_("What the picture shows, for those who cannot see it.")
    )
    rights_holder = models.CharField(_("rights holder"), max_length=200, blank=True)
    rights_end = models.DateTimeField(_("rights end"), null=True, blank=True, help_text=_("Not shown to readers after this moment."))

    admin_form_fields = (
        "title",
        "file",
        "credit",
        "caption",
        "alt_text",
        "rights_holder",
        "rights_end",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )
    search_fields = [
        *page_search_fields(AbstractImage),
        WordsField("credit"),
        WordsField("caption"),
        WordsField("alt_text"),
        *(WordsAutocompleteField(name) for name in ("credit", "caption", "alt_text")),
        index.FilterField("rights_end"),
    ]

    class Meta(AbstractImage.Meta):
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    @property
    def default_alt_text(self) -> str:
        """What Wagtail offers as alternative text where a use says none."""
        return str(self.alt_text or self.caption or self.title)

    def may_be_shown(self, now: datetime | None = None) -> bool:
        """Whether the rights still hold."""
        return self.rights_end is None or self.rights_end > (now or timezone.now())


# Stands for the focal point of a file that pages show no more.
OLD = "old-"


class PhotoRendition(AbstractRendition):
    """A photo in one size and format, as readers get it."""

    image = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")

    @property
    def is_old(self) -> bool:
        """Whether another file has taken its place."""
        return str(self.focal_point_key).startswith(OLD)

    class Meta(AbstractRendition.Meta):
        unique_together = (("image", "filter_spec", "focal_point_key"),)
