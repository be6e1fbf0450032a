"""Goods that come back to a station, and claims that end in them."""

from itertools import count

from aftersales.lib.errors import Refused
from claims.models import Claim, Compensation, CustodyItem
from claims.rules.numbering import make_label
from claims.services import compensation
from tests.claims.money.cases import claim_with_photo
from tests.factories import NOW, acting_as, make_consumer, make_line, seeing_everything

_shelves = count(1)


def bring_back(claim: Claim, *, to, at=NOW, **fields) -> CustodyItem:
    """Goods of a claim on the shelf of its station."""
    with seeing_everything():
        return CustodyItem.objects.create(
            label=make_label(),
            claim=claim,
            station=claim.station,
            county_code=claim.county_code,
            what="电饭煲",
            condition=fields.pop("condition", "opened"),
            shelf=f"A{next(_shelves)}",
            received_at=at,
            received_by=to,
            keeper=to,
            **fields,
        )


def appliance(station, *, filed_by, procedure="quality_major", paid_fen=30_000, **fields) -> Compensation:
    """A proposal for one rice cooker that does not work, in a procedure that takes goods back."""
    consumer = make_consumer(station)
    line = make_line(
        station,
        consumer=consumer,
        paid_fen=paid_fen,
        quantity_milli=1000,
        product="电饭煲",
        goods_type="appliance",
        **fields.pop("line", {}),
    )
    claim = claim_with_photo(
        station,
        filed_by=filed_by,
        line=line,
        consumer=consumer,
        bad_milli=1000,
        severity="major",
        procedure=procedure,
        **fields,
    )
    with acting_as(filed_by):
        return compensation.work_out(claim=claim, by=filed_by, now=NOW)


def approved(proposal: Compensation, *, by, remedy: str, officer, **choice) -> Compensation:
    """What a consumer chose and an officer approved."""
    with acting_as(by):
        chosen = compensation.choose(
            compensation=proposal,
            remedy=remedy,
            payout_method=choice.pop("payout_method", ""),
            asked_how="in_person",
            by=by,
            now=NOW,
        )
    if chosen.state != "chosen":
        return chosen
    with acting_as(officer):
        return compensation.approve(compensation=chosen, by=officer, now=NOW)


def code_of(refusing, service, **arguments) -> str:
    """The code with which a service refuses a person."""
    with acting_as(refusing):
        try:
            service(by=refusing, now=arguments.pop("now", NOW), **arguments)
        except Refused as refused:
            return refused.code
    return ""
