"""The pages of a fund's books: accounts, movements, statements, closing, write-offs, several funds."""

import io
from datetime import UTC, datetime

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from aftersales.audit.models import AuditEvent
from claims.models import Account, Advance, FundMonth, WriteOff
from claims.services import fund, fund_months, write_offs
from tests.claims.money.cases import XIUWEN, balances, choose, fill, proposed, read
from tests.claims.money.test_pages import at, words
from tests.factories import NOW, make_fund, seeing_everything

pytestmark = pytest.mark.django_db
FUND = f"/claims/fund/{XIUWEN}/"
IN_DECEMBER = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_that_day(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def client(client):
    """A browser that asks for English."""
    client.cookies["django_language"] = "en"
    with override("en"):
        yield client


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=1_000_000, entered_by=cast.manager, confirmed_by=cast.officer)


@pytest.fixture
def paid(cast, xiuwen_fund):
    return choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)


def test_accounts_come_to_the_same_on_both_sides(client, cast, paid):
    response = at(client, cast.supervisor).get(f"{FUND}accounts/")

    groups = [(group.kind, group.total_fen) for group in response.context["groups"]]
    assert groups == [("cash", 999_400), ("budget", 1_000_000), ("advances", 600), ("written_off", 0)]
    assert (response.context["by_debit_fen"], response.context["by_credit_fen"]) == (1_000_000, 1_000_000)
    with seeing_everything():
        owed = Account.objects.get(kind="advances")
    assert f"?account={owed.pk}" in response.content.decode()


def test_movements_are_found_by_kind_account_and_month(client, cast, paid):
    at(client, cast.officer)
    with seeing_everything():
        budget = Account.objects.get(kind="budget").pk

    found = {
        query: [movement.kind for movement in client.get(f"{FUND}movements/?{query}").context["movements"]]
        for query in (
            "",
            "kind=advance",
            f"account={budget}",
            "first_day=2026-11",
            "kind=advance&first_day=2026-10",
            "kind=moon&account=x&first_day=2026-99&cursor=x",
        )
    }

    assert found == {
        "": ["advance", "deposit"],
        "kind=advance": ["advance"],
        f"account={budget}": ["deposit"],
        "first_day=2026-11": ["advance", "deposit"],
        "kind=advance&first_day=2026-10": [],
        "kind=moon&account=x&first_day=2026-99&cursor=x": ["advance", "deposit"],
    }


def test_movements_are_paged(client, cast, paid, monkeypatch):
    monkeypatch.setattr("claims.views.fund_books.PAGE_SIZE", 1)
    first = at(client, cast.manager).get(f"{FUND}movements/").context["list_page"]
    second = client.get(f"{FUND}movements/", {"cursor": first.next}).context["list_page"]

    assert [[row.kind for row in page] for page in (first, second)] == [["advance"], ["deposit"]]


def test_account_of_another_fund_filters_nothing(client, cast, paid):
    elsewhere = make_fund("320324000000")
    with seeing_everything():
        account = Account.objects.filter(fund=elsewhere).first().pk

    response = at(client, cast.officer).get(f"{FUND}movements/?account={account}")

    assert [movement.kind for movement in response.context["movements"]] == ["advance", "deposit"]


def test_statement_shows_the_month_and_says_that_it_is_open(client, cast, paid):
    response = at(client, cast.officer).get(f"{FUND}statement/")

    text = words(response)
    for part in (
        "statement for 2026-11",
        "from 2026-11-01 to 2026-11-30",
        "Not closed: the figures may still change.",
        "Balance at the start ¥0.00",
        "Came in +¥10,000.00",
        "Paid out −¥6.00",
        "Balance at the end ¥9,994.00",
        "County manager",
    ):
        assert part in text
    assert [(row.name, row.count, row.out_fen) for row in response.context["kinds"]] == [
        ("Deposit", 1, 0),
        ("Payout to a consumer", 1, 600),
    ]
    assert [(row.name, row.closing_fen, row.is_total) for row in response.context["accounts"]] == [
        ("Cash", 999_400, True),
        ("Granted budget", 1_000_000, True),
        ("Advances to recover", 600, True),
        (str(paid.claim.liable_party), 600, False),
    ]


