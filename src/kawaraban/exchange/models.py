"""What is remembered of imports (each run with its report, and what came over that bears no source itself), and what a hub is to be told."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportRun(models.Model):
    """One import: what was asked for, how far it came, what it proved."""

    source = models.CharField(_("source"), max_length=60)
    format = models.CharField(_("format"), max_length=20)
    files = models.TextField(_("files"), blank=True)
    began_at = models.DateTimeField(_("began"), auto_now_add=True)
    # Empty while it runs, and for ever if it was killed: the next run takes up its work.
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    is_complete = models.BooleanField(_("nothing lost without a reason"), default=False)
    report = models.JSONField(_("report"), default=dict)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-began_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.source}, {self.began_at:%Y-%m-%d %H:%M}"


class Imported(models.Model):
    """A photo or a page that came from a source: by these an import finds its own again. Stories bear their source themselves."""

    PHOTO, PAGE = "photo", "page"

    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=64)  # a hash of what it is called there
    digest = models.CharField(max_length=32, blank=True)
    object_id = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "kind", "key"], name="what_is_imported_comes_once")]

    def __str__(self) -> str:
        return f"{self.source}: {self.kind} {self.key}"


class KeptFields(models.Model):
    """What a source kept beside a story, and no field of ours holds."""

    story = models.OneToOneField("newsroom.StoryPage", on_delete=models.CASCADE, related_name="+", primary_key=True)
    fields = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.story_id)


class FeedNotice(models.Model):
    """A feed that changed, and of which the WebSub hub is still to be told."""

    path = models.CharField(max_length=300, unique=True)
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.path


class HubPlace(models.Model):
    """How far the sheet log was read for the hub: one row."""

    life = models.CharField(max_length=40)  # of the log: numbers of another one mean something else
    seq = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.life}: {self.seq}"
