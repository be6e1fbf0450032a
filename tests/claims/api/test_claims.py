"""Claims filed, listed and read by programs: one effect, and nothing of anybody else."""

import pytest

from claims.models import Claim, Consent
from tests.api_world import Api, make_client, make_token
from tests.claims.api.world import PHONE, XIUWEN
from tests.claims.pictures import jpeg
from tests.factories import make_consumer, make_line, make_party, seeing_everything

pytestmark = pytest.mark.django_db

FILING = {
    "order_number": "SO-1",
    "nature": "quality",
    "severity": "minor",
    "bad_quantity": "3",
    "description": "三个烂了",
    "consented": True,
}


def only_claim() -> Claim:
    with seeing_everything():
        return Claim.objects.select_related("consumer").get()


def codes(answer) -> set[str]:
    return {error["code"] for error in answer.json()["errors"]}


def test_a_platform_files_a_claim_with_an_amount(world):
    answer = world.platform.post("claims/", FILING)

    claim = only_claim()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/claims/{claim.number}/"
    assert answer["ETag"] == f'"{claim.version}"'
    told = dict(answer.json())
    compensation = told.pop("compensation")
    assert told == {
        "number": claim.number,
        "status": "submitted",
        "status_text": claim.get_status_display(),
        "round": 1,
        "version": claim.version,
        "channel": "platform",
        "station": {"id": world.line.station_id, "name": "广城村服务点"},
        "order": {"id": world.line.order_id, "number": "SO-1"},
        "order_line": {"id": world.line.pk, "product": "水蜜桃 20 个装", "sku": "P-20", "unit": "piece"},
        "consumer": {"name_masked": "张**", "phone_masked": "139****2233"},
        "goods_type": "fresh_fruit",
        "nature": "quality",
        "severity": "minor",
        "procedure": "quality_proportional",
        "bad_quantity": "3",
        "batch": "",
        "is_urgent": False,
        "is_without_reason": False,
        "level": 0,
        "filed_at": told["filed_at"],
        "accepted_at": None,
        "promised_at": told["promised_at"],
        "resolved_at": None,
        "closed_at": None,
        "rejection_code": "",
        "merged_into": None,
        "photos": 0,
    }
    assert (compensation["state"], compensation["amount"], compensation["remedy"]) == ("proposed", "6.00", "")
    assert world.platform.get(f"claims/{claim.number}/").json() == answer.json()
    with seeing_everything():
        assert Consent.objects.get(claim=claim).kind == "message"
        assert claim.filed_by == world.platform_user


def test_a_villager_files_in_the_county_s_mini_program(world):
    answer = world.villager.post("claims/", {**FILING, "order_line": world.line.pk})

    assert (answer.status_code, answer.json()["channel"]) == (201, "mini_program")
    assert only_claim().consumer == world.consumer


def test_the_same_key_files_once_and_another_key_asks_first(world):
    first = world.platform.post("claims/", FILING, key="platform-key-1")
    again = world.platform.post("claims/", FILING, key="platform-key-1")
    other = world.platform.post("claims/", FILING, key="platform-key-2")
    reused = world.platform.post("claims/", {**FILING, "bad_quantity": "4"}, key="platform-key-1")
    insisted = world.platform.post("claims/", {**FILING, "file_anyway": True}, key="platform-key-3")

    assert (again.status_code, again.json(), again["Idempotency-Replayed"]) == (201, first.json(), "true")
    assert (other.status_code, other.json()["code"]) == (409, "open_claim_exists")
    assert (reused.status_code, reused.json()["code"]) == (422, "key_reused")
    assert insisted.status_code == 201
    with seeing_everything():
        assert Claim.objects.count() == 2


