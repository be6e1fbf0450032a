"""The sample of what the rule approved, and the second look at it."""

from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, transaction

from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from claims.models import ReviewSample
from claims.queries import reviews as reading
from claims.services import compensation, reviews
from tests.claims.money.cases import XIUWEN, choose, fill, proposed
from tests.factories import NOW, acting_as, make_policy, seeing_everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drawn(cast):
    """One refund that the rule approved and paid, and that was drawn."""
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    make_policy(review_sample_permille=1000)
    choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    with seeing_everything():
        return ReviewSample.objects.get()


def code_of(by, **arguments) -> str:
    with acting_as(by), pytest.raises(Refused) as refusal:
        reviews.judge(by=by, now=NOW, **arguments)
    return refusal.value.code


def judge(sample, by, verdict="objection", reason="The photos show other fruit.", now=NOW):
    with acting_as(by):
        return reviews.judge(sample=sample, verdict=verdict, reason=reason, by=by, now=now)


def test_what_the_rule_approves_is_drawn_with_the_approval(cast, drawn):
    assert (drawn.compensation.state, drawn.filed_by, drawn.drawn_at) == ("executed", cast.agent, NOW)
    assert (drawn.verdict, drawn.judged_by) == ("", None)


def test_nothing_is_drawn_at_nought_per_mille(cast):
    make_policy(review_sample_permille=0)

    approved = choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)

    assert approved.level == "rule"
    with seeing_everything():
        assert ReviewSample.objects.count() == 0


def test_what_a_person_approved_is_not_drawn(cast):
    make_policy(review_sample_permille=1000)
    waiting = choose(proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=60_000), by=cast.agent)
    with acting_as(cast.officer):
        approved = compensation.approve(compensation=waiting, by=cast.officer, now=NOW)

    assert approved.level == "officer"
    with seeing_everything():
        assert ReviewSample.objects.count() == 0


def test_it_waits_for_those_who_had_no_hand_in_it(cast, drawn):
    with seeing_everything():
        drawn.claim.consumer.user = cast.second_officer
        drawn.claim.consumer.save()

    waits = {}
    for name in ("officer", "second_officer", "manager", "agent", "suining_officer"):
        person = getattr(cast, name)
        with acting_as(person):
            waits[name] = list(reading.waiting_for(person)) == [drawn]

    assert waits == {
        "officer": True,
        "second_officer": False,
        "manager": True,
        "agent": False,
        "suining_officer": False,
    }
    assert code_of(cast.second_officer, sample=drawn, verdict="fine") == "conflict"
    assert code_of(cast.agent, sample=drawn, verdict="fine") == "conflict"


def test_an_objection_tells_the_manager_and_counts_against_later_claims_for_ninety_days(cast, drawn):
    judged = judge(drawn, cast.officer)

    assert (judged.verdict, judged.judged_by, judged.judged_at) == ("objection", cast.officer, NOW)
    assert list(
        Notice.objects.filter(event="review.objection").values_list("event", "recipient__username")
    ) == [("review.objection", "manager")]
    days = {
        days: reading.objections_against(cast.agent.pk, NOW + timedelta(days=days)) for days in (0, 89, 90)
    }
    assert days == {0: 1, 89: 1, 90: 0}
    assert reading.objections_against(cast.neighbour.pk, NOW) == 0


def test_a_second_look_without_objection_ends_it_quietly(cast, drawn):
    judge(drawn, cast.officer, verdict="fine", reason="")

    with acting_as(cast.manager):
        assert list(reading.waiting_for(cast.manager)) == []
    assert reading.objections_against(cast.agent.pk, NOW) == 0
    assert Notice.objects.filter(event="review.objection").count() == 0


@pytest.mark.parametrize(
    ("verdict", "reason", "code"),
    [
        ("", "", "unknown_verdict"),
        ("maybe", "who knows", "unknown_verdict"),
        ("objection", " no ", "reason_missing"),
        ("objection", "n" * 301, "reason_missing"),
        ("fine", "n" * 301, "reason_missing"),
    ],
)
def test_a_verdict_is_one_of_two_and_an_objection_has_words(cast, drawn, verdict, reason, code):
    assert code_of(cast.officer, sample=drawn, verdict=verdict, reason=reason) == code


def test_it_is_looked_at_once(cast, drawn):
    judge(drawn, cast.officer, verdict="fine")

    assert code_of(cast.manager, sample=drawn, verdict="objection", reason="No fruit.") == "looked_at_already"
    with seeing_everything(), pytest.raises(Error), transaction.atomic():
        ReviewSample.objects.update(verdict="objection", reason="No fruit.")


def test_the_table_keeps_who_filed_from_looking(cast, drawn):
    with seeing_everything(), pytest.raises(IntegrityError), transaction.atomic():
        ReviewSample.objects.update(verdict="fine", judged_by=cast.agent, judged_at=NOW)


def test_months_tell_what_was_drawn_and_what_came_of_it(cast, drawn):
    choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    choose(proposed(cast.liuguang, filed_by=cast.neighbour), by=cast.neighbour)
    judge(drawn, cast.officer)
    with seeing_everything():
        fine = ReviewSample.objects.get(filed_by=cast.neighbour)
    judge(fine, cast.officer, verdict="fine")

    with acting_as(cast.manager):
        [month] = reading.months(NOW)
        assert reading.months(NOW + timedelta(days=200)) == []

    assert (month.drawn, month.fine, month.objections, month.waiting) == (3, 1, 1, 1)
    assert (month.objected_fen, month.objection_share) == (600, 0.5)
    assert (month.first_day.month, month.first_day.day) == (11, 1)
