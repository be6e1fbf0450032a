"""The villager's choice, the decision about it, carrying it out."""

from datetime import timedelta

import pytest

from claims.models import Claim, Compensation, Reship
from claims.services import compensation as service
from tests.claims.money.payout_cases import record_account
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    make_fund,
    make_line,
    make_policy,
    seeing_everything,
)

XIUWEN = "520123000000"


@pytest.fixture
def claim(cast):
    """Three of twenty peaches for 40 yuan are bad: 6 yuan. Without photos an officer has to look at it."""
    make_fund(XIUWEN)
    return proposed(cast)


def proposed(cast, *, paid_fen=4000, bad_milli=3000, photos_required=1, **fields):
    make_policy(photos_required=photos_required)
    line = make_line(cast.guangcheng, consumer=make_consumer(cast.guangcheng), paid_fen=paid_fen)
    fields.setdefault("procedure", "quality_proportional")
    claim = make_claim(
        cast.guangcheng,
        filed_by=cast.agent,
        line=line,
        consumer=line.order.consumer,
        bad_milli=bad_milli,
        **fields,
    )
    with acting_as(cast.agent):
        service.work_out(claim=claim, by=cast.agent, now=NOW)
    return claim


def by_rule(cast, **fields):
    make_fund(XIUWEN)
    return proposed(cast, photos_required=0, **fields)


def compensation_of(claim):
    with seeing_everything():
        return Compensation.objects.select_related("claim").get(claim=claim)


def choose(client, claim, choice="refund-cash", **changes):
    values = {"asked_how": "in_person", "version": compensation_of(claim).version, **changes}
    return client.post(f"/claims/{claim.number}/choice/?choice={choice}", values)


def test_choices_say_what_they_are_worth(cast, door, claim):
    page = door(cast.agent).get(f"/claims/{claim.number}/choice/")

    assert [(offer.key, offer.worth) for offer in page.context["offers"]] == [
        ("refund-cash", "¥6.00"),
        ("refund-original", "¥6.00"),
        ("refund-bank", "¥6.00"),
        ("reship", "3 pieces"),
        ("coupon", "¥6.60"),
    ]
    assert "2027-05-19" in page.content.decode()
    formula = page.context["formula"]
    assert (formula["paid_fen"], formula["amount_fen"], formula["remarks"]) == (4000, 600, [])
    rules = page.client.get(formula["rules_url"])
    assert (rules.context["shown"], rules.context["county"].code) == (compensation_of(claim).policy, XIUWEN)


def test_procedure_without_coupon_offers_none(cast, door):
    make_fund(XIUWEN)
    claim = proposed(cast, procedure="logistics_damage")

    page = door(cast.agent).get(f"/claims/{claim.number}/choice/")

    assert {offer.remedy for offer in page.context["offers"]} == {"refund", "reship"}


def test_looking_at_a_choice_changes_nothing(cast, door, claim):
    before = compensation_of(claim)

    page = door(cast.agent).get(f"/claims/{claim.number}/choice/?choice=refund-cash")

    assert page.context["offer"].worth == "¥6.00"
    assert compensation_of(claim).version == before.version


@pytest.mark.parametrize("choice", ["", "refund", "refund-gold", "repair", "x" * 300])
def test_unknown_choice_leads_back_to_the_choices(cast, door, claim, choice):
    answer = choose(door(cast.agent), claim, choice)

    assert answer.url == f"/claims/{claim.number}/choice/"
    assert compensation_of(claim).state == "proposed"


def test_rule_pays_at_once_and_says_to_count_the_cash_out(cast, door):
    claim = by_rule(cast)
    client = door(cast.agent)

    page = client.get(choose(client, claim).url)

    assert compensation_of(claim).state == "executed"
    assert page.context["compensation"].payout_method == "cash"
    assert "¥6.00" in page.content.decode()
    with seeing_everything():
        assert Claim.objects.get().status == "resolved"