def test_photos_sent_before_belong_to_the_claim(world):
    where = f"photos/?station={world.line.station_id}&draft=my-draft-1"
    lefts = [world.platform.picture(where, jpeg(shade)).json()["left"] for shade in (1, 2)]
    others = world.villager.picture(where, jpeg(3))

    filed = world.platform.post("claims/", {**FILING, "draft": "my-draft-1"}).json()

    assert lefts == [11, 10]
    assert (others.status_code, others.json()["left"]) == (201, 11)
    assert filed["photos"] == 2


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"consented": False}, 409, "consent_missing"),
        ({"bad_quantity": "21"}, 409, "bad_over_total"),
        ({"bad_quantity": "1.5"}, 409, "bad_not_whole"),
        ({"bad_quantity": "0"}, 409, "bad_not_positive"),
        ({"bad_quantity": None, "is_without_reason": True}, 409, "no_reason_perishable"),
        ({"order_number": None}, 400, "invalid"),
        ({"order_number": "SO-2"}, 404, "not_found"),
        ({"sku": "P-21"}, 404, "not_found"),
        ({"consumer": {"name": "李四", "phone": "13985110000"}}, 409, "consumer_differs"),
        ({"consumer": {"name": "李四", "phone": "12"}}, 409, "phone_invalid"),
        ({"order_line": 2**63 - 1}, 404, "not_found"),
        ({"order_line": 2**63}, 400, "invalid"),
    ],
)
def test_what_cannot_be_filed_is_told_by_its_code(world, change, status, code):
    answer = world.platform.post("claims/", {**FILING, **change})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    with seeing_everything():
        assert not Claim.objects.exists()


