"""Changes of an order that is known: which are allowed, how they are written. docs/rules/orders.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, F, Field, Model, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from claims.models import Order, OrderLine
from claims.rules.orders import OrderStep, StepError, step_after
from claims.services.order_rows import GivenOrder
from stations.models import Station

AT_ONCE = 500


def differences(order: Order, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What is said otherwise than it is known. What is left out (None) is never emptied."""
    return {
        name: value for name, value in facts.items() if value is not None and getattr(order, name) != value
    }


def overwritten(order: Order, changes: Mapping[str, Any]) -> list[str]:
    """Which changes replace something; the others fill in what was missing."""
    return [name for name in changes if getattr(order, name) is not None]


def step(known: str, given: GivenOrder, *, was_signed: bool = False) -> str:
    """The state after a message. Raises Refused with signed_contradicts_state, signed_at_missing,
    state_final or state_goes_back."""
    try:
        return step_after(
            known, given.state, was_signed=was_signed, signed_told=given.signed_at is not None
        ).value
    except StepError as error:
        reasons = {
            "signed_contradicts_state": _("an order that is not delivered yet cannot have been signed for"),
            "signed_at_missing": _("say when the order was signed for"),
            "state_final": _("the order has ended already"),
            "state_goes_back": _("the order is further than that already"),
        }
        raise Refused(reasons[error.code], code=error.code, field="state") from None


def moved_to(station: Station, order: Order, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What changes when an order is looked after by another station.

    A consumer is known at one station, so the message has to name the person again. Raises
    Refused("consumer_missing").
    """
    if order.consumer_id is not None and facts["consumer_id"] is None:
        raise Refused(
            _("the order moves to another station, which has to be told the consumer again"),
            code="consumer_missing",
        )
    return {"station_id": station.pk, "county_code": station.county_code}


def move_line(line: OrderLine, station: Station) -> set[str]:
    """Let a line go with its order; returns the columns that changed."""
    line.station_id, line.county_code = station.pk, station.county_code
    return {"station_id", "county_code"}


def check_moments(order: Order, changes: Mapping[str, Any]) -> None:
    """Raise Refused("signed_before_ordered") where what is new contradicts what is known."""
    ordered_at = changes.get("ordered_at", order.ordered_at)
    signed_at = changes.get("signed_at", order.signed_at)
    if signed_at is not None and signed_at < ordered_at:
        raise Refused(
            _("The goods cannot have been signed for before they were ordered."),
            code="signed_before_ordered",
            field="signed_at",
        )


def check_resting(order: Order, changes: Mapping[str, Any], state: str, *, is_claimed: bool) -> None:
    """Raise Refused("order_claimed") where a claim rests on what would be replaced or called off."""
    is_called_off = state == OrderStep.CANCELLED and order.state != state
    if is_claimed and (overwritten(order, changes) or is_called_off):
        raise Refused(_("a claim rests on this order, which therefore stays as it is"), code="order_claimed")


def apply(obj: Model, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set what differs on the instance; returns it as it was and as it is, plain enough for history."""
    changed = [name for name, value in values.items() if getattr(obj, name) != value]
    before = {name: _plain(getattr(obj, name)) for name in changed}
    for name in changed:
        setattr(obj, name, values[name])
    return before, {name: _plain(getattr(obj, name)) for name in changed}


def save(orders: Mapping[Order, set[str]], lines: Mapping[OrderLine, set[str]], *, now: datetime) -> None:
    """Write changed orders, which the caller has locked, and their lines, whatever their number."""
    for order in orders:
        order.version += 1
        order.changed_at = now
    _update(orders, version=F("version") + 1, changed_at=now)
    _update(lines)


def _update(changed: Mapping[Any, set[str]], **same: Any) -> None:
    """Write the changed columns of rows, rows with the same value together; `same` holds for all of them."""
    columns = sorted({name for names in changed.values() for name in names})
    rows = list(changed)
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        values = {name: _by_value(some, some[0]._meta.get_field(name)) for name in columns}
        if values or same:
            found = some[0]._meta.default_manager.filter(pk__in=[row.pk for row in some])
            found.update(**values, **same)


def _by_value(rows: Sequence[Any], column: Field) -> Any:
    keys: dict[Any, list[int]] = defaultdict(list)
    for row in rows:
        keys[getattr(row, column.attname)].append(row.pk)
    if len(keys) == 1:
        return next(iter(keys))
    cases = [When(pk__in=some, then=Value(value, output_field=column)) for value, some in keys.items()]
    chosen = Case(*cases, output_field=column)
    is_strict = connection.features.requires_casted_case_in_updates
    return Cast(chosen, output_field=column) if is_strict else chosen


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
