"""The list of stations, the page of one, the map."""

import re
from datetime import time

import pytest
from django.urls import reverse

from stations.models import Region, Station
from tests.factories import make_agent, make_station, make_user, seeing_everything

ITEM = re.compile(r'<h3><a href="/stations/(\d+)/">')


def listed(response) -> set[int]:
    assert response.status_code == 200
    return {int(pk) for pk in ITEM.findall(response.content.decode())}


def pks(cast, *names) -> set[int]:
    return {getattr(cast, name).pk for name in names}


XIUWEN = ("xiuwen_centre", "liuguang_point", "longchang_point", "guangcheng", "liuguang", "fangmaping")
SUINING = ("suining_centre", "wangji_point", "chenlou")


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("manager", XIUWEN),
        ("officer", XIUWEN),
        ("suining_manager", SUINING),
        ("technician", ("liuguang_point", "guangcheng", "liuguang")),
        ("supervisor", XIUWEN),
        ("platform", XIUWEN + SUINING),
    ],
)
def test_everybody_sees_the_stations_in_their_reach(cast, as_user, who, seen):
    assert listed(as_user(who).get(reverse("stations:station_list"))) == pks(cast, *seen)


@pytest.mark.parametrize("who", ["agent", "regulator", "nobody"])
@pytest.mark.parametrize("page", ["station_list", "map_index"])
def test_who_may_not_see_the_county_sees_no_list(as_user, who, page):
    assert as_user(who).get(reverse(f"stations:{page}")).status_code == 403


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"tier": "township"}, ("liuguang_point", "longchang_point")),
        ({"township": "520123103000"}, ("liuguang_point", "guangcheng", "liuguang")),
        ({"q": "广城"}, ("guangcheng",)),
        ({"q": "520123001"}, ("longchang_point", "fangmaping")),
        ({"state": "suspended"}, ("fangmaping",)),
        ({"township": "320324102000"}, XIUWEN),
        ({"tier": "nonsense", "cursor": "nonsense"}, XIUWEN),
        ({"q": "没有这个站"}, ()),
    ],
    ids=str,
)
def test_filters_narrow_the_list(cast, as_user, query, seen):
    with seeing_everything():
        Station.objects.filter(pk=cast.fangmaping.pk).update(state="suspended")

    assert listed(as_user("manager").get(reverse("stations:station_list"), query)) == pks(cast, *seen)


def test_closed_stations_are_shown_when_asked_for(cast, as_user):
    closed = make_station("village", "520123103204", cast.liuguang_point, name="旧站", state="closed")
    client, url = as_user("manager"), reverse("stations:station_list")

    assert closed.pk not in listed(client.get(url))
    assert listed(client.get(url, {"state": "closed"})) == {closed.pk}


def test_long_lists_come_in_pages(cast, as_user):
    for number in range(45):
        make_station("village", "520123103204", cast.liuguang_point, name=f"站 {number}")
    client, url = as_user("manager"), reverse("stations:station_list")

    first = client.get(url, {"tier": "village"})
    following = re.search(r'rel="next" href="(\?[^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(url + following)

    assert (len(listed(first)), len(listed(second))) == (40, 8)
    assert listed(first).isdisjoint(listed(second))


def test_the_list_asks_a_fixed_number_of_questions(cast, as_user, django_assert_max_num_queries):
    for number in range(30):
        make_station("village", "520123103204", cast.liuguang_point, name=f"站 {number}")
    client = as_user("manager")

    with django_assert_max_num_queries(9):
        client.get(reverse("stations:station_list"))


@pytest.mark.parametrize(
    ("who", "station", "status"),
    [
        ("manager", "guangcheng", 200),
        ("agent", "guangcheng", 200),
        ("technician", "guangcheng", 200),
        ("supervisor", "guangcheng", 200),
        ("administrator", "guangcheng", 200),
        ("agent", "liuguang", 404),
        ("technician", "fangmaping", 404),
        ("manager", "chenlou", 404),
        ("regulator", "guangcheng", 403),
        ("nobody", "guangcheng", 403),
    ],
)
def test_a_station_is_found_inside_the_reach_only(cast, as_user, who, station, status):
    url = reverse("stations:station_detail", args=[getattr(cast, station).pk])

    assert as_user(who).get(url).status_code == status


def test_no_such_station_looks_like_somebody_elses(cast, as_user):
    client = as_user("manager")

    absent = client.get(reverse("stations:station_detail", args=[999_999]))
    foreign = client.get(reverse("stations:station_detail", args=[cast.chenlou.pk]))

    assert (absent.status_code, foreign.status_code) == (404, 404)
    assert client.get(f"/stations/{10**30}/").status_code == 404


def test_a_station_shows_what_is_known_about_it(cast, as_user):
    late = make_user("late", full_name="罗老师")
    make_agent(late, cast.guangcheng, certified_until=None)
    Region.objects.filter(pk="520123103201").update(lat=26.91, lon=106.5)
    with seeing_everything():
        Station.objects.filter(pk=cast.guangcheng.pk).update(
            opens_at=time(8),
            noon_closes_at=time(12),
            noon_opens_at=time(14),
            closes_at=time(18, 30),
            functions=["post", "shop"],
            phone="0851-82320000",
            lat=26.9,
            lon=106.5,
            point_is_own=True,
        )

    page = as_user("manager").get(reverse("stations:station_detail", args=[cast.guangcheng.pk]))

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))
    for shown in (
        "贵州省 · 贵阳市 · 修文县 · 六广镇 · 广城村",
        "08:00–12:00, 14:00–18:30",
        "Village post office, Village shop",
        "0851-82320000",
        "106.50000, 26.90000",
        "王秀兰",
        "certified until 2028-01-01",
        "罗老师",
        "not certified",
        "六广村 1112 m",
        "六广镇乡镇备用处理点",
    ):
        assert shown in text, shown


