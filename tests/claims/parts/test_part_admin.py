"""The list of parts in the administration: kept by the platform desk, read by the county."""

import pytest
from django.urls import reverse

from claims.models import Part
from tests.claims.parts.cases import events, make_part, make_stock

pytestmark = pytest.mark.django_db
WORDS = {
    "name": "排水泵",
    "appliance": "washing_machine",
    "fits": "滚筒通用",
    "price_fen": "45.5",
    "old_part_comes_back": "on",
    "guide": "断电。\r\n换上新泵。",
}


def test_the_platform_enters_a_part(cast, door):
    url = reverse("admin:claims_part_add")

    answer = door(cast.platform).post(url, {"code": "x-pump", **WORDS})

    part = Part.objects.get(code="X-PUMP")
    assert answer.url == reverse("admin:claims_part_change", args=[part.pk])
    assert (part.price_fen, part.old_part_comes_back, part.guide) == (4550, True, "断电。\n换上新泵。")
    (event,) = events("part.added")
    assert event.after == {
        "code": "X-PUMP",
        "name": "排水泵",
        "appliance": "washing_machine",
        "fits": "滚筒通用",
        "price_fen": 4550,
        "old_part_comes_back": True,
        "guide": 9,
    }
    assert door(cast.manager).post(url, {"code": "X-2", **WORDS}).status_code == 403


@pytest.mark.parametrize(
    ("fields", "wrong", "status"),
    [
        ({"code": ""}, "code", 200),
        ({"code": "WM/1"}, "code", 409),
        ({"code": "wm-pump"}, "code", 409),
        ({"name": ""}, "name", 200),
        ({"appliance": "toaster"}, "appliance", 200),
        ({"price_fen": "-1"}, "price_fen", 200),
        ({"guide": "长" * 2001}, "guide", 200),
    ],
)
def test_a_part_that_makes_no_sense_is_told_where(cast, door, fields, wrong, status):
    before = Part.objects.count()

    page = door(cast.platform).post(reverse("admin:claims_part_add"), {"code": "X-1", **WORDS, **fields})

    assert (page.status_code, set(page.context["form"].errors)) == (status, {wrong})
    assert Part.objects.count() == before


def test_a_part_is_corrected_and_only_what_changed_is_written_down(cast, door):
    part = make_part(fits="滚筒通用", guide="断电。\n换上新泵。", old_part_comes_back=True, price_fen=4550)
    url = reverse("admin:claims_part_details", args=[part.pk])

    for fields in (WORDS, {**WORDS, "price_fen": "50"}):
        assert door(cast.platform).post(url, fields).status_code == 302

    (event,) = events("part.changed")
    assert (event.before, event.after) == ({"price_fen": 4550}, {"price_fen": 5000})
    assert door(cast.manager).get(url).status_code == 403


def test_a_part_is_retired_and_kept_again(cast, door):
    part = make_part()
    url = reverse("admin:claims_part_changelist")

    for act in ("retire", "restore"):
        asked = {"action": act, "_selected_action": [part.pk], "apply": "1", "with-reason": "不再供货"}
        assert door(cast.platform).post(url, asked).status_code == 302
        part.refresh_from_db()
        assert (part.retired_at is not None) == (act == "retire")

    assert [(event.verb, event.reason) for event in events("part.retired", "part.restored")] == [
        ("part.retired", "不再供货"),
        ("part.restored", "不再供货"),
    ]


def test_the_county_reads_its_shelves(cast, door):
    part = make_part()
    ours = make_stock(part, cast.liuguang_point, on_hand=2, low_at=3, by=cast.officer)
    theirs = make_stock(part, cast.wangji_point, on_hand=2, by=cast.suining_officer)
    url = reverse("admin:claims_partstock_changelist")

    for person, seen in ((cast.officer, [ours]), (cast.suining_officer, [theirs])):
        assert list(door(person).get(url).context["cl"].result_list) == seen
    county = door(cast.officer)
    assert list(county.get(url, {"low": "no"}).context["cl"].result_list) == []
    for name in ("partuse", "stockmovement"):
        assert county.get(reverse(f"admin:claims_{name}_changelist")).status_code == 200
