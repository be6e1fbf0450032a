from datetime import UTC, date, datetime
from fractions import Fraction
from io import BytesIO

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Claim, CostBaseline, Part, PartStock, PartUse, Visit, VisitCost
from claims.queries import costs as reading
from claims.rules.costs import Cost, cost_of_visit, mean, saving, total
from claims.services import visit_costs
from claims.services.cost_baselines import set_baseline
from tests.claims.money.cases import SUINING, XIUWEN
from tests.claims.statements.cases import make_order
from tests.factories import NOW, make_claim, seeing_everything

NOVEMBER = date(2026, 11, 1)
IN_NOVEMBER = datetime(2026, 11, 12, 3, 0, tzinfo=UTC)
COUNTY = f"/claims/costs/?county={XIUWEN}"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def settled(station, *, by, resolved_at=IN_NOVEMBER) -> Claim:
    return make_claim(station, filed_by=by, status="closed", resolved_at=resolved_at)


def made(claim, *, by, ended_at=IN_NOVEMBER, state="done", number=0) -> Visit:
    with seeing_everything():
        return Visit.objects.create(
            claim=claim,
            county_code=claim.county_code,
            kind="repair",
            station=claim.station,
            place=claim.station.region,
            technician=by,
            starts_at=ended_at.replace(minute=number),
            ends_at=ended_at.replace(hour=ended_at.hour + 2),
            state=state,
            planned_by=by,
            planned_at=ended_at,
            ended_at=ended_at,
            outcome="solved" if state == "done" else "",
            failure="nobody_home" if state == "failed" else "",
        )


def cost(visit, fen, *, kind="travel", borne_by="fund", by) -> VisitCost:
    with seeing_everything():
        return visit_costs.add(visit=visit, kind=kind, amount_fen=fen, borne_by=borne_by, by=by, now=NOW)


def shelf_part(visit, fen, *, by, quantity=1, state="used") -> PartUse:
    with seeing_everything():
        part, _new = Part.objects.get_or_create(
            code="XYJ-1", defaults={"name": "排水泵", "appliance": "washing_machine"}
        )
        stock, _new = PartStock.objects.get_or_create(
            part=part, station=visit.station, defaults={"county_code": visit.county_code, "on_hand": 9}
        )
        return PartUse.objects.create(
            visit=visit,
            stock=stock,
            part=part,
            county_code=visit.county_code,
            quantity=quantity,
            state=state,
            price_fen=fen,
            reserved_by=by,
            reserved_at=NOW,
            ended_at=None if state == "reserved" else NOW,
        )


def month(county=XIUWEN, on=NOVEMBER) -> reading.CostMonth:
    with seeing_everything():
        (found,) = reading.months(county, [on])
        return found


TRAVEL, LABOUR, PART = (
    Cost("travel", "fund", 1500),
    Cost("labour", "liable_party", 4000),
    Cost("part", "consumer", 2000),
)


@pytest.mark.parametrize(
    ("lines", "parts_fen", "fee_fen", "found"),
    [
        ([], 0, 0, []),
        ([TRAVEL, LABOUR], 0, 0, [TRAVEL, LABOUR]),
        ([], 6000, 0, [Cost("part", "station", 6000)]),
        ([PART], 6000, 0, [PART, Cost("part", "station", 4000)]),
        ([PART], 2000, 0, [PART]),
        ([PART], 1999, 0, [PART]),
        ([], 0, 8000, [Cost("fee", "fund", 8000)]),
        ([TRAVEL, LABOUR], 0, 8000, [TRAVEL, LABOUR, Cost("fee", "fund", 2500)]),
        ([TRAVEL, LABOUR], 0, 5500, [TRAVEL, LABOUR]),
        ([Cost("travel", "provider", 1500)], 0, 8000, [Cost("fee", "fund", 8000)]),
        ([Cost("travel", "provider", 1500)], 0, 0, [Cost("travel", "provider", 1500)]),
        ([Cost("freight", "fund", 900)], 0, 8000, [Cost("freight", "fund", 900), Cost("fee", "fund", 8000)]),
    ],
)
def test_nothing_counts_twice(lines, parts_fen, fee_fen, found):
    assert list(cost_of_visit(lines, parts_fen=parts_fen, fee_fen=fee_fen)) == found


