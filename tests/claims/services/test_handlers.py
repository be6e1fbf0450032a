"""Answering an offer, giving a claim back, and giving it to somebody against the order."""

from datetime import timedelta

import pytest

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from claims.models import Claim, Offer
from claims.services import casework, dispatch, handlers
from stations.models import Party
from tests.claims.services.test_dispatch import offers_of, open_offer, verbs, waiting_claim
from tests.claims.services.test_escalation import accepted_and_climbed, hand_overs
from tests.factories import NOW, acting_as, give, make_claim, make_user, seeing_everything

SOON = NOW + timedelta(minutes=10)
LATE = NOW + timedelta(minutes=61)
REASON = "他刚好在这个村"


def refusal(service, **given):
    with pytest.raises(Refused) as refused:
        service(**given)
    return refused.value.code, refused.value.field, str(refused.value.message)


@pytest.fixture
def offered(cast):
    """A claim by phone that is offered to the village agent."""
    claim = waiting_claim(cast)
    dispatch.offer(claim=claim, by=cast.agent, now=NOW)
    return claim


def handler_of(claim):
    with seeing_everything():
        return Claim.objects.get(pk=claim.pk).handler


def test_accepting_makes_the_person_the_handler(cast, offered):
    with acting_as(cast.agent):
        claim = handlers.accept(offer=open_offer(offered), by=cast.agent, now=SOON)

    assert (claim.handler, claim.status, claim.version) == (cast.agent, "submitted", 2)
    assert [row[:2] for row in offers_of(offered)] == [("agent", "accepted")]
    assert verbs(offered) == ["offer.made", "offer.accepted"]


def test_an_answer_at_the_last_moment_counts_and_one_after_it_does_not(cast, offered):
    other = waiting_claim(cast)
    dispatch.offer(claim=other, by=cast.agent, now=NOW)

    with acting_as(cast.agent):
        handlers.accept(offer=open_offer(offered), by=cast.agent, now=LATE - timedelta(minutes=1))
        late = refusal(handlers.accept, offer=open_offer(other), by=cast.agent, now=LATE)
        declined = refusal(handlers.decline, offer=open_offer(other), reason="away", by=cast.agent, now=LATE)

    told = "The time to answer is over; the claim is being offered to somebody else."
    assert late == declined == ("offer_over", None, told)
    assert handler_of(offered) == cast.agent
    assert handler_of(other) is None


def test_an_offer_is_answered_by_whom_it_was_made_to_and_once(cast, offered):
    offer = open_offer(offered)

    with acting_as(cast.technician):
        assert refusal(handlers.accept, offer=offer, by=cast.technician, now=SOON)[0] == "not_your_offer"
    with acting_as(cast.agent):
        handlers.accept(offer=offer, by=cast.agent, now=SOON)
        assert refusal(handlers.accept, offer=offer, by=cast.agent, now=SOON) == (
            "offer_over",
            None,
            "You have accepted this claim already.",
        )
        again = refusal(handlers.decline, offer=offer, reason="away", by=cast.agent, now=SOON)
    assert again[0] == "offer_over"
    assert handler_of(offered) == cast.agent


@pytest.mark.parametrize(
    "given, expected",
    [
        ({"reason": "bored"}, ("unknown_reason", "reason")),
        ({"reason": "other"}, ("note_missing", "note")),
        ({"reason": "other", "note": "  短 "}, ("note_missing", "note")),
        ({"reason": "too_far", "note": "远" * 201}, ("too_long", "note")),
    ],
)
def test_declining_needs_a_reason(cast, offered, given, expected):
    with acting_as(cast.agent):
        assert (
            refusal(handlers.decline, offer=open_offer(offered), by=cast.agent, now=SOON, **given)[:2]
            == expected
        )
        handlers.decline(
            offer=open_offer(offered), reason="other", note="路断了 过不去", by=cast.agent, now=SOON
        )

    with seeing_everything():
        declined = Offer.objects.get(claim=offered, state="declined")
    assert (declined.decline_reason, declined.note, declined.answered_at) == ("other", "路断了 过不去", SOON)


