"""Stations and the working calendar through the API."""

from datetime import date

import pytest

from aftersales.accounts.api_scopes import ApiScope
from stations.models import Station, WorkCalendarDay
from tests.api_world import Api, make_client, make_token
from tests.factories import NOW, make_party, seeing_everything

XIUWEN, SUINING = "520123000000", "320324000000"


@pytest.fixture
def api(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    return api_in(XIUWEN)


def api_in(region):
    client = make_client(make_party("platform", f"农优鲜{region}"), region=region)
    return Api(make_token(client, [ApiScope.REFERENCE_READ])[1])


def names(answer):
    assert answer.status_code == 200, answer.json()
    return [each["name"] for each in answer.json()["data"]]


def locate(station, lat, lon, **fields):
    with seeing_everything():
        Station.objects.filter(pk=station.pk).update(lat=lat, lon=lon, **fields)


def test_stations_of_the_regions_of_an_application(api, cast):
    assert names(api.get("stations/", {"tier": "village"})) == [
        "放马坪村服务点",
        "六广村服务点",
        "广城村服务点",
    ]
    assert names(api_in(SUINING).get("stations/", {"tier": "village"})) == ["陈楼村服务点"]


def test_a_station_is_told_as_everybody_may_know_it(api, cast):
    locate(cast.guangcheng, 27.0, 106.7, phone="0851-82320001", point_is_own=True, opened_on="2026-03-01")

    answer = api.get("stations/", {"region": "520123103204"})

    assert answer.json()["data"] == [
        {
            "id": cast.guangcheng.pk,
            "name": "广城村服务点",
            "tier": "village",
            "tier_words": "村级服务点",
            "state": "operating",
            "state_words": "运营中",
            "region": {"code": "520123103204", "name": "广城村"},
            "county": XIUWEN,
            "parent": cast.liuguang_point.pk,
            "phone": "0851-82320001",
            "lon": 106.7,
            "lat": 27.0,
            "is_exact": True,
            "radius_m": 3000,
            "functions": [],
            "opened_on": "2026-03-01",
        }
    ]


def test_stations_by_place_state_and_name(api, cast):
    with seeing_everything():
        Station.objects.filter(pk=cast.liuguang.pk).update(state="closed")
        Station.objects.filter(pk=cast.fangmaping.pk).update(state="applied")

    assert names(api.get("stations/", {"region": "520123103000"})) == [
        "六广镇乡镇备用处理点",
        "六广村服务点",
        "广城村服务点",
    ]
    assert names(api.get("stations/", {"state": "closed"})) == ["六广村服务点"]
    assert names(api.get("stations/", {"q": "广城"})) == ["广城村服务点"]
    assert api.get("stations/", {"state": "applied"}).status_code == 400
    assert api.get("stations/", {"region": "52"}).json()["errors"][0]["pointer"] == "/region"
    assert api.get(f"stations/{cast.fangmaping.pk}/").status_code == 404


def test_one_station_with_its_hours_of_the_week(api, cast):
    WorkCalendarDay.objects.update_or_create(
        date=date(2026, 11, 21), defaults={"kind": "makeup_workday", "is_workday": True}
    )

    told = api.get(f"stations/{cast.guangcheng.pk}/", {"fields": "above,opening"}).json()

    hours = [{"opens": "08:30", "closes": "12:00"}, {"opens": "14:00", "closes": "18:00"}]
    assert [each["code"] for each in told["above"]][:2] == ["520123103000", XIUWEN]
    assert [(each["date"], each["hours"]) for each in told["opening"]] == [
        ("2026-11-20", hours),
        ("2026-11-21", hours),
        ("2026-11-22", []),
        ("2026-11-23", hours),
        ("2026-11-24", hours),
        ("2026-11-25", hours),
        ("2026-11-26", hours),
    ]


def test_a_suspended_station_is_not_open(api, cast):
    with seeing_everything():
        Station.objects.filter(pk=cast.guangcheng.pk).update(state="suspended")

    told = api.get(f"stations/{cast.guangcheng.pk}/").json()

    assert {str(each["hours"]) for each in told["opening"]} == {"[]"}


def test_a_station_elsewhere_is_as_if_it_were_missing(api, cast):
    foreign, missing = api.get(f"stations/{cast.chenlou.pk}/"), api.get("stations/987654321/")

    told = [{**answer.json(), "request_id": ""} for answer in (foreign, missing)]
    assert (foreign.status_code, told[0]) == (404, told[1])


def test_operating_stations_near_a_point_by_distance(api, cast):
    locate(cast.guangcheng, 27.0, 106.7)
    locate(cast.liuguang, 27.02, 106.7)
    locate(cast.fangmaping, 27.3, 106.7)
    locate(cast.chenlou, 27.0, 106.7)
    here = {"lon": "106.7", "lat": "27.001"}

    near = api.get("stations/near/", here).json()["data"]

    assert [(each["name"], each["distance_m"]) for each in near] == [
        ("广城村服务点", 111),
        ("六广村服务点", 2113),
    ]
    assert names(api.get("stations/near/", {**here, "limit": 1})) == ["广城村服务点"]
    assert names(api.get("stations/near/", {**here, "within_km": 1})) == ["广城村服务点"]
    assert names(api.get("stations/near/", {**here, "within_km": 40}))[-1] == "放马坪村服务点"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"lon": "106.7"}, "/lat"),
        ({"lon": "nan", "lat": "27"}, "/lon"),
        ({"lon": "106.7", "lat": "91"}, "/lat"),
        ({"lon": "106.7", "lat": "27", "within_km": "51"}, "/within_km"),
        ({"lon": "106.7", "lat": "27", "zoom": "3"}, "/zoom"),
    ],
)
def test_a_point_that_cannot_be_is_refused(api, query, pointer):
    answer = api.get("stations/near/", query)

    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (400, [pointer])


def test_stations_read_their_page_in_few_statements(api, django_assert_max_num_queries):
    api.get("stations/")

    with django_assert_max_num_queries(6):
        assert api.get("stations/").status_code == 200


def test_the_calendar_tells_what_each_day_is(api):
    WorkCalendarDay.objects.update_or_create(
        date=date(2026, 10, 1),
        defaults={"kind": "holiday", "is_workday": False, "holiday_name": "国庆节", "is_confirmed": True},
    )

    answer = api.get("calendar/", {"since": "2026-10-01", "until": "2026-10-01"})
    english = api.get(
        "calendar/", {"since": "2026-10-01", "until": "2026-10-01"}, **{"accept-language": "en"}
    )

    day = {
        "date": "2026-10-01",
        "is_working_day": False,
        "kind": "holiday",
        "kind_words": "法定节假日",
        "holiday": "国庆节",
        "is_confirmed": True,
    }
    assert answer.json() == {"data": [day]}
    assert english.json() == {"data": [{**day, "kind_words": "Statutory holiday", "holiday": "National Day"}]}


def test_a_month_from_today_unless_told(api):
    days = [each["date"] for each in api.get("calendar/").json()["data"]]

    assert (days[0], days[-1], len(days)) == ("2026-11-20", "2026-12-20", 31)


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        ("2026-10-02", "2026-10-01", "reversed"),
        ("2026-01-01", "2027-12-31", "too_long"),
        ("1990-01-01", "1990-01-02", "outside"),
        ("2099-12-31", "2100-01-01", "outside"),
        ("9999-12-31", None, "outside"),
        ("2026-02-30", "2026-03-01", "invalid"),
    ],
)
def test_days_that_cannot_be_asked_for(api, since, until, code):
    answer = api.get("calendar/", {"since": since, **({"until": until} if until else {})})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
