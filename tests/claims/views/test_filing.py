"""Filing at the station: finding the order, the form, what it insists on, what comes of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from claims.models import Claim, Consent, Consumer, Order, Photo
from tests.claims.pictures import jpeg
from tests.factories import (
    NOW,
    make_claim,
    make_consumer,
    make_fund,
    make_line,
    seeing_everything,
)

KEY = "form-key-of-one-visit-0001"


@pytest.fixture
def line(cast):
    return make_line(cast.guangcheng, consumer=make_consumer(cast.guangcheng), product="水蜜桃 20 个装")


def picture(shade=1, name="桃.jpg"):
    return SimpleUploadedFile(name, jpeg(shade), content_type="image/jpeg")


def filled(**changes):
    """What a trained agent sends for three rotten peaches."""
    values = {
        "form_key": KEY,
        "send": "1",
        "symptom": "rotten",
        "bad_milli": "3",
        "consent_kind": "spoken",
        "description": "",
        "goods_type": "fresh_fruit",
        "nature": "",
        "severity": "",
        "channel": "station",
        "batch": "",
        "photos": [picture()],
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def claims():
    with seeing_everything():
        return list(Claim.objects.order_by("id"))


def test_recent_orders_of_the_station_are_one_tap_away(cast, door, line):
    make_line(cast.liuguang, consumer=make_consumer(cast.liuguang))

    page = door(cast.agent).get("/claims/new/")

    assert [each.pk for each in page.context["lines"]] == [line.pk]
    assert f'href="/claims/new/{line.pk}/"' in page.content.decode()


@pytest.mark.parametrize("text", ["{number}", "  {number} ", "{phone}", "水蜜桃", "{end}"])
def test_order_is_found_by_number_phone_or_product(cast, door, text):
    consumer = make_consumer(cast.guangcheng, phone="13800007777")
    line = make_line(cast.guangcheng, consumer=consumer, number="PDD2511200001")
    make_line(cast.guangcheng, product="苹果")
    words = text.format(number="PDD2511200001", phone="138 0000 7777", end="200001")

    page = door(cast.agent).get("/claims/new/", {"q": words})

    assert [each.pk for each in page.context["lines"]] == [line.pk]


def test_order_of_another_station_is_not_found(cast, door):
    foreign = make_line(cast.liuguang, number="PDD-FOREIGN-1")

    client = door(cast.agent)

    assert client.get("/claims/new/", {"q": "PDD-FOREIGN-1"}).context["lines"] == []
    assert client.get(f"/claims/new/{foreign.pk}/").status_code == 404
    assert client.post(f"/claims/new/{foreign.pk}/", filled()).status_code == 404
    assert client.post(f"/claims/new/{foreign.pk}/live/", filled()).status_code == 404
    assert client.post(f"/claims/new/{foreign.pk}/photos/", filled()).status_code == 404


def test_a_cancelled_order_says_so_before_the_form_is_filled_in(cast, door, line):
    with seeing_everything():
        Order.objects.filter(pk=line.order_id).update(state="cancelled")

    answer = door(cast.agent).get(f"/claims/new/{line.pk}/", follow=True)

    assert answer.redirect_chain == [(f"/claims/orders/{line.order_id}/", 302)]
    assert "This order was cancelled. Nothing can be claimed on it." in answer.content.decode()
    listed = door(cast.agent).get("/claims/orders/").content.decode()
    assert listed.count("cancelled") == 1


def test_three_rotten_peaches_become_a_claim_and_a_choice(cast, door, line):
    answer = door(cast.agent).post(f"/claims/new/{line.pk}/", filled())

    [claim] = claims()
    assert answer.url == f"/claims/{claim.number}/choice/"
    with seeing_everything():
        assert (
            claim.description,
            claim.nature,
            claim.severity,
            claim.status,
            claim.bad_milli,
            claim.filed_at,
            claim.photos.count(),
            Consent.objects.get().kind,
            claim.compensations.get().amount_fen,
        ) == ("烂了", "quality", "moderate", "accepted", 3000, NOW, 1, "spoken", 600)


def test_sent_twice_is_one_claim(cast, door, line):
    client = door(cast.agent)

    first = client.post(f"/claims/new/{line.pk}/", filled())
    second = client.post(f"/claims/new/{line.pk}/", filled(photos=None))

    assert len(claims()) == 1
    assert second.url == first.url


def test_class_may_be_chosen_instead_of_suggested(cast, door, line):
    door(cast.agent).post(f"/claims/new/{line.pk}/", filled(nature="logistics", severity="minor"))

    [claim] = claims()
    assert (claim.nature, claim.severity, claim.procedure) == ("logistics", "minor", "logistics_minor")


def test_words_without_a_class_ask_for_one(cast, door, line):
    client = door(cast.agent)
    values = filled(symptom="other", description="村民说不喜欢")

    page = client.post(f"/claims/new/{line.pk}/", values)

    assert claims() == []
    assert page.context["form"].errors.keys() == {"nature", "severity"}
    assert page.context["form"].wants_details
    answer = client.post(
        f"/claims/new/{line.pk}/", {**values, "nature": "quality", "severity": "minor", "photos": []}
    )
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"symptom": None}, "symptom", "required"),
        ({"symptom": "no_sprout"}, "symptom", "invalid_choice"),
        ({"bad_milli": ""}, "bad_milli", "required"),
        ({"bad_milli": "0"}, "bad_milli", "zero"),
        ({"bad_milli": "21"}, "bad_milli", "too_large"),
        ({"bad_milli": "2.5"}, "bad_milli", "bad_not_whole"),
        ({"bad_milli": "三"}, "bad_milli", "not_a_number"),
        ({"consent_kind": None}, "consent_kind", "required"),
        ({"symptom": "other"}, "description", "required"),
        ({"form_key": "short"}, "form_key", "key_malformed"),
        ({"goods_type": "gold"}, "goods_type", "invalid_choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(cast, door, line, changes, field, code):
    page = door(cast.agent).post(f"/claims/new/{line.pk}/", filled(**changes))

    assert claims() == []
    assert page.context["form"].errors.as_data().keys() >= {field}
    assert page.context["form"].errors.as_data()[field][0].code == code
    if field != "form_key":
        with seeing_everything():
            assert Photo.objects.get().form_token == KEY
        assert "?small=1" in page.content.decode()


def test_whole_order_line_may_be_bad(cast, door, line):
    assert door(cast.agent).post(f"/claims/new/{line.pk}/", filled(bad_milli="20")).status_code == 302


def test_service_complaint_needs_no_quantity_and_no_photo(cast, door, line):
    values = filled(symptom="bad_service", bad_milli="", photos=[])

    answer = door(cast.agent).post(f"/claims/new/{line.pk}/", values)

    [claim] = claims()
    assert (claim.nature, claim.bad_milli) == ("service", None)
    assert answer.url == f"/claims/{claim.number}/"


def test_without_photos_it_asks_once(cast, door, line):
    client = door(cast.agent)

    page = client.post(f"/claims/new/{line.pk}/", filled(photos=[]))
    assert page.context["form"].errors.as_data()["without_photos"][0].code == "no_photos"
    answer = client.post(f"/claims/new/{line.pk}/", filled(photos=[], without_photos="on"))

    assert answer.status_code == 302
    assert len(claims()) == 1


def test_open_claim_on_the_same_line_is_shown_before_saving(cast, door, line):
    known = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, bad_milli=1000)
    client = door(cast.agent)

    first = client.get(f"/claims/new/{line.pk}/")
    page = client.post(f"/claims/new/{line.pk}/", filled())
    answer = client.post(f"/claims/new/{line.pk}/", filled(photos=[], file_anyway="on"))

    assert [each.number for each in first.context["others"]["claims"]] == [known.number]
    assert page.context["form"].errors.as_data()["file_anyway"][0].code == "open_claim_exists"
    assert answer.status_code == 302
    assert len(claims()) == 2


def test_open_claim_of_the_same_phone_elsewhere_is_counted_but_not_shown(cast, door):
    line = make_line(cast.guangcheng)
    make_claim(
        cast.liuguang, filed_by=cast.neighbour, consumer=make_consumer(cast.liuguang, phone="13800005555")
    )

    page = door(cast.agent).post(f"/claims/new/{line.pk}/", filled(name="张桂英", phone="138 0000 5555"))

    assert page.context["others"] == {"claims": [], "elsewhere": 1}
    assert claims()[1:] == []


def test_unknown_villager_is_asked_for_name_and_phone(cast, door):
    line = make_line(cast.guangcheng)
    client = door(cast.agent)

    page = client.post(f"/claims/new/{line.pk}/", filled(name="", phone="123"))
    assert page.context["form"].errors.keys() == {"name", "phone"}
    client.post(f"/claims/new/{line.pk}/", filled(photos=[], name="杨昌荣", phone="138-0000-6666"))

    [claim] = claims()
    with seeing_everything():
        consumer = Consumer.objects.get()
        assert (claim.consumer, consumer.name_masked, consumer.phone_masked) == (
            consumer,
            "杨**",
            "138****6666",
        )


def test_photos_alone_bring_the_form_back_as_it_was(cast, door, line):
    client = door(cast.agent)

    page = client.post(
        f"/claims/new/{line.pk}/",
        filled(send=None, photos=[picture(1), picture(2)], bad_milli="3", description="底下的都烂了"),
    )

    html = page.content.decode()
    assert claims() == []
    assert not page.context["form"].is_bound
    assert html.count("?small=1") == 2
    assert 'value="3"' in html
    assert "底下的都烂了" in html
    assert f'value="{KEY}"' in html


def test_staged_photo_can_be_taken_out_again(cast, door, line):
    client = door(cast.agent)
    client.post(f"/claims/new/{line.pk}/", filled(send=None, photos=[picture(1), picture(2)]))
    with seeing_everything():
        first, second = Photo.objects.order_by("id")

    client.post(f"/claims/new/{line.pk}/", filled(send=None, photos=[], remove=str(first.pk)))

    with seeing_everything():
        assert list(Photo.objects.all()) == [second]


@pytest.mark.parametrize("remove", ["", "0", "-1", "x", "9" * 18, "9" * 40, "²"])
def test_taking_out_what_is_not_there_changes_nothing(cast, door, line, remove):
    client = door(cast.agent)
    client.post(f"/claims/new/{line.pk}/", filled(send=None))

    page = client.post(f"/claims/new/{line.pk}/", filled(send=None, photos=[], remove=remove))

    assert page.status_code == 200
    with seeing_everything():
        assert Photo.objects.count() == 1


def test_colleagues_staged_photo_stays(cast, door, line):
    door(cast.agent).post(f"/claims/new/{line.pk}/", filled(send=None))
    with seeing_everything():
        photo = Photo.objects.get()

    door(cast.technician).post(f"/claims/new/{line.pk}/", filled(send=None, photos=[], remove=str(photo.pk)))

    with seeing_everything():
        assert list(Photo.objects.all()) == [photo]


def test_file_that_is_no_photo_is_refused_and_keeps_the_claim_back(cast, door, line):
    broken = SimpleUploadedFile("照片.jpg", b"<script>alert(1)</script>", content_type="image/jpeg")

    page = door(cast.agent).post(f"/claims/new/{line.pk}/", filled(photos=[picture(), broken]))

    assert page.status_code == 409
    assert len(page.context["refusals"]) == 1
    assert "照片.jpg" in page.context["refusals"][0]
    assert claims() == []


def test_live_answer_tells_class_amount_and_photos(cast, door, line):
    client = door(cast.agent)
    client.post(f"/claims/new/{line.pk}/", filled(send=None))

    parts = client.post(f"/claims/new/{line.pk}/live/", filled(photos=[])).json()

    assert parts.keys() == {"estimate", "photos"}
    assert "3 pieces ÷ 20 pieces × ¥40.00 = ¥6.00" in parts["estimate"]
    assert "?small=1" in parts["photos"]
    assert claims() == []


def test_live_answer_to_a_half_filled_form_is_empty(cast, door, line):
    parts = door(cast.agent).post(f"/claims/new/{line.pk}/live/", {"bad_milli": "99"}).json()

    assert "¥" not in parts["estimate"]


def test_station_that_takes_no_claims_says_so(cast, door, line):
    cast.guangcheng.state = "suspended"
    cast.guangcheng.save()

    page = door(cast.agent).post(f"/claims/new/{line.pk}/", filled())

    assert page.status_code == 409
    assert page.context["form"].refused.code == "station_not_operating"


@pytest.mark.parametrize(
    "person", ["regulator", "supervisor", "trainer", "platform", "administrator", "nobody"]
)
def test_others_do_not_file(cast, door, line, person):
    client = door(getattr(cast, person))

    assert client.get(f"/claims/new/{line.pk}/").status_code == 403
    assert client.post(f"/claims/new/{line.pk}/", filled()).status_code == 403
    assert claims() == []


def test_filed_by_rule_and_paid(cast, door, line):
    make_fund("520123000000")
    client = door(cast.agent)
    choice = client.post(f"/claims/new/{line.pk}/", filled()).url
    confirm = client.get(f"{choice}?choice=refund-cash")

    paid = client.post(
        f"{choice}?choice=refund-cash",
        {"asked_how": "in_person", "version": confirm.context["form"]["version"].value()},
        follow=True,
    )

    assert paid.context["compensation"].state == "executed"
    assert paid.templates[0].name == "claims/claim_outcome.html"


def test_danger_is_ticked_in_the_folded_part(cast, door, line):
    client = door(cast.agent)

    page = client.get(f"/claims/new/{line.pk}/").content.decode()
    assert page.index("<details") < page.index('name="is_urgent"') < page.index("</details>")
    client.post(f"/claims/new/{line.pk}/", filled(is_urgent="on"))

    with seeing_everything():
        claim = Claim.objects.get()
        running = set(claim.clocks.filter(outcome="running").values_list("clock", flat=True))
    assert claim.is_urgent
    assert {"urgent_first", "urgent_solved"} <= running
