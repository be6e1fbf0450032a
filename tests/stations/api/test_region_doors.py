"""Places through the API: lists by level, parent and beginning; one with what it lies in."""

import pytest

from aftersales.accounts.api_scopes import ApiScope
from stations.models import Region
from tests.api_world import Api, make_client, make_token
from tests.factories import make_party

XIUWEN = "520123000000"


@pytest.fixture
def api(cast):
    client = make_client(make_party("platform", "农优鲜"), region=XIUWEN)
    return Api(make_token(client, [ApiScope.REFERENCE_READ])[1])


def codes(answer):
    assert answer.status_code == 200, answer.json()
    return [each["code"] for each in answer.json()["data"]]


def test_places_of_one_parent_by_code(api):
    answer = api.get("regions/", {"parent": "520123103000"})

    assert answer.json() == {
        "data": [
            {
                "code": "520123103201",
                "name": "六广村",
                "level": "village",
                "level_words": "村级",
                "parent": "520123103000",
                "lon": None,
                "lat": None,
            },
            {
                "code": "520123103204",
                "name": "广城村",
                "level": "village",
                "level_words": "村级",
                "parent": "520123103000",
                "lon": None,
                "lat": None,
            },
        ],
        "next": None,
        "previous": None,
    }


def test_places_by_level_and_by_how_they_begin(api):
    assert codes(api.get("regions/", {"level": "county"})) == ["320324000000", XIUWEN]
    assert codes(api.get("regions/", {"q": "修文"})) == [XIUWEN]
    assert codes(api.get("regions/", {"q": "文县"})) == []
    assert codes(api.get("regions/", {"q": "520123103", "level": "village"})) == [
        "520123103201",
        "520123103204",
    ]


def test_what_has_ended_is_found_by_its_code_alone(api):
    Region.objects.filter(code="520123103204").update(ended_on="2026-01-01", replaced_by="520123103201")

    gone = api.get("regions/520123103204/", {"fields": "code,ended_on,replaced_by,above"})

    assert codes(api.get("regions/", {"parent": "520123103000"})) == ["520123103201"]
    assert gone.json() == {
        "code": "520123103204",
        "ended_on": "2026-01-01",
        "replaced_by": "520123103201",
        "above": [
            {"code": "520123103000", "name": "六广镇"},
            {"code": XIUWEN, "name": "修文县"},
            {"code": "520100000000", "name": "贵阳市"},
            {"code": "520000000000", "name": "贵州省"},
        ],
    }


@pytest.mark.parametrize("code", ["520123103999", "none", "5"])
def test_a_place_nobody_knows_is_missing(api, code):
    answer = api.get(f"regions/{code}/")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_what_has_not_changed_is_not_sent_again(api):
    first = api.get("regions/", {"limit": 1})
    again = api.get("regions/", {"limit": 1}, **{"if-none-match": first["ETag"]})
    Region.objects.filter(code=first.json()["data"][0]["code"]).update(name="新名")
    later = api.get("regions/", {"limit": 1}, **{"if-none-match": first["ETag"]})

    assert first["Cache-Control"] == "private, max-age=300"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (later.status_code, later.json()["data"][0]["name"]) == (200, "新名")


def test_regions_read_their_page_in_one_statement(api, django_assert_max_num_queries):
    api.get("regions/")

    with django_assert_max_num_queries(5):
        assert api.get("regions/").status_code == 200
