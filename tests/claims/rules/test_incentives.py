from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from claims.rules.incentives import Against, Facts, against, incentive_key
from claims.rules.status import Status

RESOLVED = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
NOW = RESOLVED + timedelta(days=8)
EARNED = Facts(
    status=Status.CLOSED,
    resolved_at=RESOLVED,
    resolved_on=date(2026, 11, 2),
    was_reopened=False,
    is_follow_up_over=True,
    is_unreachable=False,
    scores=(4,),
    has_confirmed_flag=False,
    has_agent=True,
    certified_until=date(2026, 11, 2),
    is_line_paid=False,
    amount_fen=500,
)


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, ()),
        ({"scores": (3,)}, ()),
        ({"scores": (2,)}, (Against.SCORE_LOW,)),
        ({"scores": (2, 5)}, (Against.SCORE_LOW,)),
        ({"scores": (), "is_unreachable": True}, ()),
        ({"scores": ()}, (Against.NO_SCORE,)),
        ({"scores": (), "is_follow_up_over": False}, (Against.FOLLOW_UP_OPEN,)),
        ({"is_follow_up_over": False}, ()),
        ({"was_reopened": True}, (Against.REOPENED,)),
        ({"has_confirmed_flag": True}, (Against.FLAG_CONFIRMED,)),
        ({"has_agent": False}, (Against.NO_AGENT,)),
        ({"has_agent": False, "certified_until": None}, (Against.NO_AGENT,)),
        ({"certified_until": None}, (Against.NOT_CERTIFIED,)),
        ({"certified_until": date(2026, 11, 1)}, (Against.NOT_CERTIFIED,)),
        ({"is_line_paid": True}, (Against.LINE_PAID,)),
        ({"amount_fen": 0}, (Against.NOT_OFFERED,)),
        ({"status": Status.RESOLVED}, (Against.NOT_CLOSED,)),
        ({"status": Status.REJECTED, "resolved_at": None, "resolved_on": None}, (Against.NOT_CLOSED,)),
        (
            {"was_reopened": True, "scores": (1,), "has_confirmed_flag": True},
            (Against.REOPENED, Against.SCORE_LOW, Against.FLAG_CONFIRMED),
        ),
    ],
)
def test_what_counts_as_handled_successfully(changed, reasons):
    assert against(replace(EARNED, **changed), now=NOW) == reasons


def test_the_days_for_reopening_have_to_be_over():
    last = RESOLVED + timedelta(days=7)

    assert against(EARNED, now=last) == (Against.WINDOW_OPEN,)
    assert against(EARNED, now=last + timedelta(microseconds=1)) == ()


def test_the_key_of_a_payment_names_the_claim_and_no_round():
    assert incentive_key(17) == "incentive:claim:17"
