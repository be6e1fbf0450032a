"""The ledger of hours: counted once, put right by counter-entries, never by oneself."""

from datetime import date, timedelta

import pytest
from django.db import connection

from aftersales.lib.errors import Refused
from stations.models import Agent
from tests.factories import NOW, acting_as, seeing_everything
from training.models import HourEntry
from training.queries import hours as reading
from training.services import hours

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def record(cast, user=None, *, by=None, key="k1", **changes):
    values = {"day": TODAY, "minutes": 90, "kind": "practice", "note": "跟班验货", **changes}
    with acting_as(by or cast.trainer):
        return hours.record(user or cast.agent, **values, business_key=key, by=by or cast.trainer, now=NOW)


def entries():
    with seeing_everything():
        return list(HourEntry.objects.order_by("id").values_list("user__username", "minutes", "kind"))


def test_hours_are_counted_once_per_key(cast):
    first = record(cast)

    assert record(cast, minutes=30) == first
    assert entries() == [("agent", 90, "practice")]
    record(cast, key="k2", minutes=30)
    assert entries() == [("agent", 90, "practice"), ("agent", 30, "practice")]


def test_a_key_belongs_to_one_person(cast):
    record(cast)

    with pytest.raises(Refused) as refused:
        record(cast, cast.neighbour)

    assert refused.value.code == "key_taken"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"minutes": 0}, "minutes_unfit"),
        ({"minutes": -5}, "minutes_unfit"),
        ({"minutes": 481}, "minutes_unfit"),
        ({"kind": "correction"}, "kind_unfit"),
        ({"kind": "sleep"}, "kind_unfit"),
        ({"day": TODAY + timedelta(days=1)}, "day_ahead"),
        ({"day": TODAY - timedelta(days=367)}, "day_long_ago"),
        ({"note": "字" * 201}, "too_long"),
    ],
)
def test_what_cannot_be_counted_is_refused(cast, changes, code):
    with pytest.raises(Refused) as refused:
        record(cast, **changes)

    assert refused.value.code == code
    assert entries() == []
    record(cast, minutes=480, day=TODAY - timedelta(days=366))
    assert entries() == [("agent", 480, "practice")]


def test_nobody_writes_down_their_own_hours(cast):
    for kind in ("practice", "mentoring", "outside"):
        with pytest.raises(Refused) as refused:
            record(cast, by=cast.agent, kind=kind)
        assert refused.value.code == "own_hours"

    record(cast, by=cast.agent, kind="lesson")

    assert entries() == [("agent", 90, "lesson")]


def test_a_day_holds_twelve_hours_and_no_more(cast):
    record(cast, key="a", minutes=480)
    record(cast, key="b", minutes=239)

    with pytest.raises(Refused) as refused:
        record(cast, key="c", minutes=2)

    assert refused.value.code == "day_full"
    record(cast, key="c", minutes=1)
    assert sum(minutes for _user, minutes, _kind in entries()) == 720
    record(cast, key="d", minutes=20, kind="lesson")
    record(cast, key="e", minutes=60, day=TODAY - timedelta(days=1))


def test_who_is_posted_nowhere_has_no_hours(cast):
    with pytest.raises(Refused) as refused:
        record(cast, cast.officer)

    assert refused.value.code == "not_posted"


def test_many_are_recorded_all_or_nobody(cast):
    people = [cast.agent, cast.neighbour]
    values = {
        "day": TODAY,
        "minutes": 60,
        "kind": "outside",
        "note": "县里培训",
        "by": cast.trainer,
        "now": NOW,
    }

    with acting_as(cast.trainer):
        with pytest.raises(Refused) as refused:
            hours.record_many([*people, cast.officer], key="x", **values)
        assert (refused.value.code, "刘敏" in str(refused.value)) == ("not_posted", True)
        assert entries() == []
        hours.record_many(people, key="x", **values)
        hours.record_many(people, key="x", **values)

    assert entries() == [("agent", 60, "outside"), ("neighbour", 60, "outside")]


