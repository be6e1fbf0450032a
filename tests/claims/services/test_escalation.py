"""A claim changes hands by somebody's decision: taken over, handed up, sent back."""

from datetime import timedelta

import pytest

from aftersales.accounts.models import system_user
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from claims.models import Claim, ClaimClock, Holding
from claims.rules.clocks import Level
from claims.services import casework, escalation
from claims.services.sweep import sweep
from stations.models import Station
from tests.claims.clock_cases import FILED_AT, clocked, holdings_of, steps_of
from tests.factories import acting_as, seeing_everything

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = FILED_AT + 4 * HOUR
REPLY = {"progress": "已联系商家", "method": "按规则处理"}


def climbed(cast, *, days=0, **fields):
    """A claim whose first reply nobody gave; after so many days more it has climbed further."""
    claim = clocked(cast.guangcheng, cast.agent, **fields)
    with seeing_everything():
        sweep(now=DUE + days * DAY, by=system_user())
    return fresh(claim)


def accepted_and_climbed(cast, *, days=0):
    """A claim that was accepted in time and not solved in time; and so many days more of silence."""
    claim = clocked(cast.guangcheng, cast.agent)
    with acting_as(cast.agent):
        accepted = casework.accept(claim=claim, **REPLY, finish_at=DUE + DAY, by=cast.agent, now=FILED_AT)
    with seeing_everything():
        sweep(now=accepted.handling_due_at + days * DAY, by=system_user())
    return fresh(claim)


def fresh(claim):
    with seeing_everything():
        return Claim.objects.select_related("station").get(pk=claim.pk)


def hand_overs(claim):
    """The hand-over clocks of a claim: clock, level, turn, outcome, from, until."""
    with seeing_everything():
        return list(
            ClaimClock.objects.filter(claim=claim, family="hand_over")
            .order_by("id")
            .values_list("clock", "level", "turn", "outcome", "started_at", "stopped_at")
        )


def last_event(claim):
    with seeing_everything():
        return AuditEvent.objects.filter(claim_id=claim.pk, verb__startswith="claim.").latest("id")


def told(event):
    return sorted(Notice.objects.filter(event=event).values_list("recipient__username", flat=True))


def test_taking_over_stops_the_response_and_begins_the_handling(cast):
    claim = accepted_and_climbed(cast)
    since = claim.handling_due_at
    now = since + HOUR

    with acting_as(cast.technician):
        taken = escalation.take_over(claim=claim, by=cast.technician, now=now)

    assert (taken.handler, taken.level, taken.version) == (cast.technician, 1, claim.version + 1)
    assert hand_overs(claim) == [
        ("township_response", 1, 1, "met", since, now),
        ("taken_over", 1, 1, "running", now, None),
    ]
    with seeing_everything():
        assert Holding.objects.get(claim=claim, until_at=None).taken_over_at == now
    assert last_event(claim).verb == "claim.taken_over"


def test_an_unanswered_claim_is_accepted_with_it(cast):
    claim = climbed(cast)

    with acting_as(cast.technician):
        with pytest.raises(Refused) as refused:
            escalation.take_over(claim=claim, by=cast.technician, now=DUE + HOUR)
        taken = escalation.take_over(
            claim=claim, **REPLY, finish_at=DUE + DAY, by=cast.technician, now=DUE + HOUR
        )

    assert refused.value.code == "reply_incomplete"
    assert (taken.status, taken.handler) == ("accepted", cast.technician)
    assert [row[:4] for row in hand_overs(claim)] == [
        ("township_response", 1, 1, "met"),
        ("taken_over", 1, 1, "running"),
    ]


def test_whoever_gives_the_first_reply_has_taken_it_over(cast):
    claim = climbed(cast)

    with acting_as(cast.technician):
        casework.accept(claim=claim, **REPLY, finish_at=DUE + DAY, by=cast.technician, now=DUE + HOUR)

    assert [row[:4] for row in hand_overs(claim)] == [
        ("township_response", 1, 1, "met"),
        ("taken_over", 1, 1, "running"),
    ]


def test_a_reply_from_below_does_not_take_a_climbed_claim_over(cast):
    claim = climbed(cast)

    with acting_as(cast.agent):
        accepted = casework.accept(claim=claim, **REPLY, finish_at=DUE + DAY, by=cast.agent, now=DUE + HOUR)
    assert (accepted.status, accepted.handler, accepted.level) == ("accepted", cast.agent, 1)
    assert [row[:4] for row in hand_overs(claim)] == [("township_response", 1, 1, "running")]

    with acting_as(cast.technician):
        escalation.take_over(claim=fresh(claim), by=cast.technician, now=DUE + 2 * HOUR)
    assert [row[:4] for row in hand_overs(claim)] == [
        ("township_response", 1, 1, "met"),
        ("taken_over", 1, 1, "running"),
    ]


