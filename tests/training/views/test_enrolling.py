"""Enrolling many at once, the table of progress, taking somebody out."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
import time_machine

from aftersales.audit.models import AuditEvent
from stations.models import Agent
from tests.factories import NOW, acting_as, give, make_agent, make_user, seeing_everything
from tests.training.lessons import lessons_of, make_course
from training.models import Course, Enrolment
from training.services import enrolments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]
ENROL, PROGRESS = "/training/courses/calm/enrol/", "/training/courses/calm/progress/"


@pytest.fixture
def course(cast):
    Course.objects.update(retired_at=NOW)
    return make_course(cast.trainer)


@pytest.fixture
def trainer(as_user, course):
    return as_user("trainer")


def key(user) -> str:
    return str(Agent._base_manager.get(user=user).pk)


def enrolled() -> list[str]:
    with seeing_everything():
        return sorted(Enrolment.objects.values_list("user__username", flat=True))


def test_all_a_township_or_a_station_are_offered(trainer, cast):
    def offered(query=""):
        return [agent.user.username for agent in trainer.get(f"{ENROL}{query}").context["people"]]

    assert offered() == ["uncertified", "technician", "neighbour", "agent"]
    assert offered(f"?place={cast.liuguang_point.pk}") == ["technician", "neighbour", "agent"]
    assert offered(f"?place={cast.xiuwen_centre.pk}") == ["uncertified", "technician", "neighbour", "agent"]
    assert offered(f"?place={cast.suining_centre.pk}") == offered("?place=nonsense") == offered()
    assert offered("?q=放马坪") == ["uncertified"]
    assert offered("?q=王秀兰") == ["agent"]
    assert offered("?q=nobody") == []


def test_many_are_enrolled_after_the_list_was_looked_at(trainer, cast):
    data = {"people": [key(cast.agent), key(cast.neighbour)], "due_on": "2026-12-31"}

    confirm = trainer.post(ENROL, data)
    before = enrolled()
    done = trainer.post(ENROL, {**data, "confirmed": "on"})

    assert [each.user for each in confirm.context["chosen"]] == [cast.neighbour, cast.agent]
    assert (before, done.url, enrolled()) == ([], PROGRESS, ["agent", "neighbour"])
    assert [each.user.username for each in trainer.get(ENROL).context["people"]] == [
        "uncertified",
        "technician",
    ]


def test_a_list_that_is_stale_wrong_or_empty_enrols_nobody(trainer, cast):
    confirmed = {"confirmed": "on"}
    answers = [
        trainer.post(ENROL, {}),
        trainer.post(ENROL, {**confirmed, "people": [key(cast.suining_agent)]}),
        trainer.post(ENROL, {**confirmed, "people": ["x", "9" * 30]}),
        trainer.post(ENROL, {**confirmed, "people": [key(cast.agent)], "due_on": "2026-02-30"}),
        trainer.post(ENROL, {**confirmed, "people": [key(cast.agent)], "due_on": "2026-11-19"}),
    ]

    assert [each.status_code for each in answers] == [200, 200, 200, 200, 409]
    assert all(each.context["form"].errors for each in answers)
    assert enrolled() == []
    trainer.post(ENROL, {**confirmed, "people": [key(cast.agent)], "due_on": "2026-11-20"})
    again = trainer.post(ENROL, {**confirmed, "people": [key(cast.agent)], "due_on": "2026-11-20"})
    assert (again.status_code, enrolled()) == (409, ["agent"])


def test_progress_names_who_is_behind(as_user, cast, course):
    with acting_as(cast.trainer):
        behind, done, fresh = (
            enrolments.enrol(course, people=[person], due_on=due, by=cast.trainer, now=NOW)[0]
            for person, due in (
                (cast.agent, date(2026, 11, 20)),
                (cast.neighbour, None),
                (cast.uncertified, date(2027, 3, 1)),
            )
        )
    for lesson in lessons_of(course):
        with acting_as(cast.neighbour):
            enrolments.open_lesson(done, lesson, by=cast.neighbour, now=NOW)
            enrolments.finish_lesson(done, lesson, by=cast.neighbour, now=NOW)

    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        trainer = as_user("trainer")
        rows = trainer.get(PROGRESS).context["list_page"].rows
        late = trainer.get(f"{PROGRESS}?standing=overdue").context["list_page"].rows
        nobody = trainer.get(f"{PROGRESS}?standing=due_soon")

    assert [(row.pk, str(row.words), row.read_count) for row in rows] == [
        (fresh.pk, "Not begun", 0),
        (done.pk, "Course finished", 2),
        (behind.pk, "The day is over", 0),
    ]
    assert [row.pk for row in late] == [behind.pk]
    assert "Nobody fits" in nobody.content.decode()


def test_progress_is_a_table_with_numbers_as_numbers(trainer, cast, course):
    with seeing_everything():
        cast.agent.full_name = "=HYPERLINK(1)"
        cast.agent.save()
    with acting_as(cast.trainer):
        enrolments.enrol(course, people=[cast.agent], due_on=date(2026, 12, 1), by=cast.trainer, now=NOW)

    response = trainer.get(f"{PROGRESS}?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))

    rows = [tuple(cell.value for cell in row) for row in book.worksheets[-1].iter_rows()]
    last = next(row for row in rows if row[0] == "广城村服务点")
    assert last[1] == "'=HYPERLINK(1)"
    assert last[2:4] == (0, 2)
    assert AuditEvent._base_manager.filter(verb="enrolment.exported", actor_id=cast.trainer.pk).count() == 1


def test_somebody_is_taken_out_after_asking(trainer, cast, course):
    with acting_as(cast.trainer):
        (made,) = enrolments.enrol(course, people=[cast.agent], due_on=None, by=cast.trainer, now=NOW)
    address = f"/training/enrolments/{made.pk}/withdraw/"

    assert "王秀兰" in trainer.get(address).content.decode()
    assert trainer.post(address).url == PROGRESS
    assert trainer.post(address).status_code == 409
    assert trainer.get(PROGRESS).context["list_page"].rows == []


def test_other_counties_find_nothing(as_user, cast, course):
    with acting_as(cast.trainer):
        (made,) = enrolments.enrol(course, people=[cast.agent], due_on=None, by=cast.trainer, now=NOW)
    theirs = as_user("suining_manager")

    assert theirs.get(f"/training/enrolments/{made.pk}/withdraw/").status_code == 404
    assert theirs.get(PROGRESS).context["list_page"].rows == []
    assert [each.user for each in theirs.get(ENROL).context["people"]] == [cast.suining_agent]


def test_lists_of_people_take_the_same_queries_whatever_their_length(
    trainer, cast, course, django_assert_max_num_queries
):
    people = []
    for number in range(8):
        person = make_user(f"more{number}", county="520123000000")
        give(person, "agent", station=cast.guangcheng)
        make_agent(person, cast.guangcheng)
        people.append(person)
    with django_assert_max_num_queries(10):
        trainer.get(ENROL)
    with acting_as(cast.trainer):
        enrolments.enrol(course, people=people, due_on=None, by=cast.trainer, now=NOW)

    with django_assert_max_num_queries(9):
        assert len(trainer.get(PROGRESS).context["list_page"].rows) == 8
