"""Pages of recovery: what people see, what their forms do, what leaves the house on paper or as a file."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from aftersales.audit.models import AuditEvent
from aftersales.web import picture_store, pictures
from claims.models import AdvanceDispute, BankReceipt, Demand, Photo
from claims.services import demands
from tests.claims.money.cases import XIUWEN, make_photo
from tests.claims.pictures import jpeg
from tests.claims.recovery.cases import again, dispute, pay, recover, send
from tests.factories import NOW, make_party, seeing_everything

pytestmark = pytest.mark.django_db
HOME = f"/claims/fund/{XIUWEN}/recovery/"


@pytest.fixture(autouse=True)
def _on_that_day(time_machine):
    time_machine.move_to(NOW, tick=False)


def at(client, user):
    """The browser with somebody else signed in; pages come in English."""
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


def words(response) -> str:
    text = re.sub(r"<(style|script|svg).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def table(response) -> list[tuple]:
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    return list(book.worksheets[1].iter_rows(values_only=True))


def of(party) -> str:
    return f"{HOME}{party.pk}/"


def test_ageing_report_is_shown_and_exported_with_the_same_figures(client, cast, xiuwen_fund, orchard):
    pay(cast, amount_fen=600, party=orchard, now=NOW - timedelta(days=40))
    pay(cast, amount_fen=300, party=orchard)
    pay(cast, amount_fen=50, party=None)

    shown = at(client, cast.supervisor).get(HOME)
    assert [(row.party_name, row.bands_fen) for row in shown.context["aged"]] == [
        ("果园电商", (300, 600, 0, 0)),
        ("", (50, 0, 0, 0)),
    ]
    assert shown.context["totals"]["open_fen"] == 950
    assert of(orchard) in shown.content.decode()
    assert "?party=none" in shown.content.decode()

    rows = table(client.get(f"{HOME}table/"))
    assert rows[1] == ("果园电商", 2, 9, 3, 6, 0, 0, 0, 0, 0, 9, 40)
    assert rows[2][1:4] == (1, 0.5, 0.5)
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="report.exported").count() == 1


def test_a_fund_to_which_nobody_owes_anything_says_so(client, cast, xiuwen_fund, orchard):
    page = at(client, cast.officer).get(HOME)

    assert 'class="empty"' in page.content.decode()
    assert client.get(of(orchard)).status_code == 404
    assert client.get(f"{HOME}987654321/").status_code == 404


def test_demand_is_sent_over_what_was_chosen(client, cast, xiuwen_fund, orchard):
    first, second = pay(cast, party=orchard), pay(cast, amount_fen=300, party=orchard)
    new = f"{of(orchard)}demand/"
    page = at(client, cast.officer).get(new)
    assert page.content.decode().count(" checked") == 2
    assert page.context["sum_fen"] == 900

    assert client.post(new, {}).status_code == 409
    assert client.post(new, {"advances": ["x", "-1", "9" * 40]}).status_code == 409
    assert client.post(new, {"advances": [first.pk, 987654321]}).status_code == 409
    stale = client.post(new, {"advances": [second.pk, 987654321]})
    assert [advance.is_chosen for advance in stale.context["advances"]] == [False, True]

    sent = client.post(new, {"advances": [first.pk]})
    with seeing_everything():
        demand = Demand.objects.get()
    assert (sent.status_code, sent.headers["Location"]) == (302, f"/claims/demands/{demand.pk}/")
    assert (demand.amount_fen, demand.sent_by) == (600, cast.officer)
    assert demand.number in words(client.get(of(orchard)))
    assert client.post(new, {"advances": [first.pk]}).status_code == 409
    assert [advance.pk for advance in client.get(new).context["advances"]] == [second.pk]


def test_demand_page_shows_rest_and_reminders_and_can_be_withdrawn(client, cast, xiuwen_fund, orchard):
    advance = pay(cast, party=orchard)
    demand = send(xiuwen_fund, orchard, advance, by=cast.officer, now=NOW - timedelta(days=30))
    with seeing_everything():
        demands.remind(by=cast.officer, now=NOW)
    recover(advance, 250, by=cast.officer)
    address = f"/claims/demands/{demand.pk}/"

    page = at(client, cast.officer).get(address)
    assert (page.context["rest_fen"], page.context["days_late"]) == (350, 15)
    assert f"{address}letter/?reminder=1" in page.content.decode()
    overdue = client.get(HOME).context["overdue"]
    assert [(each.number, each.rest_fen, each.days) for each in overdue] == [(demand.number, 350, 15)]

    assert client.post(f"{address}withdraw/", {"reason": ""}).status_code == 200
    assert client.post(f"{address}withdraw/", {"reason": "wrong address"}).status_code == 302
    assert client.post(f"{address}withdraw/", {"reason": "wrong address"}).status_code == 409
    assert "wrong address" in words(client.get(address))
    assert "Withdrawn: this letter no longer counts." in words(client.get(f"{address}letter/"))
    assert at(client, cast.suining_officer).get(address).status_code == 404


def photo_of(claim, kind: str) -> Photo:
    """A photo that lies on disk."""
    photo = make_photo(claim)
    with seeing_everything():
        name = picture_store.store(pictures.rebuild(jpeg()))
        Photo.objects.filter(pk=photo.pk).update(kind=kind, file_name=name)
        return Photo.objects.get(pk=photo.pk)


def dossier(client, demand) -> zipfile.ZipFile:
    response = client.get(f"/claims/demands/{demand.pk}/dossier/")
    assert response.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(BytesIO(b"".join(response.streaming_content)))


def test_letter_and_archive_prove_the_claim_without_naming_the_consumer(client, cast, xiuwen_fund, orchard):
    advance = pay(cast, party=orchard)
    damage, label = photo_of(advance.claim, "damage"), photo_of(advance.claim, "label")
    demand = send(xiuwen_fund, orchard, advance, by=cast.officer)
    with seeing_everything():
        claim = (
            type(advance.claim)
            .objects.select_related("consumer", "order_line__order")
            .get(pk=advance.claim_id)
        )
        type(claim).objects.filter(pk=claim.pk).update(description="家住村口第三家")
        person = claim.consumer
        secrets = {person.clear_name(), person.clear_phone(), person.name_masked, person.phone_masked}

    letter = at(client, cast.officer).get(f"/claims/demands/{demand.pk}/letter/").content.decode()
    bundle = dossier(client, demand)
    page = bundle.read(f"{demand.number}/index.html").decode()

    for text in (letter, page):
        for proof in (demand.number, claim.number, claim.order_line.order.number, "人民币陆元整", "果园电商"):
            assert proof in text
        for secret in secrets | {"家住村口第三家"}:
            assert secret not in text
    assert f"/claims/photos/{damage.pk}/" in letter
    assert f"/claims/photos/{label.pk}/" not in letter
    assert "/claims/" not in page
    names = [name.partition("/")[2] for name in bundle.namelist()]
    # The first picture of the claim was never on disk: the page says so instead.
    assert names == [f"photos/{claim.number}-2.jpg", "app.css", "money.css", "index.html"]
    assert f'src="photos/{claim.number}-2.jpg"' in page
    assert f"{claim.number}-1.jpg: the picture could not be read." in page
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="demand.dossier_made", object_id=str(demand.pk)).count() == 1


def test_the_same_dossier_is_the_same_bytes(client, cast, xiuwen_fund, orchard):
    demand = send(xiuwen_fund, orchard, pay(cast, party=orchard), by=cast.officer)
    at(client, cast.officer)
    address = f"/claims/demands/{demand.pk}/dossier/"

    first, second = (b"".join(client.get(address).streaming_content) for _time in range(2))

    assert first == second


def test_reminder_asks_for_what_is_left(client, cast, xiuwen_fund, orchard):
    first, second = pay(cast, party=orchard), pay(cast, amount_fen=300, party=orchard)
    demand = send(xiuwen_fund, orchard, first, second, by=cast.officer, now=NOW - timedelta(days=30))
    recover(first, 600, by=cast.officer)
    recover(second, 100, by=cast.officer)
    with seeing_everything():
        demands.remind(by=cast.officer, now=NOW)
    address = f"/claims/demands/{demand.pk}/letter/"

    reminder = at(client, cast.officer).get(f"{address}?reminder=1")
    assert (reminder.context["sum_fen"], len(reminder.context["entries"])) == (200, 1)
    assert client.get(address).context["sum_fen"] == 900
    for nonsense in ("2", "x", "-1", "１", "99999"):
        assert client.get(address, {"reminder": nonsense}).status_code == 404


def test_payment_is_shown_before_it_is_booked(client, cast, xiuwen_fund, orchard):
    old = pay(cast, amount_fen=600, party=orchard)
    new = pay(cast, amount_fen=300, party=orchard, now=NOW + timedelta(minutes=1))
    address = f"{of(orchard)}payment/"
    given = {"amount_fen": "7", "reference": "B-9"}
    at(client, cast.officer)

    assert client.post(address, {}).status_code == 200
    assert client.post(address, {"amount_fen": "abc", "reference": "B-9"}).status_code == 200
    assert client.post(address, {"amount_fen": "9.01", "reference": "B-9"}).status_code == 409
    shown = client.post(address, given)
    assert shown.status_code == 200
    assert [(advance.pk, share) for advance, share in shown.context["plan"]] == [(old.pk, 600), (new.pk, 100)]
    with seeing_everything():
        assert BankReceipt.objects.count() == 0
    changed = client.post(address, {**given, "shown": shown.context["shown"], "change": "1"})
    assert (changed.context["plan"], changed.context["form"]["reference"].value()) == (None, "B-9")

    recover(old, 100, by=cast.officer)
    stale = client.post(address, {**given, "shown": shown.context["shown"]})
    assert stale.status_code == 409
    assert [share for _advance, share in stale.context["plan"]] == [500, 200]
    assert client.post(address, {**given, "shown": "x:1,<script>"}).context["plan"] is not None
    booked = client.post(address, {**given, "shown": stale.context["shown"]})
    assert (booked.status_code, booked.headers["Location"]) == (302, of(orchard))
    assert (again(old).open_fen, again(new).open_fen) == (0, 100)
    assert "B-9" in words(client.get(of(orchard)))


def test_objection_is_entered_by_one_and_decided_by_another(client, cast, xiuwen_fund, orchard, courier):
    advance = pay(cast, party=orchard)
    enter = f"/claims/advances/{advance.pk}/dispute/"
    at(client, cast.officer)
    assert client.post(enter, {"objection": "nonsense", "text": ""}).status_code == 200
    given = {"objection": "no_fault", "text": "Everything was\r\nin order"}
    assert client.post(enter, given).status_code == 302
    assert client.post(enter, given).status_code == 409
    with seeing_everything():
        row = AdvanceDispute.objects.get()
    address = f"/claims/disputes/{row.pk}/"

    own = client.get(address)
    assert (own.context["may_decide"], own.context["form"]) == (False, None)
    decision = {"outcome": "party_changed", "new_party": courier.pk, "reason": "the parcel was crushed"}
    assert client.post(address, decision).status_code == 409

    at(client, cast.manager)
    choices = set(client.get(address).context["form"].fields["new_party"].queryset)
    assert courier in choices
    assert orchard not in choices
    assert make_party("merchant", "别家店铺") not in choices
    assert client.post(address, {}).status_code == 200
    assert client.post(address, {**decision, "new_party": ""}).status_code == 409
    assert client.post(address, {**decision, "new_party": orchard.pk}).status_code == 200
    assert client.post(address, decision).status_code == 302
    assert again(advance).party == courier
    assert "the parcel was crushed" in words(client.get(address))
    late = client.post(address, {"outcome": "kept", "reason": "looked at again"})
    assert late.status_code == 409
    assert "Somebody else has decided this dispute already." in words(late)


def test_a_party_is_named_where_none_was(client, cast, xiuwen_fund, courier):
    advance = pay(cast, party=None)
    address = f"/claims/advances/{advance.pk}/party/"
    listed = at(client, cast.officer).get(f"/claims/fund/{XIUWEN}/owed/?party=none").content.decode()
    recover_page = f"/claims/advances/{advance.pk}/recover/"
    assert recover_page in listed
    assert address in client.get(recover_page).content.decode()

    assert client.post(address, {"party": "x", "reason": ""}).status_code == 200
    assert client.post(address, {"party": courier.pk, "reason": "by the label"}).status_code == 302
    assert again(advance).party == courier
    assert client.post(address, {"party": courier.pk, "reason": "by the label"}).status_code == 200


def test_settlement_prints_and_exports_the_month(client, cast, xiuwen_fund, orchard):
    advance = pay(cast, party=orchard)
    recover(advance, 250, by=cast.officer)
    address = f"{of(orchard)}2026-11/"

    page = at(client, cast.officer).get(address)
    settlement = page.context["settlement"]
    assert (settlement.opening_fen, settlement.closing_fen, len(settlement.rows)) == (0, 350, 2)
    assert "人民币叁元伍角整" in words(page)
    assert address in client.get(of(orchard)).content.decode()
    rows = table(client.get(f"{address}table/"))
    assert [row[5:] for row in rows[1:]] == [(None, 0), (6, 6), (-2.5, 3.5)]
    assert client.get(f"{of(orchard)}2026-10/").context["settlement"].closing_fen == 0
    for nonsense in ("2026-12", "2026-13", "2026-1", "0000-01", "٢٠٢٦-١١", "9999-01"):
        assert client.get(f"{of(orchard)}{nonsense}/").status_code == 404


def test_queries_do_not_grow_with_rows(client, cast, xiuwen_fund, orchard, django_assert_max_num_queries):
    paid = [pay(cast, amount_fen=100, party=orchard) for _each in range(6)]
    asked = send(xiuwen_fund, orchard, *paid[:3], by=cast.officer, now=NOW - timedelta(days=30))
    for each in paid[3:]:
        send(xiuwen_fund, orchard, each, by=cast.officer, now=NOW - timedelta(days=30))
    for each in paid[:3]:
        dispute(each, by=cast.officer)
    at(client, cast.manager)

    limits = {
        HOME: 12,
        of(orchard): 20,
        f"/claims/demands/{asked.pk}/": 16,
        f"/claims/demands/{asked.pk}/letter/": 16,
        f"{of(orchard)}2026-11/": 13,
    }
    for address, most in limits.items():
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