def test_an_agent_sees_no_buttons_of_the_manager(cast, as_user):
    url = reverse("stations:station_detail", args=[cast.guangcheng.pk])

    seen_by = {who: as_user(who).get(url).content.decode() for who in ("agent", "manager")}

    for door in ("/edit/", "/people/new/", "/hand-over/", "/suspend/"):
        assert door in seen_by["manager"]
        assert door not in seen_by["agent"]


def test_a_centre_shows_its_coverage_and_what_hands_over_to_it(cast, as_user):
    page = as_user("manager").get(reverse("stations:station_detail", args=[cast.xiuwen_centre.pk]))

    assert listed(page) == pks(cast, "liuguang_point", "longchang_point")
    assert "3 of 3 villages" in page.content.decode()


@pytest.mark.parametrize(
    ("who", "county", "status"),
    [
        ("manager", "520123000000", 200),
        ("technician", "520123000000", 200),
        ("supervisor", "520123000000", 200),
        ("platform", "320324000000", 200),
        ("manager", "320324000000", 404),
        ("manager", "520123103000", 404),
        ("manager", "999999000000", 404),
        ("agent", "520123000000", 403),
        ("regulator", "520123000000", 403),
    ],
)
def test_the_map_of_a_county_in_reach(cast, as_user, who, county, status):
    assert as_user(who).get(reverse("stations:county_map", args=[county])).status_code == status


def test_the_map_draws_and_lists_stations(cast, as_user):
    Region.objects.filter(pk="520123103201").update(lat=26.91, lon=106.5)
    with seeing_everything():
        Station.objects.filter(pk=cast.guangcheng.pk).update(lat=26.9, lon=106.5, point_is_own=True)

    page = as_user("manager").get(reverse("stations:county_map", args=["520123000000"]))

    text = page.content.decode()
    rows = set(map(int, re.findall(r'<td><svg.*? <a href="/stations/(\d+)/">', text)))
    assert rows == pks(cast, *XIUWEN)
    assert "<title>广城村服务点 · Village point · Operating</title>" in text
    assert "<title>六广村</title>" in text
    assert "1 of 1 located villages" in text
    assert "missing on the map: 5" in text
    assert "style=" not in text


def test_one_county_in_reach_leads_straight_to_its_map(as_user):
    client = as_user("manager")

    assert client.get(reverse("stations:map_index")).headers["Location"] == "/map/520123000000/"
    both = as_user("platform").get(reverse("stations:map_index")).content.decode()
    assert "/map/520123000000/" in both and "/map/320324000000/" in both


@pytest.mark.parametrize("page", ["map", "centre", "village"])
def test_pages_ask_a_fixed_number_of_questions(cast, as_user, django_assert_max_num_queries, page):
    url = {
        "map": reverse("stations:county_map", args=["520123000000"]),
        "centre": reverse("stations:station_detail", args=[cast.xiuwen_centre.pk]),
        "village": reverse("stations:station_detail", args=[cast.guangcheng.pk]),
    }[page]
    for number in range(20):
        station = make_station("village", "520123103204", cast.liuguang_point, name=f"站 {number}")
        make_agent(make_user(f"person{number}"), station if number else cast.guangcheng)
        region = Region.objects.create(code=f"5201232{number:02d}000", name=f"镇 {number}", level=4)
        make_station("township", region.code, cast.xiuwen_centre, name=f"点 {number}")
    client = as_user("manager")

    with django_assert_max_num_queries(14):
        assert client.get(url).status_code == 200
