"""The registry of names: how this newsroom writes people, organisations, places, works and terms, and in which stories they stand."""

from __future__ import annotations

from itertools import count
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable
from wagtail.search import index

from kawaraban.language import names as shapes
from kawaraban.language.korean import in_kana, romanised
from kawaraban.language.registry_csv import parted
from kawaraban.newsroom.models.addresses import name_path
from kawaraban.newsroom.models.people import NamedInEditions
from kawaraban.newsroom.search_fields import WordsAutocompleteField, WordsField

KINDS = [
    ("person", _("person")),
    ("organisation", _("organisation")),
    ("place", _("place")),
    ("work", _("work")),
    ("term", _("term")),
]
BRACKETS = [
    ("auto", _("as usual for its kind")),
    ("reading", _("the reading")),
    ("original", _("the original script")),
    ("romanised", _("the romanised form")),
    ("short", _("the short form")),
    ("none", _("nothing")),
]
_TITLE = pgettext_lazy("of a person", "title")  # Wagtail says the same of a page
_SEVERAL = _("Several with 、 between them.")
_LONGEST_ADDRESS = 60


class Name(NamedInEditions, index.Indexed, ClusterableModel):
    """A name as stories write it, and all other forms under which it is known, looked for, or not to be used."""

    kind = models.CharField(_("kind"), max_length=12, choices=KINDS, default="person")
    reading = models.CharField(
        _("reading"), max_length=120, blank=True, validators=[RegexValidator(r"^[ぁ-ゖァ-ヺー・=＝ 　]*$", _("Write the reading in kana."))]
    )
    originals = models.CharField(_("in its original script"), max_length=300, blank=True, help_text=_SEVERAL)
    brackets = models.CharField(_("in brackets at the first mention"), max_length=12, choices=BRACKETS, default="auto")
    short_forms = models.CharField(
        _("short forms"), max_length=300, blank=True, help_text=_("Allowed after the first mention. Several with 、 between them.")
    )
    wrong_forms = models.CharField(_("forms not to be used"), max_length=300, blank=True, help_text=_SEVERAL)
    note = models.TextField(_("note"), blank=True, help_text=_("For the newsroom; readers do not see it."))
    wikidata = models.CharField(
        _("Wikidata id"), max_length=20, blank=True, validators=[RegexValidator(r"^Q[1-9][0-9]*$", _("Write it as Q1234."))]
    )
    changed_at = models.DateTimeField(auto_now=True)
    looked_for_at = models.DateTimeField(null=True, editable=False)  # when the published stories were looked through for it

    path_of = staticmethod(name_path)

    panels = [
        FieldRowPanel([FieldPanel("name", heading=_("Form in stories")), FieldPanel("kind")]),
        FieldRowPanel([FieldPanel("reading"), FieldPanel("originals")]),
        FieldRowPanel([FieldPanel("name_ko"), FieldPanel("name_en", heading=_("Romanised, as the English edition writes it"))]),
        HelpPanel(template="newsroom/names/first_mention.html", heading=_("At the first mention")),
        FieldPanel("brackets"),
        InlinePanel("titles", heading=_("Titles"), label=_TITLE),
        MultiFieldPanel([FieldPanel("short_forms"), FieldPanel("wrong_forms")], heading=_("Other forms")),
        FieldPanel("note"),
        MultiFieldPanel([FieldPanel("slug"), FieldPanel("wikidata")], heading=_("Address and identity"), classname="collapsed"),
    ]
    search_fields = [
        *(WordsField(field) for field in ("name", "name_ko", "name_en", "reading", "originals", "short_forms", "wrong_forms")),
        *(WordsAutocompleteField(field) for field in ("name", "name_ko", "name_en", "reading", "short_forms")),
        index.FilterField("kind"),
    ]

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["changed_at"], name="name_by_change")]

    def clean(self) -> None:
        """Refuse forms that contradict each other."""
        super().clean()
        allowed = {self.name, *parted(self.short_forms)}
        if both := allowed & set(parted(self.wrong_forms)):
            message = _("“{form}” cannot be right and wrong at once.").format(form=min(both))
            raise ValidationError({"wrong_forms": message})

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Look whether all fields can stand so. A name without an address is given one from its romanised form."""
        if not self.slug:
            self.slug = free_address(self.name_en or self.kind, taken=lambda slug: Name.objects.filter(slug=slug).exists())
        super().full_clean(*args, **kwargs)

    @property
    def shape(self) -> shapes.Name:
        """The name as the language room, the press and search know it."""
        return shapes.Name(
            slug=self.slug,
            kind=cast("shapes.Kind", self.kind),
            form=self.name,
            form_ko=self.name_ko,
            form_en=self.name_en,
            reading=self.reading,
            originals=parted(self.originals),
            brackets=cast("shapes.Brackets", self.brackets),
            titles=tuple(title.shape for title in self.titles.all()),
            short_forms=parted(self.short_forms),
            wrong_forms=parted(self.wrong_forms),
            wikidata=self.wikidata,
        )

    @property
    def proposals(self) -> list[str]:
        """How a name in Hangul could be romanised and read in kana, where the registry does not say so yet."""
        hangul = next((form for form in (self.name_ko, *parted(self.originals)) if romanised(form)), "")
        if self.kind != "person" or not hangul:
            return []
        return [made for made, there in ((romanised(hangul), self.name_en), (in_kana(hangul), self.reading)) if not there]

    @property
    def first_mention(self) -> str:
        """The name as a story mentions it first, without a title."""
        return shapes.first_mention(self.shape)


def free_address(words: str, *, taken: Any) -> str:
    """Return an address made of Latin words that is not taken: with a number behind it where others bear it."""
    base = slugify(words)[: _LONGEST_ADDRESS - 6].strip("-") or "name"
    return next(slug for number in count(1) if not taken(slug := base if number == 1 else f"{base}-{number}"))


class NameTitle(Orderable):
    """What somebody is called, from one day to another."""

    name = ParentalKey(Name, on_delete=models.CASCADE, related_name="titles")
    text = models.CharField(_TITLE, max_length=80)
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("to"), null=True, blank=True)

    panels = [FieldRowPanel([FieldPanel("text"), FieldPanel("since"), FieldPanel("until")])]

    class Meta(Orderable.Meta):
        verbose_name = _TITLE
        verbose_name_plural = _("titles")

    def clean(self) -> None:
        """Refuse a title that ends before it begins."""
        super().clean()
        if self.since and self.until and self.until < self.since:
            raise ValidationError({"until": _("It would end before it begins.")})

    @property
    def shape(self) -> shapes.Title:
        """The title as the language room knows it."""
        return shapes.Title(self.text, *(day.isoformat() if day else "" for day in (self.since, self.until)))


class NameInStory(models.Model):
    """A name stands in a published story. Made when the story is published, and when the registry changes."""

    name = models.ForeignKey(Name, on_delete=models.CASCADE, related_name="stands_in")
    story = models.ForeignKey("newsroom.StoryPage", on_delete=models.CASCADE, related_name="names_in_it")
    order = models.PositiveSmallIntegerField()  # in which order the story mentions its names
    prominent = models.BooleanField(default=False)  # it stands in the headline or the standfirst

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["story", "name"], name="a_name_stands_in_a_story_once")]

    def __str__(self) -> str:
        return f"{self.name} – {self.story}"
