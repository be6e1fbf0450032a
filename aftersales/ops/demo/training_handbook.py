"""Readers of the handbook of the demonstration say what helped; a trainer has a draft on the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

from aftersales.ops.demo.people import Staff
from aftersales.ops.demo.training_words import TrainingWords, at, days_ago
from training.models import ArticleVersion
from training.services import handbook

VOTES = 60
OVERDUE = 2
"""So many articles should have been looked over by now."""


def read_handbook(staff: Staff, words: TrainingWords, *, now: datetime) -> str:
    """Votes of villagers and agents, a draft, and articles to look over; tells what was written."""
    versions = list(
        ArticleVersion.objects.filter(is_current=True, article__retired_at__isnull=True)
        .select_related("article")
        .order_by("article__code")
    )
    chance, written = words.random, set()
    for turn in range(VOTES):
        version = chance.choice(versions)
        said = words.one_of("votes")
        # Every third one from somebody with an account, who says it once of each article.
        user = chance.choice(list(staff.agents.values())) if turn % 3 == 0 else None
        if user is not None and (version.pk, user.pk) in written:
            user = None
        written.add((version.pk, user.pk if user else turn))
        day = days_ago(now, chance.randrange(1, 300))
        handbook.vote(
            version, has_helped=said["helped"], comment=said["text"], user=user, now=words.evening(day)
        )
    _draft(staff, words, versions, now=now)
    due = [version.pk for version in versions[:OVERDUE]]
    ArticleVersion.objects.filter(pk__in=due).update(review_on=days_ago(now, 6))
    return f"votes on articles {VOTES}, to look over {len(due)}"


def _draft(staff: Staff, words: TrainingWords, versions: list[ArticleVersion], *, now: datetime) -> None:
    told = words.table["draft"]
    old = next((version for version in versions if version.article.code == told["article"]), versions[-1])
    moment = at(days_ago(now, 2), 11, 15)
    handbook.save_draft(
        old.article,
        title=old.title,
        summary=old.summary,
        body=old.body + told["addition"],
        video_url=old.video_url,
        sources=old.sources,
        review_on=(moment + timedelta(days=365)).date(),
        by=staff.trainer,
        now=moment,
    )
