"""Pages of exams at the desk: the list, one exam, setting and retiring one, a paper on trial, results."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from stations.models import Agent
from tests.factories import NOW, seeing_everything
from tests.training.bank import make_ended, make_exam, make_question, only_these
from training.models import Exam, Question

pytestmark = pytest.mark.django_db

LIST = reverse("training:exam_list")
NEW = reverse("training:exam_new")
GIVEN = {
    "title": "鲜果验货",
    "code": "e-fruit",
    "purpose": "practice",
    "course": "",
    "minutes": "20",
    "pass_percent": "70",
    "attempts": "2",
    "wait_hours": "0",
    "draw_law_any": "1",
    "draw_law_single": "2",
}


@pytest.fixture(autouse=True)
def small_bank(db):
    Exam.objects.all().delete()
    only_these()
    for number in range(4):
        make_question(f"L-{number}", explanation=f"说明 {number}")


@pytest.fixture
def trainer(as_user):
    return as_user("trainer")


def agents(*people) -> list[Agent]:
    with seeing_everything():
        return [Agent.objects.select_related("station", "user").get(user=person) for person in people]


def results(page) -> list:
    return [
        (each.user.username, each.attempts, each.best, each.has_passed) for each in page.context["results"]
    ]


def test_an_exam_is_set_on_its_page_and_another_like_it_begun(trainer):
    page = trainer.post(NEW, GIVEN)

    exam = Exam.objects.get()
    assert page.url == reverse("training:exam_detail", args=[exam.pk])
    assert (exam.code, exam.minutes, exam.pass_permille, exam.attempts, exam.wait_hours, exam.draw) == (
        "E-FRUIT",
        20,
        700,
        2,
        0,
        [{"topic": "law", "kind": "", "count": 1}, {"topic": "law", "kind": "single", "count": 2}],
    )
    like = trainer.get(NEW, {"like": exam.pk}).context["form"].initial
    assert {name: str(value or "") for name, value in like.items()} == {
        name: value for name, value in GIVEN.items() if name not in ("code", "wait_hours")
    } | {"wait_hours": ""}


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"title": ""}, ["title"]),
        ({"code": "考试"}, ["code"]),
        ({"purpose": "fun"}, ["purpose"]),
        ({"course": "999999"}, ["course"]),
        ({"minutes": "4"}, ["minutes"]),
        ({"pass_percent": "101"}, ["pass_percent"]),
        ({"attempts": "x"}, ["attempts"]),
        ({"draw_law_any": "-1"}, ["draw_law_any"]),
        ({"draw_law_any": "", "draw_law_single": "0"}, ["__all__"]),
        ({"draw_law_any": "3"}, ["__all__"]),
        ({"draw_safety_any": "1"}, ["__all__"]),
    ],
)
def test_what_makes_no_exam_is_said_and_kept(trainer, changed, fields):
    page = trainer.post(NEW, {**GIVEN, **changed})

    assert page.status_code in (200, 409)
    assert list(page.context["form"].errors) == fields
    assert page.context["form"]["wait_hours"].value() == "0"
    assert not Exam.objects.exists()


@pytest.mark.parametrize("like", ["", "x", "９", "9" * 30, "999999"])
def test_an_exam_like_one_that_is_not_there(trainer, like):
    assert trainer.get(NEW, {"like": like}).status_code == (404 if like == "999999" else 200)


def test_the_list_says_what_came_of_each_exam_at_the_places_one_sees(trainer, cast):
    held, short = make_exam("E-1"), make_exam("E-2", draw=[{"topic": "law", "kind": "", "count": 9}])
    make_exam("E-3", retired_at=NOW)
    agent, neighbour, elsewhere = agents(cast.agent, cast.neighbour, cast.suining_agent)
    make_ended(held, agent, 500)
    make_ended(held, agent, 900, attempt=2)
    make_ended(held, neighbour, 100)
    make_ended(held, elsewhere, 900)

    page = trainer.get(LIST)

    assert [(row["exam"], row["is_short"]) for row in page.context["in_use"]] == [
        (held, False),
        (short, True),
    ]
    came = page.context["in_use"][0]["came"]
    assert (came.people, came.passed, came.attempts, came.permille) == (2, 1, 3, 500)
    assert [row["exam"].code for row in page.context["retired"]] == ["E-3"]


def test_an_exam_says_what_the_bank_lacks(trainer, as_user):
    exam = make_exam(
        draw=[{"topic": "law", "kind": "single", "count": 4}, {"topic": "law", "kind": "", "count": 1}]
    )

    page = trainer.get(reverse("training:exam_detail", args=[exam.pk]))

    assert [(each["line"].kind, each["there"], each["is_short"]) for each in page.context["lines"]] == [
        ("single", 4, False),
        ("", 4, True),
    ]
    assert reverse("training:exam_retire", args=[exam.pk]) in page.content.decode()
    manager = as_user("manager").get(reverse("training:exam_detail", args=[exam.pk])).content.decode()
    assert reverse("training:exam_retire", args=[exam.pk]) not in manager


def test_a_paper_on_trial_is_the_same_for_the_same_seed(trainer):
    exam = make_exam(draw=[{"topic": "law", "kind": "", "count": 3}])
    url = reverse("training:exam_paper", args=[exam.pk])

    def drawn(**asked):
        page = trainer.get(url, asked)
        return [
            (each["question"].code, [(option.letter, option.text) for option in each["options"]])
            for each in page.context["places"]
        ]

    assert drawn(seed="a") == drawn(seed="a")
    assert len({str(drawn(seed=str(number))) for number in range(5)}) > 1
    assert len(drawn(seed="种" * 500)) == len(drawn()) == 3


def test_a_paper_that_cannot_be_drawn_says_why(trainer):
    exam = make_exam(draw=[{"topic": "law", "kind": "", "count": 5}])

    page = trainer.get(reverse("training:exam_paper", args=[exam.pk]))

    assert (page.status_code, page.context["small"].there) == (200, 4)
    assert "5 questions, and 4 are left" in page.content.decode()


def test_an_exam_is_retired_with_a_reason(trainer):
    exam = make_exam()
    url = reverse("training:exam_retire", args=[exam.pk])

    assert trainer.get(url).status_code == 200
    assert trainer.post(url, {"reason": ""}).status_code == 200
    assert trainer.post(url, {"reason": "换成新卷"}).url == reverse("training:exam_detail", args=[exam.pk])
    assert trainer.post(url, {"reason": "换成新卷"}).status_code == 409


def test_results_are_one_line_a_person_within_reach(trainer, cast):
    exam = make_exam()
    agent, neighbour, elsewhere = agents(cast.agent, cast.neighbour, cast.suining_agent)
    make_ended(exam, agent, 500, at=NOW - timedelta(days=2))
    make_ended(exam, agent, 900, attempt=2)
    make_ended(exam, neighbour, 300)
    make_ended(exam, elsewhere, 1000)
    url = reverse("training:exam_results", args=[exam.pk])

    def found(**wanted):
        return results(trainer.get(url, wanted))

    both = [("agent", 2, 900, True), ("neighbour", 1, 300, False)]
    assert found() == found(state="nonsense") == found(county="999") == both
    assert found(state="passed") == found(q="王秀兰 广城") == both[:1]
    assert found(state="failed") == found(q="杨光明") == both[1:]
    assert found(q="没有这个人") == []


def test_results_are_told_apart_by_county_for_who_sees_several(as_user, cast):
    exam = make_exam()
    agent, elsewhere = agents(cast.agent, cast.suining_agent)
    make_ended(exam, agent, 900)
    make_ended(exam, elsewhere, 1000)
    url = reverse("training:exam_results", args=[exam.pk])

    platform = as_user("platform")

    assert len(results(platform.get(url))) == 2
    assert results(platform.get(url, {"county": "320324000000"})) == [("suining_agent", 1, 1000, True)]


def test_results_as_a_spreadsheet_have_numbers_and_are_in_the_trail(trainer, cast):
    exam = make_exam()
    (agent,) = agents(cast.agent)
    make_ended(exam, agent, 855)
    url = reverse("training:exam_results", args=[exam.pk])

    data = b"".join(trainer.get(url, {"format": "xlsx"}).streaming_content)

    row = [cell.value for cell in load_workbook(BytesIO(data))["Data"][2]]
    assert row[:6] == ["王秀兰", "广城村服务点", "修文县", 1, 0.855, "yes"]
    assert trainer.get(url, {"format": "exe"}).status_code == 404


def test_results_ask_the_database_as_often_for_many_people_as_for_one(trainer, cast):
    exam = make_exam()
    people = agents(cast.agent, cast.neighbour, cast.uncertified)
    url = reverse("training:exam_results", args=[exam.pk])

    def queries():
        with CaptureQueriesContext(connection) as asked:
            trainer.get(url)
        return len(asked)

    make_ended(exam, people[0], 900)
    queries()
    few = queries()
    for agent in people[1:]:
        make_ended(exam, agent, 500)

    assert queries() == few <= 10


def test_pages_of_an_exam_nobody_has_sat_and_of_an_empty_bank(trainer):
    exam = make_exam()
    assert trainer.get(reverse("training:exam_results", args=[exam.pk])).status_code == 200
    Exam.objects.all().delete()
    Question.objects.all().delete()

    assert trainer.get(LIST).context["in_use"] == []
    assert "The bank is empty" in trainer.get(reverse("training:question_list")).content.decode()
    assert trainer.get(NEW).status_code == 200


@pytest.mark.parametrize("purpose", ["certificate", "skills_check"])
def test_exams_that_count_are_set_and_retired_for_every_county_alone(as_user, trainer, purpose):
    given, platform = {**GIVEN, "purpose": purpose}, as_user("platform")

    refused = trainer.post(NEW, given)
    made = platform.post(NEW, given)

    exam = Exam.objects.get()
    page, retiring = (reverse(f"training:exam_{name}", args=[exam.pk]) for name in ("detail", "retire"))
    assert list(refused.context["form"].errors) == ["purpose"]
    assert (made.url, exam.purpose) == (page, purpose)
    assert [trainer.get(retiring).status_code, trainer.post(retiring, {"reason": "换卷"}).status_code] == [
        403,
        403,
    ]
    assert retiring not in trainer.get(page).content.decode()
    assert retiring in platform.get(page).content.decode()
