"""What the chief sets once for the whole paper."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

WINDOWS = [
    ("now", _("right now")),
    ("1h", _("1 hour")),
    ("24h", _("24 hours")),
    ("7d", _("7 days")),
    ("30d", _("30 days")),
]
WIDTHS = [("any", _("either, but one way in one story")), ("half", _("half width")), ("full", _("full width"))]
COMMAS = [("", _("either")), ("、", "、"), ("，", "，")]

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")


def look_through_partners(text: str) -> None:
    """Refuse a line that is no name with a token, and a token that stands there twice."""
    tokens = []
    for number, line in enumerate(text.splitlines(), start=1):
        name, token = _partner(line)
        if line.strip() and not (name and _TOKEN.fullmatch(token)):
            raise ValidationError(
                _("Line %(number)s is no name, a colon and a token of 20 letters and digits or more."), params={"number": number}
            )
        if token and token in tokens:
            raise ValidationError(
                _("Line %(number)s has a token that stands above already: each partner has one of its own."), params={"number": number}
            )
        tokens.append(token)


def _partner(line: str) -> tuple[str, str]:
    name, _colon, token = line.replace("：", ":").rpartition(":")
    return name.strip(), token.strip() if name.strip() else ""


@register_setting(icon="cog")
class NewspaperSettings(BaseGenericSetting):
    """The paper's looks, place and habits. Names that differ by language stand with each edition's front page."""

    accent = models.CharField(
        _("accent colour"), max_length=7, default="#c8371f", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write it as #c8371f."))]
    )
    latitude = models.FloatField(_("latitude"), default=35.69, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(_("longitude"), default=139.75, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    jma_station = models.CharField(
        _("JMA station"), max_length=5, default="44132", validators=[RegexValidator(r"^\d{5}$", _("Five digits."))]
    )
    jma_area = models.CharField(_("JMA area"), max_length=6, default="130000", validators=[RegexValidator(r"^\d{6}$", _("Six digits."))])
    ranking_window = models.CharField(_("ranking shows"), max_length=4, choices=WINDOWS, default="24h")
    ranking_reads = models.BooleanField(
        _("ranking tells how often each story was read"), default=False, help_text=_("In round numbers, beneath each headline.")
    )

    longest_sentence = models.PositiveSmallIntegerField(
        _("longest sentence"),
        default=120,
        validators=[MinValueValidator(40), MaxValueValidator(500)],
        help_text=_("In characters. The desk is told of longer ones."),
    )
    longest_headline = models.PositiveSmallIntegerField(
        _("longest headline"), default=40, validators=[MinValueValidator(10), MaxValueValidator(100)], help_text=_("In characters.")
    )
    unwanted_words = models.TextField(
        _("words that we do not use"),
        blank=True,
        help_text=_("One a line, as 看護婦 → 看護師; without → nothing is proposed. A word that leads to itself is taken back."),
    )
    digits = models.CharField(
        _("digits"),
        max_length=12,
        choices=[*WIDTHS, ("single-full", _("one digit in full width, several in half width"))],
        default="any",
        help_text=_("The desk is shown what is otherwise, here and below, and may mend it at one touch. Nothing is changed by itself."),
    )
    latin = models.CharField(_("Latin letters"), max_length=12, choices=WIDTHS, default="any")
    brackets = models.CharField(_("round brackets"), max_length=12, choices=WIDTHS, default="any")
    comma = models.CharField(_("comma"), max_length=1, choices=COMMAS, blank=True, default="")
    logo = models.ForeignKey(
        "newsroom.Photo",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("logo"),
        help_text=_("The paper's name as a picture, best PNG and seven times as wide as high. Search engines and portals show it."),
    )
    logo_dark = models.ForeignKey(
        "newsroom.Photo",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("logo on dark ground"),
    )
    whole_feeds = models.BooleanField(_("feeds hold whole stories"), default=False, help_text=_("Otherwise summaries."))
    hub = models.URLField(
        _("WebSub hub"),
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=_("Whose subscribers get what is new at once. It is told of every change of a feed. Empty: none."),
    )
    smartnews = models.BooleanField(
        _("feeds for SmartNews"), default=False, help_text=_("SmartFormat, under /smartnews.xml and below each section. Whole stories.")
    )
    smartnews_analytics = models.TextField(
        _("counting script for SmartNews"),
        blank=True,
        help_text=_("HTML that SmartNews puts into our stories. Our own pages never show it."),
    )
    smartnews_advertisement = models.TextField(
        _("advertisement for SmartNews"), blank=True, help_text=_("HTML of an advertisement of 300 × 250 pixels, below our stories there.")
    )
    line_news = models.BooleanField(
        _("feeds for LINE"), default=False, help_text=_("RSS as LINE takes it, under /line.xml and below each section. Whole stories.")
    )
    may_train = models.BooleanField(
        _("may be used to train models"), default=True, help_text=_("Otherwise robots.txt asks those who gather texts for it to stay away.")
    )
    partners = models.TextField(
        _("partners who take stories"),
        blank=True,
        validators=[look_through_partners],
        help_text=_(
            "One a line: a name, a colon, a token of 20 letters and digits or more. With it they get our stories under /partners/."
        ),
    )
    licence_url = models.URLField(
        _("address of the licence (RSL)"), blank=True, help_text=_("Where the terms for programs stand, as Really Simple Licensing has it.")
    )
    robots_more = models.TextField(_("further lines of robots.txt"), blank=True)
    ads_txt = models.TextField(
        "ads.txt", blank=True, help_text=_("Who may sell advertisements on this site. Empty: the file does not exist.")
    )
    trust_txt = models.TextField(
        "trust.txt", blank=True, help_text=_("Which associations the paper belongs to. Empty: the file does not exist.")
    )
    llms_txt = models.TextField(
        "llms.txt", blank=True, help_text=_("What the site is, for language models. Empty: an overview of its sections.")
    )

    panels = [
        FieldPanel("accent"),
        MultiFieldPanel([FieldPanel("logo"), FieldPanel("logo_dark")], heading=_("Logo")),
        FieldPanel("ranking_window"),
        FieldPanel("ranking_reads"),
        MultiFieldPanel(
            [FieldPanel("latitude"), FieldPanel("longitude"), FieldPanel("jma_station"), FieldPanel("jma_area")], heading=_("Weather")
        ),
        MultiFieldPanel(
            [
                FieldPanel("longest_headline"),
                FieldPanel("longest_sentence"),
                FieldPanel("unwanted_words"),
                FieldPanel("digits"),
                FieldPanel("latin"),
                FieldPanel("brackets"),
                FieldPanel("comma"),
            ],
            heading=_("House style"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("whole_feeds"),
                FieldPanel("hub"),
                FieldPanel("smartnews"),
                FieldPanel("smartnews_analytics"),
                FieldPanel("smartnews_advertisement"),
                FieldPanel("line_news"),
                FieldPanel("partners"),
                FieldPanel("may_train"),
                FieldPanel("licence_url"),
                FieldPanel("robots_more"),
                FieldPanel("ads_txt"),
                FieldPanel("trust_txt"),
                FieldPanel("llms_txt"),
            ],
            heading=_("For programs"),
            classname="collapsed",
        ),
    ]

    @property
    def words_not_used(self) -> dict[str, str]:
        """What this newspaper does not write, and what it writes instead."""
        parts = (line.partition("→") for line in self.unwanted_words.splitlines())
        return {word.strip(): right.strip() for word, _arrow, right in parts if word.strip()}

    @property
    def partner_tokens(self) -> dict[str, str]:
        """The tokens of partners, and the name of each."""
        return {token: name for name, token in map(_partner, self.partners.splitlines()) if token}

    class Meta:
        verbose_name = _("newspaper")
