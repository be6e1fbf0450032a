"""What tests of exams begin with: a small bank of its own, an exam over it, and a sheet."""

from datetime import timedelta

from aftersales.accounts.models import User, system_user
from aftersales.accounts.roles import Role
from stations.models import Agent, Grant, Station
from tests.factories import NOW, seeing_everything
from tests.training import bank
from training.models import Attachment, Course, Exam, PracticalSheet, Question, Sitting
from training.rules.exams import Place, read_paper

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

SHEET = [
    {"code": "spread", "what": "把果子摆开", "points": 40},
    {"code": "count", "what": "当面数清", "points": 60},
]


def empty_bank() -> None:
    """Nothing that comes with the programme is asked or required."""
    Question.objects.update(retired_at=NOW)
    Exam.objects.update(retired_at=NOW)
    Course.objects.update(is_required=False)


def make_bank() -> list[Question]:
    """Five questions, one of each kind, and none beside them."""
    empty_bank()
    answers = {
        "single": [1],
        "multiple": [0, 2],
        "true_false": [1],
        "picture": [3],
        "ordering": [2, 0, 3, 1],
    }
    questions = [
        bank.make_question(
            f"T-{number}",
            kind=kind,
            topic="safety",
            options=["正确", "错误"]
            if kind == "true_false"
            else [f"T-{number} 选项 {letter}" for letter in "甲乙丙丁"],
            answer=answer,
            explanation=f"T-{number} 的解释",
        )
        for number, (kind, answer) in enumerate(answers.items(), start=1)
    ]
    Attachment.objects.create(
        question=questions[3],
        caption="一箱橙子",
        file_name="t" * 64,
        width=40,
        height=30,
        byte_size=100,
        position=1,
        added_by=system_user(),
        added_at=NOW,
    )
    return questions


def make_exam(code: str = "T-EXAM", **fields) -> Exam:
    """An exam for the certificate over the small bank, if nothing else is said."""
    values = {
        "title": "试考",
        "purpose": "certificate",
        "draw": [{"topic": "safety", "kind": "", "count": 5}],
    }
    return bank.make_exam(code, **{**values, **fields})


def make_sheet(code: str = "T-SHEET", **fields) -> PracticalSheet:
    return PracticalSheet.objects.create(
        code=code,
        title=fields.pop("title", "验鲜果"),
        items=fields.pop("items", SHEET),
        pass_permille=fields.pop("pass_permille", 800),
        **fields,
    )


def places(sitting: Sitting) -> list[tuple[int, Place, Question]]:
    """The paper as (place from 1, place, question)."""
    paper = read_paper(sitting.paper)
    questions = Question.objects.in_bulk([place.question for place in paper])
    return [(number, place, questions[place.question]) for number, place in enumerate(paper, start=1)]


def wrong_answer(question: Question) -> list[int]:
    """An answer that fits the question and is wrong."""
    if question.kind == "ordering":
        return list(reversed(question.answer))
    return [next(place for place in range(len(question.options)) if place not in question.answer)]


def make_candidates(station: Station, number: int) -> list[User]:
    """So many people posted at one station, each with a role that lets them sit exams."""
    people = User.objects.bulk_create(
        User(
            username=f"candidate{place}",
            full_name=f"考生{place}",
            password="!",
            county_code=station.county_code,
        )
        for place in range(number)
    )
    with seeing_everything():
        Agent.objects.bulk_create(
            Agent(user=person, station=station, county_code=station.county_code) for person in people
        )
        Grant.objects.bulk_create(
            Grant(
                user=person,
                role=Role.AGENT,
                station=station,
                county_code=station.county_code,
                starts_at=NOW - 300 * DAY,
                reason="test",
            )
            for person in people
        )
    return people
