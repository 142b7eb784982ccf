"""The outbox: what has to be printed, written in the same transaction as the change that makes it necessary."""

from django.db import models


class PrintJob(models.Model):
    """One thing to print again. It is deleted when what it asks for is in the sheet log, and not before."""

    subject = models.CharField(max_length=20)
    key = models.CharField(max_length=255)
    # Where a withdrawn or moved thing stood: its row may be gone when the printer comes to it.
    old_path = models.CharField(max_length=255, blank=True)
    urgent = models.BooleanField(default=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    # A job that could not be printed stays, says why, and is tried again: nothing published is forgotten.
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-urgent", "id"], name="printjob_order")]

    def __str__(self) -> str:
        return f"{self.subject} {self.key}"
