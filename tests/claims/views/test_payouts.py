"""Pages of payouts: from the choice with an account to the bank file, what failed, and paying again."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext, override

from claims.models import BankAccount, Payout, PayoutBatch
from claims.services import payouts
from tests.claims.money.cases import XIUWEN, fill, proposed, read
from tests.claims.money.payout_cases import CARD, OTHER_CARD, paid
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db
ACCOUNT = {
    "holder": "张桂英",
    "bank": "农村信用社谷堡分社",
    "number": "6222 0212 3456 7894",
    "number_again": CARD,
    "consent_how": "spoken",
}


@pytest.fixture(autouse=True)
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


@pytest.fixture
def proposal(cast):
    return proposed(cast.guangcheng, filed_by=cast.agent)


def choose_bank(browser, claim, **fields):
    url = reverse("claims:claim_choice", args=[claim.number]) + "?choice=refund-bank"
    page = browser.get(url)
    version = page.context["form"]["version"].value()
    return browser.post(url, {"asked_how": "in_person", "version": version, **ACCOUNT, **fields})


def failed(cast, channel="original") -> Payout:
    payout = paid(cast, channel=channel)
    with acting_as(cast.officer):
        return payouts.fail(payout=payout, reason="account_wrong", by=cast.officer, now=NOW)


def test_a_transfer_asks_for_the_account_and_shows_its_end_only(cast, door, proposal):
    browser = door(cast.agent)

    answer = choose_bank(browser, proposal.claim)

    assert answer.status_code == 302
    shown = browser.get(answer.url).content.decode()
    assert "****7894" in shown and "6222" not in shown
    with seeing_everything():
        payout = Payout.objects.get()
        assert (payout.state, payout.account.bank) == ("to_send", ACCOUNT["bank"])


@pytest.mark.parametrize(
    ("fields", "field", "status"),
    [
        ({"number": "6222021234567895"}, "number", 409),
        ({"number_again": OTHER_CARD}, "number_again", 409),
        ({"number": ""}, "number", 200),
        ({"consent_how": ""}, "consent_how", 200),
        ({"holder": "<b>"}, "holder", 200),
    ],
)
def test_an_account_typed_wrongly_keeps_what_was_typed(cast, door, proposal, fields, field, status):
    page = choose_bank(door(cast.agent), proposal.claim, **fields)

    assert page.status_code == status
    assert field in page.context["form"].errors
    assert page.context["form"]["bank"].value() == ACCOUNT["bank"]
    assert read(proposal).state == "proposed"
    with seeing_everything():
        assert not BankAccount.objects.exists()


def test_a_known_account_is_kept_with_an_empty_number(cast, door, proposal):
    browser = door(cast.agent)
    url = reverse("claims:claim_account", args=[proposal.claim.number])
    assert browser.post(url, ACCOUNT).status_code == 302

    answer = choose_bank(browser, proposal.claim, **dict.fromkeys(ACCOUNT, ""))

    assert answer.status_code == 302
    with seeing_everything():
        assert BankAccount.objects.get() == Payout.objects.get().account


def test_account_page_refuses_nonsense(cast, door, proposal):
    browser, url = door(cast.agent), reverse("claims:claim_account", args=[proposal.claim.number])

    assert "number" in browser.post(url, {}).context["form"].errors
    page = browser.post(url, {**ACCOUNT, "number": "abc", "number_again": "abc"})
    assert (page.status_code, list(page.context["form"].errors)) == (409, ["number"])


def test_from_the_list_to_the_file_and_its_results(cast, door, xiuwen_fund):
    first, second = paid(cast, channel="bank"), paid(cast, channel="bank")
    browser = door(cast.officer)
    shown = browser.get(reverse("claims:payout_list", args=[XIUWEN]) + "?tab=to_send").content.decode()
    assert first.number in shown and second.number in shown

    made = browser.post(reverse("claims:payout_batch_new", args=[XIUWEN]), {"until": "2026-11-20"})
    with seeing_everything():
        batch = PayoutBatch.objects.get()
    assert made.url == reverse("claims:payout_batch", args=[batch.pk])
    file = browser.post(reverse("claims:payout_batch_file", args=[batch.pk, "csv"]))
    rows = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == [CARD, CARD]
    with override("zh-hans"):
        rows[1][-3], rows[2][-3] = gettext("arrived"), gettext("failed")
    back = io.StringIO()
    csv.writer(back).writerows(rows)
    page = browser.post(made.url, {"file": SimpleUploadedFile("back.csv", back.getvalue().encode())})

    assert (page.context["results"].arrived, page.context["results"].failed) == (1, 1)
    assert [read(each).state for each in (first, second)] == ["confirmed", "failed"]
    assert "6222" not in page.content.decode()


def test_a_file_without_transfers_is_refused_in_words(cast, door):
    browser, url = door(cast.officer), reverse("claims:payout_batch_new", args=[XIUWEN])

    assert browser.post(url, {"until": "2026-11-20"}).status_code == 409
    assert "until" in browser.post(url, {"until": "tomorrow"}).context["form"].errors
    assert "until" in browser.post(url, {}).context["form"].errors


@pytest.mark.parametrize(
    ("name", "content"), [("back.pdf", b"x"), ("back.csv", b""), ("back.xlsx", b"PK\x03")]
)
def test_results_that_cannot_be_read(cast, door, xiuwen_fund, name, content):
    paid(cast, channel="bank")
    browser = door(cast.officer)
    made = browser.post(reverse("claims:payout_batch_new", args=[XIUWEN]), {"until": "2026-11-20"})

    page = browser.post(made.url, {"file": SimpleUploadedFile(name, content)})

    results = page.context["results"]
    assert page.status_code == 200
    assert page.context["form"].errors if results is None else len(results.faults) == 1


def test_the_rest_of_a_file_arrives(cast, door, xiuwen_fund):
    payout = paid(cast, channel="bank")
    browser = door(cast.officer)
    made = browser.post(reverse("claims:payout_batch_new", args=[XIUWEN]), {"until": "2026-11-20"})

    for _press in range(2):
        assert browser.post(made.url, {"rest": "1"}).url == made.url

    assert read(payout).state == "confirmed"


def test_an_officer_works_a_platform_off_by_hand(cast, door):
    payout = paid(cast, channel="original")
    browser = door(cast.officer)
    assert (
        payout.number
        in browser.get(reverse("claims:payout_list", args=[XIUWEN]) + "?tab=to_instruct").content.decode()
    )

    for step, state in (("instructed", "instructed"), ("confirmed", "confirmed")):
        url = reverse("claims:payout_act", args=[payout.pk, step])
        assert browser.get(url).status_code == 200
        assert browser.post(url, {"reference": "RF-1"}).status_code == 302
        assert read(payout).state == state
        assert browser.post(url, {"reference": "RF-1"}).status_code == 409


def test_what_failed_waits_on_every_page_that_should_know(cast, door):
    payout = failed(cast)
    name = payout.claim.consumer.name_masked

    for user, url in (
        (cast.agent, reverse("home")),
        (cast.officer, reverse("claims:payout_list", args=[XIUWEN])),
        (cast.officer, reverse("admin:index")),
        (cast.agent, reverse("claims:claim_detail", args=[payout.claim.number])),
    ):
        shown = door(user).get(url).content.decode()
        assert reverse("claims:payout_detail", args=[payout.pk]) in shown, url
        assert name in shown or "admin" in url


def test_a_station_pays_again_in_cash_only(cast, door):
    payout = failed(cast)
    browser, url = door(cast.agent), reverse("claims:payout_act", args=[payout.pk, "again"])

    assert "channel" in browser.post(url, {"channel": "bank"}).context["form"].errors
    answer = browser.post(url, {"channel": "cash"})

    with seeing_everything():
        again = Payout.objects.get(attempt=2)
    assert answer.url == reverse("claims:payout_detail", args=[again.pk])
    assert again.state == "handed_over"
    signed = browser.post(reverse("claims:payout_act", args=[again.pk, "signed"]))
    assert signed.status_code == 302
    assert read(again).signed_by == cast.agent


def test_a_station_does_not_enter_results(cast, door):
    payout = paid(cast, channel="original")

    for step in ("instructed", "confirmed", "failed", "nonsense"):
        url = reverse("claims:payout_act", args=[payout.pk, step])
        assert door(cast.agent).get(url).status_code == 404

    assert door(cast.neighbour).get(reverse("claims:payout_detail", args=[payout.pk])).status_code == 404


def test_failing_needs_a_reason(cast, door):
    payout = paid(cast, channel="original")
    browser, url = door(cast.officer), reverse("claims:payout_act", args=[payout.pk, "failed"])

    assert list(browser.post(url, {}).context["form"].errors) == ["reason"]
    assert list(browser.post(url, {"reason": "gold"}).context["form"].errors) == ["reason"]
    assert browser.post(url, {"reason": "order_unknown"}).status_code == 302
    assert read(payout).state == "failed"


@pytest.mark.parametrize("tab", ["owed", "to_send", "in_file", "unsigned", "all", "nonsense"])
def test_lists_ask_no_more_for_more_rows(cast, door, xiuwen_fund, tab):
    browser, url = door(cast.officer), reverse("claims:payout_list", args=[XIUWEN]) + f"?tab={tab}"

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get(url).status_code == 200
        return len(found)

    failed(cast), paid(cast), paid(cast, channel="bank")
    browser.get(url)
    before = queries()
    for channel in ("cash", "bank", "original"):
        paid(cast, channel=channel)
    failed(cast)
    assert queries() == before
