"""Planning a visit into a seat, giving it to somebody else, moving it, calling it off."""

from datetime import time, timedelta

import pytest
from django.utils.translation import override

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from claims.models import Visit
from claims.rules.status import Action
from claims.services import moves, visit_seats, visits
from stations.models import Region
from tests.claims.visits.visit_cases import MONDAY, make_visit, make_week, shanghai
from tests.factories import NOW, acting_as, make_claim, make_party, seeing_everything

pytestmark = pytest.mark.django_db
TEN, TWO, FOUR = (shanghai(MONDAY, hour) for hour in (10, 14, 16))


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def claim(cast):
    make_week(cast.technician, cast.liuguang_point, (0, time(10), 1), (0, time(14), 2), (0, time(16), 1))
    make_week(cast.agent, cast.guangcheng, (0, time(10), 1))
    return make_claim(cast.guangcheng, filed_by=cast.agent)


def plan(cast, claim, *, by=None, **changed):
    given = {
        "kind": "pickup",
        "task": "取走坏果",
        "place": Region.objects.get(code="520123103204"),
        "starts_at": TEN,
        "technician": cast.agent,
        "station": cast.guangcheng,
        **changed,
    }
    by = by or cast.agent
    with acting_as(by):
        return visits.plan(claim=claim, by=by, now=NOW, **given)


def sent(cast, claim, **changed):
    """Planned by the township for its technician, with the reason that the way asks for."""
    given = {
        "technician": cast.technician,
        "station": cast.liuguang_point,
        "override_reason": "村里没有人会修",
    }
    return plan(cast, claim, by=cast.technician, **(given | changed))


def code_of(call, *arguments, **named):
    with pytest.raises(Refused) as refused:
        call(*arguments, **named)
    return refused.value.code


def act(person, service, visit, *, now=NOW, **given):
    with acting_as(person):
        return service(visit=visit, by=person, now=now, **given)


def test_a_visit_is_planned_into_the_first_seat_and_recorded(cast, claim):
    visit = plan(cast, claim, transport="motorbike")

    assert (visit.state, visit.seat, visit.technician, visit.distance_m) == ("planned", 0, cast.agent, 0)
    assert visit.ends_at - visit.starts_at == timedelta(hours=2)
    assert (visit.transport, visit.is_home_help, visit.round) == ("motorbike", False, 1)
    with seeing_everything():
        event = AuditEvent.objects.get(verb="visit.planned")
    assert event.claim_id == claim.pk
    assert event.after == {
        "kind": "pickup",
        "state": "planned",
        "starts_at": "2026-11-23T02:00:00+00:00",
        "technician": cast.agent.pk,
        "provider": None,
        "station": cast.guangcheng.pk,
        "distance_m": 0,
    }


def test_whoever_goes_and_whoever_handles_the_claim_are_told(cast, claim):
    sent(cast, claim)
    plan(cast, claim, by=cast.technician, kind="inspection")

    told = Notice.objects.order_by("pk").values_list("event", "recipient__username")
    assert list(told) == [("visit.planned", "agent"), ("visit.planned", "agent")]


def test_two_seats_are_taken_one_after_the_other_and_the_third_is_told_what_is_free(cast, claim):
    taken = [
        sent(cast, make_claim(cast.guangcheng, filed_by=cast.agent), starts_at=TWO) for _turn in range(2)
    ]

    with pytest.raises(Refused) as refused:
        sent(cast, claim, starts_at=TWO)

    assert [visit.seat for visit in taken] == [0, 1]
    assert refused.value.code == "slot_taken"
    assert refused.value.details["alternatives"][:2] == [TEN.isoformat(), FOUR.isoformat()]
    assert "2026-11-23 10:00–12:00 · 2026-11-23 16:00–18:00" in refused.value.message
    assert sent(cast, claim, starts_at=FOUR).seat == 0


def test_no_more_seats_are_tried_than_are_left(cast, claim, monkeypatch):
    """Somebody else is faster: the number that is out of order must not hide that the window is full."""
    others = [make_claim(cast.guangcheng, filed_by=cast.agent) for _turn in range(2)]
    make_visit(others[0], starts_at=TWO, technician=cast.technician, seat=5)
    read = visit_seats._free_seats

    def overtaken(visit, who):
        found = read(visit, who)
        make_visit(others[1], starts_at=TWO, technician=cast.technician, seat=found[0])
        return found

    monkeypatch.setattr(visit_seats, "_free_seats", overtaken)

    assert code_of(sent, cast, claim, starts_at=TWO) == "slot_taken"


