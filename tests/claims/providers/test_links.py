"""The page behind the link: without an account, as much as the visit needs, and nothing afterwards."""

import secrets
from datetime import timedelta

import pytest
import time_machine

from aftersales.audit.models import AuditEvent
from claims.services import provider_orders, visits
from claims.views.provider_links import BY_ADDRESS
from tests.claims.providers.order_cases import MONDAY_TWO, again, make_desk, make_visit, offer
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db
PERSON = ("龙兴旺", "13985123456", "三组晒谷场旁")


@pytest.fixture
def ordered(cast, visit, workshop):
    return offer(cast, visit, workshop)


def told(page) -> list[str]:
    """What a page says of the consumer."""
    text = page.content.decode()
    return [word for word in (*PERSON, "龙**", "139****3456") if word in text]


def test_before_the_answer_the_page_names_nobody(ordered, door):
    order, token = ordered

    page = door().get(f"/p/{token}/")

    text = page.content.decode()
    assert (page.status_code, told(page)) == (200, [])
    for words in ("2026-11-23 14:00", "波轮洗衣机 8kg", "不脱水，检查排水泵", "广城村", "¥80.00", "I come"):
        assert words in text
    assert order.visit.claim.number not in text
    assert {name: page[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")} == {
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "strict-origin",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
    }


def test_accepting_by_link_needs_no_account_and_the_look_is_a_step_of_its_own(ordered, door):
    order, token = ordered
    browser = door(enforce_csrf_checks=True)
    page = browser.get(f"/p/{token}/")
    csrf = {"csrfmiddlewaretoken": page.context["csrf_token"]}

    refused_before = browser.post(f"/p/{token}/", {"step": "reveal", **csrf})
    accepted = browser.post(f"/p/{token}/", {"step": "accept", **csrf})
    after = browser.get(f"/p/{token}/")
    looked = browser.post(f"/p/{token}/", {"step": "reveal", **csrf})

    assert (refused_before.status_code, told(refused_before)) == (409, [])
    assert (accepted.status_code, accepted.url, again(order).state) == (302, f"/p/{token}/", "accepted")
    assert (told(after), order.visit.claim.number in after.content.decode()) == ([], True)
    assert told(looked) == list(PERSON)
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="personal.revealed").count() == 1


def test_a_form_from_another_site_is_not_taken(ordered, door):
    order, token = ordered

    answer = door(enforce_csrf_checks=True).post(f"/p/{token}/", {"step": "accept"})

    assert (answer.status_code, again(order).state) == (403, "offered")


def test_declining_takes_a_reason_and_keeps_what_was_typed(ordered, door):
    order, token = ordered
    browser = door()

    empty = browser.post(f"/p/{token}/", {"step": "decline", "note": "货车坏了"})
    wordless = browser.post(f"/p/{token}/", {"step": "decline", "reason": "other"})
    done = browser.post(f"/p/{token}/", {"step": "decline", "reason": "other", "note": "货车坏了"})
    after = browser.get(f"/p/{token}/")

    assert (empty.status_code, 'value="货车坏了"' in empty.content.decode()) == (200, True)
    assert (wordless.status_code, "Say in a few words why." in wordless.content.decode()) == (409, True)
    assert (done.status_code, again(order).state) == (302, "declined")
    assert (after.status_code, "You have declined this order." in after.content.decode()) == (410, True)


def test_the_whole_visit_by_link_and_nothing_afterwards(ordered, visit, door):
    order, token = ordered
    browser = door()
    browser.post(f"/p/{token}/", {"step": "accept"})
    with time_machine.travel(MONDAY_TWO, tick=False):
        set_out = browser.post(f"/p/{token}/", {"step": "set_out"})
        bare = browser.post(f"/p/{token}/", {"step": "finish", "outcome": "solved", "done": "清理排水泵"})
        odd = browser.post(
            f"/p/{token}/", {"step": "finish", "outcome": "exploded", "done": "带走", "is_signed": "on"}
        )
        done = browser.post(
            f"/p/{token}/",
            {"step": "finish", "outcome": "solved", "found": "堵了", "done": "清理排水泵", "is_signed": "on"},
        )
        over = browser.get(f"/p/{token}/")
        look = browser.post(f"/p/{token}/", {"step": "reveal"})

    assert [answer.status_code for answer in (set_out, bare, done, over, look)] == [302, 200, 302, 410, 410]
    assert ("Let the consumer sign first." in bare.content.decode(), odd.status_code) == (True, 200)
    assert (again(visit).state, again(visit).proof, again(order).state) == ("done", "paper", "done")
    for page in (over, look):
        assert told(page) == []
        for words in ("波轮洗衣机", "广城村", "80.00", "2026-11-23", order.visit.claim.number):
            assert words not in page.content.decode()


