"""Cells follow what happens to claims, are put right when somebody wrote past them, and say what differs."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.accounts.models import system_user
from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.lib.periods import Period
from aftersales.ops import tasks
from claims.models import Claim, FigureCell, FigureProgress, Order
from claims.queries.figures import cells
from claims.services import casework
from claims.services import figures as keeping
from stations.models import Region
from stations.services import network
from tests.claims.figures import worlds
from tests.factories import NOW, make_claim, make_line, seeing_everything

pytestmark = pytest.mark.django_db(databases=["default", "reports"])
NATION, XIUWEN, SUINING = "000000000000", "520123000000", "320324000000"
NOVEMBER, OCTOBER = Period.named("2026-11"), Period.named("2026-10")
LATER = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _everything():
    with seeing_everything(), time_machine.travel(NOW, tick=False):
        yield


def told(claim, *, verb="claim.changed_by_test", **facts):
    trail.record(verb, by=system_user(), obj=claim, at=NOW, **facts)


def filed(place, period=NOVEMBER) -> int:
    return cells.of_region(place, period).filed


def test_a_new_cell_is_written_once(cast):
    make_claim(cast.guangcheng, filed_by=cast.agent)

    with CaptureQueriesContext(connection) as sent:
        assert keeping.rebuild(now=NOW) == 12

    table = FigureCell._meta.db_table
    verbs = [each["sql"].split()[0] for each in sent if table in each["sql"]]
    assert "INSERT" in verbs
    assert "UPDATE" not in verbs


def test_a_claim_is_counted_everywhere_at_the_next_fold(cast):
    assert keeping.fold(NOW) == 0
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    told(claim)

    # Day and month of the station, its township, county, city, province and the country.
    assert keeping.fold(NOW) == 12
    assert [
        filed(code) for code in (NATION, "520000000000", "520100000000", XIUWEN, "520123103000", SUINING)
    ] == [
        1,
        1,
        1,
        1,
        1,
        0,
    ]
    assert cells.of_region(XIUWEN, Period.named("2026-11-20")).filed == 1
    assert cells.counted_at() == NOW


def test_what_happens_to_a_claim_moves_the_figures(cast):
    claim = make_claim(
        cast.guangcheng, filed_by=cast.agent, with_clocks=True, filed_at=NOW - timedelta(hours=3)
    )
    told(claim)
    keeping.fold(NOW)
    before = cells.of_region(XIUWEN, NOVEMBER)
    casework.resolve(claim=claim, reason="explained", by=cast.agent, now=NOW)
    keeping.fold(NOW)
    after = cells.of_region(XIUWEN, NOVEMBER)

    assert (before.open, before.resolved, before.resolution_median) == (1, 0, None)
    assert (after.open, after.resolved, after.resolution_median, after.resolution_rate) == (0, 1, 180, 1)


def test_folding_twice_writes_nothing_and_young_events_are_looked_at_again(cast):
    told(make_claim(cast.guangcheng, filed_by=cast.agent))
    keeping.fold(NOW)
    rows = list(FigureCell.objects.order_by("pk").values())

    assert keeping.fold(NOW) == 0
    assert FigureProgress.objects.get().event_id < AuditEvent._base_manager.order_by("-pk")[0].pk
    assert keeping.fold(NOW + LATER) == 0
    assert FigureProgress.objects.get().event_id == AuditEvent._base_manager.order_by("-pk")[0].pk
    assert FigureProgress.objects.get().folded_at == NOW + LATER
    assert list(FigureCell.objects.order_by("pk").values()) == rows


def test_a_fold_that_ends_halfway_leaves_nothing_wrong_behind(cast, monkeypatch):
    keeping.rebuild(now=NOW)
    told(make_claim(cast.guangcheng, filed_by=cast.agent))
    told(make_claim(cast.chenlou, filed_by=cast.suining_agent))
    real, calls = keeping.compare_above, []

    def stopped(*given):
        calls.append(given)
        if len(calls) == 5:
            raise ConnectionError
        return real(*given)

    monkeypatch.setattr(keeping, "compare_above", stopped)
    with pytest.raises(ConnectionError):
        keeping.fold(NOW)
    assert sorted([filed(XIUWEN), filed(SUINING), filed(NATION)]) == [0, 1, 1]
    monkeypatch.setattr(keeping, "compare_above", real)
    keeping.fold(NOW)

    assert (filed(XIUWEN), filed(SUINING), filed(NATION)) == (1, 1, 2)


def test_an_event_that_arrives_late_beside_older_ones_is_not_missed(cast):
    first = make_claim(cast.guangcheng, filed_by=cast.agent)
    told(first)
    keeping.fold(NOW)
    slow = make_claim(cast.chenlou, filed_by=cast.suining_agent)
    told(slow)
    newest = AuditEvent._base_manager.order_by("-pk")[0].pk
    FigureProgress.objects.update(event_id=newest - 1)

    keeping.fold(NOW)

    assert filed(SUINING) == 1
    assert FigureProgress.objects.get().event_id == newest - 1


def test_only_the_months_that_were_touched_are_counted_again(cast):
    old = make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=NOW - timedelta(days=40))
    make_claim(cast.chenlou, filed_by=cast.suining_agent)
    keeping.rebuild(now=NOW)
    Claim.objects.update(status="in_progress")
    told(old)

    keeping.fold(NOW)

    assert cells.of_region(XIUWEN, OCTOBER).by_status == {"in_progress": 1}
    assert cells.of_region(SUINING, NOVEMBER).by_status == {"accepted": 1}


def test_orders_count_in_the_month_they_were_placed_in(cast):
    placed = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)
    lines = [make_line(cast.guangcheng, ordered_at=placed) for _line in range(4)]
    Order.objects.exclude(pk=lines[3].order_id).update(source="import")
    keeping.rebuild(now=NOW)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=lines[0])
    typed = make_claim(cast.guangcheng, filed_by=cast.agent, line=lines[3])
    told(claim)
    told(typed)
    keeping.fold(NOW)

    october, november = cells.of_region(XIUWEN, OCTOBER), cells.of_region(XIUWEN, NOVEMBER)
    assert (october.orders, october.orders_claimed, october.filed) == (3, 1, 0)
    assert (november.orders, november.complaint_rate, november.filed) == (0, None, 2)


def test_imported_and_changed_orders_are_found(cast):
    keeping.rebuild(now=NOW)
    line = make_line(cast.guangcheng, ordered_at=datetime(2026, 10, 3, tzinfo=UTC))
    Order.objects.update(source="import")
    told(
        cast.guangcheng, verb="order.imported", after={"file": "x.csv", "imported": 1, "months": ["2026-10"]}
    )
    keeping.fold(NOW)
    october = cells.of_region(XIUWEN, OCTOBER).orders
    before, after = line.order.ordered_at, datetime(2026, 11, 3, tzinfo=UTC)
    Order.objects.update(ordered_at=after)
    told(
        line.order,
        verb="order.changed",
        before={"ordered_at": before.isoformat()},
        after={"ordered_at": after.isoformat()},
    )
    keeping.fold(NOW)

    assert october == 1
    assert [cells.of_region(XIUWEN, month).orders for month in (OCTOBER, NOVEMBER)] == [0, 1]


def test_a_station_under_a_new_code_takes_its_claims_along(cast):
    make_claim(cast.guangcheng, filed_by=cast.agent)
    keeping.rebuild(now=NOW)
    region = Region.objects.create(code="520123001209", name="新村", level=5, parent_id="520123001000")
    network.move_to_region(
        station=cast.guangcheng, region=region, by=system_user(), now=NOW, reason="recoded"
    )
    keeping.fold(NOW)

    assert [filed(code) for code in ("520123103000", "520123001000", XIUWEN)] == [0, 1, 1]
    assert keeping.check() == []
    assert not FigureCell.objects.filter(region_code__startswith="520123103").exists()


def test_a_month_without_claims_loses_its_cells(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    keeping.rebuild(now=NOW)
    Claim.objects.filter(pk=claim.pk).update(filed_at=NOW - timedelta(days=40))
    found = {str(each) for each in keeping.check()}
    changed = keeping.rebuild(now=NOW)

    assert f"figures of {XIUWEN} (level 3), month 2026-11-01: 1 claims kept, there are none" in found
    assert f"figures of {XIUWEN} (level 3), month 2026-10-01: not kept, 1 claims filed" in found
    assert changed == 24
    assert (filed(XIUWEN), filed(XIUWEN, OCTOBER), filed(NATION), filed(NATION, OCTOBER)) == (0, 1, 0, 1)
    assert set(FigureCell.objects.values_list("first_day__month", flat=True)) == {10}


def run(*arguments) -> tuple[list[str], int]:
    out = io.StringIO()
    try:
        call_command("rebuild_rollups", *arguments, stdout=out)
    except CommandError:
        return out.getvalue().splitlines(), 1
    return out.getvalue().splitlines(), 0


def test_the_command_compares_and_puts_right(cast):
    worlds.draw(cast, seed=4, claims=30)
    assert run("--check")[1] == 1
    assert run()[1] == 0
    assert run("--check") == (["differences 0"], 0)
    assert run() == (["differences 0"], 0)
    cell = FigureCell.objects.get(kind="month", level=0, first_day="2026-10-01")
    FigureCell.objects.filter(pk=cell.pk).update(filed=cell.filed + 1)

    assert run("--check") == (
        [
            f"figures of {NATION} (level 0), month 2026-10-01: "
            f"{cell.filed + 1} claims kept, {cell.filed} filed",
            "differences 1",
        ],
        1,
    )
    assert run("--check", "--month", "2026-11") == (["differences 0"], 0)
    assert run("--month", "2026-10") == (["differences 1"], 0)
    assert run("--check") == (["differences 0"], 0)


@pytest.mark.parametrize("month", ["2026", "2026-13", "x", "2026-Q4"])
def test_the_command_knows_months_only(month):
    with pytest.raises(CommandError):
        call_command("rebuild_rollups", "--month", month)


def test_the_check_leaves_out_what_the_next_fold_will_count(cast):
    keeping.rebuild(now=NOW)
    make_claim(cast.chenlou, filed_by=cast.suining_agent)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    told(claim)

    assert {each.key[2] for each in keeping.check()} == {"320324102217", "320324102000", SUINING}


def test_every_night_what_differs_is_put_right_and_told(cast):
    make_claim(cast.guangcheng, filed_by=cast.agent)
    keeping.rebuild(now=NOW)
    FigureCell.objects.filter(level=3, kind="month").update(filed=7)

    assert tasks.verify_figures() == 1
    assert tasks.verify_figures() == 0
    assert filed(XIUWEN) == 1
    event = AuditEvent.objects.get(verb="figures.put_right")
    assert event.after == {
        "differences": 1,
        "months": ["2026-11"],
        "first": [f"figures of {XIUWEN} (level 3), month 2026-11-01: 7 claims kept, 1 filed"],
    }


def test_a_fold_without_news_takes_few_statements(cast):
    worlds.draw(cast, seed=5, claims=20)
    keeping.rebuild(now=NOW)
    tasks.fold_figures()
    with CaptureQueriesContext(connection) as statements:
        assert keeping.fold(NOW) == 0

    assert len(statements) <= 12, [query["sql"][:90] for query in statements]
