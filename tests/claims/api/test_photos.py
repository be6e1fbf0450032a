"""Photos through the API: one picture a request, nobody else's, and nothing that is no picture."""

import pytest

from claims.models import Photo
from tests.api_world import Api, make_client, make_session, make_token
from tests.claims.api.world import OTHER_PHONE, PHONE, XIUWEN
from tests.claims.pictures import jpeg
from tests.factories import make_party, seeing_everything

pytestmark = pytest.mark.django_db


def stage(api, world, picture, draft="draft-1", **more):
    return api.picture(f"photos/?station={world.line.station_id}&draft={draft}", picture, **more)


def test_a_photo_is_added_to_an_open_claim(world):
    claim = world.claim()
    where = f"claims/{claim.number}/photos/"

    sent = world.villager.picture(f"{where}?kind=label", jpeg(1), key="photo-key-1")
    again = world.villager.picture(f"{where}?kind=label", jpeg(1), key="photo-key-1")
    reused = world.villager.picture(f"{where}?kind=label", jpeg(2), key="photo-key-1")
    listed = world.platform.get(where).json()["data"]
    fetched = world.platform.get(f"photos/{sent.json()['id']}/", **{"accept": "image/*"})
    small = world.platform.get(f"photos/{sent.json()['id']}/", {"small": "1"})

    assert (sent.status_code, sent.json()["kind"], sent.json()["left"]) == (201, "label", 11)
    assert (again.status_code, again.json()) == (201, sent.json())
    assert (reused.status_code, reused.json()["code"]) == (422, "key_reused")
    assert listed == [{name: value for name, value in sent.json().items() if name != "left"}]
    assert (fetched.status_code, fetched["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(fetched.streaming_content).startswith(b"\xff\xd8")
    assert (small.status_code, fetched["X-Content-Type-Options"]) == (200, "nosniff")
    with seeing_everything():
        assert Photo.objects.filter(claim=claim).count() == 1


def test_a_photo_of_somebody_else_does_not_exist(world):
    claim = world.claim()
    photo = world.villager.picture(f"claims/{claim.number}/photos/", jpeg(1)).json()["id"]

    for other in (world.rival, world.stranger, world.county):
        assert other.get(f"photos/{photo}/").status_code == 404
        assert other.get(f"claims/{claim.number}/photos/").status_code == 404
        assert other.picture(f"claims/{claim.number}/photos/", jpeg(2)).status_code == 404
        assert other.delete(f"photos/{photo}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"small": "true"}, "invalid_choice"),
        ({"draft": "d" * 65}, "max_length"),
        ({"fields": "id"}, "unknown_parameter"),
    ],
)
def test_what_a_photo_is_asked_with_has_to_be_right(world, query, code):
    photo = world.villager.picture(f"claims/{world.claim().number}/photos/", jpeg(1)).json()["id"]

    answer = world.villager.get(f"photos/{photo}/", query)

    told = [(each["pointer"], each["code"]) for each in answer.json()["errors"]]
    assert (answer.status_code, told) == (400, [(f"/{next(iter(query))}", code)])


def test_a_draft_is_of_one_consumer_and_one_application(world):
    photo = stage(world.villager, world, jpeg(1)).json()["id"]
    address = f"photos/{photo}/"

    assert world.villager.get(address, {"draft": "draft-1"}).status_code == 200
    assert world.villager.get(address).status_code == 404
    for other in (world.stranger, world.county, world.platform):
        assert other.get(address, {"draft": "draft-1"}).status_code == 404
        assert other.delete(f"{address}?draft=draft-1").status_code == 404
    assert world.villager.delete(f"{address}?draft=draft-1").status_code == 204
    with seeing_everything():
        assert not Photo.objects.exists()


def test_evidence_stays(world):
    claim = world.claim()
    photo = world.villager.picture(f"claims/{claim.number}/photos/", jpeg(1)).json()["id"]

    answer = world.villager.delete(f"photos/{photo}/")

    assert (answer.status_code, answer.json()["code"]) == (409, "photo_filed")


def test_a_claim_holds_twelve(world):
    lefts = [stage(world.villager, world, jpeg(shade)).json()["left"] for shade in range(12)]
    over = stage(world.villager, world, jpeg(12))

    assert lefts == list(range(11, -1, -1))
    assert (over.status_code, over.json()["code"]) == (409, "too_many_photos")


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"", "image/jpeg", 409, "empty"),
        (b"no picture at all", "image/jpeg", 409, "not_a_picture"),
        (b"<svg/>", "image/svg+xml", 415, "unsupported_media_type"),
        (b"{}", "application/json", 415, "unsupported_media_type"),
        (b"\0" * (10 * 1024 * 1024 + 1), "image/png", 413, "too_large"),
    ],
)
def test_what_is_no_picture(world, body, kind, status, code):
    answer = stage(world.villager, world, body, kind=kind)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "query",
    ["", "?station=1", "?draft=x", "?station=x&draft=y", "?station=-1&draft=y", "?station=1&draft=y&x=1"],
)
def test_where_it_belongs_has_to_be_said(world, query):
    answer = world.villager.picture(f"photos/{query}", jpeg(1))

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_station_beyond_reach_takes_no_photos(world):
    where = f"photos/?station={world.cast.chenlou.pk}&draft=draft-1"

    assert world.platform.picture(where, jpeg(1)).status_code == 404


def test_an_ended_claim_takes_no_photos(world):
    claim = world.claim(status="withdrawn", handler=None)
    answer = world.villager.picture(f"claims/{claim.number}/photos/", jpeg(1))

    assert (answer.status_code, answer.json()["code"]) == (409, "claim_ended")
    with seeing_everything():
        assert not Photo.objects.exists()


def test_a_consumer_reaches_their_own_over_the_platform_too(world):
    sold_by = make_client(make_party("platform"), region=XIUWEN)
    token = make_token(sold_by)[0]
    mine, theirs = Api(make_session(token, PHONE)), Api(make_session(token, OTHER_PHONE))
    claim = world.claim()
    photo = mine.picture(f"claims/{claim.number}/photos/", jpeg(1)).json()["id"]

    assert mine.get(f"photos/{photo}/").status_code == 200
    assert theirs.get(f"photos/{photo}/").status_code == 404
