import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aftersales.audit.models import AuditEvent
from claims.rules.satisfaction import Satisfaction
from claims.services import scores
from tests.claims.follow_up_cases import called, first_of, settled
from tests.factories import seeing_everything
from tests.grounds import laid_once

NOW = timezone.now() - timedelta(minutes=5)
URL = "/claims/satisfaction/"


def settle(cast, **fields):
    place = {"station": cast.guangcheng, "handler": cast.agent, **fields}
    return settled(place.pop("station"), now=NOW, filed_at=NOW, **place)


@pytest.fixture
@laid_once
def claims(cast):
    """Two answered at 广城, one low, one by the consumer; one refused at 六广, and one of another county."""
    called(settle(cast), by=cast.technician, stars=5, attitude=4, now=NOW)
    scores.score_by_consumer(follow_up=first_of(settle(cast)), stars=2, now=NOW)
    refused = settle(cast, station=cast.liuguang, handler=cast.neighbour)
    called(refused, by=cast.technician, outcome="refused", now=NOW)
    called(
        settle(cast, station=cast.chenlou, handler=cast.suining_agent),
        by=cast.suining_officer,
        stars=1,
        now=NOW,
    )


def tables(response) -> dict[str, list[tuple]]:
    return {
        title: [(row.name, row.said.answered, row.said.refused) for row in rows]
        for title, rows in response.context["tables"]
    }


def test_the_manager_sees_the_county_by_place_goods_and_person(as_user, cast, claims):
    response = as_user("manager").get(URL)

    assert response.context["whole"] == Satisfaction(answered=2, satisfied=1, low=1, refused=1)
    assert tables(response) == {
        "By kind of goods": [("Fresh fruit", 2, 1)],
        "By station": [(str(cast.guangcheng), 2, 0), (str(cast.liuguang), 0, 1)],
        "By agent": [("王秀兰", 2, 0), ("杨光明", 0, 1)],
    }
    page = response.content.decode()
    assert "50.0%*" in page
    assert "no data" in page
    assert "NPS" in page


@pytest.mark.parametrize(
    ("who", "agents"),
    [
        ("agent", [("王秀兰", 2, 0)]),
        ("neighbour", [("杨光明", 0, 1)]),
        ("officer", None),
        ("technician", None),
    ],
)
def test_what_was_said_of_a_person_is_for_the_manager_and_the_person(as_user, claims, who, agents):
    assert tables(as_user(who).get(URL)).get("By agent") == agents


def test_a_station_has_a_page_and_a_month_too(as_user, cast, claims):
    client, month = as_user("officer"), f"{timezone.localdate(NOW):%Y-%m}"

    station = client.get(f"{URL}?station={cast.liuguang.pk}&month={month}")
    own = as_user("neighbour").get(URL)

    for response in (station, own):
        assert response.context["whole"] == Satisfaction(refused=1)
        assert "By station" not in tables(response)
    assert "Nobody is to be asked about these claims yet" in as_user("uncertified").get(URL).content.decode()


@pytest.mark.parametrize(
    "query",
    ["?month=2019-01", "?month=x", "?station=x", "?station=987654321", "?county=999999000000", "?format=pdf"],
)
def test_what_does_not_exist_is_not_found(as_user, claims, query):
    assert as_user("officer").get(f"{URL}{query}").status_code == 404


def test_other_counties_are_somebody_elses(as_user, cast, claims):
    officer = as_user("suining_officer")

    assert officer.get(f"{URL}?county=520123000000").status_code == 404
    assert officer.get(f"{URL}?station={cast.guangcheng.pk}").status_code == 404
    assert officer.get(URL).context["whole"] == Satisfaction(answered=1, low=1)
    platform = as_user("platform").get(f"{URL}?county=320324000000")
    assert platform.context["whole"] == Satisfaction(answered=1, low=1)
    assert [each.code for each in platform.context["counties"]] == ["320324000000", "520123000000"]


def test_the_table_for_a_spreadsheet_says_the_same(as_user, claims):
    response = as_user("manager").get(f"{URL}?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = list(book["Data"].iter_rows(values_only=True))

    assert rows[1][:10] == ("Whole", "修文县", 3, 2, 1, 0.5, 1, 1, 0, 0)
    assert ("By source, ratings", "by the consumer", None, 1, 0, 0) in [row[:6] for row in rows]
    assert ("Sides of a rating", "Attitude", None, 1) in [row[:4] for row in rows]
    assert [row[10] for row in rows if row[:2] == ("Sides of a rating", "The whole")] == [3.5]
    assert [row[5] for row in rows if row[:2] == ("By agent", "杨光明")] == [None]
    with seeing_everything():
        event = AuditEvent.objects.get(verb="report.exported")
    assert event.after["report"] == "satisfaction"


def test_the_page_costs_the_same_for_few_claims_and_for_many(as_user, cast, claims):
    client = as_user("manager")
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for station, handler in ((cast.guangcheng, cast.agent), (cast.liuguang, cast.neighbour)) * 2:
        called(settle(cast, station=station, handler=handler), by=cast.officer, stars=4, now=NOW)
    with CaptureQueriesContext(connection) as many:
        client.get(URL)

    assert len(many) == len(few) <= 16


def test_a_mean_has_two_decimals_on_the_page(as_user, cast):
    for stars in (5, 5, 4):
        called(settle(cast), by=cast.technician, stars=stars, now=NOW)

    response = as_user("manager").get(URL)

    assert [side.mean for side in response.context["sides"]] == ["4.67", "", "", ""]
    page = response.content.decode()
    assert ("4.67" in page, "4.667" in page) == (True, False)
