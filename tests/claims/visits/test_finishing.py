"""What came of a visit: the proof, and what follows for goods, repair, inspection, parts and costs."""

import json
from datetime import time

import pytest
from django.utils.translation import override

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import (
    ClaimClock,
    CustodyItem,
    Part,
    PartStock,
    Photo,
    Repair,
    Visit,
    VisitCost,
    VisitSignature,
)
from claims.services import evidence, parts, visit_costs, visit_proofs, visits
from claims.services.visit_results import GoodsTaken
from tests.claims.pictures import jpeg
from tests.claims.visits.visit_cases import MONDAY, make_visit, make_week, shanghai
from tests.factories import NOW, acting_as, make_claim, make_line, make_party, seeing_everything

pytestmark = pytest.mark.django_db
TEN = shanghai(MONDAY, 10)
TOKEN = "visit-token-0123456789"
STROKES = [[[100, 100], [200, 150], [300, 100], [400, 160]], [[420, 90], [430, 200], [500, 210], [520, 80]]]
CUP = GoodsTaken(what="保温杯", pieces=1, condition="opened", shelf="A2")


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def claim(cast):
    line = make_line(cast.guangcheng, product="全自动洗衣机", goods_type="appliance", paid_fen=89_900)
    return make_claim(cast.guangcheng, filed_by=cast.agent, line=line, procedure="appliance_repair")


@pytest.fixture
def visit(cast, claim):
    return a_visit(cast, claim)


def a_visit(cast, claim, *, kind="repair", **fields):
    fields = {"technician": cast.agent, **fields}
    return make_visit(claim, starts_at=TEN, kind=kind, task="不脱水", **fields)


def finish(cast, visit, outcome="solved", *, by=None, now=TEN, **changed):
    by = by or cast.agent
    given = {"found": "皮带断了", "done": "换了皮带，试机正常", "proof": "paper", **changed}
    with acting_as(by):
        return visits.finish(visit=visit, outcome=outcome, by=by, now=now, **given)


def photo(cast, station, token=TOKEN):
    with acting_as(cast.agent):
        evidence.stage(upload=jpeg(7), station=station, form_token=token, by=cast.agent, now=NOW)


def code_of(call, *arguments, **named):
    with pytest.raises(Refused) as refused:
        call(*arguments, **named)
    return refused.value.code


def all_of(model):
    with seeing_everything():
        return list(model.objects.order_by("pk"))


def test_a_visit_is_finished_once_with_its_facts(cast, visit):
    finished = finish(cast, visit, transport="motorbike", distance_m=4_200)

    assert (finished.state, finished.outcome, finished.found, finished.done) == (
        "done",
        "solved",
        "皮带断了",
        "换了皮带，试机正常",
    )
    assert (finished.proof, finished.transport, finished.distance_m) == ("paper", "motorbike", 4_200)
    assert (finished.ended_at, finished.ended_by, finished.version) == (TEN, cast.agent, 2)
    assert code_of(finish, cast, visit) == "illegal_step"
    with seeing_everything():
        event = AuditEvent.objects.get(verb="visit.done")
    assert (event.claim_id, event.after["outcome"], event.after["proof"]) == (
        visit.claim_id,
        "solved",
        "paper",
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"outcome": "wonderful"}, "unknown_choice"),
        ({"done": " "}, "text_missing"),
        ({"done": "x" * 501}, "too_long"),
        ({"found": "x" * 501}, "too_long"),
        ({"proof": "oath"}, "proof_unknown"),
        ({"proof": "photo"}, "photo_missing"),
        ({"proof": "signature"}, "signature_missing"),
        ({"proof": "signature", "strokes": "[[[1,2]]]"}, "signature_unreadable"),
        ({"proof": "signature", "strokes": "{"}, "signature_unreadable"),
        ({"proof": "signature", "strokes": json.dumps([[[1, 2], [3, 1001]] * 8])}, "signature_unreadable"),
        ({"proof": "signature", "strokes": "[" * 20_000}, "signature_unreadable"),
        ({"transport": "rocket"}, "unknown_choice"),
        ({"distance_m": 500_001}, "too_far_to_be_true"),
        ({"expected_version": 7}, "stale"),
    ],
)
def test_what_is_not_finished_leaves_the_visit_as_it_was(cast, visit, changed, code):
    assert code_of(finish, cast, visit, **{"outcome": "solved", **changed}) == code

    assert all_of(Visit)[0].state == "planned"
    assert all_of(Repair) == []
    assert finish(cast, visit).state == "done"


