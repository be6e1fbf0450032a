"""Questions for tests: written past the services, in topics and kinds as each test says."""

from tests.factories import NOW, seeing_everything
from training.models import Exam, Question, Sitting, SittingAnswer

SINGLE = {"options": ["甲", "乙", "丙", "丁"], "answer": [1]}
SHAPES = {
    "single": SINGLE,
    "picture": SINGLE,
    "multiple": {"options": ["甲", "乙", "丙", "丁"], "answer": [0, 2]},
    "true_false": {"options": ["正确", "错误"], "answer": [0]},
    "ordering": {"options": ["第一步", "第二步", "第三步"], "answer": [2, 0, 1]},
}


def make_question(code: str, *, kind: str = "single", topic: str = "law", **fields) -> Question:
    """A question that can be asked; a picture question still without its picture."""
    values = {"text": f"题目 {code}", "source": "测试", **SHAPES[kind], **fields}
    return Question.objects.create(code=code, kind=kind, topic=topic, **values)


def only_these() -> None:
    """Take every question that comes with the programme away, so that a test counts its own alone."""
    Question.objects.all().delete()


def make_exam(code: str = "E-TEST", **fields) -> Exam:
    """An exam over two questions on law, if nothing else is said."""
    values = {
        "title": f"考试 {code}",
        "purpose": "practice",
        "draw": [{"topic": "law", "kind": "", "count": 2}],
    }
    return Exam.objects.create(code=code, **{**values, **fields})


def make_ended(exam, agent, score: int, *, attempt: int = 1, at=NOW, answers=()) -> Sitting:
    """An attempt of somebody posted at a station that has ended with a score in thousandths; `answers` are
    (question, answer, is_right)."""
    with seeing_everything():
        sitting = Sitting.objects.create(
            exam=exam,
            user=agent.user,
            station=agent.station,
            county_code=agent.county_code,
            attempt=attempt,
            seed="s",
            paper=[],
            state="submitted",
            started_at=at,
            ends_at=at,
            ended_at=at,
            score_permille=score,
            has_passed=score >= exam.pass_permille,
        )
        SittingAnswer.objects.bulk_create(
            SittingAnswer(
                sitting=sitting,
                place=place,
                question=question,
                county_code=agent.county_code,
                answer=answer,
                saved_at=at,
                is_right=is_right,
            )
            for place, (question, answer, is_right) in enumerate(answers, start=1)
        )
    return sitting
