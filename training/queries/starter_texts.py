"""What the programme brings along to learn from: training/data, read once. docs/rules/starter-content.md."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from aftersales.lib.errors import InvalidValue

DATA = Path(__file__).resolve().parents[1] / "data"
FENCE = "+++\n"
LIST_ENDS = "|"
SOURCES_JOIN = "；"


@dataclass(frozen=True)
class LessonText:
    """One lesson as its file says it; `course` is the code of its course."""

    code: str
    course: str
    position: int
    title: str
    minutes: int
    sources: str
    body: str


@dataclass(frozen=True)
class ArticleText:
    """One article of the handbook as its file says it; `review_on` is when somebody looks it over."""

    code: str
    audience: str
    topic: str
    goods_type: str
    problem: str
    position: int
    title: str
    summary: str
    review_on: date
    sources: str
    body: str


@dataclass(frozen=True)
class QuestionText:
    """One question as its line says it; `answer` lists positions in `options`, from 0."""

    code: str
    kind: str
    topic: str
    goods_type: str
    text: str
    options: tuple[str, ...]
    answer: tuple[int, ...]
    explanation: str
    source: str


@dataclass(frozen=True)
class ClassIdea:
    """A subject for the village class of one month of the year, with what to show and what to practise."""

    month: int
    title: str
    article: str
    show: str
    practise: str


def courses() -> list[Mapping]:
    """The courses, as fields of `training.Course`."""
    return _tables("courses")


def exams() -> list[Mapping]:
    """The exams, as fields of `training.Exam`."""
    return _tables("exams")


def sheets() -> list[Mapping]:
    """The sheets of practical exams, as fields of `training.PracticalSheet`."""
    return _tables("sheets")


@cache
def class_ideas() -> Mapping[int, ClassIdea]:
    """The subject for the village class of each month, by month."""
    return {each["month"]: ClassIdea(**each) for each in _tables("classes")}


@cache
def lessons() -> tuple[LessonText, ...]:
    """Every lesson, in the order of their files."""
    return tuple(
        LessonText(
            **{name: head[name] for name in ("code", "course", "position", "title", "minutes")},
            sources=SOURCES_JOIN.join(head["sources"]),
            body=body,
        )
        for head, body in _texts("lessons")
    )


@cache
def articles() -> tuple[ArticleText, ...]:
    """Every article of the handbook, in the order of their files."""
    same = ("code", "audience", "topic", "goods_type", "problem", "position", "title", "summary", "review_on")
    return tuple(
        ArticleText(
            **{name: head[name] for name in same}, sources=SOURCES_JOIN.join(head["sources"]), body=body
        )
        for head, body in _texts("articles")
    )


@cache
def questions() -> tuple[QuestionText, ...]:
    """Every question, in the order of the list."""
    with (DATA / "questions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        QuestionText(
            **{
                **row,
                "options": tuple(row["options"].split(LIST_ENDS)),
                "answer": tuple(int(place) for place in row["answer"].split(LIST_ENDS)),
            }
        )
        for row in rows
    )


@cache
def _tables(name: str) -> list[Mapping]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))[name]


def _texts(folder: str) -> list[tuple[dict, str]]:
    """Head and body of every text of a folder. Raises InvalidValue("text_malformed")."""
    found = []
    for path in sorted((DATA / folder).glob("*.md")):
        before, head, body = (*path.read_text(encoding="utf-8").split(FENCE, 2), "", "")[:3]
        if before or not body.strip():
            raise InvalidValue("text_malformed", f"{path.name}: no head between two lines of +++")
        found.append((tomllib.loads(head), body.strip()))
    return found
