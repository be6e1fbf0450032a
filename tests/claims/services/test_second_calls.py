"""What a low score at the second call opens, and for how long."""

from datetime import timedelta

import pytest

from aftersales.lib.errors import Refused
from claims.models import Claim, FollowUp
from claims.services import casework, second_calls
from tests.claims.follow_up_cases import called, closed, settled
from tests.factories import NOW, acting_as, seeing_everything

DAY = timedelta(days=1)


def second_call(cast, *, stars=2, on=NOW, first_on=NOW, **fields) -> tuple[Claim, FollowUp]:
    """A claim whose consumer gave 2 at the first call, and what they said at the second one."""
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician, stars=2, now=first_on)
    with seeing_everything():
        second = FollowUp.objects.get(claim=claim, kind="second")
    return claim, called(
        claim, by=cast.officer, follow_up=second, stars=stars, answer="已记录并上报", now=on, **fields
    )


def reopen(cast, follow_up, now=NOW):
    with acting_as(cast.officer):
        return second_calls.reopen(follow_up=follow_up, reason="还是不转", by=cast.officer, now=now)


def refusal(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_a_low_second_call_takes_the_claim_up_again(cast):
    claim, second = second_call(cast)

    reopened = reopen(cast, second)

    assert (reopened.pk, reopened.status, reopened.round) == (claim.pk, "in_progress", 2)


@pytest.mark.parametrize(
    ("stars", "fields", "code"),
    [
        (3, {}, "call_not_low"),
        (5, {}, "call_not_low"),
        (None, {"outcome": "refused"}, "call_not_low"),
        (None, {"outcome": "unreachable"}, "call_not_low"),
    ],
)
def test_any_other_end_does_not(cast, stars, fields, code):
    _claim, second = second_call(cast, stars=stars, **fields)

    assert refusal(lambda: reopen(cast, second)) == code


def test_a_low_first_call_does_not_by_itself(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    first = called(claim, by=cast.technician, stars=1)

    assert refusal(lambda: reopen(cast, first)) == "call_not_low"


def test_who_said_it_in_time_is_heard_after_the_seven_days(cast):
    claim, second = second_call(cast, first_on=NOW + 7 * DAY, on=NOW + 9 * DAY)
    closed(claim, by=cast.agent, now=NOW + 8 * DAY)
    last = NOW + 11 * DAY

    with seeing_everything():
        current = Claim.objects.get(pk=claim.pk)
        assert (
            refusal(lambda: casework.reopen(claim=current, reason="还是不转", by=cast.officer, now=last))
            == "reopening_over"
        )
    assert refusal(lambda: reopen(cast, second, last + timedelta(seconds=1))) == "reopening_over"
    assert reopen(cast, second, last).round == 2


def test_within_the_seven_days_the_call_may_be_older(cast):
    _claim, second = second_call(cast)

    assert reopen(cast, second, NOW + 7 * DAY).round == 2


def test_it_is_taken_up_once(cast):
    _claim, second = second_call(cast)
    reopen(cast, second)

    assert refusal(lambda: reopen(cast, second)) == "reopening_over"
