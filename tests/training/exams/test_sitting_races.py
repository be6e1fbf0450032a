"""Several devices, the clock and a candidate at the same moment: nothing is lost, nothing counts twice."""

from collections import Counter
from datetime import timedelta

import pytest

from aftersales.lib.errors import Refused
from tests.cast import make_cast
from tests.factories import NOW, acting_as, seeing_everything
from tests.processes import at_once
from tests.training.exams.cases import MINUTE, places
from training.models import HourEntry, Sitting, SittingAnswer
from training.services import sittings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
END, SECOND = NOW + 60 * MINUTE, timedelta(seconds=1)


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def code_of(call, **named) -> str:
    try:
        call(**named)
    except Refused as refused:
        return refused.code
    return "done"


def answers(sitting) -> list[tuple[int, list[int], bool | None]]:
    with seeing_everything():
        return list(
            SittingAnswer.objects.filter(sitting=sitting)
            .order_by("place")
            .values_list("place", "answer", "is_right")
        )


def test_an_exam_begun_by_eight_taps_is_begun_once(cast, exam):
    def tap(number):
        with acting_as(cast.agent):
            return sittings.start(exam, user=cast.agent, now=NOW + number * SECOND).pk

    outcomes = at_once(tap, [(number,) for number in range(8)])

    assert [outcome.error for outcome in outcomes] == [""] * 8
    assert {outcome.value for outcome in outcomes} == {Sitting._base_manager.get().pk}


def test_of_answers_from_eight_devices_the_latest_counts(cast, begun):
    place = next(number for number, _place, question in places(begun) if question.code == "T-1")

    def device(number):
        with acting_as(cast.agent):
            return [
                code_of(
                    sittings.save_answer,
                    sitting=begun,
                    place=place,
                    answer=[number % 4],
                    sent=1000 * step + number,
                    by=cast.agent,
                    now=NOW + MINUTE,
                )
                for step in range(1, 9)
            ]

    outcomes = at_once(device, [(number,) for number in range(8)])

    assert {code for outcome in outcomes for code in outcome.value} <= {"done", "answer_older"}
    assert outcomes[7].value[-1] == "done"
    assert answers(begun) == [(place, [3], None)]
    assert SittingAnswer._base_manager.get().sent == 8007


def test_what_arrives_while_it_is_handed_in_is_marked_or_refused(cast, begun):
    paper = places(begun)

    def work(number):
        with acting_as(cast.agent):
            if number == 5:
                return code_of(sittings.hand_in, sitting=begun, by=cast.agent, now=NOW + 2 * MINUTE)
            place, _order, question = paper[number]
            return code_of(
                sittings.save_answer,
                sitting=begun,
                place=place,
                answer=question.answer,
                sent=None,
                by=cast.agent,
                now=NOW + 2 * MINUTE,
            )

    outcomes = [outcome.value for outcome in at_once(work, [(number,) for number in range(6)])]

    kept = answers(begun)
    assert outcomes[5] == "done"
    assert Counter(outcomes[:5]) == Counter(done=len(kept), sitting_over=5 - len(kept))
    assert [is_right for _place, _answer, is_right in kept] == [True] * len(kept)
    assert Sitting._base_manager.get().score_permille == len(kept) * 200


def test_handed_in_from_eight_devices_it_ends_once(cast, begun):
    with acting_as(cast.agent):
        sittings.save_answer(begun, place=1, answer=[], sent=None, by=cast.agent, now=NOW + MINUTE)

    def tap(_number):
        with acting_as(cast.agent):
            return code_of(sittings.hand_in, sitting=begun, by=cast.agent, now=NOW + 2 * MINUTE)

    outcomes = Counter(outcome.value for outcome in at_once(tap, [(number,) for number in range(8)]))

    assert outcomes == Counter(done=1, sitting_over=7)
    assert HourEntry._base_manager.count() == 1


def test_the_sweep_and_the_last_answers_of_the_grace_agree(cast, begun):
    paper = places(begun)

    def work(number):
        if number >= 5:
            return sittings.sweep_expired(END + 31 * SECOND)
        place, _order, question = paper[number]
        with acting_as(cast.agent):
            return code_of(
                sittings.save_answer,
                sitting=begun,
                place=place,
                answer=question.answer,
                sent=None,
                by=cast.agent,
                now=END + 29 * SECOND,
            )

    outcomes = at_once(work, [(number,) for number in range(8)])

    kept = answers(begun)
    assert [outcome.error for outcome in outcomes] == [""] * 8
    assert Counter(outcome.value for outcome in outcomes[:5]) == Counter(
        done=len(kept), time_over=5 - len(kept)
    )
    assert sorted(outcome.value for outcome in outcomes[5:]) == [0, 0, 1]
    stored = Sitting._base_manager.get()
    assert (stored.state, stored.score_permille) == ("expired", len(kept) * 200)
    assert [is_right for _place, _answer, is_right in kept] == [True] * len(kept)
