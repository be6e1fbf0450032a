"""A balance that falls below the warning is told once, to those who keep the fund, and anew after it rose."""

import pytest
from django.utils import translation

from aftersales.notices.models import Notice
from aftersales.notices.wording import Wordings
from claims.models import Account, Fund
from claims.services import fund, ledger
from tests.claims.money.cases import XIUWEN, fill
from tests.factories import NOW, make_party, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def xiuwen_fund(cast):
    """1,000.00 with a warning below 500.00."""
    opened = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    with seeing_everything():
        Fund.objects.update(low_balance_fen=50_000)
        return Fund.objects.get(pk=opened.pk)


def pay(of, by, amount_fen, key):
    with seeing_everything():
        ledger.post(
            fund=Fund.objects.get(pk=of.pk),
            kind="advance",
            debit=ledger.account(of, "advances", party=make_party()),
            credit=ledger.account(of, "cash"),
            amount_fen=amount_fen,
            business_key=key,
            by=by,
            now=NOW,
        )


def top_up(of, amount_fen, reference, cast):
    with seeing_everything():
        entry = fund.propose_deposit(
            fund=of, amount_fen=amount_fen, reference=reference, by=cast.manager, now=NOW
        )
        fund.confirm_deposit(deposit=entry, by=cast.officer, now=NOW)


def told() -> list[int]:
    return sorted(Notice.objects.filter(event="fund.low").values_list("recipient_id", flat=True))


def test_limit_itself_is_not_below_and_one_fen_less_is(cast, xiuwen_fund):
    pay(xiuwen_fund, cast.officer, 50_000, "p:1")
    assert told() == []

    pay(xiuwen_fund, cast.officer, 1, "p:2")

    everybody = sorted(user.pk for user in (cast.manager, cast.officer, cast.second_officer))
    notice = Notice.objects.filter(event="fund.low").first()
    with translation.override("en"):
        words = Wordings(["fund.low"]).words("fund.low", notice.params, channel="", language="en")
    assert told() == everybody
    assert notice.url == f"/claims/fund/{XIUWEN}/"
    assert (words.title, words.text) == (
        "应急基金 is running low",
        "It holds ¥499.99; it warns below ¥500.00. Please have it topped up.",
    )


def test_fall_is_told_once_and_again_after_a_rise(cast, xiuwen_fund):
    pay(xiuwen_fund, cast.officer, 60_000, "p:1")
    once = len(told())
    pay(xiuwen_fund, cast.officer, 10_000, "p:2")
    top_up(xiuwen_fund, 10_000, "B-2", cast)
    pay(xiuwen_fund, cast.officer, 10_000, "p:3")
    assert (len(told()), once > 0) == (once, True)

    top_up(xiuwen_fund, 20_000, "B-3", cast)
    with seeing_everything():
        assert Account.objects.get(fund=xiuwen_fund, kind="cash").low_since is None
        later = Fund.objects.get(pk=xiuwen_fund.pk)
    with seeing_everything():
        ledger.post(
            fund=later,
            kind="advance",
            debit=ledger.account(later, "advances"),
            credit=ledger.account(later, "cash"),
            amount_fen=1,
            business_key="p:4",
            by=cast.officer,
            now=NOW.replace(microsecond=1),
        )
    assert len(told()) == 2 * once


def test_payout_that_is_undone_tells_nobody(cast, xiuwen_fund):
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        pay(xiuwen_fund, cast.officer, 60_000, "p:1")
        assert told()
        raise ZeroDivisionError

    with seeing_everything():
        assert (told(), Account.objects.get(fund=xiuwen_fund, kind="cash").low_since) == ([], None)


def test_warning_that_is_raised_above_the_balance_tells_at_once(cast, xiuwen_fund):
    with seeing_everything():
        changed = fund.change_fund(
            fund=xiuwen_fund, name="应急基金", low_balance_fen=100_001, by=cast.manager, now=NOW
        )
    assert (changed.low_balance_fen, len(told())) == (100_001, 3)

    with seeing_everything():
        fund.change_fund(fund=xiuwen_fund, name="应急基金", low_balance_fen=0, by=cast.manager, now=NOW)
        assert Account.objects.get(fund=xiuwen_fund, kind="cash").low_since is None
