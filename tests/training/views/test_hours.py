"""Pages of hours and mentors: standing, ledger, recording, putting right, naming and ending."""

import io
from datetime import date

import openpyxl
import pytest

from stations.models import Agent
from tests.factories import NOW, acting_as, seeing_everything
from training.models import Course, HourEntry, Mentorship
from training.services import hours, mentorships

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]
FORM_KEY = "k" * 24
TODAY = date(2026, 11, 20)


@pytest.fixture
def trainer(as_user):
    return as_user("trainer")


def key(user) -> str:
    return str(Agent._base_manager.get(user=user).pk)


def entries() -> list[tuple]:
    with seeing_everything():
        rows = HourEntry.objects.order_by("id")
        return [(row.user.username, row.minutes, row.kind, row.note) for row in rows]


def record(cast, user, minutes=90, day=TODAY):
    with acting_as(cast.trainer):
        return hours.record(
            user,
            day=day,
            minutes=minutes,
            kind="practice",
            note="验货",
            business_key=f"t:{user.pk}:{minutes}:{day}",
            by=cast.trainer,
            now=NOW,
        )


def form(cast, **changes) -> dict:
    values = {
        "people": [key(cast.agent), key(cast.neighbour)],
        "day": "2026-11-19",
        "minutes": "120",
        "kind": "outside",
        "note": "县里集中培训",
        "form_key": FORM_KEY,
    }
    return {**values, **changes}


def test_hours_of_several_people_are_recorded_once(trainer, cast):
    for _time in range(2):
        assert trainer.post("/training/hours/new/", form(cast)).url == "/training/hours/ledger/"

    assert sorted(entries()) == [
        ("agent", 120, "outside", "县里集中培训"),
        ("neighbour", 120, "outside", "县里集中培训"),
    ]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"people": []}, 200),
        ({"day": ""}, 200),
        ({"day": "1800-01-01"}, 200),
        ({"day": "2024-11-01"}, 409),
        ({"day": "2026-11-21"}, 409),
        ({"minutes": "481"}, 200),
        ({"minutes": "-1"}, 200),
        ({"kind": "lesson"}, 200),
        ({"note": ""}, 200),
        ({"form_key": "x"}, 200),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_recorded(trainer, cast, changes, status):
    page = trainer.post("/training/hours/new/", form(cast, **changes))

    assert (page.status_code, bool(page.context["form"].errors)) == (status, True)
    assert entries() == []


def test_people_of_another_county_cannot_be_recorded(trainer, cast):
    page = trainer.post("/training/hours/new/", form(cast, people=[key(cast.suining_agent)]))

    assert page.context["form"].errors["people"]
    assert entries() == []


def test_a_full_day_names_the_person_and_records_nobody(trainer, cast):
    record(cast, cast.neighbour, minutes=480, day=date(2026, 11, 19))
    record(cast, cast.neighbour, minutes=200, day=date(2026, 11, 19))

    page = trainer.post("/training/hours/new/", form(cast))

    assert page.status_code == 409
    assert "杨光明" in str(page.context["form"].errors["people"])
    assert len(entries()) == 2


def test_the_list_of_people_shows_how_everybody_stands(trainer, cast):
    record(cast, cast.agent)

    page = trainer.get("/training/hours/")

    found = {
        each.user.username: (each.standing.learned, each.standing.missing)
        for each in page.context["list_page"]
    }
    assert found == {
        "agent": (90, 5910),
        "neighbour": (0, 6000),
        "technician": (0, 6000),
        "uncertified": (0, 6000),
    }
    assert "1 h 30 min" in page.content.decode()
    assert "100 h" in page.content.decode()
    assert trainer.get("/training/hours/?q=nobody").context["list_page"].rows == []


def test_the_ledger_is_narrowed_by_person_kind_and_day(trainer, cast):
    record(cast, cast.agent)
    record(cast, cast.neighbour, minutes=30, day=date(2026, 11, 1))

    def found(query):
        return [row.minutes for row in trainer.get(f"/training/hours/ledger/?{query}").context["list_page"]]

    assert found("") == [90, 30]
    assert found("q=杨光明") == [30]
    assert found("kind=practice") == [90, 30]
    assert found("kind=lesson") == []
    assert found("since=2026-11-02") == [90]
    assert found("until=2026-11-01") == [30]
    assert found("since=x&kind=nonsense") == [90, 30]


