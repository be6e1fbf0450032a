"""What boards and reports read is what the raw rows say, for every place and period."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.accounts.scoping import inside
from aftersales.lib.periods import Period, PeriodKind
from claims.models import FigureCell
from claims.queries.figures import FIGURES, cases, cells, filed_between
from claims.services import figures as keeping
from tests.claims.figures import worlds
from tests.claims.figures.by_sql import figures_by_sql
from tests.claims.figures.counted import figures_of
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db(databases=["default", "reports"])
NATION, GUIYANG, XIUWEN, LIUGUANG = "000000000000", "520100000000", "520123000000", "520123103000"
PLACES = {NATION: "", "520000000000": "52", GUIYANG: "5201", XIUWEN: "520123", LIUGUANG: "520123103"}
PERIODS = [Period.named(name) for name in ("2026-09", "2026-11", "2026-Q3", "2026-Q4", "2026", "2026-10-17")]


@pytest.fixture(params=[1, 2, 3])
def world(request, cast):
    worlds.draw(cast, seed=request.param, claims=90)
    with seeing_everything():
        keeping.rebuild(now=NOW)
        yield cast


def numbers(figures) -> dict:
    return {code: figure.of(figures).number for code, figure in FIGURES.items()}


def test_every_figure_of_every_place_and_period_is_what_plain_sql_says(world):
    for place, prefix in PLACES.items():
        for period in PERIODS:
            due = figures_by_sql(prefix, period.starts_at, period.ends_at)
            assert numbers(cells.of_region(place, period)) == {code: due[code] for code in FIGURES}, (
                place,
                period.name,
            )


def test_cells_say_what_the_cases_say(world):
    period = Period.named("2026-Q4")
    for place, prefix in PLACES.items():
        within = cases().filter(inside("station__region_id", prefix))
        counted = figures_of(filed_between(within, period.starts_at, period.ends_at))
        read = cells.of_region(place, period)
        counted.orders, counted.orders_claimed = read.orders, read.orders_claimed
        assert read == counted


def test_children_stations_and_days_add_up_to_the_whole(world):
    period = Period.named("2026-10")
    for place in (NATION, "520000000000", GUIYANG, XIUWEN):
        children = cells.by_child(place, period)
        assert type(cells.of_region(place, period)).sum_of(children.values()) == cells.of_region(
            place, period
        )
    whole = cells.of_region(XIUWEN, period)
    assert whole.sum_of(cells.by_station(XIUWEN, period).values()) == whole
    days = [period.first + timedelta(days=number) for number in range(31)]
    of_days = cells.trend(XIUWEN, [Period(day, PeriodKind.DAY) for day in days], with_times=True)
    assert whole.sum_of(of_days.values()) == whole
    months = cells.trend(XIUWEN, Period.named("2026-11").back(12), with_times=True)
    assert whole.sum_of(months.values()) == cells.of_region(XIUWEN, Period.named("2026"))


def test_a_county_has_its_townships_and_what_is_filed_at_the_centre(world):
    assert set(cells.by_child(XIUWEN, Period.named("2026"))) == {XIUWEN, "520123001000", LIUGUANG}
    assert set(cells.by_child(LIUGUANG, Period.named("2026"))) == {LIUGUANG, "520123103201", "520123103204"}
    assert set(cells.by_child(NATION, Period.named("2026"))) == {"320000000000", "520000000000"}


def test_places_with_a_station_and_no_claim_are_there_without_data(cast):
    with seeing_everything():
        keeping.rebuild(now=NOW)
        children = cells.by_child("520100000000", Period.named("2026-11"))

    assert list(children) == [XIUWEN]
    assert children[XIUWEN].is_empty
    assert {value.number for value in (figure.of(children[XIUWEN]) for figure in FIGURES.values())} == {
        0,
        None,
    }


def test_nobody_reads_beyond_their_scope(world):
    period = Period.named("2026")
    with seeing_everything():
        county = cells.of_region(XIUWEN, period)
    with acting_as(world.manager):
        assert cells.of_region(XIUWEN, period) == county
        assert cells.of_region(GUIYANG, period).is_empty
        assert cells.of_region("320324000000", period).is_empty
        assert list(cells.by_child(NATION, period)) == []
    with acting_as(world.regulator):
        assert cells.of_region(GUIYANG, period) == county
        assert list(cells.by_child(GUIYANG, period)) == [XIUWEN]
        assert cells.of_region(NATION, period).is_empty
    with acting_as(world.agent):
        assert cells.of_region(XIUWEN, period).is_empty
        assert cells.of_station(world.guangcheng.pk, period).filed > 0
        assert cells.of_station(world.liuguang.pk, period).is_empty


@pytest.mark.parametrize(
    ("read", "statements"),
    [
        (lambda cast: cells.of_region(NATION, Period.named("2026")), 1),
        (lambda cast: cells.of_station(cast.guangcheng.pk, Period.named("2026")), 1),
        (lambda cast: cells.by_station(XIUWEN, Period.named("2026")), 1),
        (lambda cast: cells.by_child(XIUWEN, Period.named("2026")), 2),
        (lambda cast: cells.trend(XIUWEN, Period.named("2026-11").back(24)), 1),
        (lambda cast: cells.counted_at(), 1),
    ],
)
def test_reading_takes_few_statements_and_never_looks_at_a_claim(cast, read, statements):
    worlds.draw(cast, seed=1, claims=20)
    with seeing_everything():
        keeping.rebuild(now=NOW)
        with CaptureQueriesContext(connection) as taken:
            read(cast)

    assert len(taken) == statements
    assert not [query["sql"] for query in taken if "claims_claim" in query["sql"]]


def test_without_times_counts_are_known_and_medians_are_not_guessed(world):
    (period,) = Period.named("2026-10").back(1)
    figures = cells.trend(XIUWEN, [period])[period]
    whole = cells.of_region(XIUWEN, period)

    assert figures.response_in_time == whole.response_in_time
    assert figures.resolution_mean == whole.resolution_mean
    with pytest.raises(RuntimeError):
        _median = figures.response_median


def test_a_second_count_changes_nothing(world):
    before = list(FigureCell.objects.order_by("pk").values())
    assert keeping.rebuild(now=NOW + timedelta(days=1)) == 0
    assert keeping.check() == []
    assert list(FigureCell.objects.order_by("pk").values()) == before
