"""The page of the index: every county with its parts, from published rows alone."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from aftersales.reports import transparency
from claims.models import Check, ClockPolicy, Finding
from stations.models import Station
from tests.factories import make_clock_policy, seeing_everything
from tests.reports.public.editions import XIUWEN, make_published

PAGE = reverse("report_public:transparency")
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
SUINING = "320324000000"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _november():
    transparency._told.cache_clear()
    with time_machine.travel(NOW, tick=False):
        yield


def ask(client, **query):
    client.cookies["django_language"] = "en"
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return response


def told(response) -> dict[str, tuple[str, list[str]]]:
    return {row["code"]: (row["index"], row["points"]) for row in response.context["rows"]}


def find(cast, due_on: date, accepted_at: datetime | None) -> None:
    with seeing_everything():
        check = Check.objects.create(
            county_code=XIUWEN,
            kind="spot_check",
            theme="quality",
            department="commerce",
            period=due_on.isoformat()[:7],
            opened_by=cast.platform,
            opened_at=NOW,
        )
        Finding.objects.create(
            check_round=check,
            county_code=XIUWEN,
            severity="minor",
            words="照片不清",
            due_on=due_on,
            state="accepted" if accepted_at else "open",
            found_by=cast.platform,
            found_at=NOW,
            accepted_at=accepted_at,
        )


def with_phones(cast) -> None:
    with seeing_everything():
        Station.objects.update(phone="")
        Station.objects.filter(county_code=XIUWEN).update(phone="0851-82320000")


def test_nobody_is_measured_before_there_is_a_station(client):
    page = ask(client)

    assert page.context["rows"] == [] and "No station is in service yet" in page.content.decode()


def test_a_county_that_published_nothing_stands_behind_one_that_did(client, cast):
    with_phones(cast)
    make_published(XIUWEN, "修文县", 3)

    rows = told(ask(client))

    assert rows[XIUWEN] == ("92.3", ["", "100.0", "75.0", "100.0", "", "100.0"])
    assert rows[SUINING] == ("0.0", ["", "0.0", "0.0", "0.0", "", "0.0"])
    assert list(rows) == [XIUWEN, SUINING]


def test_the_mean_is_that_of_all_counties_also_when_one_is_looked_for(client, cast):
    with_phones(cast)
    make_published(XIUWEN, "修文县", 3)

    page = ask(client, q="修文")

    assert list(told(page)) == [XIUWEN]
    assert (page.context["mean"], page.context["counted"]) == ("46.2", 2)


def test_findings_count_when_they_were_due_in_the_quarter(client, cast):
    with_phones(cast)
    make_published(XIUWEN, "修文县", 3)
    find(cast, date(2026, 7, 1), datetime(2026, 7, 1, 10, tzinfo=UTC))
    find(cast, date(2026, 8, 1), datetime(2026, 8, 2, 10, tzinfo=UTC))
    find(cast, date(2026, 9, 30), None)
    find(cast, date(2026, 10, 1), None)

    (county, *_others) = transparency.indices(ask(client).context["shown"], today=date(2026, 11, 22))

    score = next(each for each in county.scores if each.part == "findings")
    assert (str(score.share), score.behind) == ("1/3", 3)


def test_a_rule_of_the_programme_that_came_late_lowers_every_county(client, cast):
    with_phones(cast)
    make_published(XIUWEN, "修文县", 3)
    law = make_clock_policy(kind="law", valid_from=date(2026, 7, 6), state="draft")
    ClockPolicy.objects.filter(pk=law.pk).update(
        state="in_force", published_by=cast.platform, published_at=NOW - timedelta(days=60)
    )

    rows = told(ask(client))

    assert (rows[XIUWEN][1][0], rows[SUINING][1][0]) == ("0.0", "0.0")


def test_a_quarter_that_is_just_over_is_no_data_yet(client, cast):
    with_phones(cast)
    with time_machine.travel(datetime(2026, 10, 10, 4, tzinfo=UTC), tick=False):
        page = ask(client)

    assert page.context["shown"].name == "2026-Q3"
    assert told(page)[XIUWEN] == ("", ["", "", "", "", "", "100.0"])
    assert "No county has an index for this quarter yet." in page.content.decode()


@pytest.mark.parametrize(
    "asked", [{"quarter": "x"}, {"quarter": "2026-Q4"}, {"q": "'%_\\"}, {"q": "x" * 500}]
)
def test_nonsense_is_answered(client, cast, asked):
    assert ask(client, **asked).context["shown"].name == "2026-Q3"


def test_the_page_costs_the_same_whatever_the_number_of_counties(client, cast, django_assert_num_queries):
    make_published(XIUWEN, "修文县", 3)
    ask(client)
    with django_assert_num_queries(7):
        ask(client)
    make_published(SUINING, "睢宁县", 3)
    find(cast, date(2026, 7, 1), None)
    ask(client)
    with django_assert_num_queries(7):
        ask(client)
