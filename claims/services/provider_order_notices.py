"""Who is told what when orders go to providers, are answered, or find nobody."""

from collections.abc import Iterable

from django.urls import reverse

from aftersales.notices.posting import Message
from claims.models import ProviderOrder, Visit
from claims.queries.provider_desks import accounts_of


def offered(order: ProviderOrder, visit: Visit) -> list[Message]:
    """To the provider's accounts, that a visit waits for their answer, and until when."""
    return _to_desks(order, "provider_order.offered", visit, answer_by_at=order.answer_by.isoformat())


def withdrawn(order: ProviderOrder, visit: Visit) -> list[Message]:
    """To the provider's accounts, that the visit is not theirs any more."""
    return _to_desks(order, "provider_order.withdrawn", visit)


def accepted(order: ProviderOrder, visit: Visit) -> list[Message]:
    """To whoever planned the visit, that the provider comes."""
    return _to_planners(order, "provider_order.accepted", visit)


def passed_on(order: ProviderOrder, following: ProviderOrder, visit: Visit) -> list[Message]:
    """To whoever planned the visit, that the order has gone on to the next provider, whose link is to be
    sent."""
    event = f"provider_order.{order.state}"
    return _to_planners(following, event, visit, declined_by=order.provider.name)


def nobody_left(order: ProviderOrder, visit: Visit) -> list[Message]:
    """To whoever planned the visit, that no provider is left to ask."""
    return [
        Message(
            event="provider_order.nobody",
            recipient_id=person,
            key=f"provider_order.nobody {order.pk}",
            params={"number": visit.claim.number, "starts_at": visit.starts_at.isoformat()},
            url=reverse("claims:provider_offer", args=[visit.pk]),
            county_code=visit.county_code,
        )
        for person in _planners(order, visit)
    ]


def _to_desks(order: ProviderOrder, event: str, visit: Visit, **params: str) -> list[Message]:
    desks = accounts_of(provider_id=order.provider_id, county_code=order.county_code)
    return _messages(desks, order, event, visit, "claims:provider_work", params)


def _to_planners(order: ProviderOrder, event: str, visit: Visit, **params: str) -> list[Message]:
    told = {"provider": order.provider.name, **params}
    return _messages(_planners(order, visit), order, event, visit, "claims:provider_order_detail", told)


def _messages(
    people: Iterable[int], order: ProviderOrder, event: str, visit: Visit, page: str, params: dict[str, str]
) -> list[Message]:
    return [
        Message(
            event=event,
            recipient_id=person,
            key=f"{event} {order.pk}",
            params={"number": visit.claim.number, "starts_at": visit.starts_at.isoformat(), **params},
            url=reverse(page, args=[order.pk]),
            county_code=order.county_code,
        )
        for person in people
    ]


def _planners(order: ProviderOrder, visit: Visit) -> list[int]:
    """Whoever offered the visit and whoever handles its claim."""
    return sorted({order.offered_by_id, visit.claim.handler_id or order.offered_by_id})