def test_what_was_taken_over_and_not_solved_climbs_again(cast):
    claim = accepted_and_climbed(cast)
    now = claim.handling_due_at + HOUR
    with acting_as(cast.technician):
        escalation.take_over(claim=claim, by=cast.technician, now=now)

    with seeing_everything():
        sweep(now=now + DAY, by=system_user())

    after = fresh(claim)
    assert (after.level, after.holder, after.handler) == (2, cast.xiuwen_centre, None)
    assert hand_overs(claim)[1:] == [
        ("taken_over", 1, 1, "late", now, now + DAY),
        ("county_response", 2, 1, "running", now + DAY, None),
    ]
    assert holdings_of(claim)[1] == (
        1,
        1,
        cast.liuguang_point.pk,
        claim.handling_due_at,
        now + DAY,
        "climbed",
        cast.technician.pk,
    )


def test_what_waits_for_somebody_outside_climbs_only_afterwards(cast):
    claim = accepted_and_climbed(cast)
    now = claim.handling_due_at + HOUR
    with acting_as(cast.technician):
        claim = escalation.take_over(claim=claim, by=cast.technician, now=now)
        claim = casework.start(claim=claim, by=cast.technician, now=now)
        casework.wait(claim=claim, reason_code="inspection", by=cast.technician, now=now + 2 * HOUR)

    levels = []
    for later in (14 * DAY, 15 * DAY + 12 * HOUR, 16 * DAY):
        with seeing_everything():
            sweep(now=now + later, by=system_user())
        levels.append((fresh(claim).status, fresh(claim).level))

    assert levels == [("waiting", 1), ("in_progress", 1), ("in_progress", 2)]
    assert [row[4] for row in hand_overs(claim)][-1] == now + 16 * DAY


@pytest.mark.parametrize(
    ("who", "days", "code"),
    [
        ("agent", 0, "not_your_level"),
        ("technician", 0, None),
        ("officer", 0, None),
        ("technician", 1, "not_your_level"),
        ("manager", 1, None),
        ("manager", 2, "not_your_level"),
        ("platform", 2, None),
        ("suining_manager", 1, "not_your_level"),
    ],
)
def test_who_may_take_over(cast, who, days, code):
    claim = accepted_and_climbed(cast, days=days)
    by = getattr(cast, who)

    with seeing_everything():
        try:
            escalation.take_over(claim=claim, by=by, now=claim.handling_due_at + days * DAY)
        except Refused as refused:
            assert refused.code == code
        else:
            assert code is None
            assert fresh(claim).handler == by


def test_a_claim_nobody_was_asked_about_is_not_taken_over(cast):
    claim = clocked(cast.guangcheng, cast.agent, handler=None)
    with acting_as(cast.agent):
        accepted = casework.accept(claim=claim, **REPLY, finish_at=DUE + DAY, by=cast.agent, now=FILED_AT)

        with pytest.raises(Refused) as refused:
            escalation.take_over(claim=accepted, by=cast.agent, now=FILED_AT)

    assert refused.value.code == "nothing_to_take_over"
    assert fresh(claim).version == accepted.version


def test_the_slower_of_two_is_told_so(cast):
    claim = accepted_and_climbed(cast)
    now = claim.handling_due_at + HOUR
    with acting_as(cast.technician):
        escalation.take_over(claim=claim, by=cast.technician, now=now)

        with pytest.raises(Refused) as refused:
            escalation.hand_up(claim=claim, reason="缺少检测设备", by=cast.technician, now=now)

    assert refused.value.code == "stale"


def test_handing_up_says_why_and_asks_the_next_level(cast):
    claim = clocked(cast.guangcheng, cast.agent)
    now = FILED_AT + HOUR

    with acting_as(cast.agent):
        up = escalation.hand_up(claim=claim, reason="  村里没有检测设备  ", by=cast.agent, now=now)

    assert (up.level, up.holder, up.handler) == (1, cast.liuguang_point, None)
    assert holdings_of(claim) == [
        (0, 1, cast.guangcheng.pk, FILED_AT, now, "filed", cast.agent.pk),
        (1, 1, cast.liuguang_point.pk, now, None, "handed_up", None),
    ]
    with seeing_everything():
        holding = Holding.objects.get(claim=claim, until_at=None)
    assert (holding.reason, holding.by) == ("村里没有检测设备", cast.agent)
    assert hand_overs(claim) == [("township_response", 1, 1, "running", now, None)]
    event = last_event(claim)
    assert (event.verb, event.reason, event.after) == (
        "claim.handed_up",
        "村里没有检测设备",
        {"level": 1, "holder": cast.liuguang_point.pk, "handler": None},
    )
    assert told("claim.handed_up") == ["technician"]
    assert steps_of(claim) == []


