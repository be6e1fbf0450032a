"""Boards of regions: what they count, who opens which, what they hide, and what they cost."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.dashboards.places import COLUMNS
from claims.services import figures
from tests.factories import NOW, give, make_claim, seeing_everything
from tests.grounds import laid_once

pytestmark = pytest.mark.django_db(databases=["default", "reports"])

NATION, PROVINCE, CITY = "0" * 12, "520000000000", "520100000000"
XIUWEN, SUINING, LIUGUANG = "520123000000", "320324000000", "520123103000"


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
@laid_once
def november(cast):
    """Six claims in 修文 (five in 六广镇) and one in 睢宁 this month, two the month before."""
    for minutes in (5, 30, 200):
        make_claim(
            cast.guangcheng,
            filed_by=cast.agent,
            status="closed",
            response_minutes=minutes,
            resolution_minutes=600,
        )
    make_claim(cast.guangcheng, filed_by=cast.agent, status="rejected", rejection_code="other")
    make_claim(cast.liuguang, filed_by=cast.neighbour)
    make_claim(cast.fangmaping, filed_by=cast.uncertified, status="closed")
    make_claim(cast.chenlou, filed_by=cast.suining_agent)
    for _each in range(2):
        make_claim(cast.guangcheng, filed_by=cast.agent, status="closed", filed_at=NOW - timedelta(days=31))
    _count()


def _count():
    with seeing_everything():
        figures.rebuild(now=NOW)


def board(client, code, **parameters):
    return client.get(f"/dashboards/region/{code}/", parameters)


def values(response, name: str) -> tuple:
    line = next(line for line in response.context["lines"] if line.name == name)
    return line.value, line.behind, line.before, line.a_year_before


def places(response) -> dict:
    return {
        row.code: dict(zip((*COLUMNS, "coverage", "people"), (cell.text for cell in row.cells), strict=True))
        for row in response.context["table"].rows
    }


def test_a_county_in_figures(as_user, november):
    response = board(as_user("manager"), XIUWEN, period="2026-11")

    assert values(response, "Claims filed") == ("6", "", "not over yet", "not over yet")
    assert values(response, "Resolution rate") == (
        "80.0%",
        "claims: 5",
        "−20.0 percentage points · worse",
        "no data",
    )
    assert values(response, "First response, median") == ("30 min", "claims: 3", "no data", "no data")


def test_a_period_that_is_over_is_compared(as_user, november):
    with time_machine.travel(datetime(2026, 12, 2, tzinfo=UTC), tick=False):
        response = board(as_user("manager"), XIUWEN, period="2026-11")

    assert values(response, "Claims filed") == ("6", "", "+200.0%", "was 0")


def test_a_quarter_is_the_sum_of_its_months(as_user, november):
    response = board(as_user("manager"), XIUWEN, period="2026-Q4")

    assert values(response, "Claims filed")[0] == "8"


def test_places_inside_add_up(as_user, november):
    response = board(as_user("platform"), NATION, period="2026-11")

    assert {code: row["filed"] for code, row in places(response).items()} == {
        "320000000000": "1",
        PROVINCE: "6",
    }
    county = places(board(as_user("manager"), XIUWEN, period="2026-11"))
    assert {
        code: (row["filed"], row["resolution_rate"], row["coverage"], row["people"])
        for code, row in county.items()
    } == {
        XIUWEN: ("0", "no data", "no data", "no data"),
        "520123001000": ("1", "100.0%", "100.0%", "0.0%"),
        LIUGUANG: ("5", "75.0%", "100.0%", "100.0%"),
    }


@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        ("platform", NATION, 200),
        ("administrator", NATION, 403),
        ("supervisor", NATION, 404),
        ("supervisor", PROVINCE, 404),
        ("supervisor", CITY, 200),
        ("supervisor", XIUWEN, 200),
        ("supervisor", SUINING, 404),
        ("regulator", XIUWEN, 200),
        ("regulator", SUINING, 404),
        ("manager", CITY, 404),
        ("manager", XIUWEN, 200),
        ("manager", LIUGUANG, 200),
        ("officer", XIUWEN, 200),
        ("technician", XIUWEN, 404),
        ("technician", LIUGUANG, 200),
        ("technician", "520123001000", 404),
        ("agent", LIUGUANG, 403),
        ("nobody", XIUWEN, 403),
        ("platform", "520123103204", 404),
        ("platform", "520199000000", 404),
        ("platform", "520000103000", 404),
    ],
)
def test_who_opens_which_board(as_user, november, who, code, status):
    assert board(as_user(who), code).status_code == status


@pytest.mark.parametrize(("who", "to"), [("platform", NATION), ("manager", XIUWEN), ("technician", LIUGUANG)])
def test_straight_to_the_widest_region(as_user, cast, who, to):
    response = as_user(who).get("/dashboards/region/")

    assert (response.status_code, response["Location"]) == (302, f"/dashboards/region/{to}/")


@pytest.mark.parametrize(
    "period", ["2026-13", "2026", "2026-11-22", "2027-01", "2019-12", "x", "２０２６-11"]
)
def test_nonsense_periods_are_not_there(as_user, cast, period):
    assert board(as_user("manager"), XIUWEN, period=period).status_code == 404


def test_readers_outside_see_no_small_counts(as_user, november):
    inside, outside = (board(as_user(who), XIUWEN, period="2026-11") for who in ("manager", "regulator"))

    assert values(outside, "First response, median")[:2] == ("<5", "")
    assert values(inside, "First response, median")[:2] == ("30 min", "claims: 3")
    assert {code: row["filed"] for code, row in places(outside).items()} == {
        XIUWEN: "0",
        "520123001000": "<5",
        LIUGUANG: "—",
    }
    assert places(outside)[LIUGUANG]["resolution_rate"] in ("<5", "—")


@pytest.mark.parametrize(
    ("sort", "codes"),
    [
        ("filed", ["320000000000", PROVINCE]),
        ("-filed", [PROVINCE, "320000000000"]),
        ("resolution_rate", [PROVINCE, "320000000000"]),
        ("-resolution_rate", [PROVINCE, "320000000000"]),
        ("nonsense", ["320000000000", PROVINCE]),
    ],
)
def test_the_table_is_sorted_and_no_data_comes_last(as_user, november, sort, codes):
    response = board(as_user("platform"), NATION, period="2026-11", sort=sort)

    assert list(places(response)) == codes


def test_the_table_as_a_file_has_numbers_and_is_written_down(as_user, november):
    response = board(as_user("manager"), XIUWEN, period="2026-11", format="xlsx")

    sheet = load_workbook(BytesIO(b"".join(response.streaming_content)))["Data"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[:4] for row in rows] == [
        [XIUWEN, "修文县 itself", 0, None],
        ["520123001000", "龙场街道", 1, None],
        [LIUGUANG, "六广镇", 5, 30],
    ]
    event = AuditEvent._base_manager.get(verb="board.exported")
    assert (event.county_code, event.after["board"], event.after["period"], event.after["rows"]) == (
        XIUWEN,
        "region",
        "2026-11",
        3,
    )


def test_what_is_hidden_is_not_in_the_file(as_user, november):
    response = board(as_user("regulator"), XIUWEN, period="2026-11", format="xlsx")

    sheet = load_workbook(BytesIO(b"".join(response.streaming_content)))["Data"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [(row[0], row[2], row[-1]) for row in rows] == [
        (XIUWEN, 0, None),
        ("520123001000", None, "<5"),
        (LIUGUANG, None, "<5"),
    ]


def test_a_township_shows_what_it_has_on_its_hands(as_user, november, cast):
    response = board(as_user("technician"), LIUGUANG, period="2026-11")

    assert (response.context["open_count"], response.context["table"]) == (1, None)
    assert [claim.station for claim in response.context["queue"]] == [cast.liuguang]
    assert {line.station: (line.load.open, line.cells[0][0]) for line in response.context["stations"]} == {
        cast.liuguang_point: (0, "0"),
        cast.guangcheng: (0, "4"),
        cast.liuguang: (1, "1"),
    }


def test_readers_outside_see_no_station_and_no_claim_of_a_township(as_user, november):
    response = board(as_user("supervisor"), LIUGUANG, period="2026-11")

    assert response.status_code == 200
    assert ("queue" in response.context, "stations" in response.context) == (False, False)


def test_links_lead_only_where_the_reader_may_go(as_user, november):
    page = board(as_user("manager"), XIUWEN).content.decode()

    assert f"/dashboards/region/{LIUGUANG}/" in page
    assert f"/dashboards/region/{CITY}/" not in page
    assert f"/dashboards/region/{CITY}/" in board(as_user("supervisor"), XIUWEN).content.decode()


def test_without_a_station_nothing_is_said(as_user, cast):
    page = board(as_user("platform"), "520000000000")

    assert values(page, "Resolution rate")[:2] == ("no data", "claims: 0")


def test_cost_does_not_grow_with_places(as_user, november, cast):
    client = as_user("platform")

    def statements(code):
        board(client, code)
        with CaptureQueriesContext(connection) as captured:
            assert board(client, code).status_code == 200
        return len(captured)

    assert statements(NATION) == statements(XIUWEN) <= 16
    assert statements(LIUGUANG) <= 20


def test_several_regions_are_offered(as_user, cast):
    give(cast.supervisor, Role.SUPERVISOR, region="320300000000")

    page = as_user("supervisor").get("/dashboards/region/")

    assert page.context["places"] == [("320300000000", "徐州市"), (CITY, "贵阳市")]


def test_who_looks_after_a_station_is_told_so(as_user, cast):
    give(cast.nobody, Role.TOWNSHIP, station=cast.liuguang_point)

    page = as_user("nobody").get("/dashboards/region/")

    assert (page.status_code, page.context["places"]) == (200, [])
    assert "You look after stations" in page.content.decode()
