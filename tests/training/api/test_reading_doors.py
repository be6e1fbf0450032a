"""The handbook and certificates through the API."""

from datetime import timedelta

import pytest

from aftersales.accounts.api_scopes import ApiScope
from tests.api_world import Api, make_client, make_token
from tests.factories import NOW, make_party, seeing_everything
from tests.training.articles import make_article
from tests.training.certificates.cases import certificate_of
from tests.training.text_pictures import add_picture
from training.models import Article, Certificate

XIUWEN = "520123000000"


@pytest.fixture
def api(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    Article.objects.update(retired_at=NOW)
    return new_api()


def new_api():
    client = make_client(make_party("platform", "农优鲜"), region=XIUWEN)
    return Api(make_token(client, [ApiScope.REFERENCE_READ, ApiScope.CERTIFICATES_READ])[1])


def codes(answer):
    assert answer.status_code == 200, answer.json()
    return [each["code"] for each in answer.json()["data"]]


def test_only_what_is_written_for_villagers(api):
    make_article("open-fruit", audience="villager", goods_type="fresh_fruit", problem="quality")
    make_article("inside", audience="agent")
    make_article("old", audience="villager", retired_at=NOW)

    answer = api.get("handbook/")

    assert answer.json() == {
        "data": [
            {
                "code": "open-fruit",
                "version": 1,
                "title": "坏果怎么拍",
                "summary": "三张照片说清楚",
                "topic": "evidence",
                "goods_type": "fresh_fruit",
                "problem": "quality",
                "published_at": "2026-11-20T10:30:00+08:00",
            }
        ],
        "next": None,
        "previous": None,
    }
    assert [api.get(f"handbook/{code}/").status_code for code in ("inside", "old", "none")] == [404] * 3


def test_articles_by_words_goods_problem_and_topic(api):
    make_article("scales", audience="villager", title="怎么称重", topic="inspection")
    make_article(
        "rot", audience="villager", summary="烂了怎么称重", goods_type="fresh_fruit", problem="quality"
    )
    make_article("law", audience="villager", title="七日退货", body="退货", topic="law")

    assert codes(api.get("handbook/", {"q": "称重"})) == ["scales", "rot"]
    assert codes(api.get("handbook/", {"q": "冰箱"})) == []
    assert codes(api.get("handbook/", {"goods": "produce"})) == ["rot"]
    assert codes(api.get("handbook/", {"goods": "fresh_fruit", "problem": "price"})) == []
    assert codes(api.get("handbook/", {"topic": "law"})) == ["law"]
    assert api.get("handbook/", {"topic": "cooking"}).status_code == 400


def test_a_search_goes_on_where_its_page_ended(api):
    for number in range(3):
        make_article(f"a{number}", audience="villager", position=number)

    first = api.get("handbook/", {"q": "拍", "limit": 2}).json()
    second = api.http.get(first["next"], headers=api.headers).json()

    assert [[each["code"] for each in page["data"]] for page in (first, second)] == [["a0", "a1"], ["a2"]]


def test_one_article_with_its_pictures(api, cast):
    version = make_article("open-fruit", audience="villager")
    picture = add_picture(version, cast.trainer)

    told = api.get("handbook/open-fruit/", {"fields": "body,sources,video_url,pictures"}).json()

    assert told == {
        "body": "先拍全景。",
        "sources": "",
        "video_url": "",
        "pictures": [{"caption": "称重", "url": f"/handbook/pictures/{picture.pk}/"}],
    }


def test_a_certificate_is_told_as_on_the_public_page(api, cast):
    held = certificate_of(cast.agent, cast.trainer)
    number = held.number

    valid = api.get(f"certificates/{number}/").json()
    grouped = api.get(f"certificates/{number[:4]}-{number[4:8]}-{number[8:12]}-{number[12:]}/").json()
    with seeing_everything():
        Certificate.objects.filter(pk=held.pk).update(
            shows_name=True, consented_at=NOW, revoked_at=NOW, revoked_by=cast.trainer, revoked_reason="误发"
        )
    revoked = api.get(f"certificates/{number}/").json()

    assert valid == grouped
    assert valid == {
        "number": number,
        "standing": "valid",
        "issued_on": held.issued_on.isoformat(),
        "valid_until": held.valid_until.isoformat(),
        "revoked_on": None,
        "name": "",
    }
    assert (revoked["standing"], revoked["revoked_on"], revoked["name"]) == (
        "revoked",
        "2026-11-20",
        "王秀兰",
    )


@pytest.mark.parametrize("number", ["none", "2345678923456", "x" * 300])
def test_a_number_nobody_holds_is_unknown(api, number):
    told = api.get(f"certificates/{number}/").json()

    assert told["standing"] == "unknown"
    assert (told["issued_on"], told["name"]) == (None, "")


def test_numbers_cannot_be_tried_one_after_the_other(api, cast, time_machine):
    number = certificate_of(cast.agent, cast.trainer).number
    for _each in range(60):
        assert api.get("certificates/none/").status_code == 200

    stopped = api.get(f"certificates/{number}/")
    others = new_api().get(f"certificates/{number}/")
    time_machine.move_to(NOW + timedelta(minutes=16), tick=False)

    assert (stopped.status_code, stopped.json()["code"], stopped["Retry-After"]) == (429, "throttled", "900")
    assert others.json()["standing"] == "valid"
    assert api.get(f"certificates/{number}/").json()["standing"] == "valid"
