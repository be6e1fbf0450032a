"""Filing a claim: everything that belongs to it in one transaction, once per form."""

from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.web.idempotency import Answer, fingerprint, once
from claims.models import Claim, Consent, Consumer, Order, OrderLine
from claims.models.choices import Channel
from claims.models.orders import ConsentKind, OrderState
from claims.queries.claims import open_claims_elsewhere, open_claims_like
from claims.rules.classification import (
    NO_REASON_RETURN,
    GoodsType,
    Nature,
    Procedure,
    Severity,
    procedure_for,
)
from claims.rules.numbering import make_number
from claims.services import casework, clocks, compensation, counting, dispatch, evidence, reach, returns
from claims.services.moves import recorded
from claims.services.undecided import CHOICES
from stations.models import Party
from stations.models.network import StationState
from stations.rules.parties import PartyKind

__all__ = ["check_line", "file", "open_claims_elsewhere", "open_claims_like"]

DESCRIPTION_SIGNS = 1000
BATCH_SIGNS = 40
NUMBER_TRIES = 5

METHODS = {
    "logistics_minor": gettext_lazy("Refund, reship or coupon, as the consumer chooses."),
    "logistics_damage": gettext_lazy("Refund or reship; the logistics firm pays in the end."),
    "quality_proportional": gettext_lazy("Refund, reship or coupon, as the consumer chooses."),
    "quality_major": gettext_lazy("Refund, reship, return or exchange; the merchant pays in the end."),
    "appliance_repair": gettext_lazy("Diagnosis by telephone first, then a repair at home if needed."),
    "agricultural_input": gettext_lazy("A free inspection first, then the county centre decides."),
    "service_failure": gettext_lazy("The county centre looks into it and decides."),
    "price_dispute": gettext_lazy("The platform mediates."),
    "no_reason_return": gettext_lazy(
        "The goods come back to the station intact; then the merchant pays the price back. "
        "You pay the freight of the return."
    ),
}
"""What the first reply says about the method, by the code of the procedure."""


def file(
    *,
    order_line: OrderLine,
    consumer: Consumer,
    goods_type: str,
    nature: str,
    severity: str,
    description: str,
    bad_milli: int | None,
    channel: str,
    consent_kind: str,
    form_token: str,
    by: User,
    now: datetime,
    batch: str = "",
    is_urgent: bool = False,
    is_without_reason: bool = False,
) -> Claim:
    """File a claim on an order line for a consumer of the same station.

    One transaction: a new number, procedure and liable party from the class, the clocks and the first
    holder, the photos this person staged under `form_token`, the consent, history. `is_urgent` says that
    people or property are in danger, `is_without_reason` that the goods are to go back within the seven days
    of the law, whatever class they are in: `bad_milli` is then how much goes back. A claim taken down at
    the station is accepted at once by the person filing, with the first reply the promise allows; any other
    is offered to the person who suits it best. Where the procedure permits a choice and a bad quantity is
    given, the compensation is worked out as well.

    The same token sent again returns the first claim.

    Raises Refused with unknown_order_line, unknown_consumer, consumer_elsewhere, personal_data_erased,
    station_not_operating, order_cancelled, unknown_choice, too_long, bad_not_positive, bad_over_total,
    bad_not_whole, too_many_photos, key_malformed, key_reused (other content under the same token),
    no_quantity and what `returns.check_seven_days` refuses for a return without a reason.
    """
    order_line = reach.order_line(order_line)
    consumer = reach.consumer(consumer)
    values = {
        "order_line": order_line.pk,
        "consumer": consumer.pk,
        "goods_type": known(GoodsType, goods_type, "goods_type"),
        "nature": known(Nature, nature, "nature"),
        "severity": known(Severity, severity, "severity"),
        "description": _text(description, DESCRIPTION_SIGNS, "description"),
        "bad_milli": bad_milli,
        "channel": known(Channel, channel, "channel"),
        "consent_kind": known(ConsentKind, consent_kind, "consent_kind"),
        "batch": _text(batch, BATCH_SIGNS, "batch") or order_line.batch,
        "is_urgent": bool(is_urgent),
        "is_without_reason": bool(is_without_reason),
    }

    def effect() -> Answer:
        _hold_order(order_line)
        _check(order_line, consumer, bad_milli)
        if is_without_reason:
            _check_return(order_line, bad_milli, now)
        return Answer.to(_file(order_line, consumer, values, form_token=form_token, by=by, now=now))

    answer, _replayed = once(
        client=f"user:{by.pk}", key=form_token, fingerprint=fingerprint(values), effect=effect
    )
    return Claim.objects.get(pk=answer.object_id)


def _hold_order(line: OrderLine) -> None:
    """Let nobody call the order off, or move it to another station, until the claim on it is filed."""
    line.order = Order._base_manager.select_for_update(no_key=True).get(pk=line.order_id)


def check_line(line: OrderLine) -> None:
    """Raise Refused, "station_not_operating" or "order_cancelled", where no claim on a line can be filed."""
    if line.station.state != StationState.OPERATING:
        raise Refused(
            _("This station takes no claims at present."), code="station_not_operating", field="station"
        )
    if line.order.state == OrderState.CANCELLED:
        raise Refused(
            _("This order was cancelled. Nothing can be claimed on it."),
            code="order_cancelled",
            field="order_line",
        )


