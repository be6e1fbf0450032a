"""Who may decide a compensation: levels by grant, and nobody in their own case."""

from datetime import date

import pytest

from aftersales.accounts.roles import Role
from aftersales.lib.errors import Refused
from claims.models import Compensation
from claims.queries import decisions
from claims.queries.flags import asking
from claims.rules.approval import Level
from claims.services import compensation
from stations.models import Agent
from tests.claims.money.cases import choose, claim_with_photo, make_photo, proposed, read
from tests.factories import (
    NOW,
    acting_as,
    give,
    make_claim,
    make_consumer,
    make_line,
    make_policy,
    seeing_everything,
)

pytestmark = pytest.mark.django_db


def to_decide(cast, *, amount_fen=10_000, filed_by=None, asked_by=None, consumer_user=None):
    """A chosen compensation; the agent filed, worked it out and asked, unless said otherwise."""
    filed_by = filed_by or cast.agent
    consumer = make_consumer(cast.guangcheng)
    if consumer_user is not None:
        with seeing_everything():
            consumer.user = consumer_user
            consumer.save(update_fields=["user"])
    claim = claim_with_photo(
        cast.guangcheng,
        filed_by=filed_by,
        consumer=consumer,
        line=make_line(cast.guangcheng, paid_fen=amount_fen * 4),
        bad_milli=5000,
    )
    with seeing_everything():
        proposal = compensation.work_out(claim=claim, by=filed_by, now=NOW)
    return choose(proposal, by=asked_by or filed_by)


def approve(cast, who, chosen):
    user = getattr(cast, who)
    with acting_as(user):
        return compensation.approve(compensation=chosen, by=user, now=NOW)


@pytest.mark.parametrize(
    ("amount_fen", "needs", "by_officer", "by_manager", "by_platform"),
    [
        (5_001, "officer", "officer", "manager", "platform"),
        (20_000, "officer", "officer", "manager", "platform"),
        (20_001, "manager", "level_too_low", "manager", "platform"),
    ],
)
def test_levels(cast, amount_fen, needs, by_officer, by_manager, by_platform):
    answers = []
    for who in ("officer", "manager", "platform"):
        chosen = to_decide(cast, amount_fen=amount_fen)
        assert chosen.needs_level == needs
        try:
            answers.append(approve(cast, who, chosen).level)
        except Refused as refused:
            answers.append(refused.code)

    assert answers == [by_officer, by_manager, by_platform]


@pytest.mark.parametrize(("damages_fen", "needs"), [(14_000, "officer"), (14_001, "manager")])
def test_damages_of_earlier_claims_on_the_line_count_towards_the_level(cast, damages_fen, needs):
    line = make_line(cast.guangcheng, paid_fen=24_000)
    with seeing_everything():
        earlier = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, status="resolved")
        Compensation.objects.create(
            claim=earlier,
            station=earlier.station,
            county_code=earlier.county_code,
            policy=make_policy(),
            bad_milli=0,
            total_milli=20_000,
            paid_fen=24_000,
            amount_fen=0,
            damages_fen=damages_fen,
            state="executed",
            remedy="refund",
            worked_out_by=cast.agent,
            worked_out_at=NOW,
        )
    claim = claim_with_photo(cast.guangcheng, filed_by=cast.agent, line=line, bad_milli=5000)
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)

    assert (proposal.amount_fen, choose(proposal, by=cast.agent).needs_level) == (6_000, needs)


def test_amount_of_exactly_the_automatic_limit_is_decided_by_rule(cast):
    assert to_decide(cast, amount_fen=5_000).state == "approved"


def test_nobody_decides_without_a_grant_for_it_in_the_county(cast):
    chosen = to_decide(cast)
    told = {}
    for who in (
        "agent",
        "technician",
        "trainer",
        "supervisor",
        "administrator",
        "suining_officer",
        "suining_manager",
    ):
        with seeing_everything(), pytest.raises(Refused) as refused:
            compensation.approve(compensation=chosen, by=getattr(cast, who), now=NOW)
        told[who] = refused.value.code

    assert set(told.values()) == {"level_too_low"}
    assert read(chosen).state == "chosen"
    assert approve(cast, "officer", chosen).state == "approved"


