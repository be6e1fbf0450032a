"""Two hundred people in one exam at once: every answer that was taken is there at the end, the latest one.

Each process sits for ten people by turns. It sends answers twice, in the wrong order, and changes its mind.
"""

import random
from datetime import timedelta

import pytest

from aftersales.lib.errors import Refused
from tests.cast import make_cast
from tests.factories import NOW, seeing_everything
from tests.processes import at_once
from tests.training.exams.cases import make_bank, make_candidates, make_exam, places, wrong_answer
from training.models import Sitting, SittingAnswer
from training.services import sittings

pytestmark = [pytest.mark.campaign, pytest.mark.django_db(transaction=True)]

PEOPLE, PROCESSES = 200, 20
LATER = NOW + timedelta(minutes=30)


@pytest.fixture
def exam(transactional_db):
    cast = make_cast()
    make_bank()
    exam = make_exam()
    exam.people = make_candidates(cast.guangcheng, PEOPLE)
    return exam


def sit(exam, people, seed: int) -> dict[tuple[int, int], tuple[list[int], int]]:
    """Sit for these people; returns the answer with the highest number that was given at each place."""
    dice, latest = random.Random(seed), {}
    with seeing_everything():
        papers = {person: sittings.start(exam, user=person, now=NOW) for person in people}
        steps = [
            (person, number, question, change)
            for person, sitting in papers.items()
            for number, _place, question in places(sitting)
            for change in range(3)
        ]
        dice.shuffle(steps)
        for person, number, question, change in steps:
            answer = question.answer if change else wrong_answer(question)
            for sent in [1000 * change + number] * 2:
                try:
                    sittings.save_answer(
                        papers[person], place=number, answer=answer, sent=sent, by=person, now=LATER
                    )
                except Refused as refused:
                    if refused.code != "answer_older":
                        raise
            known = latest.get((papers[person].pk, number), ([], -1))
            latest[papers[person].pk, number] = max(known, (list(answer), sent), key=lambda each: each[1])
        for person, sitting in papers.items():
            sittings.hand_in(sitting, by=person, now=LATER)
    return latest


def test_two_hundred_people_lose_no_answer(exam):
    shares = [(exam, exam.people[number::PROCESSES], number) for number in range(PROCESSES)]

    outcomes = at_once(sit, shares)

    assert [f"{outcome.error} {outcome.message}".strip() for outcome in outcomes] == [""] * PROCESSES
    expected = {key: value for outcome in outcomes for key, value in outcome.value.items()}
    stored = {
        (row.sitting_id, row.place): (row.answer, row.sent) for row in SittingAnswer._base_manager.iterator()
    }
    assert len(stored) == PEOPLE * 5
    assert stored == expected
    assert set(Sitting._base_manager.values_list("state", "score_permille")) == {("submitted", 1000)}