def test_an_outcome_that_the_kind_does_not_know_is_refused(cast, claim):
    assert code_of(finish, cast, a_visit(cast, claim, kind="pickup"), "solved") == "outcome_unfit"


def test_nobody_finishes_a_visit_to_which_nobody_goes(cast, claim):
    assert code_of(finish, cast, a_visit(cast, claim, technician=None)) == "nobody_goes"


def test_a_signature_is_sealed_and_shown_with_a_reason(cast, visit):
    finish(cast, visit, proof="signature", strokes=json.dumps(STROKES))

    with seeing_everything():
        row = VisitSignature.objects.get()
    assert "100" not in row.strokes_sealed and row.strokes_sealed.startswith("f1:")
    with acting_as(cast.agent):
        ask = {"visit": visit, "by": cast.agent, "now": NOW}
        assert code_of(visit_proofs.reveal_signature, reason="看", **ask) == "reason_missing"
        assert visit_proofs.reveal_signature(reason="核对签名", **ask) == STROKES
    with seeing_everything():
        event = AuditEvent.objects.get(verb="visit.signature_shown")
    assert (event.reason, event.claim_id) == ("核对签名", visit.claim_id)


def test_photos_of_the_work_belong_to_the_visit(cast, visit):
    photo(cast, cast.guangcheng)

    finish(cast, visit, proof="photo", form_token=TOKEN)

    (kept,) = all_of(Photo)
    assert (kept.visit_id, kept.claim_id, kept.kind) == (visit.pk, visit.claim_id, "visit")


def test_photos_of_visits_leave_room_for_evidence(cast, visit):
    photo(cast, cast.guangcheng)
    finish(cast, visit, proof="photo", form_token=TOKEN)
    with acting_as(cast.agent):
        for number in range(12):
            evidence.stage(
                upload=jpeg(20 + number),
                station=cast.guangcheng,
                form_token="twelve-more-photos",
                by=cast.agent,
                now=NOW,
            )
        claim = visit.claim
        assert evidence.attach(claim=claim, form_token="twelve-more-photos", by=cast.agent, now=NOW) == 12


@pytest.mark.parametrize(
    ("outcome", "ended"), [("solved", "fixed"), ("not_solved", "failed"), ("not_worth_it", "not_worth_it")]
)
def test_a_repair_visit_is_a_repair_with_its_outcome(cast, visit, outcome, ended):
    finished = finish(cast, visit, outcome)

    (repair,) = all_of(Repair)
    assert (repair.attempt, repair.fault, repair.outcome, repair.ended_on) == (1, "不脱水", ended, MONDAY)
    assert finished.repair == repair


@pytest.mark.parametrize("outcome", ["needs_part", "needs_workshop"])
def test_a_repair_that_goes_on_is_the_same_attempt_at_the_next_visit(cast, claim, outcome):
    finish(cast, a_visit(cast, claim), outcome)
    (running,) = all_of(Repair)
    assert (running.attempt, running.outcome) == (1, "")

    again = make_visit(
        claim, starts_at=shanghai(MONDAY, 14), kind="repair", task="换皮带", technician=cast.agent
    )
    finish(cast, again, now=shanghai(MONDAY, 15))

    (ended,) = all_of(Repair)
    assert (ended.pk, ended.attempt, ended.outcome) == (running.pk, 1, "fixed")