def test_a_manager_beats_an_open_offer(cast, offered):
    with acting_as(cast.manager):
        given = handlers.assign(claim=offered, to=cast.technician, reason=REASON, by=cast.manager, now=SOON)

    assert given.handler == cast.technician
    assert offers_of(offered) == [("agent", "withdrawn", 1, 66), ("technician", "accepted", 2, 40)]
    with seeing_everything():
        row = Offer.objects.get(claim=offered, person=cast.technician)
        event = AuditEvent.objects.get(claim_id=offered.pk, verb="claim.reassigned")
    assert (row.note, row.by, row.offered_at, row.answered_at) == (REASON, cast.manager, SOON, SOON)
    assert (event.actor_id, event.reason) == (cast.manager.pk, REASON)
    (notice,) = Notice.objects.filter(event="claim.assigned")
    assert (notice.recipient, notice.url) == (cast.technician, f"/claims/{offered.number}/")
    with acting_as(cast.agent):
        late = Offer.objects.get(claim=offered, person=cast.agent)
        assert refusal(handlers.accept, offer=late, by=cast.agent, now=SOON) == (
            "offer_over",
            None,
            "The offer was taken back: somebody else has the claim, or it has ended or gone up.",
        )


def test_a_manager_may_put_some_reasons_aside_and_the_offer_says_which(cast, offered):
    with acting_as(cast.manager):
        handlers.assign(claim=offered, to=cast.manager, reason=REASON, by=cast.manager, now=SOON)

    with seeing_everything():
        row = Offer.objects.get(claim=offered, person=cast.manager)
    assert (row.rank, row.score, row.reasons) == (0, 0, [{"code": "head", "against": 1}])
    assert not Notice.objects.filter(event="claim.assigned").exists()


@pytest.mark.parametrize("changed", [{"grade": "C"}, {"is_suspended": True}, {"grade": "B"}])
def test_nobody_of_a_provider_of_grade_c_or_suspended_is_given_a_claim(cast, offered, changed):
    with seeing_everything():
        provider = Party.objects.create(kind="provider", name="修文家电维修部", **changed)
        agent = cast.technician.agent
        agent.provider = provider
        agent.save()
    give = {"claim": offered, "to": cast.technician, "reason": REASON, "by": cast.manager, "now": SOON}

    with acting_as(cast.manager):
        if changed == {"grade": "B"}:
            assert handlers.assign(**give).handler == cast.technician
        else:
            assert refusal(handlers.assign, **give)[:2] == ("handler_unfit", "to")

    assert handler_of(offered) == (cast.technician if changed == {"grade": "B"} else None)


def test_reassigning_refuses_what_it_always_refused(cast, offered):
    give = {"claim": offered, "by": cast.manager, "now": SOON}

    with acting_as(cast.manager):
        assert refusal(handlers.assign, to=cast.neighbour, reason=REASON, **give)[0] == "handler_unfit"
        assert refusal(handlers.assign, to=cast.officer, reason="", **give)[0] == "reason_missing"
        stale = refusal(handlers.assign, to=cast.officer, reason=REASON, expected_version=9, **give)
    assert stale[0] == "stale"
    assert offers_of(offered) == [("agent", "open", 1, 66)]


def test_a_handler_who_gives_back_is_not_asked_again(cast, offered):
    with acting_as(cast.agent):
        claim = handlers.accept(offer=open_offer(offered), by=cast.agent, now=SOON)
        done = handlers.give_back(claim=claim, reason="too_busy", by=cast.agent, now=LATE)

    assert done == dispatch.Dispatched(offered=1)
    assert handler_of(offered) is None
    assert [row[:2] for row in offers_of(offered)] == [
        ("agent", "accepted"),
        ("agent", "declined"),
        ("technician", "open"),
    ]
    assert verbs(offered) == ["offer.made", "offer.accepted", "claim.given_back", "offer.made"]


def test_giving_back_refuses_what_is_nobodys_or_over(cast, offered):
    with acting_as(cast.manager):
        ask = {"reason": "away", "by": cast.manager, "now": SOON}
        assert refusal(handlers.give_back, claim=offered, **ask)[0] == "nobodys"
        claim = handlers.assign(claim=offered, to=cast.agent, reason=REASON, by=cast.manager, now=SOON)
        assert refusal(handlers.give_back, claim=claim, expected_version=1, **ask)[0] == "stale"
        ended = casework.withdraw(claim=claim, reason="村民撤回", by=cast.manager, now=SOON)
        assert refusal(handlers.give_back, claim=ended, **ask)[0] == "claim_ended"


