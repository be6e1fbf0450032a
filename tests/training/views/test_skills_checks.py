import io
from datetime import date

import openpyxl
import pytest

from aftersales.audit.models import AuditEvent
from stations.models import Agent, Grant, Posting
from tests.factories import NOW
from tests.training.certificates.cases import practised, sat
from training.models import SkillsCheck

LIST = "/training/skills-checks/"
MINE = "/training/my-skills-checks/"
MISSED = {"sitting": "none", "practical": "none", "remark": "没来"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


def address(user, quarter="2026-Q4"):
    return f"{LIST}{quarter}/{Agent._base_manager.get(user=user).pk}/"


@pytest.fixture
def trainer(client, cast):
    client.force_login(cast.trainer)
    return client


def test_the_list_shows_everybody_due_of_the_county(trainer, cast):
    sat(cast.agent, purpose="skills_check")
    response = trainer.get(LIST)

    people = [row.user for row in response.context["rows"]]
    assert people == [cast.uncertified, cast.technician, cast.neighbour, cast.agent]
    assert (response.context["checked"].good, response.context["checked"].whole) == (0, 4)
    assert [bool(row.sitting) for row in response.context["rows"]] == [False, False, False, True]


def test_who_came_lately_is_not_due(trainer, cast):
    Agent._base_manager.filter(user=cast.agent).update(joined_on=date(2026, 10, 25))

    assert cast.agent not in [row.user for row in trainer.get(LIST).context["rows"]]


def test_a_past_quarter_counts_people_where_they_were(trainer, cast):
    agent = Agent._base_manager.get(user=cast.agent)
    Posting._base_manager.filter(agent=agent).update(started_on=date(2026, 1, 1), ended_on=date(2026, 10, 5))

    assert cast.agent in [row.user for row in trainer.get(f"{LIST}?quarter=2026-Q3").context["rows"]]
    assert cast.agent not in [row.user for row in trainer.get(LIST).context["rows"]]


@pytest.mark.parametrize("quarter", ["2027-Q1", "1999-Q1", "x", "2026-Q9"])
def test_a_quarter_that_is_none_is_not_found(trainer, quarter):
    assert trainer.get(f"{LIST}?quarter={quarter}").status_code == 404


def test_the_number_of_statements_does_not_grow_with_people(trainer, cast, django_assert_max_num_queries):
    for user in (cast.agent, cast.neighbour, cast.technician):
        sat(user, purpose="skills_check")
        practised(user, cast.trainer)

    with django_assert_max_num_queries(14):
        trainer.get(LIST)


def test_a_check_is_shown_before_it_is_recorded(trainer, cast):
    sitting, practical = sat(cast.agent, purpose="skills_check"), practised(cast.agent, cast.trainer)
    typed = {"sitting": sitting.pk, "practical": practical.pk, "attitude": 85, "remark": "拍照很好"}

    preview = trainer.post(address(cast.agent), {**typed, "step": "preview"})
    assert preview.context["preview"]["has_passed"] is True
    assert not SkillsCheck._base_manager.exists()

    changed = trainer.post(address(cast.agent), {**typed, "step": "change"})
    assert changed.context["preview"] is None
    assert changed.context["form"]["attitude"].value() == "85"

    done = trainer.post(address(cast.agent), {**typed, "step": "record"})
    assert (done.status_code, done["Location"]) == (302, f"{LIST}?quarter=2026-Q4")
    check = SkillsCheck._base_manager.get()
    assert (check.user, check.attitude_permille, check.has_passed, check.remark) == (
        cast.agent,
        850,
        True,
        "拍照很好",
    )


def test_the_best_results_are_chosen_beforehand(trainer, cast):
    best = sat(cast.agent, purpose="skills_check", days_ago=9)
    sat(cast.agent, purpose="skills_check", days_ago=3, has_passed=False)

    form = trainer.get(address(cast.agent)).context["form"]

    assert form["sitting"].value() == best.pk
    assert len(form.fields["sitting"].choices) == 3


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({}, ["attitude", "practical", "sitting"]),
        ({"attitude": "viel", "sitting": "x", "practical": "9" * 30}, ["attitude", "practical", "sitting"]),
        ({**MISSED, "attitude": "101"}, ["attitude"]),
        ({**MISSED, "attitude": "-1"}, ["attitude"]),
        ({**MISSED, "attitude": "80", "sitting": "4711"}, ["sitting"]),
        ({**MISSED, "attitude": "80", "remark": "长" * 301}, ["remark"]),
        ({**MISSED, "attitude": "80", "remark": ""}, ["remark"]),
    ],
)
def test_nonsense_is_said_at_its_field(trainer, cast, typed, fields):
    response = trainer.post(address(cast.agent), {**typed, "step": "record"})

    assert response.status_code == 200
    assert sorted(response.context["form"].errors) == fields
    assert not SkillsCheck._base_manager.exists()