def _check(line: OrderLine, consumer: Consumer, bad_milli: int | None) -> None:
    if consumer.station_id != line.order.station_id:
        raise Refused(
            _("This consumer is known at another station than the order."),
            code="consumer_elsewhere",
            field="consumer",
        )
    if consumer.erased_at is not None:
        raise Refused(
            _("The personal data of this person has been erased."),
            code="personal_data_erased",
            field="consumer",
        )
    check_line(line)
    if bad_milli is not None:
        counting.check_quantity(line, bad_milli)


def _check_return(line: OrderLine, bad_milli: int | None, now: datetime) -> None:
    returns.check_seven_days(line, asked_at=now)
    if bad_milli is None:
        raise Refused(_("Enter how much goes back."), code="no_quantity", field="bad_milli")


def _file(line: OrderLine, consumer: Consumer, values: dict, *, form_token, by, now) -> Claim:
    procedure = procedure_for(values["goods_type"], values["nature"], values["severity"])
    if values["is_without_reason"]:
        procedure = NO_REASON_RETURN
    claim = Claim(
        station=line.station,
        county_code=line.county_code,
        consumer=consumer,
        order_line=line,
        channel=values["channel"],
        filed_by=by,
        filed_at=now,
        goods_type=values["goods_type"],
        nature=values["nature"],
        severity=values["severity"],
        procedure=procedure.code,
        liable_party=liable_party(line, procedure),
        batch=values["batch"],
        description=values["description"],
        bad_milli=values["bad_milli"],
        is_urgent=values["is_urgent"],
        is_without_reason=values["is_without_reason"],
    )
    started = clocks.opening(claim, by=by, now=now)
    claim = _insert(claim, now)
    Consent.objects.create(
        consumer=consumer,
        claim=claim,
        station=line.station,
        county_code=line.county_code,
        kind=values["consent_kind"],
        given_at=now,
        recorded_by=by,
    )
    trail.record("claim.filed", by=by, obj=claim, after=_facts(claim, values["consent_kind"]), at=now)
    photos = evidence.attach(claim=claim, form_token=form_token, by=by, now=now)
    at_the_counter = values["channel"] == Channel.STATION
    if at_the_counter:
        started.answered(inspected=photos > 0 and values["bad_milli"] is not None, now=now)
    clocks.begin(claim, started)
    if at_the_counter:
        reply = first_reply(procedure, claim, is_provisional=started.is_provisional)
        claim = casework.accept(claim=claim, by=by, now=now, **reply)
    if values["bad_milli"] and procedure.remedies & CHOICES:
        compensation.work_out(claim=claim, by=by, now=now)
    if claim.handler_id is None:
        dispatch.offer(claim=claim, by=by, now=now)
    return claim


def first_reply(procedure: Procedure, claim: Claim, *, is_provisional: bool = False) -> dict:
    """The three facts a consumer is told at the counter, in the language of the person filing."""
    progress = _("Taken down and accepted at the station.")
    if is_provisional:
        provisional = _("The date is provisional until the holidays of that year are announced.")
        progress = f"{progress} {provisional}"
    return {
        "progress": progress,
        "finish_at": claim.handling_due_at,
        "method": str(METHODS[procedure.code]),
    }


def _insert(claim: Claim, now: datetime) -> Claim:
    """Save the claim under a number that nobody has yet."""
    for _attempt in range(NUMBER_TRIES):
        claim.number = make_number(timezone.localdate(now))
        try:
            with transaction.atomic():
                claim.save(force_insert=True)
        except IntegrityError:
            claim.pk = None
            if not _is_taken(claim.number):
                raise
        else:
            return claim
    raise Refused(_("No number is free at this moment. Please try again."), code="no_number")


def _is_taken(number: str) -> bool:
    with system_scope("is a claim number taken", quiet=True):
        return Claim.objects.filter(number=number).exists()


def liable_party(line: OrderLine, procedure: Procedure) -> Party | None:
    """The party of the order that the procedure makes liable; None where it has to be found out."""
    parties = {
        PartyKind.MERCHANT: line.order.merchant,
        PartyKind.LOGISTICS: line.order.logistics,
        PartyKind.PLATFORM: line.order.platform,
    }
    return parties.get(procedure.liable_kind)


def _facts(claim: Claim, consent_kind: str) -> dict:
    columns = (
        "number",
        "status",
        "channel",
        "consumer",
        "order_line",
        "goods_type",
        "nature",
        "severity",
        "procedure",
        "liable_party",
        "batch",
        "bad_milli",
        "is_urgent",
        "is_without_reason",
        "level",
        "clock_policy",
        "handling_due_at",
    )
    return {**recorded(claim, columns), "consent": consent_kind}


def known(kind: type[StrEnum], code: str, field: str) -> str:
    """The code, if there is such a one. Raises Refused("unknown_choice") at the field."""
    try:
        return kind(code).value
    except ValueError:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field=field) from None


def _text(text: str, limit: int, field: str) -> str:
    text = text.strip()
    if len(text) > limit:
        raise Refused(_("Use at most %(limit)s characters.") % {"limit": limit}, code="too_long", field=field)
    return text
