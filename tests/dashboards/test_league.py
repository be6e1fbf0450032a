"""The league table as a page: who is compared, what is hidden, what is taken along."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from aftersales.audit.models import AuditEvent
from claims.services import figures
from tests.factories import NOW, make_claim, seeing_everything

pytestmark = pytest.mark.django_db(databases=["default", "reports"])

NATION, CITY, XIUWEN, SUINING = "0" * 12, "520100000000", "520123000000", "320324000000"
LIUGUANG, LONGCHANG = "520123103000", "520123001000"


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def november(cast):
    """修文: 10 of 12 settled, in two townships (11 and 1); 睢宁: 6 of 10."""
    for station, person, settled, refused in (
        (cast.guangcheng, cast.agent, 10, 1),
        (cast.fangmaping, cast.uncertified, 0, 1),
        (cast.chenlou, cast.suining_agent, 6, 4),
    ):
        for number in range(settled + refused):
            ended = (
                {"status": "closed"}
                if number < settled
                else {"status": "rejected", "rejection_code": "other"}
            )
            make_claim(station, filed_by=person, filed_at=NOW - timedelta(days=2), **ended)
    with seeing_everything():
        figures.rebuild(now=NOW)


def league(client, code, **parameters):
    return client.get(f"/dashboards/region/{code}/league/", {"period": "2026-11", **parameters})


def lines(response) -> list[tuple]:
    return [(line.code, line.rank, line.rate, line.crude, line.cases) for line in response.context["lines"]]


def test_counties_of_the_country(as_user, november):
    response = league(as_user("platform"), NATION)

    assert lines(response) == [
        (XIUWEN, 1, "83.3%", "83.3%", "12"),
        (SUINING, 2, "60.0%", "60.0%", "10"),
    ]
    assert list(response.context["mix_chart"].rows) == [["Fresh fruit", "100.0%"]]


def test_townships_of_a_county(as_user, november):
    response = league(as_user("manager"), XIUWEN)

    assert lines(response) == [
        (LIUGUANG, 1, "90.9%", "90.9%", "11"),
        (XIUWEN, None, "no data", "no data", "0"),
        (LONGCHANG, None, "0.0%", "0.0%", "1"),
    ]
    assert [line.why for line in response.context["lines"]] == [
        "",
        "not ranked: fewer than 10 cases",
        "not ranked: fewer than 10 cases",
    ]


def test_readers_outside_see_no_small_counts_and_cannot_reckon_them(as_user, november):
    response = league(as_user("supervisor"), XIUWEN)

    assert lines(response) == [
        (XIUWEN, None, "no data", "no data", "0"),
        (LONGCHANG, None, "<5", "<5", "<5"),
        (LIUGUANG, None, "—", "—", "—"),
    ]


def test_by_another_rate(as_user, november):
    response = league(as_user("platform"), NATION, figure="satisfaction")

    assert (response.context["figure"].code, [line[1:3] for line in lines(response)]) == (
        "satisfaction",
        [(None, "no data"), (None, "no data")],
    )


@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        ("supervisor", CITY, 200),
        ("supervisor", NATION, 404),
        ("regulator", XIUWEN, 200),
        ("manager", XIUWEN, 200),
        ("manager", SUINING, 404),
        ("platform", LIUGUANG, 404),
        ("platform", "520123103204", 404),
        ("platform", "520199000000", 404),
        ("technician", XIUWEN, 404),
        ("agent", XIUWEN, 403),
    ],
)
def test_who_may_compare(as_user, cast, who, code, status):
    assert league(as_user(who), code).status_code == status


@pytest.mark.parametrize("asked", [{"figure": "filed"}, {"figure": "x"}, {"period": "x"}, {"format": "pdf"}])
def test_nonsense_is_not_there(as_user, cast, asked):
    assert league(as_user("manager"), XIUWEN, **asked).status_code == 404


def test_as_a_file_with_numbers(as_user, november):
    response = league(as_user("supervisor"), XIUWEN, format="xlsx")

    sheet = load_workbook(BytesIO(b"".join(response.streaming_content)))["Data"]
    rows = [[cell.value for cell in row][:7] for row in sheet.iter_rows(min_row=2)]
    assert rows == [
        [None, XIUWEN, "修文县 itself", 0, None, None, 0],
        [None, LONGCHANG, "龙场街道", None, None, None, None],
        [None, LIUGUANG, "六广镇", None, None, None, None],
    ]
    event = AuditEvent._base_manager.get(verb="board.exported")
    assert (event.county_code, event.after["board"], event.after["figure"]) == (
        XIUWEN,
        "league",
        "resolution_rate",
    )


def test_one_statement_for_all_places(as_user, november):
    client = as_user("platform")

    def statements(code):
        league(client, code)
        with CaptureQueriesContext(connection) as captured:
            assert league(client, code).status_code == 200
        return len(captured)

    assert statements(NATION) == statements(XIUWEN) <= 10
