"""What the chief sets once for the whole paper."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
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

    longest_sentence = models.PositiveSmallIntegerField(
        _("longest sentence"),
        default=120,
        validators=[MinValueValidator(40), MaxValueValidator(500)],
        help_text=_("In characters. The desk is told of longer ones."),
    )
    unwanted_words = models.TextField(
        _("words that we do not use"),
        blank=True,
        help_text=_("One a line, as 看護婦 → 看護師; without → nothing is proposed. A word that leads to itself is taken back."),
    )

    panels = [
        FieldPanel("accent"),
        FieldPanel("ranking_window"),
        MultiFieldPanel(
            [FieldPanel("latitude"), FieldPanel("longitude"), FieldPanel("jma_station"), FieldPanel("jma_area")], heading=_("Weather")
        ),
        MultiFieldPanel([FieldPanel("longest_sentence"), FieldPanel("unwanted_words")], heading=_("House style")),
    ]

    @property
    def words_not_used(self) -> dict[str, str]:
        """What this newspaper does not write, and what it writes instead."""
        parts = (line.partition("→") for line in self.unwanted_words.splitlines())
        return {word.strip(): right.strip() for word, _arrow, right in parts if word.strip()}

    class Meta:
        verbose_name = _("newspaper")
