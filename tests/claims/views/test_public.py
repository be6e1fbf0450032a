"""The public pages: progress for whoever has number and digits, the same answer for everybody else."""

import re
from datetime import date, timedelta

import pytest
import time_machine

from claims.models import Claim
from tests.factories import NOW, make_claim, make_consumer, make_fund, make_policy, seeing_everything

TRACK = "/track/"


@pytest.fixture
def claim(cast):
    consumer = make_consumer(
        cast.guangcheng, name="张桂英", phone="13800001234", address="修文县六广镇广城村三组"
    )
    return make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer)


def ask(client, number, digits):
    return client.post(TRACK, {"number": number, "last_four": digits})


def without_tokens(response):
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    return re.sub(r'value="(SH[^"]*|[0-9]{4})"', "", text)


def test_number_and_digits_show_the_progress(client, claim):
    response = ask(client, claim.number, "1234")

    assert response.context["claim"] == claim
    assert [step["state"] for step in response.context["steps"]] == ["now", ""]


@pytest.mark.parametrize(
    "typed",
    [str.lower, lambda number: f" {number[:8]} {number[8:]} ", lambda number: number.replace("0", "O")],
)
def test_number_is_understood_as_people_type_it(client, claim, typed):
    assert ask(client, typed(claim.number)[:24], "1234").context.get("claim") == claim


def test_page_shows_nothing_personal(client, claim):
    page = ask(client, claim.number, "1234").content.decode()

    assert not [word for word in ("张桂英", "13800001234", "138****", "三组", "王秀兰") if word in page]


def test_wrong_digits_and_unknown_number_look_the_same(client, claim):
    wrong = ask(client, claim.number, "9999")
    unknown = ask(client, "SH261120" + "0" * 8, "1234")

    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert without_tokens(wrong) == without_tokens(unknown)


def test_consumer_without_a_phone_is_not_found_by_empty_digits(client, claim):
    with seeing_everything():
        claim.consumer.erase_personal(now=NOW)
        claim.consumer.save()

    for digits in ("", "0000", "1234"):
        assert ask(client, claim.number, digits).context.get("claim") is None


def test_five_wrong_tries_close_the_number_for_a_while(client, claim):
    with time_machine.travel(NOW, tick=False) as clock:
        for _try in range(5):
            ask(client, claim.number, "9999")
        closed = ask(client, claim.number, "1234")
        clock.shift(timedelta(minutes=15))
        again = ask(client, claim.number, "1234")

    assert (closed.status_code, closed.context.get("claim")) == (429, None)
    assert again.context["claim"] == claim


def test_right_tries_do_not_count(client, claim):
    for _try in range(7):
        response = ask(client, claim.number, "1234")

    assert response.context["claim"] == claim


def test_refusal_is_explained_in_plain_words(client, claim):
    with seeing_everything():
        Claim.objects.filter(pk=claim.pk).update(
            status="rejected", rejection_code="too_late", rejection_text="签收后第九天才报告，超过 48 小时。"
        )

    page = ask(client, claim.number, "1234").content.decode()

    assert "签收后第九天才报告，超过 48 小时。" in page


def test_merged_claim_names_its_successor(client, cast, claim):
    target = make_claim(cast.guangcheng, filed_by=cast.agent)
    with seeing_everything():
        Claim.objects.filter(pk=claim.pk).update(status="merged", merged_into=target)

    assert target.number in ask(client, claim.number, "1234").context["said"]


@pytest.mark.parametrize("number", ["", "x", "SH", "9" * 24, "SH261120'--", "ＳＨ２６１１２０", "\x00"])
def test_odd_numbers_are_answered(client, claim, number):
    assert ask(client, number, "1234").status_code == 200


def test_number_from_the_receipt_is_filled_in(client, db):
    assert 'value="SH261120ABCDEFGH"' in client.get(TRACK, {"number": "SH261120ABCDEFGH"}).content.decode()


def test_rules_of_the_programme_and_of_a_county(client, cast):
    make_fund("520123000000")
    make_policy(county_code="520123000000", version=1, tolerance_permille=50, valid_from=date(2026, 1, 1))

    programme = client.get("/rules/")
    county = client.get("/rules/", {"county": "520123000000"})

    assert (programme.context["policy"].county_code, programme.context["tolerance"]) == ("", None)
    assert (county.context["policy"].county_code, county.context["tolerance"]) == ("520123000000", 5)
    assert [example["amount_fen"] for example in programme.context["examples"]] == [600, 1663, 2990]