def test_what_is_missing_and_what_is_unknown(world):
    empty = world.platform.post("claims/", {})
    nowhere = world.platform.post(
        "claims/", {name: value for name, value in FILING.items() if name != "order_number"}
    )
    unknown = world.platform.post("claims/", {**FILING, "state": "resolved"})
    list_sent = world.platform.post("claims/", [FILING])
    keyless = world.platform.post("claims/", FILING, key=None)

    assert (empty.status_code, codes(empty)) == (400, {"required"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (409, "order_line_missing")
    assert (unknown.status_code, codes(unknown)) == (400, {"unknown_field"})
    assert list_sent.status_code == 400
    assert (keyless.status_code, keyless.json()["code"]) == (400, "key_missing")


def test_an_order_without_a_consumer_takes_one_down(world):
    make_line(world.line.station, number="SO-9")
    nobody = world.platform.post("claims/", {**FILING, "order_number": "SO-9"})
    named = world.platform.post(
        "claims/", {**FILING, "order_number": "SO-9", "consumer": {"name": "李四", "phone": "13985110000"}}
    )

    assert (nobody.status_code, nobody.json()["code"]) == (409, "consumer_missing")
    assert (named.status_code, named.json()["consumer"]["phone_masked"]) == (201, "139****0000")


def test_several_lines_of_one_number_are_told_apart(world):
    make_line(world.cast.liuguang, number="SO-1", sku="P-30", consumer=make_consumer(world.cast.liuguang))
    unclear = world.platform.post("claims/", FILING)
    clear = world.platform.post("claims/", {**FILING, "sku": "P-30"})

    assert (unclear.status_code, unclear.json()["code"]) == (409, "order_line_ambiguous")
    assert (clear.status_code, clear.json()["station"]["id"]) == (201, world.cast.liuguang.pk)


def test_another_party_s_claims_do_not_exist(world):
    claim = world.claim()
    others = world.rival.post("claims/", {**FILING, "order_line": world.line.pk})
    missing = world.rival.get("claims/GDPJ00000000/")
    theirs = world.rival.get(f"claims/{claim.number}/")

    assert (others.status_code, missing.status_code, theirs.status_code) == (404, 404, 404)
    bodies = [{**each.json(), "request_id": ""} for each in (missing, theirs)]
    assert bodies[0] == bodies[1]
    assert world.rival.get("claims/").json() == {"data": [], "next": None, "previous": None}
    assert world.stranger.get(f"claims/{claim.number}/").status_code == 404
    assert world.county.get(f"claims/{claim.number}/").status_code == 404


def test_who_sees_a_claim(world):
    claim = world.claim()
    numbers = {
        name: [each["number"] for each in getattr(world, name).get("claims/").json()["data"]]
        for name in ("platform", "rival", "county", "villager", "stranger")
    }

    assert numbers == {
        "platform": [claim.number],
        "rival": [],
        "county": [],
        "villager": [claim.number],
        "stranger": [],
    }


def test_a_merchant_sees_claims_about_its_goods_and_elsewhere_nothing(world):
    from tests.claims.api.world import program

    claim = world.claim()
    merchant = program(world.line.order.merchant)
    elsewhere = program(world.line.order.merchant, region="320324000000")

    assert [each["number"] for each in merchant.get("claims/").json()["data"]] == [claim.number]
    assert elsewhere.get("claims/").json()["data"] == []
    assert elsewhere.get(f"claims/{claim.number}/").status_code == 404


def test_filters_and_pages(world):
    claims = [world.claim(line=make_line(world.line.station, consumer=world.consumer)) for _each in range(3)]
    world.claim(status="withdrawn", handler=None)

    def numbers(**query):
        return [each["number"] for each in world.platform.get("claims/", query).json()["data"]]

    first = world.platform.get("claims/", {"limit": 2, "status": "accepted", "fields": "number"}).json()
    second = world.platform.http.get(first["next"], headers=world.platform.headers).json()

    assert [each["number"] for each in first["data"] + second["data"]] == [
        claim.number for claim in reversed(claims)
    ]
    assert second["next"] is None
    assert numbers(order_number=claims[0].order_line.order.number) == [claims[0].number]
    assert numbers(order=claims[1].order_line.order_id) == [claims[1].number]
    assert numbers(number=claims[2].number) == [claims[2].number]
    assert len(numbers(station=world.line.station_id, filed_after="2026-11-20T10:00:00+08:00")) == 4
    assert numbers(filed_before="2026-11-20T10:00:00+08:00") == []


@pytest.mark.parametrize(
    "query",
    [
        {"status": "lost"},
        {"order": "0"},
        {"order": "1.5"},
        {"order": str(2**70)},
        {"filed_after": "yesterday"},
        {"filed_after": "0001-01-01T00:00:00+23:59"},
        {"filed_before": "9999-12-31T23:59:59-23:59"},
        {"number": "x" * 61},
        {"phone": PHONE},
        {"limit": "0"},
        {"cursor": "x"},
        {"fields": "phone"},
    ],
)
def test_a_wrong_query_is_a_400(world, query):
    assert world.platform.get("claims/", query).status_code == 400


def test_an_unchanged_claim_is_not_sent_again(world):
    claim = world.claim()
    answer = world.platform.get(f"claims/{claim.number}/", **{"if-none-match": f'"{claim.version}"'})

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_list_takes_few_statements_whatever_its_length(world, django_assert_num_queries):
    for _each in range(5):
        world.claim(line=make_line(world.line.station, consumer=world.consumer))
    world.platform.get("claims/")
    with django_assert_num_queries(4):
        assert len(world.platform.get("claims/").json()["data"]) == 5


def test_the_door_adds_few_statements_to_filing(world, django_assert_max_num_queries):
    """Clocks, flags, the amount and the offer to a handler take the rest, at every door."""
    world.platform.post("claims/", FILING)
    with django_assert_max_num_queries(78):
        assert world.platform.post("claims/", {**FILING, "file_anyway": True}).status_code == 201


def test_a_platform_files_with_its_own_codes(world):
    taobao = Api(make_token(make_client(make_party("platform"), region=XIUWEN, adapter="taobao"))[1])
    ours = {name: value for name, value in FILING.items() if name not in ("nature", "severity")}

    filed = taobao.post("claims/", {**ours, "outside_reason": "变质"})
    half = taobao.post("claims/", {**ours, "outside_service": "坏单包赔", "file_anyway": True})
    whole = taobao.post(
        "claims/", {**ours, "outside_service": "坏单包赔", "severity": "minor", "file_anyway": True}
    )
    unknown = taobao.post("claims/", {**ours, "outside_reason": "不喜欢"})
    nameless = world.platform.post("claims/", {**ours, "outside_reason": "变质"})

    assert (filed.json()["nature"], filed.json()["severity"]) == ("quality", "moderate")
    assert (half.status_code, half.json()["code"]) == (409, "class_missing")
    assert (whole.json()["nature"], whole.json()["severity"]) == ("quality", "minor")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "outside_code_unknown")
    assert (nameless.status_code, nameless.json()["code"]) == (409, "adapter_missing")


def test_a_token_without_the_scope_is_told_so(world):
    from tests.claims.api.world import program

    reader = program(make_party("platform"), scopes=["claims:read"])

    assert reader.post("claims/", FILING).json()["code"] == "scope_missing"


@pytest.mark.parametrize("name", ["order", "status", "filed_after", "number", "limit", "fields"])
def test_an_empty_filter_does_not_ask_for_everything(world, name):
    world.claim()

    answer = world.platform.get("claims/", {name: ""})

    told = [(each["pointer"], each["code"]) for each in answer.json()["errors"]]
    assert (answer.status_code, told) == (400, [(f"/{name}", "blank")])
