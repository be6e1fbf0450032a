"""Contracts with service providers and their fees: made, completed, ended. Rule: docs/rules/providers.md.

A fee that has been used for an order is never changed: the contract is ended, and another one made.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Contract, FeeLine, ProviderOrder
from claims.models.choices import GoodsTypeChoices
from claims.models.visits import VisitKindChoices
from claims.rules.provider_fees import PERMILLE
from claims.rules.visits import MOST_SEATS
from claims.services import reach
from stations.models import Party, Station
from stations.models.parties import PartyKind

NUMBER_SIGNS, REASON_SIGNS = 40, 4
MOST_KM, MOST_ANSWER_MINUTES, MOST_LATE_PERMILLE = 200, 3 * 24 * 60, 3000
MOST_FEE_FEN = 10_000_00


def make(
    *,
    provider: Party,
    number: str,
    station: Station,
    valid_from: date,
    valid_until: date,
    weekdays: Iterable[int],
    seats: int,
    answer_minutes: int,
    by: User,
    now: datetime,
) -> Contract:
    """Write down what a county has agreed with a provider, for a span of days without another contract.

    Raises Refused: "unknown_station", "not_a_provider", "number_missing", "too_long", "days_in_order",
    "weekdays_missing", "out_of_range", "number_taken", "contract_overlaps".
    """
    station = reach.station(station)
    days = sorted(set(weekdays))
    number = " ".join(number.split())
    if provider.kind != PartyKind.PROVIDER:
        raise Refused(_("Choose a service provider."), code="not_a_provider", field="provider")
    if not number:
        raise Refused(_("Enter the number of the contract."), code="number_missing", field="number")
    if len(number) > NUMBER_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": NUMBER_SIGNS}, code="too_long", field="number"
        )
    if valid_until < valid_from:
        raise Refused(_("The last day lies before the first one."), code="days_in_order", field="valid_until")
    if not days or not set(days) <= set(range(7)):
        raise Refused(_("Choose the days of the week."), code="weekdays_missing", field="weekdays")
    _within(seats, 1, MOST_SEATS, "seats")
    _within(answer_minutes, 5, MOST_ANSWER_MINUTES, "answer_minutes")
    try:
        with transaction.atomic():
            _check_days_free(provider, station.county_code, valid_from, valid_until)
            contract = Contract.objects.create(
                provider=provider,
                county_code=station.county_code,
                number=number,
                station=station,
                valid_from=valid_from,
                valid_until=valid_until,
                weekdays=days,
                seats=seats,
                answer_minutes=answer_minutes,
                made_by=by,
                made_at=now,
            )
            after = {
                "provider": provider.pk,
                "number": number,
                "valid_from": valid_from.isoformat(),
                "valid_until": valid_until.isoformat(),
                "weekdays": days,
                "seats": seats,
                "answer_minutes": answer_minutes,
            }
            trail.record("contract.made", by=by, obj=contract, after=after, at=now)
    except IntegrityError:
        raise Refused(
            _("This county has a contract with this number already."), code="number_taken", field="number"
        ) from None
    return contract


def add_fee(
    *,
    contract: Contract,
    visit_kind: str,
    goods_type: str = "",
    base_fen: int,
    free_km: int = 0,
    per_km_fen: int = 0,
    after_hours_permille: int = 0,
    vain_permille: int = 0,
    by: User,
    now: datetime,
) -> FeeLine:
    """Agree on the fee for one kind of visit, for one type of goods or ("") for every other.

    Raises Refused: "unknown_contract", "contract_ended", "unknown_choice", "out_of_range", "fee_in_use" once
    a visit of this kind has been ordered under the contract, "fee_exists".
    """
    current = _fresh(contract)
    if current.ended_on is not None:
        raise Refused(_("This contract has been ended."), code="contract_ended")
    if visit_kind not in VisitKindChoices.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="visit_kind")
    if goods_type and goods_type not in GoodsTypeChoices.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="goods_type")
    rates = {
        "base_fen": _within(base_fen, 0, MOST_FEE_FEN, "base_fen"),
        "free_km": _within(free_km, 0, MOST_KM, "free_km"),
        "per_km_fen": _within(per_km_fen, 0, MOST_FEE_FEN, "per_km_fen"),
        "after_hours_permille": _within(after_hours_permille, 0, MOST_LATE_PERMILLE, "after_hours_permille"),
        "vain_permille": _within(vain_permille, 0, PERMILLE, "vain_permille"),
    }
    with transaction.atomic():
        _refuse_in_use(current, visit_kind)
        try:
            with transaction.atomic():
                line = FeeLine.objects.create(
                    contract=current,
                    county_code=current.county_code,
                    visit_kind=visit_kind,
                    goods_type=goods_type,
                    **rates,
                )
        except IntegrityError:
            raise Refused(_("There is a fee for this already."), code="fee_exists") from None
        after = {"visit_kind": str(visit_kind), "goods_type": str(goods_type), **rates}
        trail.record("contract.fee_added", by=by, obj=current, after=after, at=now)
    return line


def remove_fee(*, line: FeeLine, by: User, now: datetime) -> None:
    """Take a fee out of a contract that nobody has ordered by yet.

    Raises Refused: "unknown_fee", "contract_ended", "fee_in_use".
    """
    current = FeeLine.objects.select_related("contract").filter(pk=line.pk).first()
    if current is None:
        raise Refused(_("There is no such fee."), code="unknown_fee")
    contract = current.contract
    if contract.ended_on is not None:
        raise Refused(_("This contract has been ended."), code="contract_ended")
    with transaction.atomic():
        _refuse_in_use(contract, current.visit_kind)
        before = {
            "visit_kind": current.visit_kind,
            "goods_type": current.goods_type,
            "base_fen": current.base_fen,
        }
        current.delete()
        trail.record("contract.fee_removed", by=by, obj=contract, before=before, at=now)


def end(*, contract: Contract, ended_on: date, reason: str, by: User, now: datetime) -> Contract:
    """End a contract: from that day on it counts no more; orders that were accepted are still paid by it.

    Raises Refused: "unknown_contract", "contract_ended", "day_past", "days_in_order", "reason_missing".
    """
    current = _fresh(contract)
    reason = " ".join(reason.split())
    if len(reason) < REASON_SIGNS:
        raise Refused(_("Give the reason in a few words."), code="reason_missing", field="reason")
    if ended_on < timezone.localdate(now):
        raise Refused(_("The day must not lie in the past."), code="day_past", field="ended_on")
    if ended_on > current.valid_until:
        raise Refused(_("The contract is over by then on its own."), code="days_in_order", field="ended_on")
    with transaction.atomic():
        ended = Contract.objects.filter(pk=current.pk, ended_on__isnull=True).update(
            ended_on=ended_on, version=F("version") + 1
        )
        if not ended:
            raise Refused(_("This contract has been ended."), code="contract_ended")
        trail.record(
            "contract.ended",
            by=by,
            obj=current,
            after={"ended_on": ended_on.isoformat()},
            reason=reason,
            at=now,
        )
    return _fresh(current)


def _refuse_in_use(contract: Contract, visit_kind: str) -> None:
    if ProviderOrder._base_manager.filter(contract=contract, visit__kind=visit_kind).exists():
        raise Refused(
            _("Visits of this kind have been ordered by this contract. End it and make a new one."),
            code="fee_in_use",
        )


def _fresh(contract: Contract) -> Contract:
    found = Contract.objects.filter(pk=contract.pk).first()
    if found is None:
        raise Refused(_("There is no such contract."), code="unknown_contract")
    return found


def _check_days_free(provider: Party, county_code: str, first: date, last: date) -> None:
    """Refuse days that lie in another contract; locks the provider, so that two are not made at once."""
    list(Party._base_manager.select_for_update(no_key=True).filter(pk=provider.pk).values_list("pk"))
    same_days = Contract._base_manager.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=first),
        provider=provider,
        county_code=county_code,
        valid_from__lte=last,
        valid_until__gte=first,
    )
    if same_days.exists():
        raise Refused(
            _("There is a contract with this provider for some of these days. End that one first."),
            code="contract_overlaps",
            field="valid_from",
        )


def _within(number: int, least: int, most: int, field: str) -> int:
    if not least <= number <= most:
        raise Refused(
            _("Choose a number from %(least)s to %(most)s.") % {"least": least, "most": most},
            code="out_of_range",
            field=field,
        )
    return number