@pytest.mark.parametrize(
    ("choice", "remedy", "method"),
    [
        ("refund-original", "refund", "original"),
        ("refund-bank", "refund", "bank"),
        ("reship", "reship", ""),
        ("coupon", "coupon", ""),
    ],
)
def test_every_choice_has_its_outcome_page(cast, door, choice, remedy, method):
    claim = by_rule(cast)
    if method == "bank":
        record_account(claim.consumer, by=cast.agent)
    client = door(cast.agent)

    page = client.get(choose(client, claim, choice).url)

    chosen = page.context["compensation"]
    assert (chosen.state, chosen.remedy, chosen.payout_method) == ("executed", remedy, method)


def test_choice_waits_for_an_officer_and_says_until_when(cast, door, claim):
    client = door(cast.agent)

    page = client.get(choose(client, claim).url)

    assert page.context["compensation"].state == "chosen"
    assert page.context["decided_by"] == NOW + timedelta(hours=24)
    assert len(page.context["reasons"]) == 1


def test_choice_may_be_changed_until_it_is_decided(cast, door, claim):
    client = door(cast.agent)
    choose(client, claim)

    page = client.get(f"/claims/{claim.number}/choice/?change=1")
    choose(client, claim, "coupon")

    assert page.templates[0].name == "claims/claim_choice.html"
    assert compensation_of(claim).remedy == "coupon"


def test_carried_out_choice_cannot_be_changed(cast, door):
    claim = by_rule(cast)
    client = door(cast.agent)
    choose(client, claim)

    page = client.get(f"/claims/{claim.number}/choice/?change=1")
    again = choose(client, claim, "coupon")

    assert page.templates[0].name == "claims/claim_outcome.html"
    assert again.status_code == 302
    assert compensation_of(claim).remedy == "refund"


def test_somebody_elses_choice_meanwhile_is_not_overrun(cast, door, claim):
    seen = compensation_of(claim).version
    choose(door(cast.technician), claim, "coupon")

    page = choose(door(cast.agent), claim, version=seen)

    assert page.status_code == 409
    assert page.context["form"].refused.code == "stale"
    assert compensation_of(claim).remedy == "coupon"
    assert page.context["form"]["version"].value() == str(compensation_of(claim).version)


def test_changed_amount_is_shown_and_asked_again(cast, door):
    claim = by_rule(cast, bad_milli=15000)
    with seeing_everything():
        line = claim.order_line
        line.granted_fen, line.bad_milli = 2000, 5000
        line.save()

    page = choose(door(cast.agent), claim)

    assert page.status_code == 409
    assert page.context["refused"].code == "amount_changed"
    assert compensation_of(claim).state == "proposed"
    assert page.context["formula"]["amount_fen"] == compensation_of(claim).amount_fen == 2000


def test_nothing_due_offers_nothing(cast, door):
    make_policy(tolerance_permille=500)
    claim = proposed(cast, bad_milli=1000)
    make_policy(tolerance_permille=500)

    page = door(cast.agent).get(f"/claims/{claim.number}/choice/")

    assert (page.context["offers"], page.context["formula"]["amount_fen"]) == ([], 0)
    assert len(page.context["formula"]["remarks"]) == 1


def test_money_of_another_station_is_not_found(cast, door, claim):
    client = door(cast.neighbour)

    for page in ("choice", "decide", "payout", "ship"):
        assert client.get(f"/claims/{claim.number}/{page}/").status_code in (403, 404)
    assert client.get(f"/claims/{claim.number}/choice/").status_code == 404
    assert choose(client, claim).status_code == 404
    assert compensation_of(claim).state == "proposed"


def test_claim_without_an_amount_has_no_choice_page(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, bad_milli=None)

    assert door(cast.agent).get(f"/claims/{claim.number}/choice/").status_code == 404


def test_officer_sees_evidence_fund_and_who_is_involved(cast, door, claim):
    choose(door(cast.agent), claim)

    page = door(cast.officer).get(f"/claims/{claim.number}/decide/")

    assert page.context["dossier"].fund.balance_fen == 1_000_000
    assert (page.context["conflict"], page.context["is_too_low"]) == ("", False)


