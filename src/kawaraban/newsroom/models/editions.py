"""The paper in one language: its front page, its sections, and the page about itself."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable

from kawaraban.newsroom.front_form import FrontForm
from kawaraban.newsroom.models.blocks import CLEAN_PASTE
from kawaraban.newsroom.models.frames import Frame


class FrontPage(Frame):
    """An edition's front page, placed by hand as far as somebody has; its empty places fill themselves."""

    nameplate = models.CharField(_("nameplate"), max_length=60, help_text=_("The paper's name as this edition writes it."))
    motto = models.CharField(_("motto"), max_length=120, blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True, help_text=_("For search engines and feeds."))
    weather_place = models.CharField(_("place of the weather"), max_length=40, blank=True)
    breaking_text = models.CharField(_("breaking news"), max_length=120, blank=True, help_text=_("A thin line on top of every page."))
    breaking_story = models.ForeignKey(
        "newsroom.StoryPage", verbose_name=_("its story"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    breaking_until = models.DateTimeField(_("until"), null=True, blank=True)

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["newsroom.SectionPage", "newsroom.AboutPage"]
    base_form_class = FrontForm

    content_panels = [
        InlinePanel("lead", heading=_("Lead"), label=_("story"), max_num=1),
        InlinePanel("seconds", heading=_("Seconds"), label=_("story"), max_num=2),
        InlinePanel("topic_strip", heading=_("Topics strip"), label=_("story"), max_num=8),
        MultiFieldPanel(
            [FieldPanel("breaking_text"), PageChooserPanel("breaking_story"), FieldPanel("breaking_until")], heading=_("Breaking news")
        ),
        MultiFieldPanel(
            [
                FieldPanel("nameplate"),
                FieldPanel("motto"),
                FieldPanel("description"),
                FieldPanel("weather_place"),
                FieldPanel("title", heading=_("Name in the newsroom"), help_text=_("Staff see it in lists; readers do not.")),
            ],
            heading=_("This edition"),
        ),
    ]
    promote_panels: list[object] = []

    class Meta:
        verbose_name = _("front page")
        verbose_name_plural = _("front pages")

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Look whether all fields can stand so. Readers never see a front page's own address: nobody is asked for it."""
        self.slug = self.slug or f"edition-{self.locale.language_code}"
        super().full_clean(*args, **kwargs)


class Placement(Orderable):
    """A story that the chief put into a place of a front page."""

    story = models.ForeignKey("newsroom.StoryPage", verbose_name=_("story"), on_delete=models.CASCADE, related_name="+")

    panels = [PageChooserPanel("story", "newsroom.StoryPage")]

    class Meta(Orderable.Meta):
        abstract = True


class LeadPlacement(Placement):
    """The front page's first story."""

    front = ParentalKey(FrontPage, on_delete=models.CASCADE, related_name="lead")

    class Meta(Placement.Meta):
        verbose_name = _("lead")
        verbose_name_plural = _("leads")


class SecondPlacement(Placement):
    """One of the two beside the lead."""

    front = ParentalKey(FrontPage, on_delete=models.CASCADE, related_name="seconds")

    class Meta(Placement.Meta):
        verbose_name = _("second")
        verbose_name_plural = _("seconds")


class TopicStripPlacement(Placement):
    """One of the topics strip."""

    front = ParentalKey(FrontPage, on_delete=models.CASCADE, related_name="topic_strip")

    class Meta(Placement.Meta):
        verbose_name = _("place in the topics strip")
        verbose_name_plural = _("places in the topics strip")


class SectionPage(Frame):
    """A section of an edition. Its slug is the same in all editions and names it in rankings and feeds."""

    description = models.CharField(_("description"), max_length=200, blank=True)

    takes_stories = True
    stands_below_front = True
    parent_page_types = ["newsroom.FrontPage"]
    subpage_types = ["newsroom.StoryPage"]

    content_panels = [FieldPanel("title"), FieldPanel("description")]
    promote_panels = [FieldPanel("slug")]

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")


class AboutPage(Frame):
    """What the paper says of itself: who makes it, how to reach it, how it corrects."""

    body = RichTextField(_("text"), features=["h2", "h3", "bold", "italic", "ol", "ul", "link", CLEAN_PASTE])

    stands_below_front = True

    parent_page_types = ["newsroom.FrontPage"]
    subpage_types: list[str] = []

    content_panels = [FieldPanel("title"), FieldPanel("body")]
    promote_panels = [FieldPanel("slug")]

    class Meta:
        verbose_name = _("page about the paper")
        verbose_name_plural = _("pages about the paper")
