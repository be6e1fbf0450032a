import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from aftersales.web.service_forms import new_form_key
from claims.models import CustodyItem
from claims.services import custody, evidence
from tests.claims.pictures import jpeg
from tests.factories import NOW, acting_as, make_claim, seeing_everything

pytestmark = pytest.mark.django_db
TOKEN = "goods-token-0123456789"


@pytest.fixture
def claim(cast):
    return make_claim(cast.guangcheng, filed_by=cast.agent)


@pytest.fixture
def item(cast, claim):
    with acting_as(cast.agent):
        evidence.stage(upload=jpeg(), station=cast.guangcheng, form_token=TOKEN, by=cast.agent, now=NOW)
        return custody.receive(
            claim=claim,
            station=cast.guangcheng,
            what="保温杯",
            pieces=1,
            condition="opened",
            shelf="A2",
            form_token=TOKEN,
            by=cast.agent,
            now=NOW,
        )


def form(page):
    return {name: page.context["form"][name].value() for name in page.context["form"].fields}


def test_goods_are_taken_in_at_the_counter(cast, claim, door):
    browser, url = door(cast.agent), reverse("claims:goods_receive", args=[claim.number])

    page = browser.get(url)
    given = {
        "form_key": page.context["form"]["form_key"].value(),
        "station": cast.guangcheng.pk,
        "what": "保温杯",
        "pieces": "2",
        "condition": "opened",
        "shelf": "A2",
    }
    assert browser.post(url, given).status_code == 409
    answer = browser.post(url, {**given, "photos": SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")})

    with seeing_everything():
        item = CustodyItem.objects.get()
    assert answer.url == reverse("claims:goods_detail", args=[item.label])
    shown = browser.get(answer.url).content.decode()
    assert item.label in shown and "A2" in shown and claim.number in shown
    assert item.label in browser.get(reverse("claims:claim_detail", args=[claim.number])).content.decode()


def test_what_was_typed_is_kept_when_something_is_missing(cast, claim, door):
    browser, url = door(cast.agent), reverse("claims:goods_receive", args=[claim.number])

    page = browser.post(url, {"what": "一箱桃子", "shelf": "", "pieces": "x"})

    assert page.status_code == 200
    assert page.context["form"]["what"].value() == "一箱桃子" and "一箱桃子" in page.content.decode()


@pytest.mark.parametrize(
    ("action", "given", "whereabouts"),
    [
        ("hand_to_courier", {"courier": "顺丰", "parcel_number": "SF12345"}, "with_courier"),
        ("give_back", {"reason": "村民取走"}, "collected"),
        ("dispose", {"reason": "全部腐烂"}, "disposed"),
        ("put_elsewhere", {"shelf": "B7"}, "on_shelf"),
    ],
)
def test_a_step_is_noted_and_shown(cast, item, door, action, given, whereabouts):
    browser, url = door(cast.agent), reverse("claims:goods_act", args=[item.label, action])
    assert browser.get(url).status_code == 200

    assert browser.post(url, {"version": 1, **given}).status_code == 302
    item.refresh_from_db(from_queryset=CustodyItem._base_manager.all())
    assert item.whereabouts == whereabouts
    shown = browser.get(reverse("claims:goods_detail", args=[item.label])).content.decode()
    assert all(value in shown for value in given.values())
    assert browser.post(url, {"version": 1, **given}).status_code == 409


def test_who_passes_goods_on_still_reads_where_they_went(cast, item, door):
    browser, url = door(cast.agent), reverse("claims:goods_act", args=[item.label, "pass_on"])

    answer = browser.post(url, {"version": 1, "shelf": "架3", "reason": "送乡镇检测"})

    assert answer.url == reverse("claims:goods_detail", args=[item.label])
    assert "Passed on to another station" in browser.get(answer.url).content.decode()
    with seeing_everything():
        there = CustodyItem.objects.get(came_from=item)
    assert there.label in door(cast.technician).get(answer.url).content.decode()


def test_the_shelf_lists_what_is_there_and_finds_a_label(cast, item, door):
    browser, url = door(cast.agent), reverse("claims:goods_list")

    assert item.label in browser.get(url).content.decode()
    assert item.label not in browser.get(url, {"gone": "1"}).content.decode()
    assert browser.get(url, {"q": item.label.lower()}).url == reverse(
        "claims:goods_detail", args=[item.label]
    )
    assert "DG000" in browser.get(url, {"q": "DG000"}).content.decode()
    assert item.label not in door(cast.neighbour).get(url).content.decode()


def test_the_shelf_asks_no_more_for_more_goods(cast, claim, item, door, django_assert_max_num_queries):
    with seeing_everything():
        for number in range(9):
            item.pk, item.label = None, f"DG00000{number}"
            item.save(force_insert=True)
    browser = door(cast.agent)
    browser.get(reverse("claims:goods_list"))

    with django_assert_max_num_queries(10):
        browser.get(reverse("claims:goods_list"))


def test_the_label_has_a_code_and_no_full_phone(cast, item, door):
    page = door(cast.agent).get(reverse("claims:goods_label", args=[item.label])).content.decode()

    assert item.label in page and "<svg" in page
    with seeing_everything():
        assert item.claim.consumer.clear_phone() not in page


def test_a_stocktake_tells_what_is_missing(cast, item, door):
    browser, url = door(cast.agent), reverse("claims:goods_count")

    def post(**given):
        return browser.post(url, {"form_key": new_form_key(), **given})

    assert item.label in browser.get(url).content.decode()
    assert f"Missing: {item.label}" in post(seen="").content.decode()
    assert "Shelf and books agree." in post(ticked=[item.label]).content.decode()
    wrong = post(seen="DG12345")
    assert wrong.status_code == 409
    assert door(cast.officer).get(url).status_code == 404
    assert item.label in door(cast.officer).get(url, {"station": cast.guangcheng.pk}).content.decode()


@pytest.mark.parametrize("station", ["0", "x", "²", "9" * 30])
def test_no_other_shelf_is_counted_than_the_one_asked_for(cast, item, door, station):
    assert door(cast.agent).get(reverse("claims:goods_count"), {"station": station}).status_code == 404
