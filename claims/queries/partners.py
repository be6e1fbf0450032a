"""Which orders, claims and consumers an application of another party may know of. docs/api.md.

The scope of the application's account holds already; on top of it a row must concern the party itself. What
is left out here does not exist for the caller.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersales.web.api.callers import Caller
from claims.models import Claim, Consumer, FollowUp, Order, Payout
from claims.models.follow_ups import FollowUpState
from claims.rules.payouts import Channel
from stations.models.parties import PartyKind

NAMED_BY = {
    PartyKind.PLATFORM: "platform_id",
    PartyKind.MERCHANT: "merchant_id",
    PartyKind.LOGISTICS: "logistics_id",
}
"""Where an order names a party of this kind. A party of any other kind knows what its account entered."""


def orders_of(caller: Caller) -> QuerySet[Order]:
    """Orders that name the caller's party, or that its account entered where orders name no such party.

    A consumer's session reaches those of the consumer's phone among them; all of that phone in scope where
    the application belongs to a partner, such as a county's mini-program.
    """
    return Order.objects.filter(concerns(caller))


def claims_of(caller: Caller) -> QuerySet[Claim]:
    """Claims about such orders; for a partner also those its account filed."""
    return Claim.objects.filter(concerns_claim(caller))


def consumers_of(caller: Caller) -> QuerySet[Consumer]:
    """Consumers who have such an order or such a claim; for a session only who has its phone."""
    consumers = Consumer.objects.all()
    if caller.consumer:
        consumers = consumers.filter(phone_index=caller.consumer)
        if caller.party_kind not in NAMED_BY:
            return consumers
    return consumers.filter(
        Exists(orders_of(caller).filter(consumer=OuterRef("pk")))
        | Exists(claims_of(caller).filter(consumer=OuterRef("pk")))
    )


def concerns(caller: Caller) -> Q:
    """The condition for an order to concern the caller."""
    named_by = NAMED_BY.get(caller.party_kind)
    if named_by:
        ours = Q(**{named_by: caller.party_id})
    elif caller.consumer:
        ours = Q()
    else:
        ours = Q(created_by=caller.user_id)
    return ours & Q(consumer__phone_index=caller.consumer) if caller.consumer else ours


def concerns_claim(caller: Caller, claim: str = "") -> Q:
    """The condition for a claim to concern the caller; `claim` is the way to it, such as "claim__"."""
    named_by = NAMED_BY.get(caller.party_kind)
    order = f"{claim}order_line__order__"
    if named_by:
        ours = Q(**{f"{order}{named_by}": caller.party_id})
    elif caller.consumer:
        ours = Q()
    else:
        ours = Q(**{f"{claim}filed_by": caller.user_id}) | Q(**{f"{order}created_by": caller.user_id})
    return ours & Q(**{f"{claim}consumer__phone_index": caller.consumer}) if caller.consumer else ours


def payouts_of(caller: Caller) -> QuerySet[Payout]:
    """Refunds that go back the way they were paid, over the platform that the caller's application is of."""
    return Payout.objects.filter(
        channel=Channel.ORIGINAL, claim__order_line__order__platform=caller.party_id
    ).select_related("claim__order_line__order", "compensation")


def follow_ups_of(caller: Caller) -> QuerySet[FollowUp]:
    """Follow-ups that count, of claims that concern the caller."""
    return (
        FollowUp.objects.filter(concerns_claim(caller, "claim__"))
        .exclude(state=FollowUpState.VOID)
        .select_related("claim")
        .prefetch_related("scores")
    )
