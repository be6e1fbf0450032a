"""Trainers hear once a week of articles to look over."""

from datetime import date, timedelta

import pytest

from aftersales.notices.models import Notice
from tests.factories import NOW
from tests.training.articles import make_article
from training.models import ArticleVersion
from training.services import review_reminders

pytestmark = pytest.mark.django_db


def test_trainers_are_told_once_a_week_while_something_is_due(cast):
    ArticleVersion.objects.update(review_on=date(2028, 1, 1))
    assert review_reminders.remind(now=NOW) == 0
    make_article("late", review_on=date(2026, 11, 20))
    make_article("soon", review_on=date(2026, 12, 4))
    make_article("far", review_on=date(2026, 12, 5))

    assert [review_reminders.remind(now=NOW) for _each in range(2)] == [1, 0]
    assert review_reminders.remind(now=NOW + timedelta(days=7)) == 1
    told = Notice.objects.order_by("created_at").values_list("recipient", "event", "params", "url")
    url = "/training/handbook/reviews/"
    assert list(told) == [
        (cast.trainer.pk, "article.review_due", {"count": 2, "overdue": 1}, url),
        (cast.trainer.pk, "article.review_due", {"count": 3, "overdue": 1}, url),
    ]