@pytest.mark.parametrize("address", ["/training/hours/", "/training/hours/ledger/"])
def test_tables_hold_numbers(trainer, cast, address):
    record(cast, cast.agent)

    response = trainer.get(f"{address}?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))

    values = [cell.value for row in book.worksheets[-1].iter_rows() for cell in row]
    assert 90 in values
    assert "王秀兰" in values


def test_an_entry_is_put_right_by_somebody_else(trainer, as_user, cast):
    entry = record(cast, cast.agent)
    address = f"/training/hours/{entry.pk}/correct/"

    wrong = [trainer.post(address, data) for data in ({}, {"minutes": "90", "note": "x"}, {"minutes": "5"})]
    done = trainer.post(address, {"minutes": "60", "note": "只到了一小时"})

    assert [each.status_code for each in wrong] == [200, 409, 200]
    assert done.url == "/training/hours/ledger/"
    assert [row[1] for row in entries()] == [90, -30]
    assert trainer.get(address).context["counted"] == 60
    with seeing_everything():
        counter = HourEntry.objects.get(kind="correction")
    assert trainer.get(f"/training/hours/{counter.pk}/correct/").status_code == 404
    assert as_user("suining_manager").get(address).status_code == 404


def test_ones_own_hours_show_every_entry(as_user, cast):
    record(cast, cast.agent)
    record(cast, cast.neighbour, minutes=30)

    page = as_user("agent").get("/training/my-hours/")

    assert [row.minutes for row in page.context["list_page"]] == [90]
    assert (page.context["standing"].learned, page.context["standing"].period.is_first_year) == (90, True)


def test_a_mentor_is_named_and_ended(trainer, cast):
    data = {
        "mentor": key(cast.agent),
        "trainee": key(cast.uncertified),
        "from_on": "2026-11-20",
        "note": "三个月",
    }

    named = trainer.post("/training/mentors/new/", data)
    again = trainer.post("/training/mentors/new/", data)
    (made,) = trainer.get("/training/mentors/").context["list_page"].rows
    early = trainer.post(f"/training/mentors/{made.pk}/end/", {"until_on": "2026-11-19"})
    ended = trainer.post(f"/training/mentors/{made.pk}/end/", {"until_on": "2026-11-20"})

    assert (named.url, again.status_code, early.status_code, ended.url) == (
        "/training/mentors/",
        200,
        409,
        "/training/mentors/",
    )
    assert (made.mentor, made.trainee) == (cast.agent, cast.uncertified)
    assert trainer.get("/training/mentors/").context["list_page"].rows == []
    assert [row.until_on for row in trainer.get("/training/mentors/?ended").context["list_page"]] == [TODAY]


@pytest.mark.parametrize(
    "changes",
    [
        {"mentor": ""},
        {"mentor": "uncertified"},
        {"trainee": "suining_agent"},
        {"trainee": "agent"},
        {"from_on": "2020-01-01"},
        {"mentor": "x"},
    ],
)
def test_who_cannot_be_named_is_refused_at_the_form(trainer, cast, changes):
    data = {"mentor": key(cast.agent), "trainee": key(cast.uncertified), "from_on": "2026-11-20"}
    named = {
        name: key(getattr(cast, value)) if hasattr(cast, value) else value for name, value in changes.items()
    }

    page = trainer.post("/training/mentors/new/", {**data, **named})

    assert page.status_code in (200, 409)
    assert page.context["form"].errors
    with seeing_everything():
        assert not Mentorship.objects.exists()


def test_lists_take_the_same_queries_whatever_their_length(trainer, cast, django_assert_max_num_queries):
    Course.objects.update(retired_at=NOW)
    people = [cast.agent, cast.neighbour, cast.technician, cast.uncertified]
    for number, person in enumerate(people):
        record(cast, person, minutes=10 + number)
        record(cast, person, minutes=20 + number)
    with acting_as(cast.trainer):
        for trainee in (cast.neighbour, cast.technician, cast.uncertified):
            mentorships.begin(cast.agent, trainee, from_on=TODAY, by=cast.trainer, now=NOW)

    for address, most in (
        ("/training/hours/", 8),
        ("/training/hours/ledger/", 7),
        ("/training/mentors/", 7),
        ("/training/hours/new/", 7),
    ):
        with django_assert_max_num_queries(most):
            assert trainer.get(address).status_code == 200
