"""Once a week: trainers are told how many articles of the handbook are to be looked over."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from aftersales.notices.posting import Message, post
from training.queries.handbook import to_look_over
from training.queries.keepers import keepers


def remind(*, now: datetime) -> int:
    """Post one message a week to every trainer while something is due; returns how many are new."""
    today = timezone.localdate(now)
    due = to_look_over(today)
    count = due.count()
    if not count:
        return 0
    monday = today - timedelta(days=today.weekday())
    params = {"count": count, "overdue": due.filter(review_on__lte=today).count()}
    url = reverse("training:handbook_reviews")
    return post(
        [
            Message("article.review_due", person, f"handbook reviews of {monday}", params, url)
            for person in keepers(now=now)
        ],
        now=now,
    )
