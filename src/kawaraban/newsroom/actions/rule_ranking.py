"""What editors do to rankings: pin a story, take it out, or let it be ranked as it is read. Each act is in the story's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from kawaraban.newsroom.models import RankingAct

if TYPE_CHECKING:
    from datetime import datetime

    from kawaraban.newsroom.models import StoryPage, User

PIN, TAKE_OUT, LET_RANK = "kawaraban.ranking.pin", "kawaraban.ranking.take_out", "kawaraban.ranking.let_rank"


def pin_in_rankings(*, story: StoryPage, until: datetime, reason: str, actor: User) -> RankingAct:
    """Let a story stand first in every ranking that it belongs to, until a time."""
    return _act(story=story, actor=actor, action=PIN, reason=reason, pinned_until=until)


def take_out_of_rankings(*, story: StoryPage, at: datetime | None, reason: str, actor: User) -> RankingAct:
    """Let a story stand in no ranking from a time on; None: from now on. It is read, and counted, as ever."""
    return _act(story=story, actor=actor, action=TAKE_OUT, reason=reason, leaves_at=at or timezone.now())


def let_rank_as_read(*, story: StoryPage, reason: str, actor: User) -> bool:
    """End what an editor said; return whether anything had been said."""
    with transaction.atomic():
        act = RankingAct.objects.filter(story=story).first()
        if act is None:
            return False
        # One by one, so that the press hears of it.
        act.delete()
        log(instance=story, action=LET_RANK, user=actor, data={"reason": reason})
    return True


def _act(*, story: StoryPage, actor: User, action: str, reason: str, **until: datetime) -> RankingAct:
    with transaction.atomic():
        act, _ = RankingAct.objects.update_or_create(
            story=story,
            defaults={"pinned_until": None, "leaves_at": None, "reason": reason, "actor": actor, "made_at": timezone.now(), **until},
        )
        (moment,) = until.values()
        log(instance=story, action=action, user=actor, data={"reason": reason, "until": moment.isoformat()})
    return act
