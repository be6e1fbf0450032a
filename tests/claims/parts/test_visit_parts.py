"""Parts of a visit on its pages: chosen, put aside, built in, put back; and old parts sent on."""

from datetime import timedelta

import pytest
from django.urls import reverse

from claims.models import PartUse
from claims.queries import checklists
from claims.rules.diagnosis import walk
from claims.services import diagnoses, parts
from tests.claims.parts.cases import end, events, make_part, make_stock, make_visit, shelf, uses_of
from tests.factories import NOW, acting_as, make_claim, make_line, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def pump(db):
    return make_part(old_part_comes_back=True)


@pytest.fixture
def stock(cast, pump):
    return make_stock(pump, cast.liuguang_point, on_hand=2, by=cast.technician)


@pytest.fixture
def visit(cast, stock):
    return make_visit(cast)


def new_url(visit, **query) -> str:
    return (
        reverse("claims:visit_part_new", args=[visit.pk])
        + "?"
        + "&".join(f"{name}={value}" for name, value in query.items())
    )


def act_url(use, step) -> str:
    return reverse("claims:visit_part_act", args=[use.pk, step])


def only_use() -> PartUse:
    with seeing_everything():
        return PartUse.objects.get()


def test_a_part_is_chosen_put_aside_and_built_in(cast, door, pump, stock, visit):
    browser, back = door(cast.technician), reverse("claims:visit_detail", args=[visit.pk])
    chosen = browser.get(new_url(visit, q="X-"))
    assert [(part.code, part.free) for part in chosen.context["list_page"]] == [("X-PUMP", 2)]
    assert "?part=X-PUMP" in chosen.content.decode()
    page = browser.get(new_url(visit, part="X-PUMP"))
    field = page.context["form"].fields["station"]
    assert [str(label) for _key, label in field.choices] == ["六广镇乡镇备用处理点 (0.0 km, free: 2)"]

    answer = browser.post(new_url(visit, part="X-PUMP"), {"station": cast.liuguang_point.pk, "quantity": "1"})
    assert (answer.url, shelf(stock)) == (back, (2, 1))
    use = only_use()
    shown = browser.get(back).content.decode()
    assert act_url(use, "use") in shown and act_url(use, "release") in shown
    empty = browser.post(act_url(use, "use"), {})
    assert (empty.status_code, set(empty.context["form"].errors)) == (200, {"old_part"})
    assert browser.post(act_url(use, "use"), {"old_part": "taken_back"}).url == back

    assert uses_of(visit) == [("X-PUMP", 1, "used", "taken_back")]
    shown = browser.get(back).content.decode()
    assert "¥45.00" in shown and "Taken back" in shown and act_url(use, "use") not in shown


def test_a_part_is_put_back_once(cast, door, pump, stock, visit):
    with acting_as(cast.technician):
        use = parts.reserve(visit=visit, part=pump, station=cast.liuguang_point, by=cast.technician, now=NOW)
    browser = door(cast.technician)

    for said in ("Put back on the shelf.", "This part was used or put back already."):
        page = browser.post(act_url(use, "release"), follow=True)
        assert [str(message) for message in page.context["messages"]] == [said]
    stale = browser.post(act_url(use, "use"), {"old_part": "left"})

    assert (stale.status_code, shelf(stock)) == (409, (2, 0))
    assert browser.get(act_url(use, "release")).url == reverse("claims:visit_detail", args=[visit.pk])


