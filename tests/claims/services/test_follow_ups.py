from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from claims.models import ClaimClock, FollowUp, FollowUpAttempt, Score
from claims.services import casework, scores
from tests.claims.follow_up_cases import called, closed, first_of, settled
from tests.factories import NOW, seeing_everything

TOMORROW = NOW + timedelta(days=1)


def states(claim) -> list[tuple]:
    with seeing_everything():
        rows = FollowUp.objects.filter(claim=claim).order_by("id")
        return list(rows.values_list("round", "kind", "state"))


def clock_of(claim):
    with seeing_everything():
        return ClaimClock.objects.filter(claim=claim, clock="follow_up").order_by("-round").first()


def scores_of(claim) -> list[tuple]:
    with seeing_everything():
        return list(Score.objects.filter(claim=claim).order_by("id").values_list("stars", "source", "by"))


def refusal(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_settling_a_claim_opens_a_follow_up_that_is_due_in_seven_days(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)

    opened = first_of(claim)
    assert (opened.state, opened.due_at) == ("open", NOW + timedelta(days=7))
    assert clock_of(claim).outcome == "running"
    assert clock_of(claim).due_at == opened.due_at


def test_a_good_score_ends_the_follow_up_and_its_clock(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)

    called(claim, by=cast.technician, stars=3, comment="快", attitude=5, now=TOMORROW)

    assert states(claim) == [(1, "first", "done")]
    assert scores_of(claim) == [(3, "interviewer", cast.technician.pk)]
    assert (clock_of(claim).outcome, clock_of(claim).stopped_at) == ("met", TOMORROW)


def test_a_follow_up_after_its_time_is_too_late(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)

    called(claim, by=cast.technician, now=NOW + timedelta(days=7, seconds=1))

    assert clock_of(claim).outcome == "late"


def test_the_handler_cannot_make_the_call(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)

    assert refusal(lambda: called(claim, by=cast.agent)) == "handler_calls"
    assert (states(claim), scores_of(claim)) == ([(1, "first", "open")], [])
    called(claim, by=cast.technician)
    assert states(claim) == [(1, "first", "done")]


def test_who_handled_it_before_cannot_make_the_call_either(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    with seeing_everything():
        claim.holdings.update(handler=cast.technician)

    assert refusal(lambda: called(claim, by=cast.technician)) == "handler_calls"


def test_the_consumer_cannot_interview_themselves(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    with seeing_everything():
        type(claim.consumer).objects.filter(pk=claim.consumer_id).update(user=cast.officer)

    assert refusal(lambda: called(claim, by=cast.officer)) == "handler_calls"


def test_score_two_opens_a_second_follow_up_and_three_does_not(cast):
    low = settled(cast.guangcheng, handler=cast.agent)
    fair = settled(cast.guangcheng, handler=cast.agent)

    called(low, by=cast.technician, stars=2)
    called(fair, by=cast.technician, stars=3)

    assert states(low) == [(1, "first", "done"), (1, "second", "open")]
    assert states(fair) == [(1, "first", "done")]
    with seeing_everything():
        second = FollowUp.objects.get(claim=low, kind="second")
        assert second.due_at == NOW + timedelta(hours=48)
        told = Notice.objects.filter(event__in=["claim.low_score", "follow_up.given_second"])
        assert {(each.recipient_id, each.event, each.params["number"]) for each in told} == {
            (
                person.pk,
                "follow_up.given_second" if person == second.caller else "claim.low_score",
                low.number,
            )
            for person in (cast.officer, cast.second_officer, cast.manager)
        }


def test_the_second_call_is_for_somebody_else_and_wants_an_answer(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician, stars=1)
    with seeing_everything():
        second = FollowUp.objects.get(claim=claim, kind="second")

    def call(by, **fields):
        return called(claim, by=by, follow_up=second, stars=4, **fields)

    assert refusal(lambda: call(cast.technician, answer="换一箱")) == "caller_again"
    assert refusal(lambda: call(cast.agent, answer="换一箱新的")) == "handler_calls"
    assert refusal(lambda: call(cast.officer, answer="好")) == "answer_missing"
    done = call(cast.officer, answer="已换一箱新的")

    assert (done.state, done.answer) == ("done", "已换一箱新的")
    assert [stars for stars, _source, _by in scores_of(claim)] == [1, 4]


def test_a_second_low_score_opens_no_third_follow_up(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician, stars=1)
    with seeing_everything():
        second = FollowUp.objects.get(claim=claim, kind="second")

    called(claim, by=cast.officer, follow_up=second, stars=1, answer="经理会再联系您")

    assert states(claim) == [(1, "first", "done"), (1, "second", "done")]


def test_three_attempts_on_two_days_before_nobody_is_reachable(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    for _call in range(3):
        called(claim, by=cast.technician, outcome="unreachable")

    assert states(claim) == [(1, "first", "open")]
    assert clock_of(claim).outcome == "running"
    called(claim, by=cast.officer, outcome="wrong_number", now=TOMORROW)

    assert states(claim) == [(1, "first", "exhausted")]
    assert clock_of(claim).outcome == "met"
    assert refusal(lambda: called(claim, by=cast.officer, now=TOMORROW)) == "follow_up_over"


def test_refusing_to_score_ends_it_without_a_score(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)

    called(claim, by=cast.technician, outcome="refused")

    assert (states(claim), scores_of(claim)) == ([(1, "first", "done")], [])


@pytest.mark.parametrize("stars", [None, 0, 6])
def test_an_answer_needs_a_score_from_one_to_five(cast, stars):
    claim = settled(cast.guangcheng, handler=cast.agent)

    assert refusal(lambda: called(claim, by=cast.technician, stars=stars)) == "score_missing"
    with seeing_everything():
        assert not FollowUpAttempt.objects.exists()


def test_an_attempt_that_was_recorded_meanwhile_is_not_recorded_again(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician, outcome="unreachable", number=1)

    assert refusal(lambda: called(claim, by=cast.officer, outcome="unreachable", number=1)) == "stale"
    called(claim, by=cast.officer, outcome="unreachable", number=2)
    with seeing_everything():
        assert FollowUpAttempt.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"how": "letter"}, "unknown_outcome"),
        ({"outcome": "maybe"}, "unknown_outcome"),
        ({"comment": "好" * 501}, "too_long"),
        ({"note": "好" * 201}, "too_long"),
        ({"speed": 9}, "score_missing"),
    ],
)
def test_what_cannot_be_recorded_is_refused(cast, fields, code):
    claim = settled(cast.guangcheng, handler=cast.agent)

    assert refusal(lambda: called(claim, by=cast.technician, **fields)) == code


