import io

import openpyxl
import pytest

from aftersales.audit.models import AuditEvent
from stations.models import Agent
from tests.factories import NOW
from tests.training.certificates.cases import practised, sat
from training.models import HourEntry, SkillsCheck, VillageClass
from training.queries.figures import Training
from training.rules.figures import Share

PAGE = "/training/figures/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


@pytest.fixture
def trainer(client, cast):
    client.force_login(cast.trainer)
    return client


def check(cast, user, *, has_passed=True):
    agent = Agent._base_manager.get(user=user)
    return SkillsCheck._base_manager.create(
        user=user,
        station=agent.station,
        county_code=agent.county_code,
        quarter="2026-10-01",
        attitude_permille=900,
        has_passed=has_passed,
        by=cast.trainer,
        at=NOW,
    )


def held(cast, station, month="2026-10-01"):
    return VillageClass._base_manager.create(
        station=station,
        county_code=station.county_code,
        month=month,
        title="三张照片就够了",
        starts_at=f"{month[:7]}-15T10:00:00+08:00",
        place="村委会",
        teacher=cast.agent,
        planned_by=cast.agent,
        planned_at=NOW,
        state="held",
        attended=12,
        ended_at=NOW,
    )


def rows(response):
    return {row.name: row.said for row in response.context["rows"]}


def test_a_county_by_township(trainer, cast):
    check(cast, cast.agent)
    check(cast, cast.technician, has_passed=False)
    held(cast, cast.guangcheng)
    HourEntry._base_manager.create(
        user=cast.agent,
        station=cast.guangcheng,
        county_code="520123000000",
        day="2026-10-10",
        minutes=6000,
        kind="outside",
        business_key="x",
        by=cast.trainer,
        at=NOW,
    )

    response = trainer.get(PAGE)

    assert rows(response) == {
        "龙场街道": Training(
            certified=Share(0, 1), checked=Share(0, 1), on_pace=Share(0, 1), classes=Share(0, 1)
        ),
        "六广镇": Training(
            certified=Share(3, 3),
            checked=Share(2, 3),
            passed=Share(1, 2),
            on_pace=Share(1, 3),
            classes=Share(1, 2),
        ),
    }
    assert [(stand.share, stand.tone) for stand in response.context["stands"]] == [
        (Share(3, 4), "warn"),
        (Share(1, 2), "warn"),
        (Share(2, 4), ""),
        (Share(1, 3), "warn"),
        (Share(1, 4), ""),
    ]


def test_a_township_by_station(trainer, cast):
    response = trainer.get(f"{PAGE}?station={cast.liuguang_point.pk}")

    assert sorted(rows(response)) == ["六广村服务点", "六广镇乡镇备用处理点", "广城村服务点"]


def test_several_counties_lead_to_each(client, cast):
    client.force_login(cast.platform)

    everywhere = client.get(PAGE)
    one = client.get(f"{PAGE}?county=320324000000")

    assert {name: said.certified for name, said in rows(everywhere).items()} == {
        "修文县": Share(3, 4),
        "睢宁县": Share(1, 1),
    }
    assert [row.query for row in everywhere.context["rows"]] == ["county=520123000000", "county=320324000000"]
    assert list(rows(one)) == ["王集镇"]


@pytest.mark.parametrize(
    "query",
    [
        "?county=320324000000",
        "?county=x",
        "?station=x",
        "?station=999999",
        "?month=2026-13",
        "?month=2025-01",
        "?quarter=2027-Q1",
        "?format=csv",
    ],
)
def test_what_is_not_there_is_not_found(trainer, query):
    assert trainer.get(PAGE + query).status_code == 404


def test_a_station_of_another_county_is_not_found(trainer, cast):
    assert trainer.get(f"{PAGE}?station={cast.wangji_point.pk}").status_code == 404
    assert trainer.get(f"{PAGE}?station={cast.guangcheng.pk}").status_code == 404


def test_only_those_who_look_after_training_see_it(client, cast):
    client.force_login(cast.agent)

    assert client.get(PAGE).status_code == 403


def test_the_number_of_statements_does_not_grow(trainer, cast, django_assert_max_num_queries):
    for user in (cast.agent, cast.neighbour, cast.technician):
        sat(user, purpose="skills_check")
        practised(user, cast.trainer)
        check(cast, user)

    with django_assert_max_num_queries(19):
        trainer.get(PAGE)


def test_the_chart_shows_quarters_with_their_count(trainer, cast):
    assert trainer.get(PAGE).context["chart"] is None
    check(cast, cast.agent)

    chart = trainer.get(PAGE).context["chart"]

    assert [row[0] for row in chart.rows] == ["26Q1", "26Q2", "26Q3", "26Q4"]
    assert "100.0%" in chart.rows[-1][1]


def test_the_sheet_has_every_place_and_the_whole(trainer, cast):
    check(cast, cast.agent)

    response = trainer.get(f"{PAGE}?format=xlsx")

    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    found = [list(row) for row in book.worksheets[1].values][1:]
    assert [row[1:] for row in found] == [
        [1, 0, 0, 1, 0, 0, None, 0, 1, 0],
        [3, 3, 1, 3, 1, 1, 1, 0, 2, 0],
        [4, 3, 0.75, 4, 1, 1, 1, 0, 3, 0],
    ]
    assert AuditEvent._base_manager.get(verb="report.exported").after["report"] == "training_figures"
