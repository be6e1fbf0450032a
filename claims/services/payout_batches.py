"""Files for the bank: the transfers that wait, put together once, and their results read back.

Rule: docs/rules/payouts.md, section 3.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib import csv_rows
from aftersales.lib.errors import Refused
from aftersales.web import xlsx_rows
from aftersales.web.exports import Column, Export, Written, write
from claims.models import Fund, Payout, PayoutBatch
from claims.models.payouts import FailureReason
from claims.rules.payouts import PayoutState
from claims.services import bank_accounts, payouts
from claims.services.transactions import money_move

FORMS = ("xlsx", "csv")
BANK_LANGUAGE = "zh-hans"
"""Whoever downloads a file, the bank gets the same one."""

MOST_FAULTS = 50


@dataclass(frozen=True)
class Results:
    """What came of reading results: how many arrived and failed, and what was wrong with which line."""

    arrived: int
    failed: int
    faults: tuple[tuple[int, str], ...]


@money_move
def make(*, fund: Fund, until: date, by: User, now: datetime) -> PayoutBatch:
    """Put all transfers of a fund that wait into one file, up to and with those of a day.

    Raises Refused("nothing_to_send"), Refused("fund_frozen"), Refused("busy").
    """
    current = Fund.objects.get(pk=fund.pk)
    if current.is_frozen:
        raise Refused(_("The emergency fund is frozen; nothing is paid out."), code="fund_frozen")
    before = timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min))
    waiting = Payout.objects.filter(fund=current, state=PayoutState.TO_SEND, made_at__lt=before)
    keys = list(waiting.order_by("made_at", "id").values_list("pk", flat=True))
    if not keys:
        raise Refused(_("No transfer waits for a file."), code="nothing_to_send", field="until")
    total = Payout.objects.filter(pk__in=keys).aggregate(sum=Sum("amount_fen"))["sum"]
    try:
        with transaction.atomic():
            batch = PayoutBatch.objects.create(
                fund=current,
                county_code=current.county_code,
                number=_number(current, now),
                count=len(keys),
                total_fen=total,
                made_by=by,
                made_at=now,
            )
    except IntegrityError:
        raise _busy() from None
    moved = Payout._base_manager.filter(pk__in=keys, state=PayoutState.TO_SEND)
    if moved.update(state=PayoutState.IN_FILE, batch=batch) != len(keys):
        raise _busy()
    trail.record(
        "payout_batch.made", by=by, obj=batch, after={"count": len(keys), "total_fen": total}, at=now
    )
    return batch


def download(*, batch: PayoutBatch, form: str, by: User, now: datetime) -> Written:
    """The file for the bank, as "xlsx" or "csv": the same bytes every time, and every time in the trail.

    Opens the sealed accounts. Raises Refused("form_unknown"), Erased (code "personal_data_erased").
    """
    if form not in FORMS:
        raise Refused(_("Choose one of the two forms."), code="form_unknown")
    with transaction.atomic(), override(BANK_LANGUAGE):
        title = _("Bank transfers %(number)s") % {"number": batch.number}
        written = write(
            Export(
                title=title,
                columns=_columns(),
                rows=_lines(batch),
                made_at=batch.made_at,
                made_by=str(batch.made_by),
                filters=[(_("Fund"), batch.fund.name), (_("Bank file"), batch.number)],
            ),
            form,
        )
        trail.record(
            "payout_batch.downloaded",
            by=by,
            obj=batch,
            after={"form": form, "rows": written.rows, "sha256": written.sha256},
            at=now,
        )
    return written


def read_results(*, batch: PayoutBatch, path: Path, form: str, by: User, now: datetime) -> Results:
    """Enter the results of a file as the bank sent it back: our own columns, the last three filled in.

    A line is one step of its own: what is wrong with one is told with its number and the others count. A
    line without a result is left alone. Results that were entered before are told as faults.
    """
    with override(BANK_LANGUAGE):
        number, result, reference, reason = (str(column.title).casefold() for column in _own_columns())
        good, bad = (_("arrived").casefold(), _("failed").casefold())
        reasons = {str(label).casefold(): code for code, label in FailureReason.choices}
    reader = xlsx_rows if form == "xlsx" else csv_rows
    rows = {each.number: each for each in Payout.objects.filter(batch=batch)}
    arrived = failed = 0
    faults: list[tuple[int, str]] = []
    for row in reader.read_rows(path, needed=(number, result)):
        if row.fault:
            faults.append((row.line, _("This line cannot be read (%(code)s).") % {"code": row.fault}))
            continue
        said = row.values[result].casefold()
        if not said:
            continue
        payout = rows.get(row.values[number])
        if payout is None:
            faults.append((row.line, _("This number is not in the file.")))
            continue
        try:
            if said == good:
                payouts.confirm(payout=payout, reference=row.values.get(reference, ""), by=by, now=now)
                arrived += 1
            elif said == bad:
                text = row.values.get(reason, "")
                code = reasons.get(text.casefold(), FailureReason.OTHER)
                payouts.fail(payout=payout, reason=code, note=text, by=by, now=now)
                failed += 1
            else:
                faults.append(
                    (
                        row.line,
                        _("The result is neither “%(good)s” nor “%(bad)s”.") % {"good": good, "bad": bad},
                    )
                )
        except Refused as refused:
            faults.append((row.line, refused.message))
    after = {"arrived": arrived, "failed": failed, "faults": len(faults)}
    with transaction.atomic():
        trail.record("payout_batch.results_read", by=by, obj=batch, after=after, at=now)
    return Results(arrived, failed, tuple(faults[:MOST_FAULTS]))


def confirm_rest(*, batch: PayoutBatch, by: User, now: datetime) -> int:
    """The bank has carried out everything that has no result yet; returns how many transfers that were.

    Raises Refused("nothing_open").
    """
    waiting = Payout.objects.filter(batch=batch, state=PayoutState.IN_FILE).order_by("id")
    confirmed = [payouts.confirm(payout=each, by=by, now=now) for each in waiting]
    if not confirmed:
        raise Refused(_("Every transfer of this file has a result."), code="nothing_open")
    return len(confirmed)


def _lines(batch: PayoutBatch) -> Iterator[list]:
    rows = Payout.objects.filter(batch=batch).select_related("account").order_by("made_at", "id")
    for payout in rows.iterator(chunk_size=500):
        holder, number = bank_accounts.opened(payout.account)
        yield [payout.number, holder, number, payout.account.bank, payout.amount_fen, "", "", ""]


def _columns() -> list[Column]:
    number, *rest = _own_columns()
    return [
        number,
        Column(_("Account holder"), width=20),
        Column(_("Account number"), width=26),
        Column(_("Bank and branch"), width=30),
        Column(_("Amount"), "yuan", width=14),
        *rest,
    ]


def _own_columns() -> list[Column]:
    """The columns by which results are read back: which payout, what came of it, reference, reason."""
    return [
        Column(_("Payout number"), width=26),
        Column(_("Result"), width=10),
        Column(_("Bank reference"), width=20),
        Column(_("Why it failed"), width=24),
    ]


def _number(fund: Fund, now: datetime) -> str:
    """Which file of the county that day: 520123-20261122-1."""
    start = f"{fund.county_code[:6]}-{timezone.localdate(now):%Y%m%d}-"
    made = PayoutBatch.objects.filter(number__startswith=start).count()
    return f"{start}{made + 1}"


def _busy() -> Refused:
    return Refused(
        _("Somebody else is changing the same thing at this moment. Please try again."), code="busy"
    )