def test_what_could_not_be_done_is_written_down_with_its_reason(ordered, visit, door):
    _order, token = ordered
    browser = door()
    browser.post(f"/p/{token}/", {"step": "accept"})
    with time_machine.travel(MONDAY_TWO, tick=False):
        own = browser.post(f"/p/{token}/", {"step": "fail", "failure": "did_not_come"})
        done = browser.post(f"/p/{token}/", {"step": "fail", "failure": "nobody_home"})

    assert (own.status_code, done.status_code) == (200, 302)
    assert (again(visit).state, again(visit).failure) == ("failed", "nobody_home")


@pytest.mark.parametrize("how", ["withdrawn", "cancelled", "lapsed"])
def test_an_order_that_is_over_says_so_and_shows_nothing(cast, ordered, visit, door, how):
    order, token = ordered
    if how == "lapsed":
        provider_orders.lapse_due(now=order.answer_by + timedelta(minutes=1))
    else:
        with acting_as(cast.officer):
            if how == "withdrawn":
                provider_orders.withdraw(order=order, note="自己去更快", by=cast.officer, now=NOW)
            else:
                visits.cancel(visit=visit, note="不用来了", by=cast.officer, now=NOW)

    page, sent = door().get(f"/p/{token}/"), door().post(f"/p/{token}/", {"step": "accept"})

    assert (page.status_code, sent.status_code, told(page)) == (410, 410, [])
    assert "波轮洗衣机" not in page.content.decode()
    assert again(order).state in ("withdrawn", "lapsed")


@pytest.mark.parametrize("step", ["", "pay", "__class__", "reveal\x00", "é" * 500])
def test_nonsense_is_answered_in_words(ordered, door, step):
    order, token = ordered

    answer = door().post(f"/p/{token}/", {"step": step})

    assert (answer.status_code, again(order).state) == (400, "offered")


def test_nobody_of_the_county_answers_through_the_link_or_looks_a_consumer_up_without_a_name(
    cast, ordered, workshop, second, door
):
    order, token = ordered
    other_provider = make_desk(second, username="other", by=cast.manager)
    for user in (cast.officer, cast.technician, cast.agent, other_provider):
        answer = door(user).post(f"/p/{token}/", {"step": "accept"})
        assert (answer.status_code, again(order).state) == (403, "offered")
        assert "on a device of its own" in answer.content.decode()

    door().post(f"/p/{token}/", {"step": "accept"})
    looked = door(cast.officer).post(f"/p/{token}/", {"step": "reveal"})
    own = make_desk(workshop, by=cast.manager)
    allowed = door(own).post(f"/p/{token}/", {"step": "reveal"})

    assert (looked.status_code, told(looked)) == (403, [])
    assert (allowed.status_code, told(allowed)) == (200, list(PERSON))
    with seeing_everything():
        assert AuditEvent.objects.get(verb="personal.revealed").actor_id == own.pk


def test_wrong_links_are_nothing_and_slow_down(ordered, door):
    _order, token = ordered
    browser = door()

    wrong = [browser.get(f"/p/{secrets.token_urlsafe(16)}/").status_code for _n in range(BY_ADDRESS.limit)]
    closed = browser.get(f"/p/{token}/")
    elsewhere = browser.get(f"/p/{token}/", REMOTE_ADDR="10.1.2.3")

    assert set(wrong) == {404}
    assert (closed.status_code, elsewhere.status_code) == (429, 200)


@pytest.mark.parametrize(
    "text", ["x", "A" * 21, "A" * 23, "A" * 200, "广城", "..%2f..", "%27OR%201=1--aaaaaaaaa"]
)
def test_what_is_no_secret_is_not_looked_for(ordered, door, text):
    assert door().get(f"/p/{text}/").status_code == 404


def test_a_stale_answer_is_told_that_it_was_answered(cast, ordered, door):
    order, token = ordered
    browser = door()
    browser.post(f"/p/{token}/", {"step": "accept"})

    twice = browser.post(f"/p/{token}/", {"step": "accept"})
    late_no = browser.post(f"/p/{token}/", {"step": "decline", "reason": "too_far"})

    assert (twice.status_code, late_no.status_code, again(order).state) == (409, 409, "accepted")


def test_nothing_about_the_secret_or_the_person_is_in_the_trail(cast, visit, workshop, door):
    _order, token = offer(cast, visit, workshop)
    door().post(f"/p/{token}/", {"step": "accept"})
    door().post(f"/p/{token}/", {"step": "reveal"})

    with seeing_everything():
        kept = " ".join(str(row) for row in AuditEvent.objects.values_list("before", "after", "reason"))
    assert [word for word in (token, *PERSON) if word in kept] == []


def test_the_page_reads_the_same_number_of_rows_for_any_order(cast, ordered, door, django_assert_num_queries):
    _order, token = ordered
    make_visit(cast, phone="13985123459")
    browser = door()

    with django_assert_num_queries(2):
        browser.get(f"/p/{token}/")
