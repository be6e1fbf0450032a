"""Orders to providers: offered, answered, lapsed, taken back, ended with their fee."""

from datetime import timedelta

import pytest

from aftersales.accounts.models import system_user
from aftersales.audit.models import AuditEvent
from aftersales.notices.models import Notice
from claims.models import ProviderOrder, Visit
from claims.queries.provider_orders import by_token, hashed
from claims.services import provider_orders, provider_visits, visit_seats, visits
from stations.models import Party
from tests.claims.providers.order_cases import (
    MONDAY_TWO,
    again,
    make_contract,
    make_desk,
    make_visit,
    offer,
    refusal,
    states,
)
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=30)


def verbs(order) -> list[str]:
    with seeing_everything():
        rows = AuditEvent.objects.filter(object_type="claims.providerorder", object_id=str(order.pk))
        return list(rows.order_by("pk").values_list("verb", flat=True))


def told() -> list[tuple[str, str]]:
    with seeing_everything():
        rows = Notice.objects.filter(event__startswith="provider_order")
        return sorted(rows.values_list("event", "recipient__username"))


def test_an_offer_takes_a_seat_and_keeps_only_a_hash_of_the_secret(cast, visit, workshop):
    desk = make_desk(workshop, by=cast.manager)

    order, token = offer(cast, visit, workshop)

    visit = again(visit)
    assert (visit.provider_id, visit.technician_id, visit.state) == (workshop.provider_id, None, "planned")
    assert (order.state, order.rank, order.fee_fen, order.base_fen) == ("offered", 1, 8000, 8000)
    assert order.answer_by == NOW + timedelta(minutes=120)
    assert (len(token), order.token_hash) == (22, hashed(token))
    assert token not in order.token_hash
    assert by_token(token) == order
    assert verbs(order) == ["provider_order.offered"]
    assert told() == [("provider_order.offered", desk.username)]


@pytest.mark.parametrize(("grade", "is_suspended"), [("C", False), ("A", True)])
def test_grade_c_and_suspended_are_never_asked(cast, visit, workshop, grade, is_suspended):
    Party.objects.filter(pk=workshop.provider_id).update(grade=grade, is_suspended=is_suspended)

    with acting_as(cast.officer):
        asked = refusal(
            provider_orders.offer,
            visit=visit,
            provider=workshop.provider,
            by=cast.officer,
            now=NOW,
            reason="没有别人了",
        )

    assert (asked, states(visit)) == ("provider_unfit", [])


def test_a_provider_without_a_contract_in_the_county_is_not_asked(cast, visit):
    elsewhere = make_contract(cast.suining_centre, name="睢宁家电城", by=cast.suining_manager)

    with acting_as(cast.officer):
        asked = refusal(
            provider_orders.offer, visit=visit, provider=elsewhere.provider, by=cast.officer, now=NOW
        )

    assert asked == "provider_unfit"


def test_a_visit_is_on_order_once(cast, visit, workshop, second):
    offer(cast, visit, workshop)

    with acting_as(cast.officer):
        twice = refusal(
            provider_orders.offer, visit=visit, provider=second.provider, by=cast.officer, now=NOW
        )

    assert twice == "order_open"
    assert (again(visit).provider_id, states(visit)) == (
        workshop.provider_id,
        [("广城家电维修部", "offered")],
    )


def test_while_an_order_runs_nobody_else_is_sent(cast, visit, workshop):
    order, _token = offer(cast, visit, workshop)

    with acting_as(cast.officer):
        given = {"visit": again(visit), "technician": cast.technician, "station": cast.liuguang_point}
        while_it_runs = refusal(visit_seats.give_to, by=cast.officer, now=SOON, **given)
        provider_orders.withdraw(order=order, note="自己去更快", by=cast.officer, now=SOON)
        given["visit"] = again(visit)
        afterwards = refusal(visit_seats.give_to, by=cast.officer, now=SOON, **given)

    assert (while_it_runs, afterwards) == ("order_open", "too_far")


def test_a_visit_of_another_county_cannot_be_offered(cast, visit, workshop):
    with acting_as(cast.suining_officer):
        code = refusal(
            provider_orders.offer, visit=visit, provider=workshop.provider, by=cast.suining_officer, now=NOW
        )

    assert code == "unknown_visit"


def test_the_last_seat_of_a_window_is_offered_once(cast, visit, workshop, second):
    offer(cast, visit, workshop)
    other = make_visit(cast, phone="13985123457")

    with acting_as(cast.officer):
        full = refusal(
            provider_orders.offer, visit=other, provider=workshop.provider, by=cast.officer, now=NOW
        )
    offer(cast, other, second)

    assert full == "provider_unfit"
    assert states(other) == [("六广电器行", "offered")]


def test_accepting_is_answered_once_and_tells_whoever_planned(cast, visit, workshop):
    order, _token = offer(cast, visit, workshop)

    provider_orders.accept(order=order, by=None, now=SOON)

    order = again(order)
    assert (order.state, order.answered_at, order.answered_by_id) == ("accepted", SOON, None)
    assert refusal(provider_orders.accept, order=order, by=None, now=SOON) == "order_answered"
    assert (
        refusal(provider_orders.decline, order=order, reason="too_far", by=None, now=SOON) == "order_answered"
    )
    assert told() == [
        ("provider_order.accepted", "agent"),
        ("provider_order.accepted", "officer"),
    ]


