"""The rules and the codes through the API."""

import pytest

from aftersales.accounts.api_scopes import ApiScope
from claims.models import ClockRule, CompensationPolicy
from claims.models.choices import GoodsTypeChoices
from claims.views.clock_words import amount_words
from tests.api_world import Api, make_client, make_token
from tests.factories import NOW, make_party, make_policy

XIUWEN = "520123000000"


@pytest.fixture
def api(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    client = make_client(make_party("platform", "农优鲜"), region=XIUWEN)
    return Api(make_token(client, [ApiScope.REFERENCE_READ])[1])


def standing(versions):
    return [(each["version"], each["county"], each["is_in_force"], each["last_day"]) for each in versions]


def test_the_terms_of_the_programme(api):
    told = api.get("rules/").json()

    [terms] = told["compensation"]
    row = CompensationPolicy.objects.get(county_code="")
    words = terms.pop("in_words")
    assert told["county"] == ""
    assert terms == {
        "id": row.pk,
        "county": "",
        "version": 1,
        "valid_from": row.valid_from.isoformat(),
        "last_day": None,
        "is_in_force": True,
        "kind": "share",
        "tiers": [],
        "includes_freight": row.includes_freight,
        "tolerance_permille": row.tolerance_permille,
        "multiplier_permille": row.multiplier_permille,
        "minimum": "0.00",
        "cap": None,
        "coupon_bonus_permille": 100,
        "coupon_days": 180,
        "photos_required": row.photos_required,
        "automatic_limit": "50.00",
        "officer_limit": "200.00",
        "claim_limit": "5000.00",
        "appeal_days": 15,
        "text": row.published_text,
    }
    assert {"label": "优惠券有效期", "words": "180 天"} in words


def test_a_county_has_its_own_terms_from_a_day_on(api):
    make_policy(county_code=XIUWEN, version=1, valid_from="2026-06-01", cap_fen=3000)

    ours, theirs = (api.get("rules/", {"county": code}).json() for code in (XIUWEN, "320324000000"))

    assert standing(ours["compensation"]) == [(1, XIUWEN, True, None), (1, "", False, "2026-05-31")]
    assert ours["compensation"][0]["cap"] == "30.00"
    assert standing(theirs["compensation"]) == [(1, "", True, None)]


def test_promises_and_limits_of_law_with_their_lines(api):
    clocks = api.get("rules/").json()["clocks"]

    assert [each["kind"] for each in clocks if each["is_in_force"]] == ["service", "law"]
    promises = clocks[0]["promises"]
    line = ClockRule.objects.filter(policy=clocks[0]["id"]).order_by("id").first()
    assert len(promises) == ClockRule.objects.filter(policy=clocks[0]["id"]).count()
    assert promises[0] == {
        "clock": line.clock,
        "clock_words": str(line.get_clock_display()),
        "goods_type": line.goods_type,
        "nature": line.nature,
        "severity": line.severity,
        "amount": line.amount,
        "basis": line.basis,
        "amount_words": amount_words(line.amount, line.basis),
        "source": line.source,
    }
    assert clocks[0]["longest_pauses"][0]["reason"] in ("authority", "consumer")


@pytest.mark.parametrize("county", ["520123103000", "5", "x", ""])
def test_only_a_county_has_rules_of_its_own(api, county):
    answer = api.get("rules/", {"county": county})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/county")


def test_rules_are_not_sent_again_while_they_stand(api):
    tag = api.get("rules/")["ETag"]

    assert api.get("rules/", **{"if-none-match": tag}).status_code == 304
    make_policy(county_code="", version=2, valid_from="2027-01-01")
    assert api.get("rules/", **{"if-none-match": tag}).status_code == 200


def test_codes_of_one_kind_in_both_languages(api):
    told = api.get("choices/", {"kind": "severity"}).json()

    assert told == {
        "data": [
            {
                "kind": "severity",
                "codes": [
                    {"code": "minor", "zh": "轻微", "en": "Minor"},
                    {"code": "moderate", "zh": "一般", "en": "Moderate"},
                    {"code": "major", "zh": "严重", "en": "Major"},
                ],
            }
        ]
    }


def test_every_kind_of_code(api):
    told = {each["kind"]: each["codes"] for each in api.get("choices/").json()["data"]}

    assert len(told) == 29
    assert [each["code"] for each in told["goods_type"]] == GoodsTypeChoices.values
    assert all(code["zh"] and code["en"] for codes in told.values() for code in codes)


def test_a_kind_nobody_knows_is_refused(api):
    answer = api.get("choices/", {"kind": "colour"})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/kind")


def test_rules_take_few_statements(api, django_assert_max_num_queries):
    api.get("rules/")

    with django_assert_max_num_queries(12):
        assert api.get("rules/").status_code == 200
