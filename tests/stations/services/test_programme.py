"""Plans of the programme and phases of counties: what may be set, what stays, and what is on the record."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from stations.models import CountyPhase, ProgrammePlan
from stations.queries import programme as queries
from stations.rules.programme import DEFAULT_GOALS, Goals, Phase
from stations.services import programme
from tests.factories import NOW, acting_as, seeing_everything

TODAY = date(2026, 11, 20)
XIUWEN, SUINING = "520123000000", "320324000000"
PLAN = {
    "valid_from": date(2026, 12, 1),
    "starts_on": date(2026, 12, 1),
    "ends_on": date(2027, 5, 31),
    "goals": Goals(counties=25, stations=250, agents=260, claims=60_000),
    "source": "第二批",
}


def plan(by, **changed):
    with acting_as(by):
        return programme.set_plan(**{**PLAN, **changed}, by=by, now=NOW)


def phase(by, which, starts_on, *, county=XIUWEN, note=""):
    with acting_as(by):
        return programme.set_phase(
            county_code=county, phase=which, starts_on=starts_on, note=note, by=by, now=NOW
        )


def test_the_programme_comes_with_the_plan_it_was_designed_for(db):
    first = ProgrammePlan.objects.get()

    assert (first.goals, first.valid_from) == (DEFAULT_GOALS, date(2020, 1, 1))
    assert first.starts_on.day == 1 and (first.ends_on - first.starts_on).days in range(180, 185)


def test_a_new_plan_counts_from_its_day_and_the_old_one_before(cast):
    old = queries.plan_on(TODAY)

    new = plan(cast.platform)

    assert [queries.plan_on(day) for day in (TODAY, date(2026, 11, 30), date(2026, 12, 1))] == [old, old, new]
    event = AuditEvent._base_manager.get(verb="programme.planned")
    assert event.actor_name == str(cast.platform)
    assert event.after == {
        "starts_on": "2026-12-01",
        "ends_on": "2027-05-31",
        "counties": 25,
        "stations": 250,
        "agents": 260,
        "claims": 60_000,
    }
    assert event.before["claims"] == 50_000


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"valid_from": date(2026, 11, 19)}, "too_early"),
        ({"valid_from": date(2027, 11, 22)}, "too_far"),
        ({"starts_on": date(2026, 12, 2)}, "not_first"),
        ({"ends_on": date(2026, 12, 1)}, "dates_order"),
    ],
)
def test_plans_that_are_refused(cast, changed, code):
    with pytest.raises(Refused) as refused:
        plan(cast.platform, **changed)

    assert refused.value.code == code
    assert ProgrammePlan.objects.count() == 1


@pytest.mark.parametrize("changed", [{"valid_from": TODAY}, {"valid_from": date(2027, 11, 21)}])
def test_their_twins_on_the_edge_are_not(cast, changed):
    assert plan(cast.platform, **changed).pk


def test_one_plan_a_day_and_no_plan_twice(cast):
    plan(cast.platform)

    with pytest.raises(Refused) as again:
        plan(cast.platform, valid_from=date(2026, 12, 9))
    with pytest.raises(Refused) as other:
        plan(cast.platform, source="第三批", goals=DEFAULT_GOALS)

    assert (again.value.code, other.value.code) == ("nothing_new", "taken")


@pytest.mark.parametrize("who", ["manager", "supervisor"])
def test_who_does_not_reach_the_whole_programme_plans_nothing(cast, who):
    with pytest.raises(Refused) as refused:
        plan(getattr(cast, who))

    assert refused.value.code == "reach"


def test_a_plan_cannot_be_changed(cast):
    row = plan(cast.platform)

    with pytest.raises(DatabaseError), transaction.atomic():
        ProgrammePlan.objects.filter(pk=row.pk).update(claims=1)


def test_a_county_goes_through_its_phases(cast):
    phase(cast.platform, Phase.BUILD, date(2026, 6, 1))
    phase(cast.platform, Phase.PILOT, date(2026, 8, 1))
    phase(cast.platform, Phase.ROLL_OUT, date(2026, 12, 1))
    phase(cast.platform, Phase.BUILD, date(2026, 10, 1), county=SUINING)

    with acting_as(cast.platform):
        seen = {code: row.phase for code, row in queries.phases_on(TODAY).items()}
        later = queries.phase_of(XIUWEN, date(2026, 12, 1))
        counts = queries.phase_counts(queries.phases_on(TODAY))
    with acting_as(cast.suining_manager):
        own = list(queries.phases_on(TODAY))

    assert seen == {XIUWEN: "pilot", SUINING: "build"}
    assert (later.phase, own) == ("roll_out", [SUINING])
    assert counts == {Phase.BUILD: 1, Phase.PILOT: 1, Phase.ROLL_OUT: 0, Phase.RUNNING: 0}
    event = AuditEvent._base_manager.filter(verb="programme.phase_set", county_code=XIUWEN).latest("pk")
    assert event.before == {"phase": "pilot", "starts_on": "2026-08-01"}
    assert event.after == {"phase": "roll_out", "starts_on": "2026-12-01"}


def test_a_phase_follows_the_one_before(cast):
    phase(cast.platform, Phase.PILOT, date(2026, 8, 1))

    def code_of(which, starts_on, **more):
        with pytest.raises(Refused) as refused:
            phase(cast.platform, which, starts_on, **more)
        return refused.value.code

    assert code_of(Phase.ROLL_OUT, date(2026, 8, 1)) == "too_early"
    assert code_of(Phase.PILOT, date(2026, 9, 1)) == "nothing_new"
    assert code_of(Phase.BUILD, date(2026, 9, 1)) == "why"
    assert code_of(Phase.ROLL_OUT, date(2027, 11, 22)) == "too_far"
    assert phase(cast.platform, Phase.BUILD, date(2026, 9, 1), note="中心搬迁").phase == "build"
    assert phase(cast.platform, Phase.ROLL_OUT, date(2027, 11, 21)).pk


def test_phases_are_set_within_reach_and_where_something_was_opened(cast):
    with pytest.raises(Refused) as outside:
        phase(cast.manager, Phase.BUILD, TODAY, county=SUINING)
    with pytest.raises(Refused) as empty:
        phase(cast.platform, Phase.BUILD, TODAY, county="520102000000")

    assert (outside.value.code, empty.value.code) == ("reach", "no_station")
    assert CountyPhase._base_manager.count() == 0


def test_growth_counts_by_day_within_reach(cast):
    village = cast.guangcheng
    type(village)._base_manager.filter(pk=village.pk).update(opened_on=date(2026, 3, 5))

    with acting_as(cast.manager):
        ours = queries.growth(TODAY)
    with seeing_everything():
        everybodys = queries.growth(TODAY)

    assert (list(ours), sorted(everybodys)) == ([XIUWEN], [SUINING, XIUWEN])
    grown = ours[XIUWEN]
    assert (grown.points(date(2026, 3, 4)), grown.points(date(2026, 3, 5))) == (2, 3)
    assert (grown.people(date(2025, 12, 31)), grown.people(TODAY), grown.certified) == (0, 3, 2)
    assert grown.has_begun(date(2020, 1, 1))


def test_who_has_left_counted_until_then(cast):
    agent = cast.neighbour.agent
    type(agent)._base_manager.filter(pk=agent.pk).update(left_on=date(2026, 5, 31))
    type(cast.neighbour).objects.filter(pk=cast.neighbour.pk).update(is_active=False)

    with acting_as(cast.manager):
        grown = queries.growth(TODAY)[XIUWEN]

    assert (grown.people(date(2026, 5, 30)), grown.people(date(2026, 5, 31))) == (3, 2)
