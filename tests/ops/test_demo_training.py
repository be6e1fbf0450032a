"""Exams of the demonstration are sat by people who make believable mistakes."""

from datetime import timedelta

import pytest

from aftersales.ops.demo.training_exams import Examining, mistake
from aftersales.ops.demo.training_handbook import illustrate
from aftersales.ops.demo.training_words import TrainingWords, at, days_ago
from tests.factories import NOW, seeing_everything
from training.models import ArticleVersion, Exam, Question, SittingAnswer
from training.rules.exams import is_possible, is_right


@pytest.mark.django_db
def test_a_mistake_is_an_answer_that_can_be_given_and_is_wrong():
    found = [(question, mistake(question)) for question in Question.objects.all()]

    assert len(found) >= 120
    assert [
        question.code
        for question, answer in found
        if not is_possible(question.kind, len(question.options), answer)
        or is_right(question.kind, question.answer, answer)
    ] == []


@pytest.mark.django_db
@pytest.mark.parametrize(("target", "score"), [(1000, 1000), (850, 850), (799, 800), (0, 0)])
def test_an_exam_comes_out_as_the_story_wants_it(cast, target, score):
    began = NOW - timedelta(days=3)

    with seeing_everything():
        examining = Examining(TrainingWords("test"))
        sitting = examining.sit(examining.check, cast.agent, began, target)
        answers = list(SittingAnswer.objects.filter(sitting=sitting).order_by("place"))

    assert (sitting.state, sitting.score_permille, sitting.has_passed) == ("submitted", score, score >= 800)
    assert [answer.place for answer in answers] == list(range(1, len(sitting.paper) + 1))
    assert sum(answer.is_right for answer in answers) * 1000 // len(answers) == score
    moments = [began, *(answer.saved_at for answer in answers), sitting.ended_at]
    assert moments == sorted(moments)
    assert sitting.ended_at <= sitting.ends_at


@pytest.mark.django_db
def test_articles_are_illustrated_where_the_text_names_the_picture(cast):
    pictures = TrainingWords("test").table["pictures"]

    with seeing_everything():
        assert illustrate(by=cast.trainer, pictures=pictures, now=NOW - timedelta(days=300)) == len(pictures)
        codes = {each["article"] for each in pictures}
        rows = list(ArticleVersion.objects.filter(is_current=True, article__code__in=codes))
        shown = {row.article.code: row for row in rows}

    assert shown.keys() == codes
    assert {row.version for row in rows} == {2}
    photos = shown["take-photos"]
    assert [each.caption[:2] for each in photos.attachments.all()] == ["拍全", "拍面"]
    intro, first, second = photos.body.split("\n\n")[:3]
    assert (first, second) == ("![1]", "![2]")
    assert intro.endswith("拍得清楚，赔得就快。")
    assert all("\n\n## " in row.body for row in rows)


@pytest.mark.django_db
def test_the_exams_of_the_story_fit_into_their_time():
    slowest = 48
    assert all(
        sum(line["count"] for line in exam.draw) * slowest + 40 < exam.minutes * 60
        for exam in Exam.objects.all()
    )


def test_days_are_those_of_shanghai():
    late_evening = at(NOW.date(), 23, 30)

    assert days_ago(late_evening, 0) == NOW.date()
    assert days_ago(late_evening + timedelta(hours=1), 1) == NOW.date()