@pytest.mark.parametrize(
    ("fen", "claims", "baseline", "share"),
    [
        (0, 4, 5000, Fraction(1)),
        (14_000, 4, 5000, Fraction(3, 10)),
        (20_000, 4, 5000, Fraction(0)),
        (25_000, 4, 5000, Fraction(-1, 4)),
        (100, 3, 100, Fraction(2, 3)),
        (0, 0, 5000, None),
        (14_000, 4, None, None),
    ],
)
def test_the_saving_is_exact_and_none_without_something_to_compare(fen, claims, baseline, share):
    assert saving(fen, claims, baseline) == share


@pytest.mark.parametrize(
    ("fen", "count", "each"), [(0, 0, None), (0, 3, 0), (100, 3, 33), (5, 2, 2), (7, 2, 4)]
)
def test_a_mean_is_rounded_half_to_even(fen, count, each):
    assert mean(fen, count) == each


def test_a_month_counts_every_settled_claim_and_the_ones_without_a_visit_as_nothing(cast):
    visited = settled(cast.guangcheng, by=cast.agent)
    for _each in range(3):
        settled(cast.liuguang, by=cast.agent)
    settled(cast.liuguang, by=cast.agent, resolved_at=datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    settled(cast.chenlou, by=cast.suining_agent)
    make_claim(cast.guangcheng, filed_by=cast.agent)
    first = made(visited, by=cast.technician)
    vain = made(visited, by=cast.technician, state="failed", number=1)
    cost(first, 1500, by=cast.technician)
    cost(first, 4000, kind="labour", borne_by="liable_party", by=cast.technician)
    cost(vain, 1500, by=cast.technician)
    shelf_part(first, 3000, quantity=2, by=cast.technician)
    shelf_part(first, 9000, state="released", by=cast.technician)

    found = month()

    assert (found.claims, found.visited, found.not_visited, found.claims_fen) == (4, 1, 3, 13_000)
    assert (found.per_claim_fen, found.per_visited_fen) == (3250, 13_000)
    assert (found.spent.visits, found.spent.fen, found.spent.per_visit_fen) == (2, 13_000, 6500)
    assert dict(found.spent.by_kind) == {"travel": 3000, "labour": 4000, "part": 6000}
    assert dict(found.spent.by_bearer) == {"fund": 3000, "liable_party": 4000, "station": 6000}
    assert month(SUINING).claims == 1


def test_a_withdrawn_line_does_not_count(cast):
    visit = made(settled(cast.guangcheng, by=cast.agent), by=cast.technician)
    line = cost(visit, 1500, by=cast.technician)
    with seeing_everything():
        visit_costs.withdraw(cost=line, by=cast.technician, now=NOW)

    assert month().claims_fen == 0


def test_the_fee_of_a_provider_counts_once_whatever_became_of_its_statement(cast):
    claim = settled(cast.guangcheng, by=cast.agent)
    order = make_order(cast.guangcheng, by=cast.officer, claim=claim, ended_at=IN_NOVEMBER, fee_fen=8000)
    cost(order.visit, 3000, kind="labour", borne_by="liable_party", by=cast.officer)
    cost(order.visit, 2500, borne_by="provider", by=cast.officer)

    with seeing_everything():
        spent = reading.of_visits(Visit.objects.filter(claim=claim))

    assert spent == {
        order.visit.pk: (Cost("labour", "liable_party", 3000), Cost("fee", "fund", 5000)),
    }
    assert month().claims_fen == 8000


def test_a_claim_costs_with_all_its_visits_and_a_month_spends_with_its_own(cast):
    claim = settled(cast.guangcheng, by=cast.agent)
    october = made(claim, by=cast.technician, ended_at=datetime(2026, 10, 20, 3, 0, tzinfo=UTC))
    cost(october, 1500, by=cast.technician)
    cost(made(claim, by=cast.technician), 1000, by=cast.technician)
    still_open = make_claim(cast.liuguang, filed_by=cast.agent)
    cost(made(still_open, by=cast.technician, number=2), 700, by=cast.technician)

    with seeing_everything():
        before, now = reading.months(XIUWEN, [date(2026, 10, 1), NOVEMBER])

    assert (before.spent.fen, before.claims, before.claims_fen) == (1500, 0, 0)
    assert (now.spent.fen, now.claims, now.claims_fen) == (1700, 1, 2500)


def test_parts_of_a_month_add_up_to_its_claims(cast):
    for number, station in enumerate((cast.guangcheng, cast.liuguang, cast.guangcheng)):
        visit = made(settled(station, by=cast.agent), by=cast.technician, number=number)
        cost(visit, 1111 * (number + 1), by=cast.technician)

    with seeing_everything():
        claims = reading.claims_of(XIUWEN, NOVEMBER)

    assert [each.spent.fen for each in claims] == [3333, 2222, 1111]
    assert sum(each.spent.fen for each in claims) == month().claims_fen
    assert all(each.spent.fen == sum(each.spent.by_kind.values()) for each in claims)
    assert total([]) == 0


def test_as_few_queries_for_many_months_and_visits_as_for_one(cast):
    def counted() -> int:
        with seeing_everything(), CaptureQueriesContext(connection) as found:
            reading.months(XIUWEN, [date(2026, on, 1) for on in (8, 9, 10, 11)])
        return len(found)

    cost(made(settled(cast.guangcheng, by=cast.agent), by=cast.technician), 100, by=cast.technician)
    before = counted()
    for number in range(1, 6):
        visit = made(settled(cast.liuguang, by=cast.agent), by=cast.technician, number=number)
        cost(visit, 100, by=cast.technician)

    assert counted() == before == 7


def baseline(fen, on, *, by, county=XIUWEN, source="2025 年 120 单抽样调查") -> CostBaseline:
    with seeing_everything():
        return set_baseline(
            county_code=county, valid_from=on, cost_per_claim_fen=fen, source=source, by=by, now=NOW
        )


def test_the_newest_baseline_by_the_end_of_a_month_counts(cast):
    visit = made(settled(cast.guangcheng, by=cast.agent), by=cast.technician)
    cost(visit, 3500, by=cast.technician)
    assert (month().saving, month().baseline) == (None, None)

    baseline(10_000, date(2026, 1, 1), by=cast.manager)
    baseline(5000, date(2026, 11, 19), by=cast.manager)
    baseline(7000, date(2026, 1, 1), by=cast.suining_manager, county=SUINING)

    assert month().saving == Fraction(3, 10)
    assert month(on=date(2026, 10, 1)).baseline.cost_per_claim_fen == 10_000
    assert month(on=date(2025, 12, 1)).baseline is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"on": date(2026, 11, 21)}, "in_future"),
        ({"on": date(2026, 1, 1)}, "not_later"),
        ({"on": date(2025, 1, 1)}, "not_later"),
        ({"fen": 0}, "amount_invalid"),
        ({"source": "  x "}, "source_missing"),
    ],
)
def test_a_baseline_is_not_set(cast, change, code):
    baseline(10_000, date(2026, 1, 1), by=cast.manager)
    values = {"fen": 5000, "on": date(2026, 11, 20), **change}

    with pytest.raises(Refused) as refused:
        baseline(by=cast.manager, **values)

    assert refused.value.code == code
    assert baseline(5000, date(2026, 11, 20), by=cast.manager).cost_per_claim_fen == 5000


