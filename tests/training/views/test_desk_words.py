"""Words on trainers' pages: what a lesson is called, whom a mentor is chosen from, where buttons stand."""

import pytest
import time_machine

from stations.models import Agent
from tests.factories import NOW, seeing_everything
from tests.training.lessons import lessons_of, make_course
from training.models import ArticleVersion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def trainer(as_user):
    return as_user("trainer")


@pytest.fixture
def lesson(cast):
    return lessons_of(make_course(cast.trainer))[0]


@pytest.mark.parametrize("step", ["draft/", "retire/"])
def test_a_lesson_is_named_by_its_title(trainer, lesson, step):
    page = trainer.get(f"/training/lessons/{lesson.code}/{step}").content.decode()
    title = lesson.versions.get().title

    assert f"{lesson.course.title} · {title}" in page
    assert f"· {lesson.code}<" not in page


def test_a_draft_gives_the_lesson_its_title(trainer, lesson):
    form = trainer.get(f"/training/lessons/{lesson.code}/draft/").context["form"]
    trainer.post(f"/training/lessons/{lesson.code}/draft/", {**form.initial, "title": "新的名字"})

    page = trainer.get(f"/training/lessons/{lesson.code}/draft/drop/").content.decode()

    assert f"{lesson.course.title} · 新的名字" in page


@pytest.mark.parametrize(("pressed", "ahead"), [({}, "draft/"), ({"preview": "1"}, "draft/preview/")])
def test_the_first_draft_is_looked_at_when_asked_for(trainer, lesson, pressed, ahead):
    texts = {"title": "第三课", "minutes": "20", "body": "三"}

    answer = trainer.post(f"/training/courses/{lesson.course.code}/lessons/new/", {**texts, **pressed})

    assert answer.url.endswith(f"-03/{ahead}")


def test_a_course_about_no_goods_is_about_all_of_them(trainer):
    page = trainer.get("/training/courses/new/")

    assert '<option value="" selected>All goods</option>' in page.content.decode()


def test_nobody_is_chosen_as_a_mentor_before_somebody_chooses(trainer):
    page = trainer.get("/training/mentors/new/").content.decode()

    assert page.count("Choose somebody") == 2
    assert "---------" not in page


@pytest.mark.parametrize("page", ["versions/", "versions/1/"])
def test_texts_that_came_with_the_system_name_no_account(trainer, page):
    article = ArticleVersion.objects.filter(version=1).first().article

    shown = trainer.get(f"/training/handbook/a/{article.code}/{page}").content.decode()

    assert "came with the system" in shown
    assert ">System<" not in shown


@pytest.fixture
def at_the_centre(cast):
    """Somebody without a certificate who works at the county centre."""
    with seeing_everything():
        Agent.objects.filter(user=cast.uncertified).update(station=cast.xiuwen_centre)


def test_only_those_who_need_a_certificate_are_counted_for_it(trainer, at_the_centre):
    counts = trainer.get("/training/").context["counts"]

    assert {name: counts[name].number for name in ("people", "asked", "certified")} == {
        "people": 4,
        "asked": 3,
        "certified": 3,
    }


def test_who_works_at_a_point_is_told_what_is_closed_without_a_certificate(as_user):
    page = as_user("uncertified").get("/training/certificates/mine/").content.decode()

    assert ("What you file is decided" in page, "can work without one" in page) == (True, False)


def test_county_staff_are_not_told_that_work_is_closed_to_them(as_user, at_the_centre):
    page = as_user("uncertified").get("/training/certificates/mine/").content.decode()

    assert ("What you file is decided" in page, "can work without one" in page) == (False, True)
