"""What people have in hand: the numbers of the load board. Keeps to the scope of the person acting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from claims.models import Claim, Offer
from claims.models.dispatch import OfferState
from claims.queries.claims import StillOpen


@dataclass
class Load:
    """What somebody has in hand: open claims they handle, of those the ones past their due time, and open
    offers that wait for their answer."""

    name: str = ""
    open: int = 0
    late: int = 0
    offers: int = 0

    @property
    def whole(self) -> int:
        """Claims and offers together, as the rule of dispatch counts them."""
        return self.open + self.offers


def loads_in(county_code: str, *, now: datetime) -> tuple[dict[int, Load], int]:
    """The load of everybody who handles claims of a county or is offered some, in two statements.

    With it, how many open claims have no handler and are offered to nobody.
    """
    late = Q(next_due_at__lt=now)
    rows = (
        Claim.objects.filter(StillOpen("status"), county_code=county_code)
        .order_by()
        .values("handler", "handler__full_name")
        .annotate(open=Count("id"), late=Count("id", filter=late))
    )
    loads = {
        row["handler"]: Load(name=row["handler__full_name"] or "", open=row["open"], late=row["late"])
        for row in rows
    }
    waiting = (
        Offer.objects.filter(county_code=county_code, state=OfferState.OPEN)
        .order_by()
        .values("person", "person__full_name")
        .annotate(offers=Count("id"))
    )
    offered = 0
    for row in waiting:
        load = loads.setdefault(row["person"], Load(name=row["person__full_name"]))
        load.offers = row["offers"]
        offered += row["offers"]
    nobodys = loads.pop(None, Load())
    return loads, max(0, nobodys.open - offered)