@pytest.mark.parametrize("month", ["2026-12", "2026-10", "1999-01", "2026-13", "x", "2026-11-01"])
def test_months_that_the_fund_has_no_books_for_do_not_exist(client, cast, xiuwen_fund, month):
    assert at(client, cast.officer).get(f"{FUND}statement/?month={month}").status_code == 404


def test_manager_closes_the_month_once_it_is_over(client, cast, paid, time_machine):
    at(client, cast.manager)
    early = client.get(f"{FUND}close/")
    assert (early.status_code, early.context["is_over"]) == (200, False)
    assert client.post(f"{FUND}close/", {"month": "2026-11"}).status_code == 409
    assert client.post(f"{FUND}close/", {"month": "moon"}).status_code == 200

    time_machine.move_to(IN_DECEMBER, tick=False)
    at(client, cast.officer)
    assert "close/" not in client.get(f"{FUND}statement/").content.decode()
    assert client.post(f"{FUND}close/", {"month": "2026-11"}).status_code == 403
    at(client, cast.manager)
    assert "close/" in client.get(f"{FUND}statement/").content.decode()
    done = client.post(f"{FUND}close/", {"month": "2026-11"}, follow=True)

    with seeing_everything():
        month = FundMonth.objects.get()
    assert done.redirect_chain == [(f"{FUND}statement/?month=2026-11", 302)]
    assert month.digest in words(done)
    assert "Not closed" not in words(done)
    assert client.post(f"{FUND}close/", {"month": "2026-11"}).status_code == 302
    assert client.post(f"{FUND}close/", {"month": "2026-12"}).status_code == 409


def test_statement_is_taken_along_as_a_table_of_every_movement(client, cast, paid):
    response = at(client, cast.officer).get(f"{FUND}statement/?month=2026-11&format=xlsx")

    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    cover, data = book.worksheets
    rows = list(data.iter_rows(values_only=True))
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert [row[1] for row in rows] == ["Kind", "Deposit", "Payout to a consumer"]
    assert [row[5:8] for row in rows[1:]] == [(10_000, 10_000, None), (6, None, 6)]
    assert rows[2][2] == paid.claim.number
    assert ("Balance at the end", "¥9,994.00") in [row[:2] for row in cover.iter_rows(values_only=True)]
    with seeing_everything():
        event = AuditEvent.objects.get(verb="fund_month.exported")
    assert (event.after["month"], event.after["rows"]) == ("2026-11", 2)
    assert client.get(f"{FUND}statement/?format=exe").status_code == 404


def test_write_off_goes_through_two_people(client, cast, paid):
    with seeing_everything():
        advance = Advance.objects.get()
    new = f"{FUND}write-offs/new/?party={advance.party_id}"
    at(client, cast.officer)
    assert f"?party={advance.party_id}" in client.get(f"{FUND}write-offs/new/").content.decode()
    assert [each.open_fen for each in client.get(new).context["advances"]] == [600]

    nothing = client.post(new, {"advances": [], "reason": "gone out of business"})
    short = client.post(new, {"advances": [advance.pk], "reason": "x"})
    assert [answer.status_code for answer in (nothing, short)] == [200, 200]
    assert 'value="gone out of business"' in nothing.content.decode()
    assert f'value="{advance.pk}" checked' in short.content.decode()
    assert client.post(new, {"advances": ["x", "99999999"], "reason": "nonsense"}).status_code == 200
    entered = client.post(new, {"advances": [advance.pk], "reason": "gone out of business"})
    with seeing_everything():
        write_off = WriteOff.objects.get()
    page = f"/claims/write-offs/{write_off.pk}/"
    assert (entered.status_code, entered.url) == (302, page)
    assert f"{page}confirm/" not in client.get(page).content.decode()
    assert client.post(f"{page}confirm/").status_code == 404
    assert client.get(new).context["advances"] == []

    at(client, cast.manager)
    assert f"{page}confirm/" in client.get(page).content.decode()
    assert client.post(f"{page}undo/").status_code == 404
    assert client.post(f"{page}confirm/").status_code == 302
    assert (read(write_off).state, balances(read(write_off.fund))["written_off"]) == ("confirmed", 600)
    assert "already" in words(client.post(f"{page}confirm/", follow=True))
    assert at(client, cast.suining_manager).get(page).status_code == 404


