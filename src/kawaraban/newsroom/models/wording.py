"""What the newsroom told its proofreader."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AcceptedWording(models.Model):
    """A text that a rule of the proofreader is not to report again: in one story, or in all."""

    rule = models.CharField(_("rule"), max_length=40)
    text = models.CharField(_("text"), max_length=200)
    story = models.ForeignKey(
        "newsroom.StoryPage", verbose_name=_("story"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("accepted wording")
        verbose_name_plural = _("accepted wordings")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["rule", "text", "story"], name="a_wording_is_accepted_once", nulls_distinct=False)]

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"
