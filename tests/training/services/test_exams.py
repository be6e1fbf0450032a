"""Setting exams and retiring them."""

from datetime import timedelta

import pytest

from aftersales.lib.errors import Refused
from tests.factories import NOW
from tests.training.bank import make_question, only_these
from training.models import Course, Exam
from training.rules.exams import DrawLine
from training.services import exams

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_bank(db):
    Exam.objects.all().delete()
    only_these()
    for number in range(3):
        make_question(f"L-{number}")
    make_question("S-1", topic="safety", kind="multiple")
    make_question("P-1", topic="safety", kind="picture")


def define(cast, **changed):
    given = {
        "code": "e-fruit",
        "title": " 鲜果  验货 ",
        "purpose": "practice",
        "lines": [DrawLine("law", "", 2), DrawLine("safety", "multiple", 1)],
        "minutes": 30,
        "pass_permille": 800,
        "attempts": 3,
        "wait_hours": 24,
    }
    return exams.define(**{**given, **changed}, by=cast.trainer, now=NOW)


def test_an_exam_is_set(cast):
    course = Course.objects.create(code="X-FRUIT", title="鲜果", topic="inspection")

    exam = define(cast, course=course)

    exam.refresh_from_db()
    assert (exam.code, exam.title, exam.purpose, exam.course, exam.retired_at) == (
        "E-FRUIT",
        "鲜果 验货",
        "practice",
        course,
        None,
    )
    assert exam.draw == [
        {"topic": "law", "kind": "", "count": 2},
        {"topic": "safety", "kind": "multiple", "count": 1},
    ]


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"code": "考试"}, "code_malformed", "code"),
        ({"title": " "}, "text_missing", "title"),
        ({"title": "长" * 81}, "too_long", "title"),
        ({"purpose": "fun"}, "unknown_choice", "purpose"),
        ({"minutes": 4}, "out_of_range", "minutes"),
        ({"minutes": 241}, "out_of_range", "minutes"),
        ({"pass_permille": 0}, "out_of_range", "pass_permille"),
        ({"pass_permille": 1001}, "out_of_range", "pass_permille"),
        ({"attempts": 0}, "out_of_range", "attempts"),
        ({"wait_hours": -1}, "out_of_range", "wait_hours"),
        ({"wait_hours": 721}, "out_of_range", "wait_hours"),
        ({"lines": []}, "no_lines", None),
        ({"lines": [DrawLine("law", "", 0)]}, "count_invalid", None),
        ({"lines": [DrawLine("law", "", 1), DrawLine("law", "", 1)]}, "line_twice", None),
        ({"lines": [DrawLine("law", "", 201)]}, "too_many_questions", None),
        ({"lines": [DrawLine("cooking", "", 1)]}, "unknown_choice", None),
        ({"lines": [DrawLine("law", "essay", 1)]}, "unknown_choice", None),
        ({"lines": [DrawLine("law", "", 4)]}, "bank_too_small", None),
        ({"lines": [DrawLine("safety", "picture", 1)]}, "bank_too_small", None),
    ],
)
def test_what_makes_no_exam(cast, changed, code, field):
    with pytest.raises(Refused) as refused:
        define(cast, **changed)

    assert (refused.value.code, refused.value.field, Exam.objects.count()) == (code, field, 0)


def test_the_limits_themselves_make_an_exam(cast):
    least = {"minutes": 5, "pass_permille": 1, "attempts": 1, "wait_hours": 0}
    most = {"minutes": 240, "pass_permille": 1000, "attempts": 20, "wait_hours": 720}

    define(cast, code="E-LEAST", **least)
    define(cast, code="E-MOST", **most)

    assert list(Exam.objects.order_by("code").values(*least)) == [least, most]


def test_a_code_is_given_once(cast):
    define(cast)

    with pytest.raises(Refused) as refused:
        define(cast)

    assert refused.value.code == "exam_exists"


def test_a_course_that_is_no_longer_held_has_no_new_exam(cast):
    course = Course.objects.create(
        code="X-OLD", title="旧课", topic="law", retired_at=NOW - timedelta(days=1)
    )

    with pytest.raises(Refused) as refused:
        define(cast, course=course)

    assert refused.value.code == "course_retired"


def test_an_exam_is_retired_once(cast):
    exam = define(cast)

    exams.retire(exam, reason="换新卷", by=cast.trainer, now=NOW)

    assert exam.retired_at == NOW
    with pytest.raises(Refused) as refused:
        exams.retire(exam, reason="换新卷", by=cast.trainer, now=NOW)
    assert refused.value.code == "exam_retired"


def test_the_last_exam_for_the_certificate_stays(cast):
    only = define(cast, code="E-1", purpose="certificate")

    with pytest.raises(Refused) as refused:
        exams.retire(only, reason="换新卷", by=cast.trainer, now=NOW)
    define(cast, code="E-2", purpose="certificate")
    exams.retire(only, reason="换新卷", by=cast.trainer, now=NOW)

    assert refused.value.code == "last_certificate_exam"
    assert only.retired_at == NOW
