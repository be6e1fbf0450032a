"""The questions on the phone as pages: one a page, back and reload, and what is kept."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import Diagnosis, Issue
from claims.models.diagnoses import ApplianceChoices
from claims.queries import checklists
from tests.claims.diagnosis.cases import (
    HOSE_KINKED,
    NOTHING_FITS,
    PUMP_HUMS,
    SMOKE,
    WASHER,
    spelled,
    washer_claim,
)
from tests.factories import NOW, seeing_everything
from tests.rights.page_forms import forms_of

OPTION = re.compile(r'<a class="btn wide(?: main)?" href="([^"]+)">([^<]+)</a>')


@pytest.fixture
def claim(cast):
    return washer_claim(cast.guangcheng, cast.agent)


def start(claim) -> str:
    return f"/claims/{claim.number}/diagnosis/"


def at(claim, answers) -> str:
    return f"{start(claim)}?list={WASHER}&answers={spelled(answers)}"


def options(response) -> dict[str, str]:
    """The answers on offer with their addresses."""
    page = response.content.decode()
    return {text: url.replace("&amp;", "&") for url, text in OPTION.findall(page)}


def kept() -> list:
    with seeing_everything():
        return [
            (each.advice, each.issue.code if each.issue else None, each.note)
            for each in Diagnosis.objects.all()
        ]


def sent(claim, client, answers, **changes) -> dict:
    """The form of the result as the page shows it, filled in."""
    (form,) = [
        each for each in forms_of(client.get(at(claim, answers)).content.decode()) if "answers" in each.fields
    ]
    return form.filled(note="小天鹅 8 公斤", **changes)


def test_the_likely_appliance_is_offered_first(as_user, claim):
    offered = options(as_user("agent").get(start(claim)))

    assert next(iter(offered)) == "Washing machine"
    assert set(offered) == {str(each.label) for each in ApplianceChoices}
    assert offered["Fridge"] == f"{start(claim)}?list=fridge-1"


def test_tapping_answers_leads_to_the_result(as_user, claim):
    client = as_user("agent")
    page = client.get(start(claim))
    for text in ("Washing machine", "没有", "水排不出去", "还是不排", "没有过滤器", "有嗡嗡声"):
        page = client.get(options(page)[text])

    assert parse_qs(urlsplit(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"]).query)[
        "answers"
    ] == [spelled(PUMP_HUMS)]
    text = page.content.decode()
    assert "A visit with a part is needed" in text
    assert "排水泵卡住或者烧坏了" in text
    assert "WM-12" in text and "WM-PUMP" in text
    assert kept() == []


def test_every_way_through_every_checklist_has_its_page(as_user, claim):
    """Every question is shown with its answers, every end with its words."""
    client = as_user("agent")
    wrong = []
    for checklist in checklists.versions().values():
        ways = [[]]
        seen = set()
        while ways:
            answers = ways.pop()
            url = f"{start(claim)}?list={checklist.version}&answers={spelled(answers)}"
            step = checklist.steps[checklist.first]
            ending = None
            for _id, key in answers:
                option = step.option(key)
                ending, step = option.ending, checklist.steps.get(option.next)
            if step is not None and step.id in seen:
                continue
            response = client.get(url)
            expected = ending.say if step is None else step.ask
            if response.status_code != 200 or expected not in response.content.decode():
                wrong.append(url)
            if step is not None:
                seen.add(step.id)
                ways += [[*answers, [step.id, option.key]] for option in step.options]
    assert wrong == []


def test_one_question_back_and_an_earlier_one_again(as_user, claim):
    text = as_user("agent").get(at(claim, PUMP_HUMS[:3])).content.decode().replace("&amp;", "&")

    links = re.findall(r'href="([^"]*diagnosis/[^"]*)"', text)

    def address(answers):
        query = f"&answers={spelled(answers)}".replace(",", "%2C") if answers else ""
        return f"{start(claim)}?list={WASHER}{query}"

    assert [each for each in links if each == address(PUMP_HUMS[:2])] != []
    assert {address([]), address(PUMP_HUMS[:1])} <= set(links)
    assert "没有" in text and "水排不出去" in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "What is it?"),
        ("?list=boat-1", "There is no such checklist. Begin again."),
        (f"?list={WASHER}&answers=nonsense", "An answer does not fit the questions. Go on from here."),
        (f"?list={WASHER}&answers=danger.no,what.boat", "现在洗衣机是什么情况？"),
        (f"?list={WASHER}&answers=,,,..,", "An answer does not fit the questions. Go on from here."),
        (
            f"?list={WASHER}&answers={'danger.no,' * 200}",
            "An answer does not fit the questions. Go on from here.",
        ),
        (f"?list={WASHER}&answers=danger.yes,what.dead", "Danger: switch off, do not use"),
    ],
)
def test_an_address_that_leads_nowhere_goes_on_where_it_can(as_user, claim, query, shown):
    response = as_user("agent").get(f"{start(claim)}{query}")

    assert response.status_code == 200
    assert shown in response.content.decode()


def test_the_result_is_kept_and_leads_on(as_user, claim):
    client = as_user("agent")

    response = client.post(at(claim, PUMP_HUMS), sent(claim, client, PUMP_HUMS), follow=True)

    assert kept() == [("visit_with_part", "WM-12", "小天鹅 8 公斤")]
    with seeing_everything():
        diagnosis = Diagnosis.objects.get()
    assert response.redirect_chain == [(f"/claims/diagnoses/{diagnosis.pk}/", 302)]
    text = response.content.decode()
    assert "洗衣机排水泵" in text
    (plan,) = re.findall(rf'href="(/claims/{claim.number}/visits/new/[^"]*|[^"]*kind=repair[^"]*)"', text)
    task = parse_qs(urlsplit(plan.replace("&amp;", "&")).query)
    assert task == {"kind": ["repair"], "task": ["不排水，有嗡嗡声；洗衣机排水泵 WM-PUMP"]}
    assert "不排水，有嗡嗡声" in client.get(f"/claims/{claim.number}/").content.decode()


def test_sent_twice_it_is_one(as_user, claim):
    client = as_user("agent")
    form = sent(claim, client, PUMP_HUMS)

    first = client.post(start(claim), form)
    second = client.post(start(claim), form)

    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    assert len(kept()) == 1


def test_the_form_decides_nothing(as_user, claim):
    """Another advice than the answers have is refused, and nothing is kept."""
    client = as_user("agent")

    response = client.post(start(claim), sent(claim, client, HOSE_KINKED, advice="visit_with_part"))

    assert response.status_code == 409
    assert "These answers lead to another result." in response.content.decode()
    assert 'value="小天鹅 8 公斤"' in response.content.decode()
    assert kept() == []


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"list": "", "answers": "", "advice": ""},
        {"list": "boat-1", "answers": "danger.yes", "advice": "danger"},
        {"list": WASHER, "answers": "", "advice": "danger"},
        {"list": WASHER, "answers": "danger.no", "advice": "danger"},
        {"list": WASHER, "answers": "\x00", "advice": "\x00"},
        {"list": WASHER, "answers": "danger.yes", "advice": "danger", "note": "长" * 301},
        {"list": WASHER, "answers": "danger.yes" * 100, "advice": "danger"},
        {"list": WASHER, "answers": spelled(NOTHING_FITS), "advice": "visit", "issue": "no"},
    ],
)
@pytest.mark.parametrize("key", ["", "k" * 24])
def test_nonsense_keeps_nothing_and_is_no_error(as_user, claim, given, key):
    response = as_user("agent").post(start(claim), {**given, "form_key": key})

    assert response.status_code in (200, 409)
    assert kept() == []


def test_where_no_fault_is_named_the_library_is_on_offer(as_user, claim):
    client = as_user("agent")
    form = sent(claim, client, NOTHING_FITS)
    assert "issue" not in sent(claim, client, PUMP_HUMS)

    belt, fridge = Issue.objects.get(code="WM-16"), Issue.objects.get(code="FR-06")
    assert client.post(start(claim), {**form, "issue": str(fridge.pk)}).status_code == 200
    assert kept() == []

    client.post(start(claim), {**form, "issue": str(belt.pk)})
    assert kept() == [("visit", "WM-16", "小天鹅 8 公斤")]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"status": "closed", "closed_at": NOW}, "This claim has ended."),
        (
            {"goods_type": "fresh_fruit", "product": "水蜜桃"},
            "There are no questions about goods of this type.",
        ),
    ],
)
def test_a_claim_that_cannot_be_asked_about_sends_back(as_user, cast, fields, told):
    claim = washer_claim(cast.guangcheng, cast.agent, **fields)
    client = as_user("agent")

    response = client.get(start(claim), follow=True)

    assert response.redirect_chain == [(f"/claims/{claim.number}/", 302)]
    assert told in response.content.decode()
    assert start(claim) not in response.content.decode()
    refused = client.post(
        start(claim), {"list": WASHER, "answers": "danger.yes", "advice": "danger", "form_key": "k" * 24}
    )
    assert (refused.status_code, kept()) == (409, [])


def test_a_claim_about_an_appliance_leads_to_the_questions(as_user, claim):
    assert start(claim) in as_user("agent").get(f"/claims/{claim.number}/").content.decode()


def test_danger_leads_to_marking_the_claim(as_user, claim):
    client = as_user("agent")

    text = client.post(start(claim), sent(claim, client, SMOKE), follow=True).content.decode()

    assert f"/claims/{claim.number}/record/" in text
    assert "请马上拔掉插头" in text


def test_an_old_diagnosis_is_read_by_who_may_see_its_claim(as_user, claim):
    agent = as_user("agent")
    agent.post(start(claim), sent(claim, agent, PUMP_HUMS))
    with seeing_everything():
        url = f"/claims/diagnoses/{Diagnosis.objects.get().pk}/"

    answers = {
        name: as_user(name).get(url).status_code for name in ("agent", "technician", "neighbour", "platform")
    }
    assert answers == {"agent": 200, "technician": 200, "neighbour": 404, "platform": 200}
    assert "排水的时候，机器底下有没有" in agent.get(url).content.decode()


def test_pages_ask_as_often_for_many_as_for_one(as_user, claim, cast):
    client = as_user("agent")
    urls = (f"/claims/{claim.number}/", start(claim), "/claims/issues/", "/claims/issues/table/")

    def asked() -> list[int]:
        counts = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counts.append(len(queries))
        return counts

    client.post(start(claim), sent(claim, client, PUMP_HUMS))
    one = asked()
    for answers in (HOSE_KINKED, SMOKE, NOTHING_FITS, PUMP_HUMS):
        client.post(start(claim), sent(claim, client, answers))

    assert asked() == one
    assert len(kept()) == 5