def test_reopening_lets_the_open_follow_up_lapse_and_keeps_scores(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician, stars=1)
    with seeing_everything():
        reopened = casework.reopen(claim=claim, reason="again bad", by=cast.agent, now=TOMORROW)
        casework.resolve(claim=reopened, reason="explained again", by=cast.agent, now=TOMORROW)

    assert states(claim) == [(1, "first", "done"), (1, "second", "void"), (2, "first", "open")]
    assert [stars for stars, _source, _by in scores_of(claim)] == [1]


def test_closing_leaves_the_follow_up_to_be_done(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)

    closed(claim, by=cast.agent, now=NOW + timedelta(hours=1))

    assert states(claim) == [(1, "first", "open")]
    called(claim, by=cast.technician, now=TOMORROW)
    assert clock_of(claim).outcome == "met"


def test_the_consumer_scores_once_and_ends_the_follow_up(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    follow_up = first_of(claim)

    scores.score_by_consumer(follow_up=follow_up, stars=5, comment="谢谢", now=TOMORROW)

    assert (states(claim), scores_of(claim)) == ([(1, "first", "done")], [(5, "self", None)])
    assert clock_of(claim).outcome == "met"
    again = refusal(lambda: scores.score_by_consumer(follow_up=follow_up, stars=1, now=TOMORROW))
    assert again == "score_given"


def test_a_consumer_who_could_not_be_reached_may_still_score(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    for now in (NOW, NOW, TOMORROW):
        called(claim, by=cast.technician, outcome="unreachable", now=now)

    scores.score_by_consumer(follow_up=first_of(claim), stars=2, now=TOMORROW)

    assert states(claim) == [(1, "first", "done"), (1, "second", "open")]


def test_the_consumers_own_word_stands_beside_the_interviewers(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician, stars=5)

    scores.score_by_consumer(follow_up=first_of(claim), stars=1, now=TOMORROW)

    assert [(stars, source) for stars, source, _by in scores_of(claim)] == [(5, "interviewer"), (1, "self")]
    assert states(claim) == [(1, "first", "done"), (1, "second", "open")]


def test_the_time_for_an_own_score_ends_after_thirty_days(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    follow_up, last = first_of(claim), NOW + timedelta(days=30)

    def score(now):
        return scores.score_by_consumer(follow_up=follow_up, stars=4, now=now)

    assert refusal(lambda: score(last + timedelta(seconds=1))) == "score_closed"
    assert score(last).stars == 4


def test_a_claim_that_was_taken_up_again_is_not_scored_for_the_round_before(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    follow_up = first_of(claim)
    with seeing_everything():
        casework.reopen(claim=claim, reason="again bad", by=cast.agent, now=TOMORROW)

    code = refusal(lambda: scores.score_by_consumer(follow_up=follow_up, stars=4, now=TOMORROW))

    assert code == "score_closed"


def test_scores_and_attempts_are_never_changed_or_removed(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician, stars=1)

    with seeing_everything():
        for rows in (Score._base_manager.all(), FollowUpAttempt._base_manager.all()):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            Score._base_manager.update(stars=5)

    assert [stars for stars, _source, _by in scores_of(claim)] == [1]


def test_history_says_what_happened_without_the_consumers_words(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician, stars=2, comment="态度很差", note="晚上打的")

    with seeing_everything():
        events = list(
            AuditEvent.objects.filter(claim_id=claim.pk, verb__regex="^(follow_up|score)").order_by("id")
        )

    assert [event.verb for event in events] == [
        "follow_up.opened",
        "follow_up.attempted",
        "follow_up.done",
        "score.given",
        "follow_up.opened",
    ]
    assert "态度" not in str([(event.after, event.before, event.reason) for event in events])
