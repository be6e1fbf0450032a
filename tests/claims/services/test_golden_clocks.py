"""Every row of the vectors through a claim whose policy has a line like it, at a place open like that."""

from datetime import date, datetime, time, timedelta

import pytest

from aftersales.lib.worktime import SHANGHAI
from claims.models import Claim, ClaimClock, ClockPolicy, ClockRule, Pause
from claims.queries.clocks import LazyDays, explanation, pauses_of
from claims.rules.clocks import Basis
from claims.rules.numbering import make_number
from claims.services import clocks
from tests import golden
from tests.factories import make_claim, make_station, seeing_everything

pytestmark = pytest.mark.django_db
BASES = {"CN": Basis.OPENING_HOURS, "ALL": Basis.OPENING_HOURS_DAILY, "NONE": Basis.NATURAL}
ANY_AMOUNT = 60


@pytest.fixture(autouse=True)
def _everything():
    with seeing_everything():
        yield


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def pauses_in(text):
    return [tuple(at(moment) for moment in each.split("/")) for each in text.split("; ") if each]


@pytest.fixture
def place_open(cast):
    """A village point with these opening hours."""
    made = {}

    def place(windows):
        if windows in ("", "00:00-24:00"):
            return cast.guangcheng
        if windows not in made:
            times = [time.fromisoformat(each) for span in windows.split(",") for each in span.split("-")]
            names = (
                ("opens_at", "closes_at")
                if len(times) == 2
                else ("opens_at", "noon_closes_at", "noon_opens_at", "closes_at")
            )
            hours = dict(zip(names, times, strict=True))
            made[windows] = make_station("village", "520123103204", cast.liuguang_point, **hours)
        return made[windows]

    return place


@pytest.fixture
def clocks_of_rows(cast, place_open):
    """For each row a claim of its own with one line in its policy; its clock is started."""

    def started(rows, *, basis, amount=lambda row: int(row["amount"]), start=lambda row: at(row["start"])):
        first = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", bad_milli=None)
        policies = ClockPolicy.objects.bulk_create(
            ClockPolicy(county_code=f"{number:012d}", version=1, valid_from=date(2020, 1, 1))
            for number, _row in enumerate(rows)
        )
        ClockRule.objects.bulk_create(
            ClockRule(policy=policy, clock="handling", amount=amount(row), basis=basis(row))
            for policy, row in zip(policies, rows, strict=True)
        )
        claims = Claim.objects.bulk_create(
            _like(first, policy, place_open(row.get("windows", "")))
            for policy, row in zip(policies, rows, strict=True)
        )
        Pause.objects.bulk_create(
            Pause(
                claim=claim,
                county_code=claim.county_code,
                round=1,
                reason="consumer",
                from_at=begin,
                until_at=end,
                longest_until=end,
                by=cast.agent,
            )
            for claim, row in zip(claims, rows, strict=True)
            for begin, end in pauses_in(row.get("pauses", ""))
        )
        for claim, row in zip(claims, rows, strict=True):
            clocks.start(claim, "handling", at=start(row))
        kept = {each.claim_id: each for each in ClaimClock.objects.select_related("rule", "claim")}
        return [kept[claim.pk] for claim in claims]

    return started


def _like(claim, policy, station):
    return Claim(
        **{
            field.attname: getattr(claim, field.attname)
            for field in Claim._meta.concrete_fields
            if field.attname not in ("id", "number", "clock_policy_id", "station_id", "holder_id")
        },
        number=make_number(date(2026, 11, 20)),
        clock_policy=policy,
        station=station,
        holder=station,
    )


def wrong(rows, clocks, expected):
    return [
        (row["id"], clock.due_at.astimezone(SHANGHAI), expected(row))
        for row, clock in zip(rows, clocks, strict=True)
        if clock.due_at != expected(row)
    ]


@pytest.mark.parametrize(("kind", "count"), [("working_minutes", 132), ("pause", 40)])
def test_minutes_of_opening_hours_with_and_without_pauses(clocks_of_rows, kind, count):
    rows = [row for row in golden.rows("sla_vectors") if row["kind"] == kind]

    made = clocks_of_rows(rows, basis=lambda row: BASES[row["calendar"]])

    assert len(made) == count
    assert wrong(rows, made, lambda row: at(row["expected"])) == []
    assert {clock.claim.handling_due_at == clock.due_at for clock in made} == {True}


def test_working_days_end_with_the_closing_time_of_the_last_one(clocks_of_rows):
    rows = [row for row in golden.rows("sla_vectors") if row["kind"] == "working_days"]

    made = clocks_of_rows(
        rows, basis=lambda row: Basis.WORKING_DAYS, start=lambda row: at(f"{row['start']} 09:00")
    )

    assert len(made) == 60
    assert wrong(rows, made, lambda row: at(f"{row['expected']} 18:00")) == []


def test_elapsed_minutes_are_those_of_the_explanation(clocks_of_rows):
    rows = [row for row in golden.rows("sla_vectors") if row["kind"] == "elapsed"]
    days = LazyDays()

    made = clocks_of_rows(rows, basis=lambda row: BASES[row["calendar"]], amount=lambda row: ANY_AMOUNT)

    told = [
        explanation(clock, [], until=at(row["end"]), days=days) for clock, row in zip(made, rows, strict=True)
    ]
    assert [(row["id"], each.counted_minutes) for row, each in zip(rows, told, strict=True)] == [
        (row["id"], int(row["expected"])) for row in rows
    ]
    for each in told:
        assert sum(stretch.minutes for stretch in each.stretches if stretch.counts) == each.counted_minutes


def test_periods_of_calendar_days_end_with_the_closing_time_of_a_working_day(clocks_of_rows):
    rows = list(golden.rows("calendar_day_periods"))

    made = clocks_of_rows(
        rows,
        basis=lambda row: Basis.CALENDAR_DAYS,
        amount=lambda row: int(row["calendar_days"]),
        start=lambda row: at(f"{row['start_date']} 09:00"),
    )

    assert wrong(rows, made, lambda row: at(f"{row['last_day_rolled']} 18:00")) == []
    rolled = [clock for clock, row in zip(made, rows, strict=True) if row["rolled"] == "1"]
    assert rolled
    for clock in rolled:
        days = explanation(clock, pauses_of(clock.claim)).days
        assert days[-1].why == "rolled"
        assert [each.number for each in days if each.why == "counts"] == list(range(1, clock.rule.amount + 1))


def test_an_hour_of_waiting_at_the_weekend_moves_nothing(clocks_of_rows):
    friday = {"id": "friday", "windows": "08:30-17:30", "start": "2026-03-06 15:00", "amount": "300"}
    saturday = {**friday, "pauses": "2026-03-07 09:00/2026-03-07 10:00"}
    monday = {**friday, "pauses": "2026-03-09 09:00/2026-03-09 10:00"}

    made = clocks_of_rows([friday, saturday, monday], basis=lambda row: Basis.OPENING_HOURS)

    assert made[0].due_at == made[1].due_at == at("2026-03-09 11:00")
    assert made[2].due_at == made[0].due_at + timedelta(hours=1)
