"""Files for the bank: each transfer once, the same bytes every time, results line by line."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils.translation import gettext, override
from openpyxl import load_workbook

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Payout, PayoutBatch
from claims.queries import payout_invariants
from claims.services import fund, payout_batches, payouts
from tests.claims.money.cases import XIUWEN, balances, fill, read
from tests.claims.money.payout_cases import CARD, paid
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


@pytest.fixture(autouse=True)
def _in_order_afterwards(db):
    yield
    with seeing_everything():
        assert list(payout_invariants.violations()) == []


def make(cast, of, until=TODAY) -> PayoutBatch:
    with acting_as(cast.officer):
        return payout_batches.make(fund=of, until=until, by=cast.officer, now=NOW)


def download(batch, by, form="csv") -> bytes:
    with acting_as(by):
        written = payout_batches.download(batch=batch, form=form, by=by, now=LATER)
        with written.file as file:
            return file.read()


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def upload(cast, batch, tmp_path, changes: dict[int, tuple[str, str, str]]):
    """The file as the bank sends it back: result, reference and reason of some lines."""
    rows = rows_of(download(batch, cast.officer))
    for line, results in changes.items():
        rows[line][-3:] = results
    path = tmp_path / "back.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    with acting_as(cast.officer):
        return payout_batches.read_results(batch=batch, path=path, form="csv", by=cast.officer, now=LATER)


def words() -> tuple[str, str]:
    """How the file says that money arrived or did not, in the language of the bank."""
    with override("zh-hans"):
        return gettext("arrived"), gettext("failed")


def test_every_transfer_that_waits_goes_into_one_file(cast, xiuwen_fund):
    transfers = [paid(cast, channel="bank") for _each in range(3)]
    paid(cast), paid(cast, channel="original")

    batch = make(cast, xiuwen_fund)

    assert (batch.number, batch.count, batch.total_fen) == ("520123-20261120-1", 3, 1_800)
    with seeing_everything():
        assert list(Payout.objects.filter(batch=batch).order_by("id")) == transfers
        assert {each.state for each in Payout.objects.filter(batch=batch)} == {"in_file"}
    with pytest.raises(Refused) as refused:
        make(cast, xiuwen_fund)
    assert refused.value.code == "nothing_to_send"


def test_a_file_ends_with_a_day(cast, xiuwen_fund):
    early, late = paid(cast, channel="bank"), paid(cast, channel="bank", now=LATER)

    make(cast, xiuwen_fund)

    assert (read(early).state, read(late).state) == ("in_file", "to_send")


def test_a_frozen_fund_makes_no_file(cast, xiuwen_fund):
    paid(cast, channel="bank")
    with seeing_everything():
        fund.set_frozen(fund=xiuwen_fund, is_frozen=True, reason="audit", by=cast.manager, now=NOW)

    with pytest.raises(Refused) as refused:
        make(cast, xiuwen_fund)

    assert refused.value.code == "fund_frozen"


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_file_is_the_same_whoever_downloads_it(cast, xiuwen_fund, form):
    paid(cast, channel="bank")
    batch = make(cast, xiuwen_fund)

    first, second = download(batch, cast.officer, form), download(batch, cast.manager, form)

    assert first == second
    with seeing_everything():
        told = list(AuditEvent.objects.filter(verb="payout_batch.downloaded").order_by("id"))
    assert [(event.actor_id, event.after["rows"]) for event in told] == [
        (cast.officer.pk, 1),
        (cast.manager.pk, 1),
    ]
    assert told[0].after["sha256"] == told[1].after["sha256"]
    assert CARD not in str(told[0].after)


def test_a_file_holds_what_the_bank_needs(cast, xiuwen_fund):
    payout = paid(cast, channel="bank")
    batch = make(cast, xiuwen_fund)

    line = rows_of(download(batch, cast.officer))[1]
    sheet = load_workbook(io.BytesIO(download(batch, cast.officer, "xlsx"))).worksheets[1]

    assert line == [payout.number, "张桂英", CARD, "农村信用社", "6.00", "", "", ""]
    cells = list(sheet.iter_rows(min_row=2, max_col=5, values_only=True))
    assert cells == [(payout.number, "张桂英", CARD, "农村信用社", 6)]


def test_results_are_read_line_by_line(cast, xiuwen_fund, tmp_path):
    """One arrived, one failed, one says nonsense, one nothing; a second reading finds them entered."""
    first, second, third, fourth = (paid(cast, channel="bank") for _each in range(4))
    batch = make(cast, xiuwen_fund)
    good, bad = words()
    changes = {1: (good, "TX-1", ""), 2: (bad, "", "户名不符"), 3: ("maybe", "", "")}

    results = upload(cast, batch, tmp_path, changes)

    assert (results.arrived, results.failed, [line for line, _text in results.faults]) == (1, 1, [4])
    assert [read(each).state for each in (first, second, third, fourth)] == [
        "confirmed",
        "failed",
        "in_file",
        "in_file",
    ]
    assert (read(first).reference, read(second).note) == ("TX-1", "户名不符")
    assert balances(xiuwen_fund)["unpaid"] == 600
    again = upload(cast, batch, tmp_path, changes)
    assert (again.arrived, again.failed, [line for line, _text in again.faults]) == (0, 0, [2, 3, 4])


def test_results_name_only_transfers_of_the_file(cast, xiuwen_fund, tmp_path):
    paid(cast, channel="bank")
    batch = make(cast, xiuwen_fund)
    other = paid(cast, channel="bank")
    rows = rows_of(download(batch, cast.officer))
    rows[1][0], rows[1][-3] = other.number, words()[0]
    path = tmp_path / "back.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")

    with acting_as(cast.officer):
        results = payout_batches.read_results(batch=batch, path=path, form="csv", by=cast.officer, now=LATER)

    assert (results.arrived, [line for line, _text in results.faults]) == (0, [2])
    assert read(other).state == "to_send"


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_file_that_is_none_is_one_fault(cast, xiuwen_fund, tmp_path, form):
    paid(cast, channel="bank")
    batch = make(cast, xiuwen_fund)
    path = tmp_path / "noise"
    path.write_bytes(b"\x00\xff\x93 no table at all")

    with acting_as(cast.officer):
        results = payout_batches.read_results(batch=batch, path=path, form=form, by=cast.officer, now=LATER)

    assert (results.arrived, results.failed, len(results.faults)) == (0, 0, 1)


def test_the_rest_arrives_at_once(cast, xiuwen_fund):
    gone, *others = (paid(cast, channel="bank") for _each in range(3))
    batch = make(cast, xiuwen_fund)
    with acting_as(cast.officer):
        payouts.fail(payout=gone, reason="account_closed", by=cast.officer, now=LATER)

        number = payout_batches.confirm_rest(batch=batch, by=cast.officer, now=LATER)

        assert number == 2
        assert [read(each).state for each in (gone, *others)] == ["failed", "confirmed", "confirmed"]
        with pytest.raises(Refused) as refused:
            payout_batches.confirm_rest(batch=batch, by=cast.officer, now=LATER)
    assert refused.value.code == "nothing_open"
