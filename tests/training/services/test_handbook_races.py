"""The handbook with real processes: what one person began, published or said is not made twice."""

import pytest

from tests.cast import make_cast
from tests.factories import NOW
from tests.processes import codes_at_once
from tests.training.articles import draft_values, make_article
from training.models import ArticleVote
from training.services import article_votes, handbook

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def test_two_who_begin_the_first_draft_at_once_leave_one(cast):
    article = make_article("raced").article

    def draft(by, title):
        handbook.save_draft(article, **draft_values(title=title), seen="", by=by, now=NOW)

    outcomes = codes_at_once(draft, [(cast.trainer, "一"), (cast.platform, "二")])

    assert outcomes == {"done": 1, "changed_meanwhile": 1}
    assert article.versions.filter(published_at__isnull=True).count() == 1


def test_a_draft_is_published_by_one_of_two(cast):
    article = make_article("raced").article
    version = handbook.save_draft(article, **draft_values(title="新"), by=cast.trainer, now=NOW)

    def publish(by):
        handbook.publish(version, by=by, now=NOW)

    outcomes = codes_at_once(publish, [(cast.trainer,), (cast.platform,)])

    assert outcomes == {"done": 1, "published": 1}
    assert [each.title for each in article.versions.filter(is_current=True)] == ["新"]


def test_one_account_votes_once_from_two_phones(cast):
    version = make_article("raced")

    def vote(by):
        article_votes.vote(version, has_helped=True, user=by, now=NOW)

    outcomes = codes_at_once(vote, [(cast.agent,), (cast.agent,)])

    assert outcomes == {"done": 1, "voted_already": 1}
    assert ArticleVote.objects.filter(article_version=version).count() == 1
