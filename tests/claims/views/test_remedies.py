"""Pages of returns, repairs, listed losses, inspections, coupons and taking back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from claims.models import Claim, Compensation, Coupon, Inspection, LossLine, Repair, Reship
from claims.services import compensation
from claims.views.public import progress_of
from claims.views.remedy_steps import waits_for
from tests.claims.money.cases import choose as choose_by_service
from tests.claims.money.cases import claim_with_photo, proposed, read
from tests.claims.money.goods import appliance, approved, bring_back
from tests.claims.pictures import jpeg
from tests.factories import NOW, acting_as, make_consumer, make_line, make_party, seeing_everything

KEY = "form-key-of-one-visit-0001"


def only(model):
    with seeing_everything():
        return model.objects.get()


def errors(page) -> dict[str, list[str]]:
    return {
        name: [each.code for each in page.context["form"].errors[name].as_data()]
        for name in page.context["form"].errors
    }


# Returns


def shoes(cast, **fields):
    consumer = make_consumer(cast.guangcheng)
    return make_line(
        cast.guangcheng,
        consumer=consumer,
        paid_fen=4_900,
        quantity_milli=1000,
        product="胶鞋",
        goods_type=fields.pop("goods_type", "clothing"),
        **fields,
    )


def filing(**changes):
    return {
        "form_key": KEY,
        "send": "1",
        "symptom": "no_reason",
        "bad_milli": "1",
        "consent_kind": "spoken",
        "goods_type": "clothing",
        "channel": "station",
        **changes,
    }


def test_goods_are_returned_without_a_reason_from_the_filing_to_the_merchants_refund(cast, door):
    line, agent, officer = shoes(cast), door(cast.agent), door(cast.officer)

    choice = agent.post(f"/claims/new/{line.pk}/", filing()).url
    offers = agent.get(choice).context["offers"]
    assert [(offer.key, offer.worth) for offer in offers] == [("return-original", "¥49.00")]
    values = {"asked_how": "in_person", "version": only(Compensation).version}
    agent.post(f"{choice}?choice=return-original", values)
    number = only(Claim).number
    officer.post(f"/claims/{number}/decide/", {"approve": "1", "version": only(Compensation).version})
    assert only(Compensation).state == "approved"

    page = agent.get(f"/claims/{number}/")
    assert (page.context["step"].url, waits_for_of(number)) == (f"/claims/{number}/goods/", "goods")
    bring_back(only(Claim), to=cast.agent, condition="unopened")
    pay, version = f"/claims/{number}/payout/", {"version": only(Compensation).version}
    assert "reference" in agent.get(pay).context["form"].fields
    assert errors(agent.post(pay, version)) == {"reference": ["required"]}
    done = agent.post(pay, {**version, "reference": "TK-1"}, follow=True)

    assert "TK-1" in done.content.decode()
    assert only(Compensation).state == "executed"


def waits_for_of(number) -> str:
    with seeing_everything():
        return waits_for(Compensation.objects.select_related("claim").get(claim__number=number))


def test_seven_days_that_are_over_are_said_on_the_form(cast, door):
    line = shoes(cast, signed_at=NOW.replace(day=2), ordered_at=NOW.replace(day=1))

    page = door(cast.agent).post(f"/claims/new/{line.pk}/", filing())

    assert page.status_code == 409
    assert "ended on 2026-11-09" in page.content.decode()
    with seeing_everything():
        assert not Claim.objects.exists()


@pytest.mark.parametrize(("goods_type", "is_offered"), [("clothing", True), ("fresh_fruit", False)])
def test_return_without_a_reason_is_offered_where_the_law_gives_it(cast, door, goods_type, is_offered):
    line = shoes(cast, goods_type=goods_type)

    form = door(cast.agent).get(f"/claims/new/{line.pk}/").context["form"]

    assert ("no_reason" in dict(form.fields["symptom"].choices)) == is_offered


def test_exchange_waits_for_the_goods_on_every_page(cast, door):
    done = approved(
        appliance(cast.guangcheng, filed_by=cast.agent),
        by=cast.agent,
        remedy="exchange",
        officer=cast.manager,
    )
    number, client = done.claim.number, door(cast.agent)

    outcome = client.get(f"/claims/{number}/choice/")
    refused = client.post(f"/claims/{number}/payout/", {"version": done.version})

    assert outcome.context["waits"] == "goods"
    assert refused.status_code == 409
    assert refused.context["form"].refused.code == "goods_not_back"


def test_consumer_reads_that_the_goods_are_awaited(cast):
    done = approved(
        appliance(cast.guangcheng, filed_by=cast.agent),
        by=cast.agent,
        remedy="exchange",
        officer=cast.manager,
    )

    with seeing_everything():
        waiting = progress_of(done.claim)
        bring_back(done.claim, to=cast.agent)
        there = progress_of(done.claim)

    assert waiting["said"] == "Approved. Bring the goods to your village station; then it is carried out."
    assert [step["state"] for step in waiting["steps"]] == ["done", "now", "", "", ""]
    assert there["said"] == "Approved. It will be carried out as soon as possible."
    assert [step["state"] for step in there["steps"]] == ["done", "done", "done", "now", ""]


# Repairs


@pytest.fixture
def repaired(cast):
    return approved(
        appliance(cast.guangcheng, filed_by=cast.agent, procedure="appliance_repair"),
        by=cast.agent,
        remedy="repair",
        officer=cast.officer,
    ).claim


def test_repair_is_handed_in_and_its_outcome_noted(cast, door, repaired):
    client, url = door(cast.agent), f"/claims/{repaired.number}/repairs/"
    provider = make_party("provider", "县城家电维修")

    assert set(errors(client.post(url, {}))) == {"fault", "began_on"}
    client.post(url, {"fault": "不加热", "began_on": "2026-11-20", "provider": "县城家电维修"})
    assert (only(Repair).provider, client.get(url).context["running"]) == (provider, only(Repair))
    assert set(errors(client.post(url, {"outcome": "perhaps", "ended_on": "soon"}))) == {
        "outcome",
        "ended_on",
    }
    client.post(url, {"outcome": "fixed", "ended_on": "2026-11-20", "cost_fen": "45", "parts": "加热盘"})

    repair = only(Repair)
    assert (repair.outcome, repair.cost_fen, repair.parts) == ("fixed", 4_500, "加热盘")
    step = client.get(f"/claims/{repaired.number}/").context["step"]
    assert step.url == f"/claims/{repaired.number}/payout/"


def test_second_failure_leads_to_the_choice(cast, door, repaired):
    client, url = door(cast.agent), f"/claims/{repaired.number}/repairs/"
    for _attempt in range(2):
        client.post(url, {"fault": "不加热", "began_on": "2026-11-20"})
        client.post(url, {"outcome": "failed", "ended_on": "2026-11-20"})

    page = client.get(url)

    assert [str(each) for each in page.context["because"]] == ["Two repairs did not help."]
    offers = client.get(f"/claims/{repaired.number}/choice/").context["offers"]
    assert {offer.remedy for offer in offers} == {"refund", "return", "exchange", "repair"}


# Losses and inspections


@pytest.fixture
def seed(cast):
    line = make_line(
        cast.guangcheng, paid_fen=9_600, quantity_milli=1000, unit="bag", product="玉米种", goods_type="seed"
    )
    claim = claim_with_photo(
        cast.guangcheng, filed_by=cast.agent, line=line, bad_milli=1000, procedure="agricultural_input"
    )
    with acting_as(cast.agent):
        compensation.work_out(claim=claim, by=cast.agent, now=NOW)
    return claim


LINE = {
    "kind": "benefit",
    "words": "减产",
    "quantity_milli": "3.2",
    "unit": "亩",
    "unit_fen": "450",
    "evidence": "村委会证明",
}


def test_lines_of_loss_are_added_and_taken_out(cast, door, seed):
    client, url = door(cast.agent), f"/claims/{seed.number}/losses/"

    assert set(errors(client.post(url, {}))) == {
        "kind",
        "words",
        "quantity_milli",
        "unit",
        "unit_fen",
        "evidence",
    }
    client.post(url, LINE)
    page = client.get(url)
    assert (page.context["total_fen"], page.context["compensation"].payable_fen) == (144_000, 144_000)
    assert [offer.worth for offer in client.get(f"/claims/{seed.number}/choice/").context["offers"]][:1] == [
        "¥1,440.00"
    ]
    client.post(url, {"remove": str(only(LossLine).pk)})

    assert client.get(url).context["lines"] == []


def test_line_of_another_claim_is_not_taken_out(cast, door, seed):
    door(cast.agent).post(f"/claims/{seed.number}/losses/", LINE)
    other = claim_with_photo(cast.guangcheng, filed_by=cast.agent, goods_type="seed")

    answer = door(cast.agent).post(f"/claims/{other.number}/losses/", {"remove": str(only(LossLine).pk)})

    assert answer.status_code == 404


def test_sample_is_sent_and_its_result_entered_with_the_report(cast, door, seed):
    client, url = door(cast.agent), f"/claims/{seed.number}/inspections/"

    assert set(errors(client.post(url, {}))) == {"body", "sample", "question", "sent_on"}
    client.post(
        url, {"body": "县农资质量检测站", "sample": "200 粒", "question": "发芽率", "sent_on": "2026-11-20"}
    )
    sample = only(Inspection)
    sheet = client.get(f"{url}{sample.pk}/sheet/").content.decode()
    assert "县农资质量检测站" in sheet and seed.consumer.name_masked not in sheet
    result = {
        "form_key": KEY,
        "result": "fault_found",
        "value": "41%",
        "text": "低于标准",
        "result_on": "2026-11-20",
    }
    client.post(f"{url}{sample.pk}/", {**result, "photos": SimpleUploadedFile("r.jpg", jpeg(), "image/jpeg")})

    found = only(Inspection)
    assert (found.result, found.value, found.report.kind) == ("fault_found", "41%", "report")
    assert client.get(f"{url}{sample.pk}/").url == url


def test_only_those_who_decide_go_on_without_a_result(cast, door, seed):
    url, reason = f"/claims/{seed.number}/inspections/", {"waive": "1", "reason": "the maker admits it"}

    assert door(cast.agent).post(url, reason).status_code == 200
    with seeing_everything():
        assert not Inspection.objects.exists()
    door(cast.officer).post(url, reason)

    assert only(Inspection).result == "waived"


# Coupons, and taking back


@pytest.fixture
def coupon(cast):
    choose_by_service(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent, remedy="coupon")
    return only(Coupon)


def test_coupon_is_found_by_its_code_and_redeemed(cast, door, coupon):
    client, url = door(cast.agent), f"/claims/coupons/{coupon.code}/"

    assert client.get("/claims/coupons/", {"q": coupon.code.lower()}).url == url
    assert errors(client.post(url, {"reference": " "})) == {"reference": ["required"]}
    client.post(url, {"reference": "XS-1"})
    again = client.post(url, {"reference": "XS-2"})

    assert (only(Coupon).redeemed_reference, again.status_code) == ("XS-1", 409)
    assert again.context["form"].refused.code == "coupon_redeemed"
    assert [row.pk for row in client.get("/claims/coupons/?over=1").context["list_page"].rows] == [coupon.pk]
    assert client.get("/claims/coupons/").context["list_page"].rows == []


def test_coupon_of_another_village_is_not_there(cast, door, coupon):
    client = door(cast.neighbour)

    assert client.get(f"/claims/coupons/{coupon.code}/").status_code == 404
    assert "YH" in client.get("/claims/coupons/", {"q": coupon.code}).content.decode()


def test_list_of_coupons_costs_the_same_for_one_and_for_many(
    cast, door, coupon, django_assert_max_num_queries
):
    for _number in range(4):
        choose_by_service(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent, remedy="coupon")
    client = door(cast.agent)
    client.get("/claims/coupons/")

    with django_assert_max_num_queries(7):
        page = client.get("/claims/coupons/")

    assert len(page.context["list_page"].rows) == 5


def test_officer_takes_goods_back_that_were_not_sent(cast, door):
    choose_by_service(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent, remedy="reship")
    number, client = only(Claim).number, door(cast.officer)
    url = f"/claims/{number}/take-back/"

    assert client.get(url).status_code == 200
    assert errors(client.post(url, {"reason": ""})) == {"reason": ["required"]}
    client.post(url, {"reason": "out of stock"})

    assert (read(only(Compensation)).state, only(Reship).taken_back_at) == ("voided", NOW)
    assert client.get(url).status_code == 404
    assert client.get(f"/claims/{number}/ship/").status_code == 404
