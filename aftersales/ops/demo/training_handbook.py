"""Readers of the handbook of the demonstration say what helped; a trainer has drafts and cases to look at."""

from __future__ import annotations

from datetime import datetime, timedelta

from aftersales.accounts.models import User, system_user
from aftersales.ops import case_feed
from aftersales.ops.demo.people import Staff
from aftersales.ops.demo.training_questions import drawn
from aftersales.ops.demo.training_words import TrainingWords, at, days_ago
from training.models import ArticleVersion, CaseStudy
from training.services import article_votes, attachments, case_studies, handbook

VOTES = 60
CASE_WEEKS = 12
UNDECIDED_WEEKS = 1
"""What was proposed later still waits for the trainer."""

PICTURED = 310
"""So many days ago the trainer put pictures into articles."""

LOOKED_OVER_WITHIN = timedelta(days=500)

OVERDUE = 2
"""So many articles should have been looked over by now."""


def read_handbook(staff: Staff, words: TrainingWords, *, now: datetime) -> str:
    """Pictures, votes of villagers and agents, a draft, and articles to look over; tells what was written."""
    pictures = illustrate(
        by=staff.trainer, pictures=words.table["pictures"], now=at(days_ago(now, PICTURED), 9)
    )
    versions = list(_in_force().order_by("article__code"))
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
        article_votes.vote(
            version, has_helped=said["helped"], comment=said["text"], user=user, now=words.evening(day)
        )
    _draft(staff, words, versions, now=now)
    due = [version.pk for version in versions[:OVERDUE]]
    ArticleVersion.objects.filter(pk__in=due).update(review_on=days_ago(now, 6))
    return f"pictures in articles {pictures}, votes {VOTES}, to look over {len(due)}"


def illustrate(*, by: User, pictures: list[dict], now: datetime) -> int:
    """Publish articles anew with drawn pictures behind their first part; says how many pictures."""
    of_article: dict[str, list[dict]] = {}
    for each in pictures:
        of_article.setdefault(each["article"], []).append(each)
    for old in _in_force().filter(article__code__in=of_article).order_by("article__code"):
        own = of_article[old.article.code]
        first, heading, rest = old.body.partition("\n## ")
        shown = "".join(f"\n\n![{number}]" for number in range(1, len(own) + 1))
        draft = handbook.save_draft(
            old.article,
            title=old.title,
            summary=old.summary,
            body=f"{first.rstrip()}{shown}\n{heading}{rest}",
            video_url=old.video_url,
            sources=old.sources,
            review_on=(now + LOOKED_OVER_WITHIN).date(),
            by=by,
            now=now,
        )
        for each in own:
            attachments.add(draft, upload=drawn(each), caption=each["caption"], by=by, now=now)
        handbook.publish(draft, by=by, now=now)
    return len(pictures)


def _in_force():
    return ArticleVersion.objects.filter(is_current=True, article__retired_at__isnull=True).select_related(
        "article"
    )


def tell_cases(staff: Staff, words: TrainingWords, *, now: datetime) -> str:
    """Cases of the last weeks, as the schedule proposed them; the trainer has not decided on the latest yet.

    Wants the claims to be there.
    """
    decided = 0
    for weeks in range(CASE_WEEKS, -1, -1):
        week = now - timedelta(weeks=weeks)
        case_feed.propose(by=system_user(), now=week)
        if weeks >= UNDECIDED_WEEKS:
            for case in _waiting(staff):
                decided += 1
                _decide(case, staff, words, drops=decided % 5 == 4, now=week + timedelta(hours=5))
    return f"cases to learn from {decided}, to decide on {_waiting(staff).count()}"


def _waiting(staff: Staff):
    rows = CaseStudy.objects.filter(published_at__isnull=True, dropped_at__isnull=True)
    return rows.filter(county_code=staff.county_code).order_by("id")


def _decide(case: CaseStudy, staff: Staff, words: TrainingWords, *, drops: bool, now: datetime) -> None:
    lessons = words.table["lessons"]
    if drops:
        case_studies.drop(case, reason=words.table["dropped"], by=staff.trainer, now=now)
        return
    case = case_studies.edit(
        case,
        title=case.title,
        goods_type=case.goods_type,
        problem=case.problem,
        what_happened=case.what_happened,
        what_was_done=case.what_was_done,
        what_to_learn=lessons.get(case.problem, lessons["quality"]),
        by=staff.trainer,
        now=now,
    )
    case_studies.publish(case, by=staff.trainer, now=now)


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
