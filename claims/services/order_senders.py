"""Whose orders a batch holds, and what they may change. docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.api.callers import Caller
from claims.models import Order
from claims.models.orders import OrderSource
from claims.queries.partners import NAMED_BY
from claims.services.order_changes import overwritten


@dataclass(frozen=True)
class Sender:
    """A list that somebody brings, or the application of a party.

    `own` is what every order of an application's party says: which column names it.
    """

    source: OrderSource
    own: Mapping[str, int] = field(default_factory=dict)
    user_id: int | None = None

    @property
    def is_application(self) -> bool:
        return self.source == OrderSource.API

    @property
    def mine(self) -> Q:
        """Orders that this party's applications have sent before, wherever they are looked after."""
        if not self.is_application:
            return Q(pk__in=[])
        return Q(source=OrderSource.API, **(self.own or {"created_by": self.user_id}))

    def check(self, order: Order) -> None:
        """Raise Refused with order_typed, or order_foreign for an order that belongs to somebody else."""
        if order.source == OrderSource.TYPED:
            raise Refused(_("this order was typed in at the station and stays as it is"), code="order_typed")
        if self.is_application and not self.is_named(order):
            raise Refused(
                _("this number belongs to an order of somebody else at this station"), code="order_foreign"
            )

    def may_send(self, order: Order) -> bool:
        """Whether `check` lets this order through."""
        try:
            self.check(order)
        except Refused:
            return False
        return True

    def is_named(self, order: Order) -> bool:
        """Whether an order names this party, or could: it names none of its kind yet."""
        if not self.own:
            return order.created_by_id == self.user_id
        return all(getattr(order, column) in (None, party) for column, party in self.own.items())

    def speaks_for(self, order: Order) -> bool:
        """Whether this party decides what the order holds: its platform, else its merchant, else who
        entered it."""
        for column in ("platform_id", "merchant_id"):
            if getattr(order, column) is not None:
                return self.own.get(column) == getattr(order, column)
        return order.created_by_id == self.user_id

    def check_authority(self, order: Order, changes: Mapping[str, Any], *, changes_goods: bool) -> None:
        """Raise Refused("order_of_another") where somebody else decides what would be replaced.

        Whoever an order names may say how far it is and fill in what nobody has said yet.
        """
        if (changes_goods or overwritten(order, changes)) and not self.speaks_for(order):
            raise Refused(_("only the platform of this order can change that"), code="order_of_another")


LIST = Sender(OrderSource.IMPORT)


def of(caller: Caller) -> Sender:
    """The application that sends a request."""
    column = NAMED_BY.get(caller.party_kind)
    return Sender(OrderSource.API, {column: caller.party_id} if column else {}, caller.user_id)
