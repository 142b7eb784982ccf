"""Whom a story is by. One row serves all editions, so that a byline's page is one person's."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Locale
from wagtail.search import index

from kawaraban.newsroom.models.addresses import ascii_slug, lead_on, person_path
from kawaraban.newsroom.search_fields import WordsAutocompleteField, WordsField


class NamedInEditions(models.Model):
    """Something with a name in each edition's language. Where a name is missing, the Japanese one stands in."""

    slug = models.CharField(_("address"), max_length=60, unique=True, validators=[ascii_slug])
    name = models.CharField(_("name"), max_length=80)
    name_ko = models.CharField(_("name in Korean"), max_length=80, blank=True)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Have an address that is given up lead to the new one, in every edition."""
        rows = type(self).objects  # type: ignore[attr-defined]  # the abstract class has none
        old = rows.filter(pk=self.pk).values_list("slug", flat=True).first() if self.pk else None
        super().save(*args, **kwargs)
        if old is not None and old != self.slug:
            for language in Locale.objects.values_list("language_code", flat=True):
                lead_on(old=self.path_of(old, language), new=self.path_of(self.slug, language))

    @staticmethod
    def path_of(slug: str, language: str) -> str:
        """Return the path of the page under this address in an edition."""
        raise NotImplementedError

    def name_in(self, language: str) -> str:
        """Return the name as the edition of this language writes it."""
        return str({"ko": self.name_ko, "en": self.name_en}.get(language) or self.name)


class Person(NamedInEditions, index.Indexed):
    """Someone who writes, photographs, draws or translates for the paper; staff or not."""

    role = models.CharField(_("role"), max_length=120, blank=True)
    user = models.OneToOneField("newsroom.User", verbose_name=_("staff member"), null=True, blank=True, on_delete=models.SET_NULL)

    path_of = staticmethod(person_path)

    panels = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("role"), FieldPanel("name_ko"), FieldPanel("name_en"), FieldPanel("user")]
    search_fields = [WordsField("name"), WordsAutocompleteField("name"), WordsField("name_ko"), WordsField("name_en")]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]