def test_whoever_comes_second_reads_where_the_nearest_lie(cast, door, pump, stock, visit):
    make_stock(pump, cast.longchang_point, on_hand=1, by=cast.officer)
    browser, url = door(cast.technician), new_url(visit, part="X-PUMP")
    given = {"station": cast.liuguang_point.pk, "quantity": "3"}

    page = browser.post(url, given)

    assert (page.status_code, page.context["form"]["quantity"].value()) == (409, "3")
    assert page.context["form"].errors["quantity"] == [
        "There are not enough free pieces at 六广镇乡镇备用处理点, nor anywhere else in the county."
    ]
    with acting_as(cast.technician):
        parts.reserve(
            visit=make_visit(cast),
            part=pump,
            station=cast.liuguang_point,
            quantity=2,
            by=cast.technician,
            now=NOW,
        )
    gone = browser.get(url)
    assert [str(other) for other in gone.context["others"]] == ["龙场街道乡镇备用处理点 (free: 1)"]
    assert "龙场街道乡镇备用处理点 (free: 1)" in gone.content.decode()


def test_what_the_diagnosis_names_stands_first(cast, door, visit):
    answers = _path_to("WM-PUMP")
    with acting_as(cast.agent):
        diagnoses.record(
            claim=visit.claim,
            appliance="washing_machine",
            checklist="washing_machine-1",
            answers=answers,
            advice="visit_with_part",
            issue=None,
            note="",
            by=cast.agent,
            now=NOW,
        )

    page = door(cast.technician).get(new_url(visit))

    assert "WM-PUMP" in [part.code for part in page.context["named"]]
    assert "Named by the diagnosis" in page.content.decode()


def _path_to(code: str) -> list[list[str]]:
    """A row of answers of the washing machine's checklist that ends with a part."""
    checklist = checklists.versions()["washing_machine-1"]
    waiting = [[]]
    while waiting:
        answers = waiting.pop()
        walked = walk(checklist, answers)
        if walked.ending is not None:
            if code in walked.ending.parts:
                return answers
            continue
        waiting += [[*answers, [walked.step.id, option.key]] for option in walked.step.options]
    raise AssertionError(code)


def test_parts_of_the_kind_of_goods_stand_first(cast, door):
    line = make_line(cast.guangcheng, product="波轮洗衣机 8kg", goods_type="appliance")
    visit = make_visit(cast, claim=make_claim(cast.guangcheng, filed_by=cast.agent, line=line))
    browser = door(cast.agent)

    kinds = [
        {part.appliance for part in browser.get(url).context["list_page"]}
        for url in (new_url(visit), new_url(visit, appliance="fridge"), new_url(visit, q="WM-LID"))
    ]
    everything = browser.get(new_url(visit, appliance=""))

    assert kinds == [{"washing_machine"}, {"fridge"}, {"washing_machine"}]
    assert len(everything.context["list_page"]) == 20


def test_a_part_out_of_the_bag_is_noted_once_also_after_the_visit(cast, door, pump, stock, visit):
    end(visit, "done")
    browser, url = door(cast.technician), new_url(visit, part="X-PUMP", built_in=1)
    page = browser.get(url)
    given = {
        "form_key": page.context["form"]["form_key"].value(),
        "station": cast.liuguang_point.pk,
        "quantity": "1",
        "old_part": "left",
    }
    missing = browser.post(url, {**given, "old_part": "none"})
    assert set(missing.context["form"].errors) == {"old_part"}

    answers = [browser.post(url, given).url for _press in range(2)]

    assert answers == [reverse("claims:visit_detail", args=[visit.pk])] * 2
    assert (uses_of(visit), shelf(stock)) == ([("X-PUMP", 1, "used", "left")], (1, 0))
    # Nothing is put aside for a visit that was made.
    refused = browser.post(
        new_url(visit, part="X-PUMP"), {"station": cast.liuguang_point.pk, "quantity": "1"}
    )
    assert (refused.status_code, shelf(stock)) == (409, (1, 0))
    assert "This visit has ended." in refused.content.decode()


