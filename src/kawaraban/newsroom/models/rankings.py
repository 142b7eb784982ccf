"""What editors do to rankings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kawaraban.newsroom.models.stories import StoryPage


class RankingActs(models.QuerySet["RankingAct"]):
    """Places in rankings by an editor's word."""

    def that_hold(self) -> RankingActs:
        """Leave out the pins whose time is over."""
        return self.exclude(pinned_until__lte=timezone.now())


class RankingAct(models.Model):
    """A story's place in rankings by an editor's word: first until a time, or in none from a time on. The log holds who said what."""

    story = models.OneToOneField(StoryPage, on_delete=models.CASCADE, related_name="ranking_act")
    pinned_until = models.DateTimeField(null=True, blank=True)
    leaves_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = RankingActs.as_manager()

    class Meta:
        verbose_name = _("place in rankings")
        verbose_name_plural = _("places in rankings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pinned_until__isnull=True, leaves_at__isnull=False)
                | models.Q(pinned_until__isnull=False, leaves_at__isnull=True),
                name="a_story_is_pinned_or_leaves",
            )
        ]

    def __str__(self) -> str:
        return f"{self.story_id}: {'pinned' if self.pinned_until else 'leaves'}"