def test_officer_of_another_county_may_decide_once_a_grant_says_so(cast):
    chosen = to_decide(cast)
    give(cast.suining_officer, Role.OFFICER, station=cast.guangcheng)

    approved = approve(cast, "suining_officer", chosen)

    assert (approved.level, approved.approved_by) == ("officer", cast.suining_officer)


SELF_APPROVALS = [
    ({"filed_by": "officer"}, "filed_by_same_person"),
    ({"filed_by": "agent", "asked_by": "officer"}, "amount_changed_by_same_person"),
    ({"filed_by": "agent", "consumer_user": "officer"}, "benefits_themselves"),
]


@pytest.mark.parametrize(("hand", "conflict"), SELF_APPROVALS)
@pytest.mark.parametrize("step", ["approve", "refuse"])
def test_nobody_decides_their_own_case(cast, hand, conflict, step):
    chosen = to_decide(cast, **{role: getattr(cast, who) for role, who in hand.items()})
    more = {"code": "other", "text": "no goods"} if step == "refuse" else {}

    with acting_as(cast.officer), pytest.raises(Refused) as refused:
        getattr(compensation, step)(compensation=chosen, by=cast.officer, now=NOW, **more)
    assert (refused.value.code, refused.value.details) == ("conflict", {"conflict": conflict})
    assert read(chosen).state == "chosen"

    with acting_as(cast.second_officer):
        decided = getattr(compensation, step)(compensation=chosen, by=cast.second_officer, now=NOW, **more)
    assert decided.state == {"approve": "approved", "refuse": "refused"}[step]


def test_who_worked_an_earlier_amount_out_stays_involved(cast):
    claim = claim_with_photo(
        cast.guangcheng,
        filed_by=cast.agent,
        line=make_line(cast.guangcheng, paid_fen=40_000),
        bad_milli=5000,
    )
    with seeing_everything():
        compensation.work_out(claim=claim, by=cast.officer, now=NOW)
        again = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
    chosen = choose(again, by=cast.agent)

    with acting_as(cast.officer), pytest.raises(Refused) as refused:
        compensation.approve(compensation=chosen, by=cast.officer, now=NOW)

    assert refused.value.details == {"conflict": "amount_changed_by_same_person"}


def test_rule_does_not_decide_for_the_person_who_gains(cast):
    chosen = to_decide(cast, amount_fen=1_000, consumer_user=cast.agent)

    assert (chosen.state, chosen.needs_level) == ("chosen", "officer")
    assert chosen.level_reasons == ["flagged"]


def test_nobody_pays_themselves(cast):
    approved = approve(cast, "second_officer", to_decide(cast, consumer_user=cast.technician))

    with acting_as(cast.technician), pytest.raises(Refused) as refused:
        compensation.execute(compensation=approved, by=cast.technician, now=NOW)

    assert refused.value.details == {"conflict": "benefits_themselves"}


def test_case_climbs_when_nobody_else_is_at_the_level(cast):
    with seeing_everything():
        cast.second_officer.grants.update(withdrawn_at=NOW, withdrawn_by=cast.manager)

    filed_by_officer = to_decide(cast, filed_by=cast.officer)
    filed_by_agent = to_decide(cast, filed_by=cast.agent)
    large_by_manager = to_decide(cast, filed_by=cast.manager, amount_fen=30_000)

    assert (filed_by_officer.needs_level, filed_by_officer.level_reasons) == (
        "manager",
        ["over_automatic_limit", "filer_not_certified", "nobody_else"],
    )
    assert (filed_by_agent.needs_level, filed_by_agent.level_reasons) == ("officer", ["over_automatic_limit"])
    assert large_by_manager.needs_level == "platform"