def built_in(cast, visit, part):
    with acting_as(cast.agent):
        parts.use_unreserved(
            visit=visit,
            part=part,
            station=cast.guangcheng,
            quantity=1,
            old_part="taken_back",
            by=cast.agent,
            now=TEN,
        )


def test_an_attempt_names_the_parts_of_all_its_visits_and_of_no_other(cast, claim):
    kinds = [
        Part.objects.create(code=f"T-{name}", name=name, price_fen=1_500) for name in ("皮带", "水泵", "轴")
    ]
    with acting_as(cast.technician):
        for part in kinds:
            parts.receive(part=part, station=cast.guangcheng, quantity=2, by=cast.technician, now=NOW)
    outcomes = ["not_solved", "needs_part", "solved"]
    for turn, (part, outcome) in enumerate(zip(kinds, outcomes, strict=True)):
        visit = a_visit(cast, claim)
        built_in(cast, visit, part)
        finish(cast, visit, outcome, now=shanghai(MONDAY, 11 + turn))

    assert [(each.attempt, each.parts) for each in all_of(Repair)] == [(1, "皮带 ×1"), (2, "水泵 ×1、轴 ×1")]


def test_a_way_in_vain_is_no_attempt(cast, visit):
    with acting_as(cast.agent):
        started = visits.start(visit=visit, by=cast.agent, now=TEN)
        visits.fail(visit=started, failure="nobody_home", by=cast.agent, now=TEN)

    assert all_of(Repair) == []


def test_a_provider_repairs_in_its_own_name(cast, claim):
    provider = make_party("provider", "黔家电维修")
    visit = a_visit(cast, claim, technician=None, provider=provider, station=cast.liuguang_point)

    finish(cast, visit, by=cast.technician)

    assert all_of(Repair)[0].provider == provider


def test_goods_that_a_technician_takes_along_are_in_custody(cast, claim):
    visit = a_visit(cast, claim, kind="pickup")
    assert code_of(finish, cast, visit, "taken_along") == "goods_missing"
    assert code_of(finish, cast, visit, "taken_along", goods=CUP, form_token=TOKEN) == "photo_missing"

    photo(cast, cast.guangcheng)
    finish(cast, visit, "taken_along", goods=CUP, form_token=TOKEN)

    (item,) = all_of(CustodyItem)
    assert (item.claim, item.station, item.what, item.shelf, item.keeper) == (
        claim,
        cast.guangcheng,
        "保温杯",
        "A2",
        cast.agent,
    )
    (kept,) = all_of(Photo)
    assert (kept.goods, kept.visit_id, kept.kind) == (item, visit.pk, "goods")


def test_goods_that_a_provider_takes_along_come_in_at_the_counter(cast, claim):
    visit = a_visit(
        cast, claim, kind="pickup", technician=None, provider=make_party("provider", "黔家电维修")
    )

    assert finish(cast, visit, "taken_along", by=cast.technician).state == "done"
    assert all_of(CustodyItem) == []


def test_an_inspection_that_the_claim_waits_for_stops_its_clock(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, with_clocks=True)
    with seeing_everything():
        waiting = ClaimClock.objects.filter(claim=claim, clock="fresh_inspection")
        assert [clock.stopped_at for clock in waiting] == [None]

    finish(cast, a_visit(cast, claim, kind="inspection"), "solved", now=NOW)

    with seeing_everything():
        assert [clock.stopped_at for clock in waiting.all()] == [NOW]
        assert AuditEvent.objects.filter(verb="claim.inspection_recorded").count() == 1


def test_an_inspection_that_nobody_waits_for_changes_no_clock(cast, claim):
    assert finish(cast, a_visit(cast, claim, kind="inspection"), "needs_workshop").state == "done"