def test_officer_approves_and_the_agent_hands_the_cash_out(cast, door, claim):
    choose(door(cast.agent), claim)

    answer = door(cast.officer).post(
        f"/claims/{claim.number}/decide/", {"approve": "1", "version": compensation_of(claim).version}
    )
    assert answer.url == f"/claims/{claim.number}/"
    assert compensation_of(claim).state == "approved"
    client = door(cast.agent)
    assert client.get(f"/claims/{claim.number}/payout/").status_code == 200
    answer = client.post(f"/claims/{claim.number}/payout/", {"version": compensation_of(claim).version})

    assert answer.url == f"/claims/{claim.number}/choice/"
    assert compensation_of(claim).state == "executed"


def test_officer_refuses_in_plain_words(cast, door, claim):
    choose(door(cast.agent), claim)
    client = door(cast.officer)
    values = {"refuse": "1", "version": compensation_of(claim).version, "code": "no_evidence"}

    page = client.post(f"/claims/{claim.number}/decide/", {**values, "text": " "})
    assert page.context["refuse"].errors.keys() == {"text"}
    answer = client.post(f"/claims/{claim.number}/decide/", {**values, "text": "没有照片，请补拍后再来。"})

    assert answer.status_code == 302
    with seeing_everything():
        closed = Claim.objects.get(pk=claim.pk)
    assert (closed.status, closed.rejection_code, closed.rejection_text) == (
        "rejected",
        "no_evidence",
        "没有照片，请补拍后再来。",
    )


def test_who_recorded_the_choice_does_not_decide(cast, door, claim):
    choose(door(cast.officer), claim)

    client = door(cast.officer)
    page = client.get(f"/claims/{claim.number}/decide/")
    refused = client.post(
        f"/claims/{claim.number}/decide/", {"approve": "1", "version": compensation_of(claim).version}
    )

    assert page.context["conflict"]
    assert refused.status_code == 409
    assert compensation_of(claim).state == "chosen"


def test_amount_above_the_officer_goes_to_the_manager(cast, door):
    make_fund(XIUWEN)
    claim = proposed(cast, paid_fen=60_000, bad_milli=20_000)
    choose(door(cast.agent), claim)
    version = compensation_of(claim).version

    page = door(cast.officer).get(f"/claims/{claim.number}/decide/")
    refused = door(cast.officer).post(f"/claims/{claim.number}/decide/", {"approve": "1", "version": version})
    answer = door(cast.manager).post(f"/claims/{claim.number}/decide/", {"approve": "1", "version": version})

    assert page.context["is_too_low"]
    assert refused.status_code == 409
    assert answer.status_code == 302
    assert compensation_of(claim).state == "approved"


def test_agents_do_not_decide(cast, door, claim):
    choose(door(cast.agent), claim)

    answer = door(cast.agent).post(
        f"/claims/{claim.number}/decide/", {"approve": "1", "version": compensation_of(claim).version}
    )

    assert answer.status_code == 403
    assert compensation_of(claim).state == "chosen"


def test_payout_that_the_fund_cannot_pay_waits_and_says_why(cast, door):
    make_fund(XIUWEN, cash_fen=100)
    claim = proposed(cast, photos_required=0)
    client = door(cast.agent)

    choose(client, claim)
    page = client.post(f"/claims/{claim.number}/payout/", {"version": compensation_of(claim).version})

    assert compensation_of(claim).state == "approved"
    assert page.status_code == 409
    assert page.context["form"].refused.code == "fund_empty"


def test_payout_is_not_repeated(cast, door):
    claim = by_rule(cast)
    client = door(cast.agent)
    choose(client, claim)

    page = client.post(f"/claims/{claim.number}/payout/", {"version": compensation_of(claim).version})

    assert page.status_code == 409
    with seeing_everything():
        assert claim.advances.count() == 1


def test_parcel_number_of_goods_sent_again(cast, door):
    claim = by_rule(cast)
    client = door(cast.agent)
    choose(client, claim, "reship")

    assert client.get(f"/claims/{claim.number}/ship/").status_code == 200
    assert client.post(f"/claims/{claim.number}/ship/", {"parcel_number": "1"}).status_code == 200
    answer = client.post(f"/claims/{claim.number}/ship/", {"parcel_number": "YT 7788 9900"})

    assert answer.url == f"/claims/{claim.number}/"
    with seeing_everything():
        assert Reship.objects.get().parcel_number == "YT77889900"
    assert client.get(f"/claims/{claim.number}/ship/").status_code == 404