def test_a_missing_part_asks_for_a_word_before_anything_is_shown(trainer, cast):
    response = trainer.post(
        address(cast.agent), {**MISSED, "attitude": "80", "remark": " ", "step": "preview"}
    )

    assert response.context["preview"] is None
    assert list(response.context["form"].errors) == ["remark"]


def test_recorded_once_it_is_shown_and_refused_after_that(trainer, cast):
    typed = {**MISSED, "attitude": "80", "step": "record"}
    trainer.post(address(cast.agent), typed)

    again = trainer.post(address(cast.agent), typed)

    assert again.status_code == 409
    assert again.context["row"].check.remark == "没来"
    assert SkillsCheck._base_manager.count() == 1


def test_a_closed_quarter_is_read_only(trainer, cast):
    response = trainer.post(address(cast.agent, "2026-Q1"), {**MISSED, "attitude": "80", "step": "record"})

    assert response.status_code == 409
    assert response.context["why_not"]
    assert not SkillsCheck._base_manager.exists()


def test_nobody_of_another_county_is_there(trainer, cast):
    assert trainer.get(address(cast.suining_agent)).status_code == 404


def test_the_states_of_the_list(trainer, cast):
    trainer.post(address(cast.agent), {**MISSED, "attitude": "80", "step": "record"})

    def shown(state):
        return [row.user for row in trainer.get(f"{LIST}?state={state}").context["rows"]]

    assert shown("failed") == [cast.agent]
    assert shown("passed") == []
    assert cast.agent not in shown("open")
    assert len(shown("nonsense")) == 4


def test_the_sheet_has_numbers_as_numbers(trainer, cast):
    sat(cast.agent, purpose="skills_check")
    trainer.post(address(cast.neighbour), {**MISSED, "attitude": "80", "remark": "=1+1", "step": "record"})

    response = trainer.get(f"{LIST}?format=xlsx")

    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = list(book.worksheets[1].values)
    (agent,) = [row for row in rows if row[0] == str(cast.agent)]
    assert (*agent[:5], *agent[6:]) == ("王秀兰", "广城村服务点", 0.9, None, None, None, None, None)
    (neighbour,) = [row for row in rows if row[0] == str(cast.neighbour)]
    assert (neighbour[4], neighbour[8]) == (0.8, "'=1+1")
    assert AuditEvent._base_manager.get(verb="report.exported").after["report"] == "skills_checks"


def test_one_s_own_checks(client, cast):
    client.force_login(cast.trainer)
    client.post(address(cast.agent), {**MISSED, "attitude": "80", "step": "record"})
    client.force_login(cast.agent)

    response = client.get(MINE)

    assert [check.remark for _words, check in response.context["checks"]] == ["没来"]
    assert response.context["row"].check.remark == "没来"
    assert client.get(LIST).status_code == 403


def test_what_was_done_at_another_station_comes_along(client, cast):
    sitting = sat(cast.agent, purpose="skills_check")
    record_of_last_quarter = SkillsCheck._base_manager.create(
        user=cast.agent,
        station=cast.guangcheng,
        county_code="520123000000",
        quarter=date(2026, 7, 1),
        attitude_permille=900,
        has_passed=False,
        by=cast.trainer,
        at=NOW,
    )
    Agent._base_manager.filter(user=cast.agent).update(station=cast.liuguang)
    Posting._base_manager.filter(agent__user=cast.agent).update(station=cast.liuguang)
    Grant._base_manager.filter(user=cast.agent).update(station=cast.liuguang)
    client.force_login(cast.agent)

    shown = client.get(MINE).context

    assert [check for _words, check in shown["checks"]] == [record_of_last_quarter]
    assert shown["row"].sitting == sitting