def test_accepting_a_claim_that_has_climbed_takes_it_over(cast):
    claim = accepted_and_climbed(cast)
    since = claim.handling_due_at
    now = since + timedelta(minutes=5)
    dispatch.offer(claim=claim, by=cast.agent, now=since)

    with acting_as(cast.technician):
        taken = handlers.accept(offer=open_offer(claim), by=cast.technician, now=now)

    assert (taken.handler, taken.level) == (cast.technician, 1)
    assert hand_overs(claim) == [
        ("township_response", 1, 1, "met", since, now),
        ("taken_over", 1, 1, "running", now, None),
    ]
    assert verbs(claim)[-2:] == ["offer.accepted", "claim.taken_over"]


def test_an_offer_of_a_level_that_the_claim_has_left_cannot_be_accepted(cast, offered):
    with seeing_everything():
        Claim.objects.filter(pk=offered.pk).update(level=1, holder=cast.liuguang_point)

    with acting_as(cast.agent):
        late = refusal(handlers.accept, offer=open_offer(offered), by=cast.agent, now=SOON)

    assert late[0] == "offer_over"
    assert handler_of(offered) is None


def test_an_end_takes_the_offer_back_though_the_clock_jumped_behind_the_filing(cast):
    claim = waiting_claim(cast, filed_at=NOW)
    dispatch.offer(claim=claim, by=cast.agent, now=NOW + timedelta(seconds=1))

    with acting_as(cast.agent):
        casework.withdraw(claim=claim, reason="不用处理了", by=cast.agent, now=NOW - timedelta(seconds=2))

    assert [row[:2] for row in offers_of(claim)] == [("agent", "withdrawn")]


def test_reassign_hands_a_claim_to_somebody_who_may_work_on_it(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    with acting_as(cast.manager):
        given = handlers.reassign(
            claim=claim, to=cast.technician, by=cast.manager, now=SOON, reason="代办员请假"
        )
        (event,) = AuditEvent.objects.filter(claim_id=claim.pk)

    assert (given.handler_id, given.version, given.status) == (cast.technician.pk, 2, "accepted")
    assert (event.verb, event.before, event.after, event.reason) == (
        "claim.reassigned",
        {"handler": cast.agent.pk},
        {"handler": cast.technician.pk},
        "代办员请假",
    )


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("neighbour", ("handler_unfit", "to")),  # another village
        ("suining_manager", ("handler_unfit", "to")),  # another county
        ("regulator", ("handler_unfit", "to")),  # sees the county, may not work
        ("nobody", ("handler_unfit", "to")),
        ("agent", ("same_handler", "to")),
    ],
)
def test_reassign_refuses_who_is_not_fit(cast, who, expected):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    with acting_as(cast.manager):
        given = {"claim": claim, "to": getattr(cast, who), "by": cast.manager, "now": SOON}
        assert refusal(handlers.reassign, reason="代办员请假", **given)[:2] == expected


def test_reassign_refuses_an_ended_claim_a_missing_reason_and_a_stale_page(cast):
    ended = make_claim(cast.guangcheng, filed_by=cast.agent, status="resolved")
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    given = {"to": cast.technician, "by": cast.manager, "now": SOON}

    with acting_as(cast.manager):
        assert refusal(handlers.reassign, claim=ended, reason="代办员请假", **given)[0] == "claim_ended"
        assert refusal(handlers.reassign, claim=claim, reason="", **given)[0] == "reason_missing"
        assert (
            refusal(handlers.reassign, claim=claim, reason="代办员请假", expected_version=2, **given)[0]
            == "stale"
        )
        assert handlers.reassign(claim=claim, reason="代办员请假", expected_version=1, **given).version == 2


def test_a_colleague_at_the_same_station_is_fit(cast):
    colleague = make_user("colleague", county="520123000000")
    give(colleague, Role.AGENT, station=cast.guangcheng)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    with acting_as(cast.agent):
        assert handlers.may_handle(colleague, claim, now=NOW)
        assert not handlers.may_handle(cast.neighbour, claim, now=NOW)
