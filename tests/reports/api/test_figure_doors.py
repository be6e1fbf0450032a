"""Figures and published reports through the API."""

from datetime import UTC, datetime, timedelta

import pytest

from aftersales.accounts.api_scopes import ApiScope
from aftersales.lib.canonical import canonical, sha256
from claims.queries.figures import FIGURES
from claims.services import figures
from tests.api_world import Api, make_client, make_token
from tests.factories import NOW, make_claim, make_party, seeing_everything
from tests.reports.public.editions import NATION, XIUWEN, make_edition, make_published

pytestmark = pytest.mark.django_db(databases=["default", "reports"])
SUINING = "320324000000"


@pytest.fixture
def api(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    return api_in(XIUWEN)


def api_in(region):
    client = make_client(make_party("platform", f"农优鲜{region}"), region=region)
    return Api(make_token(client, [ApiScope.FIGURES_READ])[1])


def values(answer):
    assert answer.status_code == 200, answer.json()
    return {each["code"]: (each["value"], each["shown"]) for each in answer.json()["figures"]}


def test_what_figures_mean(api):
    told = api.get("figures/", **{"accept-language": "en"}).json()["data"]

    assert [each["code"] for each in told] == list(FIGURES)
    assert told[2] == {
        "code": "response_median",
        "name": "First response, median",
        "formula": "Minutes from filing to acceptance; the middle value.",
        "unit": "minutes",
        "target": {"aim": "at_most", "value": 120},
        "more_is_better": False,
    }


def counted(cast, *, ours=12, theirs=7):
    """Claims of August, counted."""
    at = datetime(2026, 8, 12, 3, tzinfo=UTC)
    for station, person, number in (
        (cast.guangcheng, cast.agent, ours),
        (cast.chenlou, cast.suining_agent, theirs),
    ):
        for each in range(number):
            make_claim(station, filed_by=person, filed_at=at + timedelta(hours=each), response_minutes=30)
    with seeing_everything():
        figures.rebuild(now=NOW)


def test_a_county_up_to_now(api, cast):
    counted(cast)

    told = api.get(f"figures/{XIUWEN}/2026-08/").json()

    assert {name: told[name] for name in ("region", "period", "is_frozen", "edition", "sha256")} == {
        "region": {"code": XIUWEN, "name": "修文县"},
        "period": {"kind": "month", "name": "2026-08", "first": "2026-08-01", "last": "2026-08-31"},
        "is_frozen": False,
        "edition": None,
        "sha256": "",
    }
    assert told["figures"][0] == {
        "code": "filed",
        "name": "登记工单数",
        "unit": "count",
        "value": 12,
        "shown": "known",
        "behind": 12,
    }
    assert [each["code"] for each in told["figures"]] == list(FIGURES)
    assert values(api.get(f"figures/{XIUWEN}/2026-Q3/"))["filed"] == (12, "known")


def test_small_counts_are_hidden(api, cast):
    counted(cast, ours=3)

    shown = values(api.get(f"figures/{XIUWEN}/2026-08/"))

    assert shown["filed"] == (None, "small")
    assert set(shown.values()) == {(None, "small")}


def test_an_empty_month_has_no_data(api, cast):
    counted(cast)

    shown = values(api.get(f"figures/{XIUWEN}/2026-07/"))

    assert (shown["filed"], shown["response_median"]) == ((0, "known"), (None, "none"))


def test_frozen_figures_are_told_as_they_were_frozen(api, cast):
    counted(cast)
    first = make_edition(XIUWEN, "修文县", 3)
    edition = make_edition(XIUWEN, "修文县", 3, corrects=first)

    told = api.get(f"figures/{XIUWEN}/2026-Q3/").json()

    assert (told["is_frozen"], told["edition"], told["sha256"]) == (True, 2, edition.sha256)
    assert {each["code"]: each["value"] for each in told["figures"]} == {
        "filed": 120,
        "response_median": 95,
        "resolution_rate": 937,
        "satisfaction": 905,
    }


@pytest.mark.parametrize(
    "address",
    [
        f"{SUINING}/2026-08",
        "520100000000/2026-08",
        "000000000000/2026-08",
        "520123103000/2026-08",
        "none/2026-08",
        f"{XIUWEN}/2026-12",
        f"{XIUWEN}/2019-12",
        f"{XIUWEN}/2026-08-12",
        f"{XIUWEN}/august",
    ],
)
def test_other_regions_and_periods_are_missing(api, cast, address):
    counted(cast)

    answer = api.get(f"figures/{address}/")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_application_of_the_city_reads_all_counties_in_it(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    counted(cast)
    city = api_in("520100000000")
    make_edition("520100000000", "贵阳市", 2)

    assert values(city.get(f"figures/{XIUWEN}/2026-08/"))["filed"] == (12, "known")
    assert values(city.get("figures/520100000000/2026-Q3/"))["filed"] == (120, "known")
    assert city.get("figures/520100000000/2026-08/").status_code == 404
    assert city.get(f"figures/{SUINING}/2026-08/").status_code == 404


def test_published_reports_the_newest_first(api):
    first = make_published(XIUWEN, "修文县", 3, period="2026-Q2")
    second = make_published(period="2026-Q3", foreword="写在前面")
    make_edition(XIUWEN, "修文县", 3)

    told = api.get("reports/").json()["data"]

    assert told == [
        {
            "region": row.region_code,
            "region_name": row.region_name,
            "level": level,
            "period": row.period,
            "number": 1,
            "reason": "",
            "sha256": row.sha256,
            "frozen_at": "2026-10-06T10:00:00+08:00",
            "published_at": "2026-10-12T10:00:00+08:00",
        }
        for row, level in ((second, "nation"), (first, "county"))
    ]
    assert [each["period"] for each in api.get("reports/", {"region": XIUWEN}).json()["data"]] == ["2026-Q2"]
    assert [each["region"] for each in api.get("reports/", {"period": "2026-Q3"}).json()["data"]] == [NATION]


def test_a_published_report_has_its_fingerprint(api):
    row = make_published(period="2026-Q3", foreword="写在前面")

    told = api.get(f"reports/{NATION}/2026-Q3/1/").json()

    assert (told["foreword"], told["sha256"]) == ("写在前面", row.sha256)
    assert sha256(canonical(told["content"])) == row.sha256
    assert api.get(f"reports/{NATION}/2026-Q3/2/").status_code == 404
    assert api.get(f"reports/{XIUWEN}/2026-Q3/1/").status_code == 404
    assert api.get(f"reports/{NATION}/2026-13/1/").status_code == 404


def test_figures_take_few_statements(api, cast, django_assert_max_num_queries):
    counted(cast)
    api.get(f"figures/{XIUWEN}/2026-08/")

    with django_assert_max_num_queries(10):
        assert api.get(f"figures/{XIUWEN}/2026-08/").status_code == 200