def test_page_of_a_write_off_leads_to_its_counter_entry(client, cast, paid):
    with seeing_everything():
        advance = Advance.objects.get()
        write_off = write_offs.propose(
            fund=advance.fund, advances=[advance], reason="insolvent", by=cast.officer, now=NOW
        )
        write_offs.confirm(write_off=write_off, by=cast.manager, now=NOW)
        booked = advance.settlements.get()
    page = f"/claims/write-offs/{write_off.pk}/"

    assert f"/claims/movements/{booked.pk}/reverse/" in at(client, cast.manager).get(page).content.decode()
    client.post(f"/claims/movements/{booked.pk}/reverse/", {"reason": "paid after all"})

    text = words(client.get(page))
    assert "taken back" in text
    assert "If money comes in after all" in text
    assert read(advance).open_fen == 600


@pytest.mark.parametrize("party", ["x", "99999999", "１", "1" * 40])
def test_nobody_is_proposed_for_a_party_that_is_none(client, cast, xiuwen_fund, party):
    assert at(client, cast.officer).get(f"{FUND}write-offs/new/", {"party": party}).status_code == 404


def test_county_has_a_fund_of_each_kind(client, cast, xiuwen_fund):
    with seeing_everything():
        special = fund.open_fund(
            county_code=XIUWEN, kind="special", name="专项资金", by=cast.manager, now=NOW
        )
    at(client, cast.manager)
    page = f"/claims/fund/{XIUWEN}-special/"

    assert special.key in client.get(FUND).content.decode()
    assert client.post(page, {"amount_fen": "20", "reference": "S-1"}).status_code == 302
    assert [each.fund_id for each in client.get(page).context["overview"].deposits] == [special.pk]
    assert client.get(FUND).context["overview"].deposits == ()
    assert [client.get(f"{page}{name}/").status_code for name in ("accounts", "movements", "statement")] == [
        200
    ] * 3
    missing = ["mediation", "emergency", "moon", ""]
    assert [client.get(f"/claims/fund/{XIUWEN}-{kind}/").status_code for kind in missing] == [404] * 4
    listed = [each.pk for each in client.get("/claims/fund/").context["funds"]]
    assert listed == [xiuwen_fund.pk, special.pk]


def test_manager_changes_name_and_warning(client, cast, xiuwen_fund):
    at(client, cast.manager)
    assert client.get(f"{FUND}change/").context["form"].initial["low_balance_fen"] == 200_000
    assert client.post(f"{FUND}change/", {"name": "", "low_balance_fen": "-1"}).status_code == 200
    assert client.post(f"{FUND}change/", {"name": "应急基金", "low_balance_fen": "2000"}).status_code == 409
    assert client.post(f"{FUND}change/", {"name": "先行赔付基金", "low_balance_fen": "20"}).status_code == 302

    changed = read(xiuwen_fund)
    assert (changed.name, changed.low_balance_fen) == ("先行赔付基金", 2_000)


@pytest.mark.parametrize("name", ["", "accounts/", "movements/", "statement/", "write-offs/", "close/"])
def test_queries_of_the_pages_do_not_grow(client, cast, paid, django_assert_max_num_queries, name):
    for _each in range(4):
        choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    with seeing_everything():
        for advance in Advance.objects.order_by("pk")[:4]:
            write_offs.propose(
                fund=advance.fund, advances=[advance], reason="insolvent", by=cast.officer, now=NOW
            )
        fund_months.close_due(by=cast.manager, now=IN_DECEMBER)
    at(client, cast.manager)

    with django_assert_max_num_queries(16):
        client.get(f"{FUND}{name}")


def test_empty_fund_says_so_on_every_page(client, cast):
    make_fund(XIUWEN)
    at(client, cast.manager)

    assert "No movement yet" in words(client.get(f"{FUND}movements/"))
    assert "Nothing was given up" in words(client.get(f"{FUND}write-offs/"))
    assert "Nothing is open" in words(client.get(f"{FUND}write-offs/new/"))
    assert "Nothing moved in this month." in words(client.get(f"{FUND}statement/"))
