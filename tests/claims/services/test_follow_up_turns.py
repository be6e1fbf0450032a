from datetime import timedelta

import pytest

from aftersales.accounts.models import system_user
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from claims.models import FollowUp, HomeHelp
from claims.queries import follow_up_turns as reading
from claims.services import casework, follow_up_turns
from stations.models import Agent, Grant
from stations.services import hand_over
from tests.claims.follow_up_cases import called, first_of, settled
from tests.factories import NOW, acting_as, make_consumer, seeing_everything


def second_of(claim) -> FollowUp:
    with seeing_everything():
        return FollowUp.objects.get(claim=claim, kind="second")


def refusal(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def give(follow_up, to, *, by, now=NOW) -> FollowUp:
    with acting_as(by):
        return follow_up_turns.set_caller(follow_up=follow_up, to=to, by=by, now=now)


def told(event) -> list[tuple]:
    with seeing_everything():
        return list(
            Notice.objects.filter(event=event)
            .order_by("recipient__username")
            .values_list("recipient__username", "params")
        )


def test_calls_go_round_among_those_who_may_and_never_to_the_handler(cast):
    claims = [settled(cast.guangcheng, handler=cast.agent) for _each in range(4)]

    callers = [first_of(claim).caller for claim in claims]

    assert callers == [cast.technician, cast.officer, cast.second_officer, cast.technician]


def test_a_colleague_at_the_station_is_near_and_the_manager_comes_last(cast):
    with seeing_everything():
        Grant.objects.create(
            user=cast.neighbour,
            role="agent",
            station=cast.guangcheng,
            county_code=cast.guangcheng.county_code,
            starts_at=NOW,
            reason="test",
        )
        Grant.objects.filter(user__in=[cast.technician, cast.officer, cast.second_officer]).update(
            withdrawn_at=NOW
        )

    callers = [first_of(settled(cast.guangcheng, handler=cast.agent)).caller for _each in range(2)]
    alone = first_of(settled(cast.guangcheng, handler=cast.neighbour))

    assert callers == [cast.neighbour, cast.neighbour]
    assert alone.caller == cast.agent


def test_where_nobody_else_works_it_is_nobodys_turn(cast):
    with seeing_everything():
        Grant.objects.exclude(user=cast.agent).update(withdrawn_at=NOW)

    assert first_of(settled(cast.guangcheng, handler=cast.agent)).caller is None


def test_the_second_call_is_the_turn_of_somebody_else_in_the_county(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.officer, stars=2)
    fruitless = settled(cast.guangcheng, handler=cast.agent)
    called(fruitless, by=cast.second_officer, outcome="unreachable")
    called(fruitless, by=cast.officer, stars=1)

    assert second_of(claim).caller == cast.second_officer
    assert second_of(fruitless).caller == cast.manager
    assert [name for name, _params in told("follow_up.given_second")] == ["manager", "officer2"]


@pytest.mark.parametrize("helped", [True, False])
def test_who_needs_help_at_home_is_asked_by_somebody_near(cast, helped):
    consumer = make_consumer(cast.guangcheng, phone="17712345678")
    with seeing_everything():
        need = HomeHelp(
            consumer=consumer,
            station=cast.guangcheng,
            county_code=consumer.county_code,
            consent_how="spoken",
            recorded_by=cast.agent,
            recorded_at=NOW,
            withdrawn_at=None if helped else NOW,
        )
        need.save()
    busy = settled(cast.guangcheng, handler=cast.agent)
    claim = settled(cast.guangcheng, handler=cast.agent, consumer=consumer)
    called(claim, by=cast.officer, stars=1)

    with seeing_everything():
        marked = reading.marked(FollowUp.objects.order_by("id")).values_list("claim", "by_visit")
        assert set(marked) == {(busy.pk, False), (claim.pk, helped)}
    assert first_of(busy).caller == cast.technician
    assert first_of(claim).caller == (cast.technician if helped else cast.officer)
    assert second_of(claim).caller == (cast.technician if helped else cast.second_officer)


def test_nobody_phones_where_no_phone_is_known(cast):
    consumer = make_consumer(cast.guangcheng)
    with seeing_everything():
        type(consumer).objects.filter(pk=consumer.pk).update(phone_index="")
        consumer.refresh_from_db()
    claim = settled(cast.guangcheng, handler=cast.agent, consumer=consumer)

    with seeing_everything():
        assert reading.is_by_visit(first_of(claim).claim)
        assert reading.marked(FollowUp.objects.all()).get().by_visit


def test_a_head_gives_the_turn_to_somebody_who_is_told(cast):
    follow_up = first_of(settled(cast.guangcheng, handler=cast.agent))

    given = give(follow_up, cast.manager, by=cast.officer)

    assert given.caller == cast.manager
    assert told("follow_up.given") == [
        ("manager", {"number": follow_up.claim.number, "due_at": follow_up.due_at.isoformat()})
    ]
    with seeing_everything():
        event = AuditEvent.objects.get(verb="follow_up.turn_given")
    assert (event.before, event.after) == ({"caller": cast.technician.pk}, {"caller": cast.manager.pk})


def test_a_turn_may_be_anybodys_and_the_same_again_is_nothing(cast):
    follow_up = first_of(settled(cast.guangcheng, handler=cast.agent))

    assert give(follow_up, None, by=cast.officer).caller is None
    assert give(follow_up, None, by=cast.officer).caller is None
    assert give(follow_up, cast.officer, by=cast.officer).caller == cast.officer

    assert told("follow_up.given") == []
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="follow_up.turn_given").count() == 2


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("agent", "handler_calls"),
        ("technician", "caller_again"),
        ("neighbour", "caller_elsewhere"),
        ("suining_officer", "caller_elsewhere"),
        ("trainer", "caller_elsewhere"),
    ],
)
def test_a_turn_is_for_somebody_who_may_call(cast, who, code):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician, stars=2)
    second = second_of(claim)
    before = second.caller

    assert refusal(lambda: give(second, getattr(cast, who), by=cast.manager)) == code
    assert second_of(claim).caller == before
    assert give(second, cast.second_officer, by=cast.manager).caller == cast.second_officer