def test_a_mistake_is_put_right_by_a_counter_entry(cast):
    entry = record(cast)

    with acting_as(cast.manager):
        counter = hours.correct(entry, minutes=60, note="只到了一小时", by=cast.manager, now=NOW)
        hours.correct(entry, minutes=0, note="没有来", by=cast.manager, now=NOW)

    assert (counter.day, counter.kind, counter.station) == (TODAY, "correction", cast.guangcheng)
    assert [minutes for _user, minutes, _kind in entries()] == [90, -30, -60]
    assert reading.net_minutes(entry) == 0


@pytest.mark.parametrize(
    ("minutes", "note", "code"),
    [
        (90, "x", "minutes_unfit"),
        (91, "x", "minutes_unfit"),
        (-1, "x", "minutes_unfit"),
        (60, " ", "note_missing"),
    ],
)
def test_only_less_can_be_put_right_and_with_a_reason(cast, minutes, note, code):
    entry = record(cast)

    with acting_as(cast.trainer), pytest.raises(Refused) as refused:
        hours.correct(entry, minutes=minutes, note=note, by=cast.trainer, now=NOW)

    assert refused.value.code == code
    assert entries() == [("agent", 90, "practice")]


def test_nobody_corrects_their_own_hours_or_a_correction(cast):
    entry = record(cast)
    with acting_as(cast.trainer):
        counter = hours.correct(entry, minutes=10, note="x", by=cast.trainer, now=NOW)

    for asked, by, code in ((entry, cast.agent, "own_hours"), (counter, cast.trainer, "not_correctable")):
        with acting_as(by), pytest.raises(Refused) as refused:
            hours.correct(asked, minutes=0, note="x", by=by, now=NOW)
        assert refused.value.code == code


def test_two_who_correct_at_once_do_not_both_succeed(cast, monkeypatch):
    entry = record(cast)
    counted = reading.net_minutes(entry)
    with acting_as(cast.trainer):
        hours.correct(entry, minutes=60, note="x", by=cast.trainer, now=NOW)
    monkeypatch.setattr(hours, "net_minutes", lambda _entry: counted)

    with acting_as(cast.manager), pytest.raises(Refused) as refused:
        hours.correct(entry, minutes=30, note="y", by=cast.manager, now=NOW)

    assert refused.value.code == "changed_meanwhile"
    assert [minutes for _user, minutes, _kind in entries()] == [90, -30]


def test_standing_is_of_the_person_wherever_it_was_learned(cast):
    record(cast, minutes=90)
    with seeing_everything():
        Agent.objects.filter(user=cast.agent).update(
            station=cast.chenlou, county_code=cast.chenlou.county_code
        )

    with acting_as(cast.suining_agent):
        found = reading.standing(cast.agent, TODAY)

    assert (found.learned, found.period.minutes, found.period.is_first_year) == (90, 6000, True)


def test_many_standings_take_one_statement(cast, django_assert_num_queries):
    record(cast, minutes=90)
    record(cast, cast.neighbour, key="n", minutes=30)
    joined = {cast.agent.pk: date(2026, 1, 1), cast.neighbour.pk: None, cast.uncertified.pk: None}

    with django_assert_num_queries(1):
        found = reading.standings(joined, TODAY)

    assert {key: (each.learned, each.period.minutes) for key, each in found.items()} == {
        cast.agent.pk: (90, 6000),
        cast.neighbour.pk: (30, 2400),
        cast.uncertified.pk: (0, 2400),
    }


def test_the_ledger_of_a_county_is_read_in_the_order_of_its_index(cast):
    with acting_as(cast.trainer):
        plan = HourEntry.objects.order_by("-day", "-id")[:50].explain()

    assert "hours_of_county" in plan or connection.vendor == "postgresql", plan
    assert "TEMP B-TREE" not in plan