def test_a_baseline_stays_as_it_was_set(cast):
    kept = baseline(10_000, date(2026, 1, 1), by=cast.manager)

    with seeing_everything():
        assert AuditEvent.objects.get(verb="cost_baseline.set").after["cost_per_claim_fen"] == 10_000
        for act in (
            lambda: CostBaseline.objects.filter(pk=kept.pk).update(cost_per_claim_fen=1),
            lambda: CostBaseline.objects.filter(pk=kept.pk).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()


def text(client, url, status=200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def test_without_a_baseline_no_saving_is_shown(as_user, cast):
    settled(cast.guangcheng, by=cast.agent)

    shown = text(as_user("officer"), COUNTY)

    assert "No baseline yet" in shown
    assert "%" not in shown.split("<table")[0].split("<main")[1]


def test_the_manager_sets_the_baseline_and_the_saving_has_its_count_beside_it(as_user, cast):
    cost(made(settled(cast.guangcheng, by=cast.agent), by=cast.technician), 3500, by=cast.technician)
    settled(cast.guangcheng, by=cast.agent)
    manager = as_user("manager")
    url = f"/claims/costs/{XIUWEN}/baseline/"
    given = {"cost_per_claim_fen": "50", "valid_from": "2026-11-01", "source": "2025 年 120 单抽样调查"}

    assert manager.post(url, {}).status_code == 200
    wrong = manager.post(url, {**given, "valid_from": "2026-12-01"})
    assert wrong.status_code == 409
    assert "120 单抽样调查" in wrong.content.decode()
    assert manager.post(url, given)["Location"] == COUNTY
    assert manager.post(url, given).status_code == 409
    shown = text(manager, COUNTY)

    assert "Less than before the network" in shown
    assert "<b>65.0%</b>" in shown
    assert "−65.0%" in shown
    assert "target 30% less than ¥50.00 · settled claims: 2" in shown


def test_more_than_before_is_called_so(as_user, cast):
    cost(made(settled(cast.guangcheng, by=cast.agent), by=cast.technician), 6000, by=cast.technician)
    baseline(5000, date(2026, 1, 1), by=cast.manager)

    shown = text(as_user("officer"), COUNTY)

    assert "More than before the network" in shown
    assert "+20.0%" in shown


@pytest.mark.parametrize("asked", ["&month=x", "&month=2999-01", "&format=pdf", "&county=x"])
def test_nonsense_is_not_found(as_user, asked):
    assert as_user("officer").get(f"/claims/costs/?{asked[1:]}").status_code == 404


def test_who_may_look_and_set(as_user, cast):
    url = f"/claims/costs/{XIUWEN}/baseline/"

    assert as_user("agent").get(COUNTY).status_code == 403
    assert as_user("technician").get(COUNTY).status_code == 403
    assert as_user("suining_manager").get(COUNTY).status_code == 404
    assert as_user("officer").get(url).status_code == 403
    assert as_user("suining_manager").get(url).status_code == 404
    assert as_user("manager").get(url).status_code == 200


def test_the_table_has_one_row_for_each_settled_claim(as_user, cast):
    visited = settled(cast.guangcheng, by=cast.agent)
    plain = settled(cast.guangcheng, by=cast.agent)
    cost(made(visited, by=cast.technician), 3500, by=cast.technician)

    answer = as_user("officer").get(f"{COUNTY}&format=xlsx")

    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[1]
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True)}
    assert rows[visited.number][4:6] == (1, 35)
    assert rows[plain.number][4:6] == (0, 0)
    with seeing_everything():
        assert AuditEvent.objects.get(verb="report.exported").after["rows"] == 2


def test_the_page_takes_the_same_queries_however_many_claims(as_user, cast):
    officer = as_user("officer")

    def counted() -> int:
        with CaptureQueriesContext(connection) as found:
            text(officer, COUNTY)
        return len(found)

    cost(made(settled(cast.guangcheng, by=cast.agent), by=cast.technician), 100, by=cast.technician)
    before = counted()
    for number in range(1, 6):
        visit = made(settled(cast.liuguang, by=cast.agent), by=cast.technician, number=number)
        cost(visit, 100, by=cast.technician)

    assert counted() == before


def test_the_county_board_shows_it_to_those_who_may_see_the_whole_county(as_user, cast):
    cost(made(settled(cast.guangcheng, by=cast.agent), by=cast.technician), 3500, by=cast.technician)
    board = f"/dashboards/county/{XIUWEN}/"

    assert "no baseline yet · settled claims: 1" in text(as_user("manager"), board)
    baseline(5000, date(2026, 1, 1), by=cast.manager)
    assert "30.0% less than before · settled claims: 1" in text(as_user("officer"), board)
    assert "Cost of a settled claim" not in text(as_user("technician"), board)