def test_parts_that_were_not_used_are_back_on_the_shelf(cast, visit):
    part = Part.objects.create(code="T-BELT", name="皮带", appliance="washing_machine", price_fen=1_500)
    with acting_as(cast.technician):
        parts.receive(part=part, station=cast.guangcheng, quantity=2, by=cast.technician, now=NOW)
    with acting_as(cast.agent):
        parts.reserve(visit=visit, part=part, station=cast.guangcheng, by=cast.agent, now=NOW)
    (stock,) = all_of(PartStock)
    assert (stock.on_hand, stock.reserved) == (2, 1)

    finish(cast, visit)

    (stock,) = all_of(PartStock)
    assert (stock.on_hand, stock.reserved) == (2, 0)


def test_parts_go_along_when_a_visit_is_moved(cast, visit):
    make_week(cast.agent, cast.guangcheng, (0, time(14), 1))
    part = Part.objects.create(code="T-BELT", name="皮带", appliance="washing_machine", price_fen=1_500)
    with acting_as(cast.technician):
        parts.receive(part=part, station=cast.guangcheng, quantity=1, by=cast.technician, now=NOW)
    with acting_as(cast.agent):
        use = parts.reserve(visit=visit, part=part, station=cast.guangcheng, by=cast.agent, now=NOW)

        new = visits.move(
            visit=visit, starts_at=shanghai(MONDAY, 14), technician=cast.agent, by=cast.agent, now=NOW
        )

        use.refresh_from_db()
    assert (use.visit_id, use.state) == (new.pk, "reserved")


def test_a_visit_after_the_claim_was_withdrawn_leaves_repairs_alone(cast, claim, visit):
    with seeing_everything():
        type(claim).objects.filter(pk=claim.pk).update(status="withdrawn")

    assert finish(cast, visit, "not_solved").state == "done"
    assert all_of(Repair) == []


def test_costs_are_added_and_a_wrong_one_is_withdrawn_once(cast, visit):
    with acting_as(cast.agent):
        line = {"visit": visit, "by": cast.agent, "now": NOW}
        cost = visit_costs.add(kind="travel", amount_fen=1_500, borne_by="fund", note=" 摩托车油费 ", **line)
        assert (cost.amount_fen, cost.note, cost.withdrawn_at) == (1_500, "摩托车油费", None)

        visit_costs.withdraw(cost=cost, by=cast.agent, now=NOW)

        assert code_of(visit_costs.withdraw, cost=cost, by=cast.agent, now=NOW) == "cost_withdrawn"
    (kept,) = all_of(VisitCost)
    assert (kept.amount_fen, kept.withdrawn_at) == (1_500, NOW)
    with seeing_everything():
        verbs = AuditEvent.objects.filter(verb__startswith="visit.cost").order_by("pk")
        assert list(verbs.values_list("verb", "claim_id")) == [
            ("visit.cost_added", visit.claim_id),
            ("visit.cost_withdrawn", visit.claim_id),
        ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "bribe"}, "unknown_choice"),
        ({"borne_by": "nobody"}, "unknown_choice"),
        ({"amount_fen": 0}, "amount_invalid"),
        ({"amount_fen": 10**15}, "amount_invalid"),
        ({"note": "x" * 101}, "too_long"),
    ],
)
def test_what_is_no_cost(cast, visit, changed, code):
    given = {"kind": "travel", "amount_fen": 100, "borne_by": "fund", **changed}
    with acting_as(cast.agent):
        assert code_of(visit_costs.add, visit=visit, by=cast.agent, now=NOW, **given) == code
    assert all_of(VisitCost) == []


def test_a_visit_that_was_called_off_has_no_costs(cast, claim):
    visit = a_visit(cast, claim, state="cancelled")

    with acting_as(cast.agent):
        given = {"kind": "travel", "amount_fen": 100, "borne_by": "fund"}
        assert code_of(visit_costs.add, visit=visit, by=cast.agent, now=NOW, **given) == "visit_not_made"