def test_who_was_suspended_meanwhile_cannot_accept(cast, visit, workshop):
    order, _token = offer(cast, visit, workshop)
    Party.objects.filter(pk=workshop.provider_id).update(is_suspended=True)

    assert refusal(provider_orders.accept, order=order, by=None, now=SOON) == "provider_unfit"

    Party.objects.filter(pk=workshop.provider_id).update(is_suspended=False)
    assert provider_orders.accept(order=order, by=None, now=SOON).state == "accepted"


def test_an_answer_after_its_time_is_refused(cast, visit, workshop):
    order, _token = offer(cast, visit, workshop)

    late = refusal(provider_orders.accept, order=order, by=None, now=order.answer_by + timedelta(seconds=1))
    in_time = provider_orders.accept(order=order, by=None, now=order.answer_by)

    assert (late, in_time.state) == ("order_lapsed", "accepted")


def test_declining_goes_on_to_the_next(cast, visit, workshop, second):
    order, _token = offer(cast, visit, workshop)

    provider_orders.decline(order=order, reason="too_far", by=None, now=SOON)

    visit = again(visit)
    assert states(visit) == [("广城家电维修部", "declined"), ("六广电器行", "offered")]
    assert (visit.provider_id, visit.station_id) == (second.provider_id, cast.liuguang_point.pk)
    with seeing_everything():
        following = ProviderOrder.objects.get(state="offered")
    assert (following.offered_by, following.offered_at, following.fee_fen) == (cast.officer, SOON, 6000)
    assert ("provider_order.declined", "officer") in told()


def test_another_reason_takes_a_word(cast, visit, workshop):
    order, _token = offer(cast, visit, workshop)

    bare = refusal(provider_orders.decline, order=order, reason="other", by=None, now=SOON)
    unknown = refusal(provider_orders.decline, order=order, reason="weather", by=None, now=SOON)
    provider_orders.decline(order=order, reason="other", note="货车在大修", by=None, now=SOON)

    assert (bare, unknown) == ("note_missing", "unknown_choice")
    assert (again(order).state, again(order).note) == ("declined", "货车在大修")


def test_when_nobody_is_left_nobody_goes_and_the_planner_is_told(cast, visit, workshop):
    order, _token = offer(cast, visit, workshop)

    provider_orders.decline(order=order, reason="too_busy", by=None, now=SOON)

    visit = again(visit)
    assert (visit.provider_id, visit.station_id, visit.state) == (None, cast.guangcheng.pk, "planned")
    assert [row for row in told() if row[0] == "provider_order.nobody"] == [
        ("provider_order.nobody", "agent"),
        ("provider_order.nobody", "officer"),
    ]


def test_silence_lapses_after_the_time_and_asks_the_next(cast, visit, workshop, second):
    order, _token = offer(cast, visit, workshop)

    early = provider_orders.lapse_due(now=order.answer_by)
    late = provider_orders.lapse_due(now=order.answer_by + timedelta(seconds=1))
    again_late = provider_orders.lapse_due(now=order.answer_by + timedelta(seconds=1))

    assert (early, late, again_late) == (0, 1, 0)
    assert states(visit) == [("广城家电维修部", "lapsed"), ("六广电器行", "offered")]
    assert (again(order).ended_at, again(order).fee_fen) == (order.answer_by + timedelta(seconds=1), 0)


def test_who_has_declined_is_asked_again_only_with_a_reason(cast, visit, workshop):
    order, _token = offer(cast, visit, workshop)
    provider_orders.decline(order=order, reason="too_busy", by=None, now=SOON)

    with acting_as(cast.officer):
        bare = refusal(
            provider_orders.offer, visit=visit, provider=workshop.provider, by=cast.officer, now=SOON
        )
    offer(cast, visit, workshop, now=SOON, reason="老师傅又有空了")

    assert bare == "reason_missing"
    assert [state for _name, state in states(visit)] == ["declined", "offered"]


def test_an_order_is_taken_back_while_the_visit_is_planned(cast, visit, workshop):
    desk = make_desk(workshop, by=cast.manager)
    order, _token = offer(cast, visit, workshop)
    provider_orders.accept(order=order, by=None, now=SOON)

    with acting_as(cast.officer):
        bare = refusal(provider_orders.withdraw, order=order, note=" ", by=cast.officer, now=SOON)
        provider_orders.withdraw(order=order, note="消费者改到下周", by=cast.officer, now=SOON)
        twice = refusal(provider_orders.withdraw, order=order, note="再来一次", by=cast.officer, now=SOON)

    assert (bare, twice) == ("reason_missing", "order_ended")
    assert (again(order).state, again(order).fee_fen, again(visit).provider_id) == ("withdrawn", 0, None)
    assert ("provider_order.withdrawn", desk.username) in told()