def test_a_seat_that_is_called_off_is_free_again(cast, claim):
    first = sent(cast, claim, starts_at=TEN)
    other = make_claim(cast.guangcheng, filed_by=cast.agent)
    assert code_of(sent, cast, other, starts_at=TEN) == "slot_taken"

    act(cast.technician, visits.cancel, first, note="村民说已经好了")

    assert sent(cast, other, starts_at=TEN).seat == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"starts_at": shanghai(MONDAY, 9)}, "window_unknown"),
        ({"starts_at": shanghai(MONDAY, 10) - timedelta(days=7)}, "window_over"),
        ({"starts_at": shanghai(MONDAY, 10) + timedelta(days=364)}, "window_too_far"),
        ({"starts_at": shanghai(MONDAY, 18)}, "slot_taken"),
        ({"kind": "party"}, "unknown_choice"),
        ({"task": " "}, "text_missing"),
        ({"task": "x" * 301}, "too_long"),
        ({"transport": "rocket"}, "unknown_choice"),
        ({"override_reason": "x" * 201}, "too_long"),
        ({"is_home_help": True}, "consent_missing"),
    ],
)
def test_what_is_not_planned(cast, claim, changed, code):
    assert code_of(plan, cast, claim, **changed) == code
    assert plan(cast, claim).state == "planned"


def test_a_place_of_another_county_is_refused(cast, claim):
    assert code_of(plan, cast, claim, place=Region.objects.get(code="320324102217")) == "unknown_place"


def test_a_station_of_another_county_is_refused(cast, claim):
    assert code_of(plan, cast, claim, station=cast.chenlou) == "unknown_station"


def test_nobody_is_sent_who_makes_no_visits_there(cast, claim):
    for person in (cast.neighbour, cast.trainer, cast.suining_agent, cast.nobody):
        assert code_of(plan, cast, claim, technician=person) == "technician_unfit"


def test_a_provider_and_a_technician_do_not_both_go(cast, claim):
    provider = make_party("provider", "黔家电维修")

    assert code_of(plan, cast, claim, provider=provider) == "one_goes"
    assert code_of(plan, cast, claim, technician=None, provider=make_party("merchant")) == "provider_unfit"


def test_a_way_beyond_the_radius_takes_a_reason(cast, claim):
    assert code_of(sent, cast, claim, override_reason="") == "too_far"
    assert code_of(sent, cast, claim, override_reason=" 远 ") == "too_far"

    visit = sent(cast, claim)

    assert (visit.override_reason, visit.distance_m) == ("村里没有人会修", None)


def test_while_nobody_goes_no_reason_is_asked_and_no_seat_runs_out(cast, claim):
    others = [make_claim(cast.guangcheng, filed_by=cast.agent) for _turn in range(3)]

    waiting = [
        plan(cast, each, technician=None, station=cast.liuguang_point, starts_at=TEN) for each in others
    ]

    assert [(visit.seat, visit.technician) for visit in waiting] == [(0, None)] * 3


def test_one_visit_of_a_kind_at_a_time(cast, claim):
    plan(cast, claim)

    assert code_of(sent, cast, claim, starts_at=TWO) == "kind_planned"
    assert sent(cast, claim, starts_at=TWO, kind="inspection").kind == "inspection"


def test_a_claim_that_has_ended_gets_no_visit_but_an_installation(cast, claim):
    ended = make_claim(cast.guangcheng, filed_by=cast.agent, status="resolved", resolved_at=NOW)

    assert code_of(plan, cast, ended) == "claim_ended"
    assert plan(cast, ended, kind="installation").kind == "installation"


def test_a_claim_out_of_reach_gets_no_visit(cast, claim):
    assert code_of(plan, cast, claim, by=cast.suining_agent) == "unknown_claim"


def test_giving_it_to_somebody_else_moves_the_seat(cast, claim):
    visit = plan(cast, claim)

    given = act(
        cast.technician, visit_seats.give_to, visit, technician=cast.technician, override_reason="代办员请假"
    )

    assert (given.technician, given.station, given.version) == (cast.technician, cast.liuguang_point, 2)
    other = make_claim(cast.guangcheng, filed_by=cast.agent)
    assert plan(cast, other).technician == cast.agent
    assert code_of(sent, cast, make_claim(cast.guangcheng, filed_by=cast.agent)) == "slot_taken"


def test_giving_it_to_somebody_without_a_seat_changes_nothing(cast, claim):
    sent(cast, make_claim(cast.guangcheng, filed_by=cast.agent))
    visit = plan(cast, claim)

    refused = code_of(
        act,
        cast.technician,
        visit_seats.give_to,
        visit,
        technician=cast.technician,
        override_reason="代办员请假",
    )

    assert refused == "slot_taken"
    with seeing_everything():
        assert Visit.objects.get(pk=visit.pk).technician == cast.agent


def test_giving_is_refused_once_somebody_has_set_out(cast, claim):
    visit = act(cast.agent, visits.start, plan(cast, claim))

    assert code_of(act, cast.agent, visit_seats.give_to, visit) == "visit_not_planned"


def test_giving_from_an_old_page_is_stale(cast, claim):
    visit = plan(cast, claim)
    act(cast.agent, visit_seats.give_to, visit)

    assert code_of(act, cast.agent, visit_seats.give_to, visit, expected_version=1) == "stale"