def test_visits_and_parts_elsewhere_are_not_found(cast, door, pump, stock, visit):
    with acting_as(cast.technician):
        use = parts.reserve(visit=visit, part=pump, station=cast.liuguang_point, by=cast.technician, now=NOW)
    for person in (cast.neighbour, cast.suining_officer):
        browser = door(person)
        assert browser.get(new_url(visit)).status_code == 404
        assert browser.post(new_url(visit, part="X-PUMP")).status_code == 404
        for step in ("use", "release"):
            assert browser.post(act_url(use, step), {"old_part": "left"}).status_code == 404
    assert door(cast.technician).post(act_url(use, "burn")).status_code == 404
    assert door(cast.technician).get(new_url(visit, part="NO-PART")).status_code == 404
    assert shelf(stock) == (2, 1)


def test_the_agent_of_the_village_takes_a_part_from_the_township(cast, door, pump, stock, visit):
    browser = door(cast.agent)
    answer = browser.post(new_url(visit, part="X-PUMP"), {"station": cast.liuguang_point.pk, "quantity": "1"})
    assert answer.status_code == 302
    for station in (cast.longchang_point.pk, "x", ""):
        page = browser.post(new_url(visit, part="X-PUMP"), {"station": station, "quantity": "1"})
        assert "station" in page.context["form"].errors

    assert browser.post(act_url(only_use(), "use"), {"old_part": "missing"}).status_code == 302
    assert (shelf(stock), uses_of(visit)) == ((1, 0), [("X-PUMP", 1, "used", "missing")])


@pytest.fixture
def taken_back(cast, pump, stock, visit):
    """Two old parts at the standby point: one of yesterday, one that has lain there for long."""
    found = []
    for days in (1, 40):
        at = NOW - timedelta(days=days)
        with acting_as(cast.technician):
            found.append(
                parts.use_unreserved(
                    visit=visit,
                    part=pump,
                    station=cast.liuguang_point,
                    quantity=1,
                    old_part="taken_back",
                    by=cast.technician,
                    now=at,
                )
            )
    return found


def test_old_parts_are_listed_the_longest_first_and_sent_on(cast, door, taken_back):
    fresh, old = taken_back
    browser, url = door(cast.technician), reverse("claims:old_part_list")
    page = browser.get(url)
    assert [(use.pk, use.is_late) for use in page.context["list_page"]] == [
        (old.pk, True),
        (fresh.pk, False),
    ]

    none = browser.post(url, {"sent_on": "2026-11-20"})
    assert (none.status_code, set(none.context["form"].errors)) == (200, {"uses"})
    early = browser.post(url, {"uses": [fresh.pk], "sent_on": "2026-11-01"})
    assert (early.status_code, set(early.context["form"].errors)) == (409, {"sent_on"})
    assert [use.is_ticked for use in early.context["list_page"]] == [False, True]
    assert browser.post(url, {"uses": [old.pk, fresh.pk], "sent_on": "2026-11-20"}).url == url

    assert list(browser.get(url).context["list_page"]) == []
    sent = browser.get(url, {"sent": "1"})
    assert {use.pk for use in sent.context["list_page"]} == {fresh.pk, old.pk}
    assert [event.after["old_part"] for event in events("part.old_sent_on")] == ["sent_on", "sent_on"]
    again = browser.post(url, {"uses": [old.pk], "sent_on": "2026-11-20"})
    assert set(again.context["form"].errors) == {"uses"}


@pytest.mark.parametrize("key", ["9" * 25, "-1", "x", "９", "1e3", "\x00"])
def test_a_key_that_is_none_sends_no_old_part_on(cast, door, key):
    url = reverse("claims:old_part_list")

    answer = door(cast.technician).post(url, {"uses": [key], "sent_on": "2026-11-20"})

    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"uses"}


def test_old_parts_elsewhere_are_not_shown_and_not_sent(cast, door, taken_back):
    url = reverse("claims:old_part_list")
    browser = door(cast.suining_officer)

    assert list(browser.get(url).context["list_page"]) == []
    page = browser.post(url, {"uses": [taken_back[0].pk], "sent_on": "2026-11-20"})
    assert set(page.context["form"].errors) == {"uses"}
    assert door(cast.agent).get(url).status_code == 403
    assert len(door(cast.officer).get(url).context["list_page"]) == 2