@pytest.mark.parametrize(
    ("procedure", "level", "reasons"),
    [
        ("quality_proportional", "rule", []),
        ("price_dispute", "platform", ["procedure"]),
        ("service_failure", "officer", ["procedure"]),
        ("appliance_repair", "officer", ["procedure"]),
    ],
)
def test_procedure_says_whether_the_rule_may_decide(cast, procedure, level, reasons):
    claim = claim_with_photo(cast.guangcheng, filed_by=cast.agent, procedure=procedure)

    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)

    assert (proposal.needs_level, proposal.level_reasons) == (level, reasons)


def test_uncertified_agent_files_but_the_rule_does_not_decide(cast):
    proposal = proposed(cast.fangmaping, filed_by=cast.uncertified)

    assert (proposal.needs_level, proposal.level_reasons) == ("officer", ["filer_not_certified"])


def test_certificate_issued_after_filing_does_not_reach_back(cast):
    with seeing_everything():
        agents = Agent.objects.filter(user=cast.uncertified)
        agents.update(certified_until=date(2028, 11, 20), certified_spans=[["2026-11-21", "2028-11-20"]])

    proposal = proposed(cast.fangmaping, filed_by=cast.uncertified)

    assert (proposal.needs_level, proposal.level_reasons) == ("officer", ["filer_not_certified"])


def test_claim_split_in_parts_is_decided_where_the_whole_would_be(cast):
    line = make_line(cast.guangcheng, paid_fen=20_000, quantity_milli=20_000)
    levels = []
    for _part in range(3):
        claim = claim_with_photo(cast.guangcheng, filed_by=cast.agent, line=line, bad_milli=2000)
        with acting_as(cast.agent):
            proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
        chosen = choose(proposal, by=cast.agent)
        levels.append((chosen.amount_fen, chosen.needs_level))

    assert levels == [(2000, "rule"), (2000, "rule"), (2000, "officer")]


def test_as_many_photos_as_the_terms_ask_for(cast):
    make_policy(photos_required=2)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    levels = []
    for _photo in range(2):
        make_photo(claim)
        with acting_as(cast.agent):
            levels.append(compensation.work_out(claim=claim, by=cast.agent, now=NOW).needs_level)

    assert levels == ["officer", "rule"]


def test_work_lists_are_narrowed_to_what_the_person_sees(cast):
    chosen = to_decide(cast)
    approved = approve(cast, "officer", to_decide(cast))

    with acting_as(cast.officer):
        assert list(decisions.to_decide()) == [chosen]
        assert list(decisions.waiting_to_be_carried_out()) == [approved]
    with acting_as(cast.suining_officer):
        assert list(decisions.to_decide()) == []
        assert list(decisions.waiting_to_be_carried_out()) == []


def test_level_of_goes_by_grants_that_reach_the_claim(cast):
    with seeing_everything():
        claim = to_decide(cast).claim
        levels = {
            who: decisions.level_of(getattr(cast, who), claim, now=NOW)
            for who in ("agent", "officer", "manager", "platform", "suining_manager", "nobody")
        }

    assert levels == {
        "agent": None,
        "officer": Level.OFFICER,
        "manager": Level.MANAGER,
        "platform": Level.PLATFORM,
        "suining_manager": None,
        "nobody": None,
    }


def test_flags_send_a_claim_to_a_person_and_never_refuse_it(cast):
    claim = claim_with_photo(cast.guangcheng, filed_by=cast.agent)
    make_photo(claim_with_photo(cast.chenlou, filed_by=cast.suining_agent), sha256="f" * 64)
    make_photo(claim, sha256="f" * 64)
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
        assert asking(claim) == ["same_photo"]

    chosen = choose(proposal, by=cast.agent)

    assert (chosen.state, chosen.needs_level, chosen.level_reasons) == ("chosen", "officer", ["flagged"])
    assert approve(cast, "officer", chosen).state == "approved"


def test_compensation_of_another_station_does_not_exist_for_the_neighbour(cast):
    chosen = to_decide(cast)

    with pytest.raises(Refused) as refused:
        choose(chosen, by=cast.neighbour)

    assert refused.value.code == "unknown_compensation"