def test_moving_leaves_a_row_behind_and_frees_its_seat(cast, claim):
    old = sent(cast, claim)

    new = act(
        cast.technician,
        visits.move,
        old,
        starts_at=TWO,
        technician=cast.technician,
        station=cast.liuguang_point,
        override_reason="村里没有人会修",
    )

    with seeing_everything():
        old.refresh_from_db()
    assert (old.state, old.ended_by, new.state, new.moved_from) == ("moved", cast.technician, "planned", old)
    assert (new.task, new.kind, new.place_id) == (old.task, old.kind, old.place_id)
    assert sent(cast, make_claim(cast.guangcheng, filed_by=cast.agent)).starts_at == TEN


def test_a_move_into_a_window_without_a_seat_leaves_the_visit_where_it_was(cast, claim):
    sent(cast, make_claim(cast.guangcheng, filed_by=cast.agent), starts_at=FOUR)
    old = sent(cast, claim)
    again = {
        "technician": cast.technician,
        "station": cast.liuguang_point,
        "override_reason": "村里没有人会修",
    }

    assert code_of(act, cast.technician, visits.move, old, starts_at=FOUR, **again) == "slot_taken"

    with seeing_everything():
        assert Visit.objects.get(pk=old.pk).state == "planned"


def test_a_visit_that_came_to_nothing_goes_on_at_another_time_once(cast, claim):
    failed = act(cast.agent, visits.fail, plan(cast, claim), now=TEN, failure="nobody_home")
    again = {"technician": cast.agent, "station": cast.guangcheng}

    new = act(cast.agent, visits.move, failed, starts_at=TEN, **again)

    with seeing_everything():
        failed.refresh_from_db()
    assert (failed.state, failed.failure, new.moved_from) == ("moved", "nobody_home", failed)
    assert code_of(act, cast.agent, visits.move, failed, starts_at=TEN, **again) == "illegal_step"


def test_setting_out_needs_somebody_who_goes(cast, claim):
    waiting = plan(cast, claim, technician=None)

    assert code_of(act, cast.agent, visits.start, waiting) == "nobody_goes"

    given = act(cast.agent, visit_seats.give_to, waiting, technician=cast.agent)
    started = act(cast.agent, visits.start, given)
    assert (started.state, started.started_at) == ("under_way", NOW)


def test_nobody_sets_out_for_a_claim_that_has_ended(cast):
    ended = make_claim(cast.guangcheng, filed_by=cast.agent, status="withdrawn")
    visit = make_visit(ended, starts_at=TEN, technician=cast.agent)

    assert code_of(act, cast.agent, visits.start, visit) == "claim_ended"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"failure": "bored"}, "unknown_choice"),
        ({"failure": "other"}, "text_missing"),
        ({"failure": "other", "note": "x" * 201}, "too_long"),
        ({"failure": "road", "expected_version": 9}, "stale"),
    ],
)
def test_why_a_visit_came_to_nothing_is_said(cast, claim, given, code):
    visit = plan(cast, claim)

    assert code_of(act, cast.agent, visits.fail, visit, now=TEN, **given) == code

    failed = act(cast.agent, visits.fail, visit, now=TEN, failure="other", note="桥断了，过不去")
    assert (failed.state, failed.failure_note, failed.ended_at) == ("failed", "桥断了，过不去", TEN)


def test_calling_off_takes_a_word_and_happens_once(cast, claim):
    visit = plan(cast, claim)
    assert code_of(act, cast.agent, visits.cancel, visit, note="不") == "text_missing"

    act(cast.agent, visits.cancel, visit, note="村民自己送来了")

    assert code_of(act, cast.agent, visits.cancel, visit, note="村民自己送来了") == "illegal_step"


@pytest.mark.parametrize(
    ("action", "kept"),
    [(Action.WITHDRAW, []), (Action.RESOLVE, ["installation"])],
)
def test_what_is_planned_ends_with_the_claim(cast, claim, action, kept):
    visit = plan(cast, claim)
    make_visit(claim, starts_at=TWO, kind="installation", technician=cast.agent)
    made = make_visit(claim, starts_at=FOUR, kind="inspection", technician=cast.agent, state="done")

    with acting_as(cast.officer):
        moves.move(claim=claim, action=action, by=cast.officer, now=NOW)

    with seeing_everything():
        visit.refresh_from_db()
        booked = list(Visit.objects.filter(state="planned").values_list("kind", flat=True))
        assert Visit.objects.get(pk=made.pk).state == "done"
        told = Notice.objects.filter(event="visit.cancelled").values_list("recipient__username", flat=True)
    assert (visit.state, visit.failure_note, visit.ended_by) == (
        "cancelled",
        "The claim has ended.",
        cast.officer,
    )
    assert booked == kept
    assert set(told) == {"agent"}
