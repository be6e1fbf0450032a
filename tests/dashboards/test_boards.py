"""The boards: who sees which, what they count, and how many queries that takes."""

from datetime import timedelta

import pytest
import time_machine

from aftersales.dashboards import boards
from tests.factories import NOW, acting_as, make_claim, make_fund

COUNTY = "/dashboards/county/520123000000/"
STATION = "/dashboards/station/"


@pytest.fixture
def november(cast):
    make_claim(cast.guangcheng, filed_by=cast.agent, response_minutes=5)
    make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=NOW - timedelta(hours=1))
    make_claim(cast.liuguang, filed_by=cast.neighbour, status="closed", resolution_minutes=90)
    make_claim(cast.chenlou, filed_by=cast.suining_agent)
    make_claim(cast.guangcheng, filed_by=cast.agent, status="closed", filed_at=NOW - timedelta(days=40))


def test_county_board_counts_its_own_claims(cast, november):
    with acting_as(cast.manager):
        board = boards.county_board("520123000000", now=NOW, shows_fund=False)

    assert (board["open_count"], board["overdue_count"], board["stats"][0].value) == (2, 1, "3")
    first = board["rows"][0]
    assert (first["station"], first["load"].overdue, first["load"].open, first["load"].filed) == (
        cast.guangcheng,
        1,
        2,
        2,
    )
    assert [row[1] for row in board["chart"].rows[-2:]] == ["1", "3"]


def test_station_board_counts_its_own_claims(cast, november):
    with acting_as(cast.agent):
        board = boards.station_board(cast.guangcheng, now=NOW)

    assert (board["load"].open, board["load"].overdue, board["load"].filed) == (2, 1, 2)
    assert [claim.station for claim in board["queue"]] == [cast.guangcheng] * 2


def test_township_sees_only_its_part_of_the_county(cast, november):
    make_claim(cast.fangmaping, filed_by=cast.uncertified)

    with acting_as(cast.technician):
        board = boards.county_board("520123000000", now=NOW, shows_fund=False)

    assert board["open_count"] == 2
    assert cast.fangmaping not in [row["station"] for row in board["rows"]]


@pytest.mark.parametrize(
    ("who", "url", "status"),
    [
        ("manager", COUNTY, 200),
        ("officer", COUNTY, 200),
        ("technician", COUNTY, 200),
        ("supervisor", COUNTY, 200),
        ("suining_manager", COUNTY, 404),
        ("agent", COUNTY, 403),
        ("regulator", COUNTY, 403),
        ("nobody", COUNTY, 403),
        ("manager", "/dashboards/county/520100000000/", 404),
        ("agent", STATION, 200),
        ("nobody", STATION, 403),
    ],
)
def test_who_sees_which_board(client, cast, who, url, status):
    client.force_login(getattr(cast, who))

    assert client.get(url).status_code == status


def test_station_of_another_village_is_not_there(client, cast):
    client.force_login(cast.agent)

    assert client.get(STATION, {"station": cast.liuguang.pk}).status_code == 404
    assert client.get(STATION, {"station": 10**6}).status_code == 404
    assert client.get(STATION, {"station": "x"}).status_code == 404


def test_fund_is_shown_to_those_who_may_see_it(client, cast):
    make_fund("520123000000", cash_fen=123_456)

    client.force_login(cast.manager)
    assert "¥1,234.56" in client.get(COUNTY).content.decode()
    client.force_login(cast.technician)
    assert "¥1,234.56" not in client.get(COUNTY).content.decode()


def test_counties_of_a_scope(client, cast):
    client.force_login(cast.manager)
    assert client.get("/dashboards/county/").url == COUNTY

    client.force_login(cast.platform)
    page = client.get("/dashboards/county/")
    assert [county.code for county in page.context["counties"]] == ["320324000000", "520123000000"]


def test_constant_number_of_queries(client, cast, november, django_assert_max_num_queries):
    make_fund("520123000000")
    with time_machine.travel(NOW, tick=False):
        client.force_login(cast.manager)
        for _claim in range(5):
            make_claim(cast.fangmaping, filed_by=cast.uncertified)

        with django_assert_max_num_queries(23):
            client.get(COUNTY)
        with django_assert_max_num_queries(10):
            client.get(STATION)