def test_a_follow_up_that_is_over_is_nobodys_turn(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    follow_up = first_of(claim)
    called(claim, by=cast.technician)

    assert refusal(lambda: give(follow_up, cast.officer, by=cast.manager)) == "follow_up_over"


def test_a_turn_is_no_lock(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)

    called(claim, by=cast.officer)

    assert (first_of(claim).caller, first_of(claim).state) == (cast.technician, "done")


def test_a_new_round_gives_a_new_turn(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    with seeing_everything():
        reopened = casework.reopen(claim=claim, reason="again bad", by=cast.agent, now=NOW)
        again = casework.resolve(claim=reopened, reason="explained again", by=cast.agent, now=NOW)

    # The call of the round before no longer counts as work.
    assert first_of(again).caller == cast.technician


def test_calls_to_make_are_handed_over(cast):
    mine, also = (settled(cast.liuguang, handler=cast.neighbour) for _each in range(2))
    handled = settled(cast.guangcheng, handler=cast.agent)
    with seeing_everything():
        FollowUp.objects.update(caller=cast.technician)
        technician, agent = (Agent.objects.get(user=user) for user in (cast.technician, cast.agent))

    def work():
        with acting_as(cast.manager):
            return [each for each in hand_over.open_work(technician) if each.kind == "calls"]

    def assign(to, keys=None):
        with acting_as(cast.manager):
            return hand_over.assign(
                agent=technician, kind="calls", to=to, keys=keys, by=cast.manager, now=NOW
            )

    [calls] = work()
    assert (calls.label, calls.count) == ("calls to make", 3)
    assert calls.items[0].key == str(first_of(mine).pk)
    assert calls.items[0].url == f"/claims/follow-ups/{first_of(mine).pk}/"
    assert calls.items[0].due_at == first_of(mine).due_at
    # The agent works elsewhere for two of them and has handled the third: none of them moves.
    assert refusal(lambda: assign(agent)) == "caller_elsewhere"
    assert work()[0].count == 3
    with acting_as(cast.manager):
        follow_up_turns.hand_over(
            follow_ups=[first_of(each) for each in (mine, also, handled)],
            to=cast.officer,
            by=cast.manager,
            now=NOW,
        )
    assert work() == []


def test_every_morning_people_are_reminded_once_of_what_is_due(cast):
    early = settled(cast.guangcheng, handler=cast.agent)
    settled(cast.chenlou, handler=cast.suining_agent)
    settled(cast.guangcheng, handler=cast.agent, now=NOW + timedelta(days=3))
    due = first_of(early).due_at

    def remind(now) -> int:
        with seeing_everything():
            return follow_up_turns.remind(now=now)

    assert remind(due - timedelta(days=1)) == 0
    assert remind(due) == 2
    assert remind(due + timedelta(minutes=5)) == 2
    assert remind(due + timedelta(minutes=6)) == 0
    assert told("follow_up.due_many") == [
        ("suining_officer", {"count": 1}),
        ("technician", {"count": 1}),
    ]
    assert [name for name, _params in told("follow_up.overdue_many")] == ["manager", "suining_manager"]
    called(early, by=cast.officer, now=due)
    assert remind(due + timedelta(days=1)) == 2


def test_everybody_who_may_call_is_read_in_a_few_statements(cast, django_assert_max_num_queries):
    claim = settled(cast.guangcheng, handler=cast.agent)
    with acting_as(cast.manager):
        follow_up = FollowUp.objects.select_related("claim__station__parent", "claim__consumer").get(
            claim=claim
        )
        with django_assert_max_num_queries(5):
            found = reading.candidates_for(follow_up, now=NOW)

    assert [each.person_id for each in found] == [
        cast.officer.pk,
        cast.second_officer.pk,
        cast.technician.pk,
        cast.manager.pk,
    ]
    assert system_user().pk not in {each.person_id for each in found}
