"""The lines of a loss with agricultural inputs, and the amount that follows them. docs/rules/losses.md."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.money import MAX_FEN, MAX_MILLI
from claims.models import Claim, LossLine
from claims.models.losses import LossKindChoices
from claims.rules import losses as rule
from claims.rules.classification import GoodsType, group_of
from claims.services import compensation, undecided

WORDS_SIGNS = 120
UNIT_SIGNS = 10
EVIDENCE_SIGNS = 200
MOST_LINES = 30


def are_listed(claim: Claim) -> bool:
    """Whether losses are listed line by line in this claim: for agricultural inputs that are at fault."""
    is_input = group_of(GoodsType(claim.goods_type)) == GoodsType.AGRICULTURAL_INPUTS
    return is_input and not claim.is_without_reason


def add(
    *,
    claim: Claim,
    kind: str,
    words: str,
    quantity_milli: int,
    unit: str,
    unit_fen: int,
    evidence: str,
    by: User,
    now: datetime,
) -> LossLine:
    """Add a line to the loss of an open claim's round; the proposal that nobody has decided follows.

    `quantity_milli` in thousandths of `unit`, `unit_fen` the fen for one. Raises Refused with
    losses_not_listed, claim_ended, unknown_choice, text_missing, quantity_out_of_range, amount_invalid,
    too_many_lines, compensation_approved, already_decided, stale.
    """
    _check(claim)
    if kind not in LossKindChoices.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="kind")
    texts = {
        "words": _text(words, WORDS_SIGNS, "words"),
        "unit": _text(unit, UNIT_SIGNS, "unit"),
        "evidence": _text(evidence, EVIDENCE_SIGNS, "evidence"),
    }
    if not 0 < quantity_milli <= MAX_MILLI:
        raise Refused(
            _("The quantity must be more than zero."), code="quantity_out_of_range", field="quantity_milli"
        )
    amount_fen = rule.line_fen(quantity_milli, unit_fen)
    if not (0 < unit_fen <= MAX_FEN and 0 < amount_fen <= MAX_FEN):
        raise Refused(_("Enter an amount above zero."), code="amount_invalid", field="unit_fen")
    with transaction.atomic():
        # The compensation before the claim: the order in which everything that moves money locks rows.
        undecided.void(claim=claim, by=by, now=now)
        if LossLine.objects.filter(claim=claim, round=claim.round).count() >= MOST_LINES:
            raise Refused(
                _("A claim has at most %(limit)s lines of loss.") % {"limit": MOST_LINES},
                code="too_many_lines",
            )
        line = LossLine.objects.create(
            claim=claim,
            round=claim.round,
            station_id=claim.station_id,
            county_code=claim.county_code,
            kind=kind,
            quantity_milli=quantity_milli,
            unit_fen=unit_fen,
            amount_fen=amount_fen,
            added_at=now,
            added_by=by,
            **texts,
        )
        trail.record("loss.added", by=by, obj=line, after=_facts(line), at=now)
        _propose(claim, by=by, now=now)
    return line


def remove(*, line: LossLine, by: User, now: datetime) -> None:
    """Take a line out again, until the compensation is decided.

    Raises Refused("unknown_line"), and as `add` does.
    """
    claim = line.claim
    _check(claim)
    with transaction.atomic():
        undecided.void(claim=claim, by=by, now=now)
        removed, _per_model = LossLine._base_manager.filter(pk=line.pk, round=claim.round).delete()
        if not removed:
            raise Refused(_("This line is no longer there."), code="unknown_line")
        trail.record("loss.removed", by=by, obj=line, before=_facts(line), at=now)
        _propose(claim, by=by, now=now)


def _propose(claim: Claim, *, by: User, now: datetime) -> None:
    if claim.bad_milli:
        compensation.work_out(claim=claim, by=by, now=now)


def _check(claim: Claim) -> None:
    if not are_listed(claim):
        raise Refused(
            _("Losses are listed for agricultural inputs that are at fault."), code="losses_not_listed"
        )
    if not claim.is_open:
        raise Refused(_("This claim has ended."), code="claim_ended")


def _facts(line: LossLine) -> dict:
    return {
        "kind": str(line.kind),
        "quantity_milli": line.quantity_milli,
        "unit_fen": line.unit_fen,
        "amount_fen": line.amount_fen,
    }


def _text(text: str, limit: int, field: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > limit:
        raise Refused(
            _("Enter from 1 to %(limit)s characters.") % {"limit": limit}, code="text_missing", field=field
        )
    return text
