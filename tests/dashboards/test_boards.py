"""The boards: who sees which, what they count, and how many queries that takes."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.translation import override

from aftersales.dashboards.county import county_board, year_figures
from aftersales.dashboards.county_now import Shown, county_now
from aftersales.dashboards.station import station_board
from claims.services import figures
from tests.factories import NOW, acting_as, make_claim, make_fund, seeing_everything

COUNTY = "/dashboards/county/520123000000/"
STATION = "/dashboards/station/"


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def november(cast):
    make_claim(cast.guangcheng, filed_by=cast.agent, response_minutes=5)
    make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=NOW - timedelta(hours=1))
    make_claim(cast.liuguang, filed_by=cast.neighbour, status="closed", resolution_minutes=90)
    make_claim(cast.chenlou, filed_by=cast.suining_agent)
    make_claim(cast.guangcheng, filed_by=cast.agent, status="closed", filed_at=NOW - timedelta(days=40))
    count()


def count():
    """Count into cells what was filed so far."""
    with seeing_everything():
        figures.rebuild(now=NOW)


def test_county_board_counts_its_own_claims(cast, november):
    with acting_as(cast.manager):
        board = county_board("520123000000", now=NOW, shown=Shown())

    assert (board["open_count"], board["overdue_count"], board["stats"][0].value) == (2, 1, "3")
    first = board["rows"][0]
    assert (first["station"], first["load"].overdue, first["load"].open, first["filed"]) == (
        cast.guangcheng,
        1,
        2,
        2,
    )
    assert [row[:2] for row in board["filed_chart"].rows[-2:]] == [["26-10", "1"], ["26-11", "3"]]
    assert board["season"].rows == [["Fresh fruit", *["0"] * 10, "1", "3", "4"]]


def test_station_board_counts_its_own_claims(cast, november):
    with acting_as(cast.agent):
        board = station_board(cast.guangcheng, now=NOW)

    assert (board["load"].open, board["load"].overdue, board["stats"][0].value) == (2, 1, "2")
    assert [claim.station for claim in board["queue"]] == [cast.guangcheng] * 2


def test_township_sees_only_its_part_of_the_county(cast, november):
    make_claim(cast.fangmaping, filed_by=cast.uncertified)
    count()

    with acting_as(cast.technician):
        board = county_board("520123000000", now=NOW, shown=Shown())

    assert (board["open_count"], board["stats"][0].value, board["is_part"]) == (2, "3", True)
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
        count()

        with django_assert_max_num_queries(33):
            client.get(COUNTY)
        with django_assert_max_num_queries(17):
            client.get(f"{COUNTY}now/")
        with django_assert_max_num_queries(14):
            client.get(STATION)
        with django_assert_max_num_queries(8):
            client.get(f"{STATION}now/")


def test_figures_of_a_year_take_few_statements(cast, november, django_assert_num_queries):
    with acting_as(cast.manager), django_assert_num_queries(3):
        year_figures(["520123000000"], NOW)


def test_a_month_stands_beside_the_one_before_and_the_year_before(cast, november):
    make_claim(cast.guangcheng, filed_by=cast.agent, response_minutes=10, filed_at=NOW - timedelta(days=30))
    make_claim(
        cast.liuguang, filed_by=cast.neighbour, response_minutes=240, filed_at=NOW - timedelta(days=365)
    )
    count()

    with acting_as(cast.manager):
        rows = {row.name: row for row in year_figures(["520123000000"], NOW)["figures"]}

    filed, response = rows["Claims filed"], rows["First response, median"]
    assert (filed.value, filed.last_month.value, filed.last_month.change) == ("3", "2", None)
    assert (response.value, response.target, response.behind, response.tone) == (
        "5 min",
        "at most 2 h",
        "claims: 1",
        "",
    )
    last_month, last_year = response.last_month, response.last_year
    assert (last_month.value, last_month.change.words, last_month.tone) == ("10 min", "−50.0%", "good")
    assert (last_year.value, last_year.change.words, last_year.tone) == ("4 h", "−97.9%", "good")
    satisfaction = rows["Satisfaction"]
    assert (satisfaction.value, satisfaction.last_year.value, satisfaction.last_year.change) == (
        "no data",
        "no data",
        None,
    )


def test_what_wants_somebody_in_the_county(cast, november):
    make_fund("520123000000", cash_fen=100)
    everything = Shown(fund=True, people=True, providers=True, flags=True)

    with acting_as(cast.manager):
        live = county_now("520123000000", now=NOW, shown=everything)
        bare = county_now("520123000000", now=NOW, shown=Shown())

    assert [(each.tone, each.text) for each in live["alerts"]] == [
        ("warn", "The emergency fund is low: ¥1.00"),
        ("warn", "Village points at which nobody holds a certificate: 1"),
    ]
    assert [tile.label for tile in live["tiles"]] == [
        "Open now",
        "Overdue",
        "Emergency fund",
        "People posted",
        "Orders at providers",
    ]
    assert (bare["alerts"], [tile.label for tile in bare["tiles"]]) == ([], ["Open now", "Overdue"])


def test_the_part_that_is_fetched_is_the_one_on_the_page(as_user, cast, november):
    client = as_user("manager")
    with time_machine.travel(NOW, tick=False):
        page, part = client.get(COUNTY).content.decode(), client.get(f"{COUNTY}now/").content.decode()

    assert "<html" not in part
    assert part.strip().startswith('<div class="stack" id="now" data-refresh="/dashboards/county/')
    assert "Updated at" in part
    assert part.strip() in page.strip()


def test_coverage_counts_villages_with_a_point(cast):
    with acting_as(cast.manager):
        board = county_board("520123000000", now=NOW, shown=Shown())

    coverage = board["stats"][-1]
    assert (coverage.label, coverage.value, coverage.hint) == (
        "Villages with a point",
        "100.0%",
        "3 of 3 villages",
    )
