"""The bank with real processes: two changes that fit one by one are not made together."""

import pytest

from tests.cast import make_cast
from tests.factories import NOW
from tests.processes import codes_at_once
from tests.training.bank import make_exam, make_question, only_these
from training.models import Exam, Question
from training.queries import questions as reading
from training.rules.exams import DrawLine
from training.services import exams, questions

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def cast(transactional_db):
    Exam.objects.all().delete()
    only_these()
    return make_cast()


def test_of_two_questions_one_too_many_is_not_retired(cast):
    make_exam(draw=[{"topic": "law", "kind": "", "count": 3}])
    bank = [make_question(f"L-{number}") for number in range(4)]

    def retire(by, question):
        questions.retire(question, reason="规则已改", by=by, now=NOW)

    outcomes = codes_at_once(retire, [(cast.trainer, bank[0]), (cast.platform, bank[1])])

    assert outcomes == {"done": 1, "bank_too_small": 1}
    assert len(reading.bank()) == 3


def test_a_question_is_corrected_by_one_of_two(cast):
    question = make_question("L-1")

    def correct(by, answer):
        values = {name: getattr(question, name) for name in questions.FIELDS}
        questions.replace(question, **{**values, "answer": [answer]}, by=by, now=NOW)

    outcomes = codes_at_once(correct, [(cast.trainer, 0), (cast.platform, 2)])

    assert outcomes == {"done": 1, "question_retired": 1}
    assert Question.objects.filter(replaces=question).count() == 1


def test_of_the_last_two_exams_for_the_certificate_one_stays(cast):
    both = [make_exam(f"E-{number}", purpose="certificate") for number in range(2)]

    def retire(by, exam):
        exams.retire(exam, reason="换成新卷", by=by, now=NOW)

    outcomes = codes_at_once(retire, [(cast.trainer, both[0]), (cast.platform, both[1])])

    assert outcomes == {"done": 1, "last_certificate_exam": 1}
    assert Exam.objects.filter(retired_at__isnull=True).count() == 1


def test_an_exam_is_not_set_on_questions_that_are_just_leaving(cast):
    make_exam("E-0", draw=[{"topic": "safety", "kind": "", "count": 1}])
    leaving, _staying = [make_question(f"L-{number}") for number in range(2)]
    make_question("S-1", topic="safety")

    def change(by, is_retiring):
        if is_retiring:
            questions.retire(leaving, reason="规则已改", by=by, now=NOW)
        else:
            exams.define(
                code="E-1",
                title="法规",
                purpose="practice",
                lines=[DrawLine("law", "", 2)],
                minutes=20,
                pass_permille=800,
                attempts=1,
                wait_hours=0,
                by=by,
                now=NOW,
            )

    outcomes = codes_at_once(change, [(cast.trainer, True), (cast.platform, False)])

    assert outcomes == {"done": 1, "bank_too_small": 1}
    assert reading.short_exams(reading.counts()) == []
