"""What comes with the programme is sound: right codes, answers that exist, sources, and enough of each."""

import re
from collections import Counter

import pytest

from training.models import (
    Article,
    ArticleVersion,
    Course,
    Exam,
    Lesson,
    LessonVersion,
    PracticalSheet,
    Question,
)
from training.queries import starter_texts
from training.rules import exams, markup, practicals, subjects
from training.rules.exams import QuestionKind
from training.services.starter import ensure_starter

TABLES = (Course, Lesson, LessonVersion, Question, Exam, PracticalSheet, Article, ArticleVersion)
GOODS = {each.value for each in subjects.Goods}
TOPICS = {each.value for each in subjects.Topic}
NOT_OURS = re.compile(r"https?:|[<>`]|\]\(|资格证书")


def texts():
    return [*starter_texts.lessons(), *starter_texts.articles()]


def test_there_is_at_least_what_was_promised():
    assert len(starter_texts.lessons()) >= 8
    assert len(starter_texts.questions()) >= 120
    assert len(starter_texts.articles()) >= 20
    assert Counter(each.audience for each in starter_texts.articles()) == {"agent": 12, "villager": 12}


def test_every_lesson_belongs_to_a_course_and_every_course_has_one():
    courses = {each["code"] for each in starter_texts.courses()}

    assert {each.course for each in starter_texts.lessons()} == courses
    assert len({(each.course, each.position) for each in starter_texts.lessons()}) == len(
        starter_texts.lessons()
    )


@pytest.mark.parametrize("text", texts(), ids=lambda each: each.code)
def test_a_text_names_its_sources_and_is_written_with_the_marks_we_have(text):
    html = markup.render(text.body)

    assert text.sources.strip()
    assert len(text.sources) <= 500
    assert not NOT_OURS.search(text.body)
    assert "**" not in html
    assert not re.search(r"<p>(?:#|- |\d+\. )", html)
    assert len(text.title) <= 80


@pytest.mark.parametrize("article", starter_texts.articles(), ids=lambda each: each.code)
def test_an_article_is_about_something_that_exists(article):
    assert article.topic in TOPICS
    assert article.goods_type in GOODS
    assert article.problem in {each.value for each in subjects.Problem}
    assert article.summary.endswith("。")
    assert len(article.summary) <= 200


def faults_of(question):
    """What keeps a question from being asked, a word each."""
    options, answer, kind = question.options, question.answer, QuestionKind(question.kind)
    one_answer = kind in (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE, QuestionKind.PICTURE)
    checks = {
        "topic": question.topic in TOPICS,
        "goods": question.goods_type in GOODS,
        "options": 2 <= len(options) <= 6,
        "option twice": len(set(options)) == len(options),
        "option empty": all(each == each.strip() and each for each in options),
        "answer": set(answer) <= set(range(len(options))),
        "answer twice": len(set(answer)) == len(answer),
        "explanation": 0 < len(question.explanation.strip()) <= 500,
        "source": 0 < len(question.source.strip()) <= 200,
        "text": 0 < len(question.text.strip()) <= 500,
        "one answer": not one_answer or len(answer) == 1,
        "right or wrong": kind != QuestionKind.TRUE_FALSE or options == ("正确", "错误"),
        "several": kind != QuestionKind.MULTIPLE or (len(answer) > 1 and list(answer) == sorted(answer)),
        "in order": kind != QuestionKind.ORDERING
        or sorted(answer) == list(range(len(options))) != list(answer),
    }
    return [name for name, is_right in checks.items() if not is_right]


def test_every_question_has_options_an_answer_an_explanation_and_a_source():
    assert {each.code: faults_of(each) for each in starter_texts.questions() if faults_of(each)} == {}


def test_nothing_stands_twice():
    for rows in (starter_texts.lessons(), starter_texts.articles(), starter_texts.questions()):
        assert len({each.code for each in rows}) == len(rows)
    assert len({each.text for each in starter_texts.questions()}) == len(starter_texts.questions())
    assert len({each.title for each in texts()}) == len(texts())


def test_right_answers_stand_anywhere():
    """Who always picks the same place learns nothing from it."""
    places = Counter(each.answer[0] for each in starter_texts.questions() if each.kind == QuestionKind.SINGLE)
    right = Counter(
        each.answer[0] for each in starter_texts.questions() if each.kind == QuestionKind.TRUE_FALSE
    )

    assert max(places.values()) <= sum(places.values()) * 2 // 5
    assert max(right.values()) <= sum(right.values()) * 2 // 3


@pytest.mark.parametrize("exam", starter_texts.exams(), ids=lambda each: each["code"])
def test_the_bank_has_twice_what_an_exam_draws_of_each_topic(exam):
    bank = Counter(each.topic for each in starter_texts.questions())

    assert {line["topic"] for line in exam["draw"]} == TOPICS
    assert [line for line in exam["draw"] if bank[line["topic"]] < 2 * line["count"]] == []


def test_the_exams_are_as_long_as_the_rules_say():
    drawn = {exam["code"]: sum(line["count"] for line in exam["draw"]) for exam in starter_texts.exams()}

    assert drawn == {"E-CERT": 50, "E-QUARTER": 20}


def test_the_sheets_can_be_scored():
    for sheet in starter_texts.sheets():
        items = practicals.read_items(sheet["items"])
        assert sum(item.points for item in items) == 100


def test_there_is_a_subject_for_the_class_of_every_month_with_material_for_villagers():
    articles = {each.code: each for each in starter_texts.articles()}
    ideas = starter_texts.class_ideas()

    assert sorted(ideas) == list(range(1, 13))
    assert {articles[each.article].audience for each in ideas.values()} == {"villager"}
    assert all(each.show and each.practise for each in ideas.values())


@pytest.mark.django_db
def test_everything_is_there_after_the_migrations():
    assert [table.objects.count() for table in TABLES] == [
        len(starter_texts.courses()),
        len(starter_texts.lessons()),
        len(starter_texts.lessons()),
        len(starter_texts.questions()),
        len(starter_texts.exams()),
        len(starter_texts.sheets()),
        len(starter_texts.articles()),
        len(starter_texts.articles()),
    ]
    assert not LessonVersion.objects.filter(published_at=None).exists()
    assert not ArticleVersion.objects.filter(is_current=False).exists()


@pytest.mark.django_db
def test_what_trainers_have_changed_stays(django_assert_max_num_queries):
    Course.objects.filter(code="communication").update(title="另一个题目")
    Question.objects.filter(code="Q-001").update(text="另一道题")

    with django_assert_max_num_queries(11):
        ensure_starter(None)

    assert Course.objects.get(code="communication").title == "另一个题目"
    assert Question.objects.get(code="Q-001").text == "另一道题"
    assert Question.objects.count() == len(starter_texts.questions())


@pytest.mark.django_db
def test_the_exams_draw_full_papers_from_the_bank():
    bank = [
        exams.BankQuestion(each.pk, each.code, each.topic, each.kind, len(each.options))
        for each in Question.objects.all()
    ]
    for exam in Exam.objects.all():
        lines = [exams.DrawLine(**line) for line in exam.draw]
        assert len(exams.draw(bank, lines, "seed")) == sum(line.count for line in lines)
