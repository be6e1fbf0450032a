"""Photos through the pages: one by one, added later, served to those who may see the claim."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from claims.models import Photo
from tests.claims.pictures import jpeg
from tests.factories import make_claim, make_line, seeing_everything

KEY = "form-key-of-some-photos"


def picture(shade=1, content=None):
    return SimpleUploadedFile("桃.jpg", content or jpeg(shade), content_type="image/jpeg")


def stage(client, line, *photos, key=KEY):
    return client.post(f"/claims/new/{line.pk}/photos/", {"form_key": key, "photos": list(photos)})


def photos():
    with seeing_everything():
        return list(Photo.objects.order_by("id"))


def test_each_photo_is_answered_with_all_so_far(cast, door):
    line = make_line(cast.guangcheng)
    client = door(cast.agent)

    first = stage(client, line, picture(1))
    second = stage(client, line, picture(2))

    assert (first.content.decode().count("<img"), second.content.decode().count("<img")) == (1, 2)
    assert [photo.form_token for photo in photos()] == [KEY, KEY]
    assert {photo.station_id for photo in photos()} == {cast.guangcheng.pk}


def test_file_that_is_no_photo_is_told_in_a_sentence(cast, door):
    answer = stage(door(cast.agent), make_line(cast.guangcheng), picture(content=b"GIF89a"))

    assert (answer.status_code, answer["Content-Type"]) == (409, "text/plain; charset=utf-8")
    assert answer.content.decode().startswith("桃.jpg: ")
    assert photos() == []


@pytest.mark.parametrize("key", ["", "short", "with blanks in the token", "<script>alert(1)</script>"])
def test_odd_keys_are_not_taken(cast, door, key):
    assert stage(door(cast.agent), make_line(cast.guangcheng), picture(), key=key).status_code == 400
    assert photos() == []


def test_photo_goes_to_those_who_may_see_the_claim(cast, door):
    client = door(cast.agent)
    stage(client, make_line(cast.guangcheng), picture())
    [photo] = photos()

    small = client.get(f"/claims/photos/{photo.pk}/?small=1")
    large = client.get(f"/claims/photos/{photo.pk}/")
    statuses = {
        person: door(getattr(cast, person)).get(f"/claims/photos/{photo.pk}/").status_code
        for person in ("technician", "officer", "neighbour", "suining_manager", "regulator")
    }

    assert {answer["Content-Type"] for answer in (small, large)} == {"image/jpeg"}
    assert {answer["X-Content-Type-Options"] for answer in (small, large)} == {"nosniff"}
    assert statuses == {
        "technician": 200,
        "officer": 200,
        "neighbour": 404,
        "suining_manager": 404,
        "regulator": 403,
    }
    assert client.get(f"/claims/photos/{photo.pk + 1}/").status_code == 404


def test_photos_can_be_added_to_an_open_claim(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    client = door(cast.agent)

    answer = client.post(
        f"/claims/{claim.number}/photos/", {"form_key": KEY, "photos": [picture(1), picture(2)]}
    )

    assert answer.url == f"/claims/{claim.number}/"
    assert {photo.claim for photo in photos()} == {claim}


def test_refused_photo_keeps_the_good_ones_for_the_next_try(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    client = door(cast.agent)
    url = f"/claims/{claim.number}/photos/"

    page = client.post(url, {"form_key": KEY, "photos": [picture(1), picture(content=b"?")]})
    assert (page.status_code, len(page.context["refusals"]), len(page.context["photos"])) == (409, 1, 1)
    client.post(url, {"form_key": KEY})

    assert [photo.claim for photo in photos()] == [claim]


def test_no_photo_chosen_says_so(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    page = door(cast.agent).post(f"/claims/{claim.number}/photos/", {"form_key": KEY})

    assert page.context["refusals"] == ["Choose at least one photo."]


def test_ended_claim_takes_no_photos(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="closed")

    page = door(cast.agent).post(f"/claims/{claim.number}/photos/", {"form_key": KEY, "photos": [picture()]})

    assert page.status_code == 409
    assert [photo.claim for photo in photos()] == [None]


def test_claim_of_another_station_takes_no_photos(cast, door):
    claim = make_claim(cast.liuguang, filed_by=cast.neighbour)

    answer = door(cast.agent).post(
        f"/claims/{claim.number}/photos/", {"form_key": KEY, "photos": [picture()]}
    )

    assert answer.status_code == 404
    assert photos() == []
