from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.notices.models import Notice
from claims.models import FeeComplaint, Movement, ProviderStatement
from claims.queries import statements as reading
from claims.services import statements
from stations.models import ProviderDesk
from tests.claims.money.cases import XIUWEN, fill
from tests.claims.statements.cases import (
    agreed,
    complain,
    make_order,
    prepared,
    read,
    sent,
)
from tests.factories import NOW, give, make_user, seeing_everything

COUNTY = f"/claims/statements/of/{XIUWEN}/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def order(cast):
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.second_officer)
    return make_order(cast.guangcheng, by=cast.officer, fee_fen=8000)


@pytest.fixture
def desk(cast, order):
    """An account of the provider."""
    user = make_user("repairer", county=XIUWEN)
    give(user, Role.PROVIDER, region=XIUWEN)
    with seeing_everything():
        ProviderDesk.objects.create(
            user=user, provider=order.provider, county_code=XIUWEN, opened_by=cast.manager, opened_at=NOW
        )
    return user


def browser(user=None) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    if user is not None:
        client.force_login(user)
    return client


def page(client, url, status=200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def test_a_month_is_prepared_sent_agreed_by_link_and_paid(cast, order):
    officer, manager = browser(cast.officer), browser(cast.manager)
    assert "Prepare the statement" in page(officer, COUNTY)
    address = f"{COUNTY}{order.provider_id}/?month=2026-10"
    assert "¥80.00" in page(officer, address)

    done = officer.post(address)
    with seeing_everything():
        statement = ProviderStatement.objects.get()
    assert done["Location"] == f"/claims/statements/{statement.pk}/"
    shown = officer.post(f"/claims/statements/{statement.pk}/send/").content.decode()
    link = shown.split('<code class="one-time link">')[1].split("</code>")[0]
    path = link.removeprefix("http://testserver")

    told = browser().get(path)
    assert told.status_code == 200
    assert "¥80.00" in told.content.decode()
    assert told["X-Robots-Tag"].startswith("noindex")
    assert told["Referrer-Policy"] == "strict-origin"
    assert browser().post(path, {"act": "agree", "total_fen": 8000})["Location"] == path
    paid = manager.post(f"/claims/statements/{statement.pk}/pay/", {"reference": "B-77"})

    assert paid.status_code == 302
    assert read(statement).state == "paid"
    assert "B-77" in page(officer, f"/claims/statements/{statement.pk}/")
    with seeing_everything():
        assert Movement.objects.get(kind="provider_fee").amount_fen == 8000


def test_the_link_shows_nothing_of_the_consumer(cast, order):
    statement = prepared(order, by=cast.officer)
    with seeing_everything():
        statement, token = statements.send(statement=statement, by=cast.officer, now=NOW)
        consumer = order.visit.claim.consumer
        name, phone = consumer.clear_name(), consumer.clear_phone()

    shown = page(browser(), f"/p/statement/{token}/")

    assert order.visit.claim.number in shown
    assert name not in shown
    assert phone not in shown


def test_nobody_of_the_county_gives_the_provider_s_word_through_the_link(cast, order, desk):
    statement = prepared(order, by=cast.officer)
    with seeing_everything():
        statement, token = statements.send(statement=statement, by=cast.manager, now=NOW)
    path = f"/p/statement/{token}/"

    for act in ({"act": "agree", "total_fen": 8000}, {"act": "dispute", "text": "里程不对"}):
        answer = browser(cast.manager).post(path, act)
        assert (answer.status_code, read(statement).state) == (403, "sent")
        assert "on a device of its own" in answer.content.decode()

    assert browser(desk).post(path, {"act": "agree", "total_fen": 8000}).status_code == 302
    assert (read(statement).state, read(statement).agreed_by) == ("agreed", desk)


@pytest.mark.parametrize("what", ["unknown", "over", "draft"])
def test_a_link_that_does_not_open(cast, order, what):
    statement = prepared(order, by=cast.officer)
    with seeing_everything():
        statement, token = statements.send(statement=statement, by=cast.officer, now=NOW)
        if what == "over":
            ProviderStatement.objects.filter(pk=statement.pk).update(token_until=NOW)
        if what == "draft":
            ProviderStatement.objects.filter(pk=statement.pk).update(state="draft")

    shown = page(
        browser(),
        f"/p/statement/{'x' * 32 if what == 'unknown' else token}/",
        404 if what == "unknown" else 410,
    )

    assert "¥80.00" not in shown


def test_guessing_links_is_slow(cast, order):
    client = browser()
    answers = [client.get(f"/p/statement/guess-{number}/").status_code for number in range(31)]

    assert answers == [404] * 30 + [429]


def test_the_provider_objects_to_one_fee_through_the_link(cast, order):
    statement = prepared(order, by=cast.officer)
    with seeing_everything():
        statement, token = statements.send(statement=statement, by=cast.officer, now=NOW)
    path = f"/p/statement/{token}/"
    assert "Object to this fee" in page(browser(), f"{path}?order={order.pk}")

    empty = browser().post(path, {"act": "complain", "order": order.pk})
    less = browser().post(
        path, {"act": "complain", "order": order.pk, "claimed_fen": "1", "text": "加班三小时"}
    )
    done = browser().post(
        path, {"act": "complain", "order": order.pk, "claimed_fen": "95.50", "text": "加班三小时"}
    )

    assert (empty.status_code, less.status_code, done.status_code) == (200, 409, 302)
    assert 'value="1"' in less.content.decode()
    with seeing_everything():
        complaint = FeeComplaint.objects.get()
    assert (complaint.claimed_fen, complaint.filed_by_id) == (9550, None)
    assert read(statement).state == "disputed"
    with seeing_everything():
        told = Notice.objects.filter(event="fee_complaint.filed").values_list("recipient", flat=True)
        assert list(told) == [cast.manager.pk]


@pytest.mark.parametrize(
    ("sent_form", "status"),
    [
        ({}, 400),
        ({"act": "pay"}, 400),
        ({"act": "agree"}, 200),
        ({"act": "agree", "total_fen": "x"}, 200),
        ({"act": "agree", "total_fen": 7999}, 409),
        ({"act": "agree", "total_fen": -1}, 200),
        ({"act": "dispute"}, 200),
        ({"act": "dispute", "text": "\u202e不对不对"}, 200),
        ({"act": "complain"}, 404),
        ({"act": "complain", "order": "9" * 30}, 404),
        ({"act": "complain", "order": "x"}, 404),
    ],
)
def test_nonsense_changes_nothing(cast, order, sent_form, status):
    statement = prepared(order, by=cast.officer)
    with seeing_everything():
        statement, token = statements.send(statement=statement, by=cast.officer, now=NOW)

    assert browser().post(f"/p/statement/{token}/", sent_form).status_code == status
    assert read(statement).state == "sent"


def test_the_account_sees_its_own_statements_that_were_sent(cast, order, desk):
    draft = prepared(order, by=cast.officer)
    client = browser(desk)

    assert draft.number not in page(client, "/claims/provider/statements/")
    assert page(client, f"/claims/provider/statements/{draft.pk}/", 404)
    with seeing_everything():
        statement, _token = statements.send(statement=draft, by=cast.officer, now=NOW)

    assert "¥80.00" in page(client, "/claims/provider/statements/")
    assert "Agree to ¥80.00" in page(client, f"/claims/provider/statements/{statement.pk}/")
    with seeing_everything():
        assert list(Notice.objects.values_list("event", "recipient")) == [("statement.sent", desk.pk)]
    done = client.post(
        f"/claims/provider/statements/{statement.pk}/", {"act": "dispute", "text": "十月还有一单"}
    )
    assert done.status_code == 302
    assert (read(statement).state, read(statement).dispute_text) == ("disputed", "十月还有一单")


def test_another_providers_statement_and_the_desk_stay_closed_to_an_account(cast, order, desk):
    other = sent(
        make_order(
            cast.guangcheng,
            by=cast.officer,
            provider=type(order.provider).objects.create(kind="provider", name="另一家"),
        ),
        by=cast.officer,
    )
    client = browser(desk)

    assert client.get(f"/claims/provider/statements/{other.pk}/").status_code == 404
    assert (
        client.post(
            f"/claims/provider/statements/{other.pk}/", {"act": "agree", "total_fen": 8000}
        ).status_code
        == 404
    )
    for url in (COUNTY, f"/claims/statements/{other.pk}/", f"/claims/statements/{other.pk}/sheet/"):
        assert client.get(url).status_code == 403
    with seeing_everything():
        ProviderDesk.objects.update(closed_at=NOW)
    assert client.get("/claims/provider/statements/").status_code == 403


def test_the_officer_notes_what_is_on_paper_and_cannot_pay(cast, order):
    statement = sent(order, by=cast.second_officer)
    officer, manager = browser(cast.officer), browser(cast.manager)
    url = f"/claims/statements/{statement.pk}/"

    assert officer.post(f"{url}note/agree/", {"total_fen": 1}).status_code == 409
    assert officer.post(f"{url}note/maybe/").status_code == 404
    assert officer.post(f"{url}note/agree/", {"total_fen": 8000}).status_code == 302
    assert officer.post(f"{url}pay/", {"reference": "B-1"}).status_code == 404
    assert manager.post(f"{url}pay/", {"reference": ""}).status_code == 200
    assert manager.post(f"{url}pay/", {"reference": "B-1"}).status_code == 302
    assert manager.post(f"{url}pay/", {"reference": "B-2"}).status_code == 409
    with seeing_everything():
        assert AuditEvent.objects.get(verb="statement.agreed").after["how"] == "paper"


def test_a_complaint_is_answered_on_its_page(cast, order):
    officer, manager = browser(cast.officer), browser(cast.manager)
    assert "Note the complaint" in page(officer, f"/claims/provider-orders/{order.pk}/complaint/")
    noted = officer.post(
        f"/claims/provider-orders/{order.pk}/complaint/", {"claimed_fen": "95", "text": "加班三小时"}
    )
    with seeing_everything():
        complaint = FeeComplaint.objects.get()
    url = f"/claims/fee-complaints/{complaint.pk}/"

    assert noted["Location"] == url
    assert "Answer the complaint" not in page(officer, url)
    assert officer.post(url, {"fee_fen": "95", "answer": "已核对行车记录"}).status_code == 404
    assert manager.post(url, {"fee_fen": "96", "answer": "已核对行车记录"}).status_code == 409
    assert manager.post(url, {}).status_code == 200
    assert manager.post(url, {"fee_fen": "90", "answer": "已核对行车记录"}).status_code == 302
    assert read(order).fee_fen == 9000
    assert "cannot be objected to" not in page(officer, f"/claims/provider-orders/{order.pk}/complaint/")


def test_the_table_holds_numbers_and_the_download_is_noted(cast, order):
    statement = prepared(order, by=cast.officer)

    answer = browser(cast.officer).get(f"/claims/statements/{statement.pk}/table/")

    rows = list(
        load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[1].iter_rows(values_only=True)
    )
    assert [row[-1] for row in rows if row[1] == order.visit.claim.number] == [80]
    with seeing_everything():
        assert AuditEvent.objects.get(verb="report.exported").after["number"] == statement.number


def test_the_sheet_has_a_place_for_both_seals(cast, order):
    statement = agreed(order, by=cast.officer)

    shown = page(browser(cast.officer), f"/claims/statements/{statement.pk}/sheet/")

    assert "捌拾元整" in shown
    assert f"{order.provider} (seal, date)" in shown


def queries(client, url) -> int:
    with CaptureQueriesContext(connection) as found:
        page(client, url)
    return len(found)


def test_pages_take_the_same_queries_however_long_they_are(cast, order):
    complain(order, claimed_fen=9000)
    statement = prepared(order, by=cast.officer)
    officer = browser(cast.officer)
    urls = (COUNTY, f"/claims/statements/{statement.pk}/", f"{COUNTY}{order.provider_id}/?month=2026-10")
    left = make_order(cast.liuguang, by=cast.officer)
    before = [queries(officer, url) for url in urls]

    for number in range(6):
        more = make_order(cast.liuguang, by=cast.officer)
        complain(more, claimed_fen=9000)
        if number < 3:
            with seeing_everything():
                type(more).objects.filter(pk=more.pk).update(statement=statement)

    assert left.statement_id is None
    assert [queries(officer, url) for url in urls] == before


def test_other_counties_do_not_exist(cast, order):
    statement = prepared(order, by=cast.officer)
    complaint = complain(order, claimed_fen=9000)
    client = browser(cast.suining_officer)

    for url in (
        COUNTY,
        f"/claims/statements/{statement.pk}/",
        f"/claims/statements/{statement.pk}/table/",
        f"/claims/fee-complaints/{complaint.pk}/",
        f"/claims/provider-orders/{order.pk}/complaint/",
    ):
        assert client.get(url).status_code == 404
    with seeing_everything():
        assert reading.has_open_complaint(statement)


def test_the_page_of_an_order_leads_to_its_statement_for_those_who_may_see_it(cast, order):
    statement = prepared(order, by=cast.officer)
    url, there = f"/claims/provider-orders/{order.pk}/", f'href="/claims/statements/{statement.pk}/"'
    complaint = f"/claims/provider-orders/{order.pk}/complaint/"

    assert there in page(browser(cast.officer), url)
    assert complaint in page(browser(cast.officer), url)
    head = page(browser(cast.technician), url)
    assert statement.number in head
    assert there not in head
    assert complaint not in head