def test_a_closed_township_is_passed_over_when_handing_up(cast):
    claim = clocked(cast.guangcheng, cast.agent)
    with seeing_everything():
        Station.objects.filter(pk=cast.liuguang_point.pk).update(state="closed")

    with acting_as(cast.agent):
        up = escalation.hand_up(claim=claim, reason="没有备件", by=cast.agent, now=FILED_AT)

    assert (up.level, up.holder) == (2, cast.xiuwen_centre)


def test_above_the_platform_desk_is_nobody(cast):
    claim = climbed(cast, days=3)

    with acting_as(cast.platform), pytest.raises(Refused) as refused:
        escalation.hand_up(claim=claim, reason="无法处理", by=cast.platform, now=DUE + 3 * DAY)

    assert refused.value.code == "top_of_ladder"


def test_sending_back_asks_that_level_again_for_another_time(cast):
    claim = accepted_and_climbed(cast, days=1)
    now = claim.handling_due_at + DAY + HOUR

    with acting_as(cast.officer):
        back = escalation.send_back(
            claim=claim, to_level=Level.TOWNSHIP, reason="请先上门检查", by=cast.officer, now=now
        )

    assert (back.level, back.holder, back.handler) == (1, cast.liuguang_point, None)
    assert [row[:2] for row in holdings_of(claim)] == [(0, 1), (1, 1), (2, 1), (1, 2)]
    assert hand_overs(claim)[1:] == [
        ("county_response", 2, 1, "met", now - HOUR, now),
        ("township_response", 1, 2, "running", now, None),
    ]
    assert told("claim.sent_back") == ["technician"]

    with seeing_everything():
        sweep(now=now + DAY, by=system_user())
    assert [step[:5] for step in steps_of(claim)][-2:] == [
        ("township_response", 1, 2, "warned", None),
        ("township_response", 1, 2, "ran_out", 2),
    ]
    assert [row[:2] for row in holdings_of(claim)] == [(0, 1), (1, 1), (2, 1), (1, 2), (2, 2)]


def test_what_was_sent_back_to_the_village_is_taken_over_there(cast):
    claim = accepted_and_climbed(cast)
    now = claim.handling_due_at + HOUR
    with acting_as(cast.technician):
        back = escalation.send_back(
            claim=claim, to_level=Level.VILLAGE, reason="照片不清楚", by=cast.technician, now=now
        )
    assert (back.level, back.holder) == (0, cast.guangcheng)

    with acting_as(cast.agent):
        taken = escalation.take_over(claim=back, by=cast.agent, now=now + HOUR)

    assert taken.handler == cast.agent
    assert hand_overs(claim)[1:] == [
        ("village_response", 0, 2, "met", now, now + HOUR),
        ("taken_over", 0, 2, "running", now + HOUR, None),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"reason": " 短 "}, "reason_missing"),
        ({"reason": "长" * 201}, "too_long"),
        ({"to_level": 1}, "unknown_level"),
        ({"to_level": 3}, "unknown_level"),
        ({"expected_version": 1}, "stale"),
    ],
)
def test_sending_back_is_refused(cast, changes, code):
    claim = accepted_and_climbed(cast)
    asked = {"to_level": 0, "reason": "请补充照片", "expected_version": claim.version, **changes}

    with acting_as(cast.technician):
        try:
            escalation.send_back(claim=claim, **asked, by=cast.technician, now=claim.handling_due_at)
        except Refused as refused:
            assert refused.code == code
        else:
            assert code is None


def test_an_ended_claim_changes_no_hands(cast):
    claim = accepted_and_climbed(cast)
    now = claim.handling_due_at
    with acting_as(cast.technician):
        ended = casework.withdraw(claim=claim, reason="村民不要了", by=cast.technician, now=now)
        for act in (
            lambda: escalation.take_over(claim=ended, by=cast.technician, now=now),
            lambda: escalation.hand_up(claim=ended, reason="没有备件", by=cast.technician, now=now),
            lambda: escalation.send_back(
                claim=ended, to_level=0, reason="没有备件", by=cast.technician, now=now
            ),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code == "claim_ended"


def test_the_levels_below(cast):
    claim = accepted_and_climbed(cast, days=2)

    assert escalation.levels_below(claim, now=DUE) == [
        (Level.VILLAGE, "广城村服务点"),
        (Level.TOWNSHIP, "六广镇乡镇备用处理点"),
        (Level.COUNTY, "修文县县域共配售后中心"),
    ]


def test_a_reply_from_below_does_not_take_the_claim_over(cast):
    claim = climbed(cast)
    now = DUE + HOUR

    with acting_as(cast.agent):
        casework.accept(claim=claim, **REPLY, finish_at=now + DAY, by=cast.agent, now=now)

    with seeing_everything():
        assert Holding.objects.get(claim=claim, until_at=None).taken_over_at is None