def test_an_order_of_another_county_cannot_be_taken_back(cast, visit, workshop):
    order, _token = offer(cast, visit, workshop)

    with acting_as(cast.suining_officer):
        code = refusal(
            provider_orders.withdraw, order=order, note="与我无关", by=cast.suining_officer, now=SOON
        )

    assert (code, again(order).state) == ("unknown_order", "offered")


def test_a_new_link_makes_the_old_one_lead_nowhere(cast, visit, workshop):
    order, old = offer(cast, visit, workshop)

    with acting_as(cast.officer):
        new = provider_orders.new_link(order=order, by=cast.officer, now=SOON)

    assert (by_token(old), by_token(new)) == (None, order)


def test_a_visit_that_was_made_is_paid_in_full(cast, visit, workshop):
    order, _token = offer(cast, visit, workshop)
    provider_orders.accept(order=order, by=None, now=SOON)

    provider_visits.set_out(order=order, by=None, now=MONDAY_TWO)
    provider_visits.finish(
        order=order,
        outcome="solved",
        found="排水泵堵了",
        done="清理排水泵",
        by=None,
        now=MONDAY_TWO + timedelta(hours=1),
    )

    order, visit = again(order), again(visit)
    assert (visit.state, visit.outcome, visit.proof) == ("done", "solved", "paper")
    assert (order.state, order.fee_fen, order.ended_at) == ("done", 8000, MONDAY_TWO + timedelta(hours=1))
    assert verbs(order)[-1] == "provider_order.done"
    with seeing_everything():
        assert provider_orders.ended(visit=visit, by=cast.officer, now=MONDAY_TWO) is None


@pytest.mark.parametrize(("failure", "fee_fen"), [("nobody_home", 2400), ("road", 2400), ("did_not_come", 0)])
def test_a_way_in_vain_is_paid_in_part_and_not_at_all_when_nobody_came(
    cast, visit, workshop, failure, fee_fen
):
    order, _token = offer(cast, visit, workshop)
    provider_orders.accept(order=order, by=None, now=SOON)

    with acting_as(cast.officer):
        visits.fail(visit=visit, failure=failure, by=cast.officer, now=MONDAY_TWO)

    assert (again(order).state, again(order).fee_fen, again(order).base_fen) == ("failed", fee_fen, 8000)


def test_a_provider_cannot_say_of_itself_that_nobody_came(cast, visit, workshop):
    order, _token = offer(cast, visit, workshop)
    provider_orders.accept(order=order, by=None, now=SOON)

    assert (
        refusal(provider_visits.fail, order=order, failure="did_not_come", by=None, now=MONDAY_TWO)
        == "unknown_choice"
    )


def test_before_it_was_accepted_nothing_can_be_carried_out(cast, visit, workshop):
    order, _token = offer(cast, visit, workshop)

    codes = {
        refusal(provider_visits.set_out, order=order, by=None, now=MONDAY_TWO),
        refusal(provider_visits.reveal, order=order, by=None, now=SOON),
        refusal(
            provider_visits.finish,
            order=order,
            outcome="solved",
            found="",
            done="好了",
            by=None,
            now=MONDAY_TWO,
        ),
    }

    assert (codes, again(visit).state) == ({"not_accepted"}, "planned")


@pytest.mark.parametrize("step", ["cancel", "move"])
def test_a_visit_that_is_called_off_or_moved_takes_the_order_back(cast, visit, workshop, step):
    order, _token = offer(cast, visit, workshop)
    provider_orders.accept(order=order, by=None, now=SOON)

    with acting_as(cast.officer):
        if step == "cancel":
            visits.cancel(visit=visit, note="不用来了", by=cast.officer, now=SOON)
        else:
            visits.move(visit=visit, starts_at=MONDAY_TWO + timedelta(days=1), by=cast.officer, now=SOON)

    assert (again(order).state, again(order).fee_fen) == ("withdrawn", 0)
    with seeing_everything():
        assert Visit.objects.filter(provider__isnull=False, state="planned").count() == 0


def test_whom_it_concerns_is_shown_from_acceptance_to_the_end_and_every_look_is_written_down(
    cast, visit, workshop
):
    order, _token = offer(cast, visit, workshop)
    provider_orders.accept(order=order, by=None, now=SOON)

    person = provider_visits.reveal(order=order, by=None, now=SOON)
    long_after = refusal(provider_visits.reveal, order=order, by=None, now=MONDAY_TWO + timedelta(days=3))
    with acting_as(cast.officer):
        visits.fail(visit=visit, failure="nobody_home", by=cast.officer, now=MONDAY_TWO)
    ended = refusal(provider_visits.reveal, order=order, by=None, now=MONDAY_TWO)

    assert person == {"name": "龙兴旺", "phone": "13985123456", "address": "三组晒谷场旁"}
    assert (long_after, ended) == ("window_over", "not_accepted")
    with seeing_everything():
        looks = AuditEvent.objects.filter(verb="personal.revealed")
        assert list(looks.values_list("reason", "actor_id", "after")) == [
            (f"provider_order {order.pk}", system_user().pk, {"fields": ["name", "phone", "address"]})
        ]
