"""A washing machine that is dead: from the phone to the last call, through the services alone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from claims.models import Account, Claim, FollowUp, PartStock, ProviderOrder, Score
from claims.queries import invariants
from claims.services import (
    casework,
    compensation,
    diagnoses,
    follow_ups,
    parts,
    provider_orders,
    statements,
    visits,
)
from stations.models import Region
from tests.claims.money.goods import code_of
from tests.claims.visits.machine_cases import (
    COUNTY,
    FEE_FEN,
    VILLAGE,
    dead_machine,
    repair_is_chosen,
    washing_county,
)
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
AFTERNOON = datetime(2026, 11, 20, 14, tzinfo=SHANGHAI)
NEXT_WEEK = datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)
ANSWERS = [
    ("danger", "no"),
    ("what", "no_drain"),
    ("hose", "no"),
    ("drain_filter", "no"),
    ("pump_sound", "hum"),
]


@pytest.fixture
def county(cast):
    return washing_county(cast, now=NOW)


def asked_on_the_phone(cast, claim):
    with acting_as(cast.agent):
        return diagnoses.record(
            claim=claim,
            appliance="washing_machine",
            checklist="washing_machine-1",
            answers=ANSWERS,
            by=cast.agent,
            now=NOW,
        )


def planned(cast, claim, starts_at, *, now=NOW, **goes):
    with acting_as(cast.technician):
        return visits.plan(
            claim=claim,
            kind="repair",
            task="换排水泵，试机",
            place=Region.objects.get(code=VILLAGE),
            starts_at=starts_at,
            station=cast.liuguang_point,
            override_reason="用户行动不便，机器太重",
            by=cast.technician,
            now=now,
            **goes,
        )


def made(cast, visit, *, by, at, done):
    with acting_as(by):
        visits.start(visit=visit, by=by, now=at)
        return visits.finish(
            visit=visit,
            outcome="solved",
            found="排水泵卡死",
            done=done,
            proof="paper",
            by=by,
            now=at + timedelta(hours=1),
        )


def resolved(cast, waiting, *, now) -> Claim:
    with acting_as(cast.agent):
        compensation.execute(compensation=waiting, by=cast.agent, now=now)
        return Claim.objects.get(pk=waiting.claim_id)


def called(cast, claim, *, kind, by, stars, now, **said):
    with acting_as(by):
        follow_up = FollowUp.objects.get(claim=claim, round=claim.round, kind=kind)
        return follow_ups.attempt(
            follow_up=follow_up,
            number=1,
            how="phone",
            outcome="answered",
            stars=stars,
            by=by,
            now=now,
            **said,
        )


def test_dead_washing_machine_is_repaired_at_home_and_repaired_again(county):
    cast = county
    claim = dead_machine(cast, now=NOW)

    diagnosis = asked_on_the_phone(cast, claim)
    assert (diagnosis.advice, diagnosis.issue.code) == ("visit_with_part", "WM-12")

    waiting = repair_is_chosen(cast, claim, now=NOW)
    visit = planned(cast, claim, AFTERNOON)
    with acting_as(cast.technician):
        order, _token = provider_orders.offer(visit=visit, provider=cast.shop, by=cast.technician, now=NOW)
    provider_orders.accept(order=order, by=None, now=NOW)
    with acting_as(cast.technician):
        put_aside = parts.reserve(
            visit=visit, part=cast.pump, station=cast.liuguang_point, by=cast.technician, now=NOW
        )
        parts.use(use=put_aside, old_part="taken_back", by=cast.technician, now=NOW)
        assert list(PartStock.objects.values_list("on_hand", "reserved")) == [(0, 0)]

    made(cast, visit, by=cast.technician, at=AFTERNOON, done="换了排水泵，试机正常")
    claim = resolved(cast, waiting, now=AFTERNOON + timedelta(hours=2))
    assert claim.status == "resolved"
    with acting_as(cast.officer):
        order = ProviderOrder.objects.get()
        assert (order.state, order.fee_fen) == ("done", FEE_FEN)

    after = AFTERNOON + timedelta(days=1)
    with acting_as(cast.agent):
        first = FollowUp.objects.get(claim=claim, kind="first")
    by_handler = {"follow_up": first, "number": 1, "how": "phone", "outcome": "answered", "stars": 5}
    assert code_of(cast.agent, follow_ups.attempt, **by_handler) == "handler_calls"
    called(cast, claim, kind="first", by=cast.officer, stars=2, now=after, comment="又不排水了")
    second = called(
        cast,
        claim,
        kind="second",
        by=cast.second_officer,
        stars=2,
        now=after + timedelta(hours=3),
        answer="明天再派师傅上门",
    )
    assert second.state == "done"
    with acting_as(cast.technician):
        again = casework.reopen(
            claim=Claim.objects.get(pk=claim.pk),
            reason="排水泵换过仍不排水",
            by=cast.technician,
            now=after + timedelta(hours=4),
        )

    waiting = repair_is_chosen(cast, again, now=after + timedelta(hours=5))
    visit = planned(cast, again, NEXT_WEEK, now=after + timedelta(hours=5), technician=cast.technician)
    made(cast, visit, by=cast.technician, at=NEXT_WEEK, done="排水管拉直，重新试机")
    claim = resolved(cast, waiting, now=NEXT_WEEK + timedelta(hours=2))
    called(cast, claim, kind="first", by=cast.officer, stars=5, now=NEXT_WEEK + timedelta(days=1))
    with acting_as(cast.agent):
        claim = casework.close(claim=claim, by=cast.agent, now=claim.resolved_at + timedelta(days=8))
    assert (claim.status, claim.round) == ("closed", 2)

    december = datetime(2026, 12, 2, 9, tzinfo=SHANGHAI)
    with acting_as(cast.officer):
        statement = statements.prepare(
            provider=cast.shop, county_code=COUNTY, month=date(2026, 11, 1), by=cast.officer, now=december
        )
        statement, _link = statements.send(statement=statement, by=cast.officer, now=december)
    statement = statements.agree(statement=statement, total_fen=FEE_FEN, how="link", by=None, now=december)
    refused = {"statement": statement, "reference": "网银-7781", "now": december}
    assert code_of(cast.officer, statements.pay, **refused) == "same_person"
    with acting_as(cast.manager):
        statements.pay(statement=statement, reference="网银-7781", by=cast.manager, now=december)

    with seeing_everything():
        accounts = dict(Account.objects.filter(fund=cast.fund).values_list("kind", "balance_fen"))
        assert (accounts["cash"], accounts["fees"]) == (100_000 - FEE_FEN, FEE_FEN)
        assert sorted(Score.objects.filter(claim=claim).values_list("round", "stars")) == [
            (1, 2),
            (1, 2),
            (2, 5),
        ]
        assert list(invariants.violations()) == []


def test_who_went_to_the_home_does_not_ask_how_it_was(county):
    cast = county
    claim = dead_machine(cast, now=NOW)
    waiting = repair_is_chosen(cast, claim, now=NOW)
    visit = planned(cast, claim, NEXT_WEEK, technician=cast.technician)
    made(cast, visit, by=cast.technician, at=NEXT_WEEK, done="换了排水泵")
    claim = resolved(cast, waiting, now=NEXT_WEEK + timedelta(hours=2))

    with acting_as(cast.technician):
        first = FollowUp.objects.get(claim=claim, kind="first")
    call = {"follow_up": first, "number": 1, "how": "phone", "outcome": "answered", "stars": 5}

    assert first.caller != cast.technician
    assert code_of(cast.technician, follow_ups.attempt, **call) == "handler_calls"
