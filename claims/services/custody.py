"""Goods in custody: taken in at the counter, moved, handed on, counted. docs/rules/custody.md."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.accounts.scoping import acting_in
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.web.idempotency import Answer, fingerprint, once
from claims.models import Claim, CustodyItem, Photo, Stocktake
from claims.models.custody import Condition, WhereaboutsChoices
from claims.models.evidence import PhotoKind
from claims.rules import custody as rule
from claims.rules.custody import CustodyAction, Whereabouts
from claims.rules.numbering import is_valid_label, make_label, normalise_number
from claims.rules.status import Status
from claims.services import reach, reasons, returns
from stations.access.scope import authority_of
from stations.models import Station
from stations.models.network import StationState
from stations.queries.staff import Staff

LABEL_TRIES = 5
REASON_LIMIT = 200
MOST_PIECES = 9999


def receive(
    *,
    claim: Claim,
    station: Station,
    what: str,
    pieces: int,
    condition: str,
    shelf: str,
    remark: str = "",
    form_token: str,
    by: User,
    now: datetime,
) -> CustodyItem:
    """Take goods of a claim in at a station: a label to stick on, a shelf, the condition, and a photo.

    The photos are those this person staged under `form_token` at that station. The same token sent again
    returns the first item. Whoever takes the goods in keeps them until a hand-over.

    Raises Refused: "unknown_claim", "unknown_station", "claim_merged", "station_not_operating",
    "unknown_choice", "text_missing", "pieces_out_of_range", "photo_missing", "key_reused".
    """
    claim, station = reach.claim(claim), reach.station(station)
    values = {
        "claim": claim.pk,
        "station": station.pk,
        "what": _text(what, "what", 80),
        "pieces": pieces,
        "condition": _known(condition),
        "shelf": _text(shelf, "shelf", 20),
        "remark": remark.strip()[:200],
    }

    def effect() -> Answer:
        _check(claim, station, pieces)
        item = _insert(
            CustodyItem(
                claim=claim,
                station=station,
                county_code=station.county_code,
                what=values["what"],
                pieces=pieces,
                condition=values["condition"],
                shelf=values["shelf"],
                remark=values["remark"],
                received_at=now,
                received_by=by,
                keeper=by,
            )
        )
        photos = Photo._base_manager.filter(
            form_token=form_token, uploaded_by=by, station_id=station.pk, claim__isnull=True
        ).update(claim=claim, goods=item, kind=PhotoKind.GOODS)
        if not photos:
            raise Refused(_("Take a photo of the goods."), code="photo_missing", field="photos")
        trail.record("goods.received", by=by, obj=item, after=_facts(item) | {"photos": photos}, at=now)
        if claim.is_open and returns.is_returned(claim):
            returns.note_arrival(claim, at=now, by=by, now=now)
        return Answer.to(item)

    answer, _replayed = once(
        client=f"user:{by.pk}", key=form_token, fingerprint=fingerprint(values), effect=effect
    )
    return CustodyItem.objects.get(pk=answer.object_id)


def hand_to_courier(
    *, item: CustodyItem, courier: str, parcel_number: str, by: User, now: datetime, expected_version: int
) -> CustodyItem:
    """The courier has taken the goods. Raises Refused: "text_missing", "illegal_move", "stale"."""
    changes = {
        "courier": _text(courier, "courier", 40),
        "parcel_number": _text(parcel_number, "parcel_number", 40),
    }
    return _leave(item, CustodyAction.HAND_TO_COURIER, changes, expected_version, by=by, now=now)


def give_back(
    *, item: CustodyItem, reason: str, by: User, now: datetime, expected_version: int
) -> CustodyItem:
    """The consumer has collected the goods; `reason` says why.

    Raises Refused("goods_returned") for goods that stand for a return or an exchange: they are the
    merchant's. Else as `hand_to_courier`.
    """
    if item.returned_for_id is not None:
        raise Refused(
            _("The consumer got money or other goods for these; they go back to the merchant."),
            code="goods_returned",
        )
    return _leave(item, CustodyAction.GIVE_BACK, _because(reason), expected_version, by=by, now=now)


def dispose(*, item: CustodyItem, reason: str, by: User, now: datetime, expected_version: int) -> CustodyItem:
    """The goods were thrown away, spoiled ones for example. Raises as `hand_to_courier`."""
    return _leave(item, CustodyAction.DISPOSE, _because(reason), expected_version, by=by, now=now)


def pass_on(
    *, item: CustodyItem, shelf: str, reason: str, by: User, now: datetime, expected_version: int
) -> CustodyItem:
    """Send goods to the station above; return their new row there, under a label of its own.

    Its keeper works there: `by`, or else the first of those with the highest role at that station.

    Raises Refused("no_station_above") at a county centre, "station_not_operating" for the one above, and as
    `hand_to_courier`.
    """
    above = _above(item.station_id)
    with transaction.atomic():
        left = _leave(item, CustodyAction.PASS_ON, _because(reason), expected_version, by=by, now=now)
        arrived = _insert(
            CustodyItem(
                claim_id=left.claim_id,
                station=above,
                county_code=above.county_code,
                what=left.what,
                pieces=left.pieces,
                condition=left.condition,
                remark=left.remark,
                shelf=_text(shelf, "shelf", 20),
                received_at=now,
                received_by=by,
                keeper_id=_keeper_at(above, by, now),
                came_from=left,
                returned_for_id=left.returned_for_id,
            )
        )
        trail.record("goods.received", by=by, obj=arrived, after=_facts(arrived), at=now)
    return arrived


def put_elsewhere(
    *, item: CustodyItem, shelf: str, by: User, now: datetime, expected_version: int
) -> CustodyItem:
    """Note that goods lie on another shelf. Raises Refused: "text_missing", "illegal_move", "stale"."""
    if item.whereabouts != Whereabouts.ON_SHELF:
        raise _gone()
    return _change(
        item, {"shelf": _text(shelf, "shelf", 20)}, "goods.moved", expected_version, by=by, now=now
    )


def give_to_keeper(*, items: Collection[CustodyItem], to: User, by: User, now: datetime) -> int:
    """Let somebody else answer for goods on the shelf: every one of them, or none; returns how many.

    Raises Refused("keeper_unfit") for somebody who keeps no goods at one of their stations, "illegal_move",
    "stale".
    """
    with acting_in(authority_of(to, now=now).reach("claims.keep_goods")):
        within_reach = CustodyItem.objects.filter(pk__in=[item.pk for item in items]).count()
    if within_reach < len(items):
        raise Refused(
            _("This person may not keep the goods of that station."), code="keeper_unfit", field="to"
        )
    with transaction.atomic():
        for item in items:
            _change(item, {"keeper": to}, "goods.keeper_changed", item.version, by=by, now=now)
    return len(items)


def count(
    *,
    station: Station,
    seen: Collection[str],
    note: str = "",
    form_token: str,
    by: User,
    now: datetime,
) -> Stocktake:
    """Write down a stocktake: `seen` are the labels that lie on the shelf, as read or typed.

    Changes nothing about the goods; what is missing is told to whoever looks at the station. The same token
    sent again returns the first one.

    Raises Refused("unknown_label") for a sign that no label has, "unknown_station", "key_reused".
    """
    station = reach.station(station)
    labels = {normalise_number(text) for text in seen if text.strip()}
    if wrong := sorted(label for label in labels if not is_valid_label(label)):
        raise Refused(
            _("This is no label of goods: %(labels)s") % {"labels": ", ".join(wrong[:5])},
            code="unknown_label",
            field="seen",
        )

    def effect() -> Answer:
        return Answer.to(_counted(station, labels, note.strip()[:200], by=by, now=now))

    values = {"station": station.pk, "seen": sorted(labels), "note": note}
    answer, _replayed = once(
        client=f"user:{by.pk}", key=form_token, fingerprint=fingerprint(values), effect=effect
    )
    return Stocktake.objects.get(pk=answer.object_id)


def _counted(station: Station, labels: set[str], note: str, *, by: User, now: datetime) -> Stocktake:
    on_shelf = CustodyItem.objects.filter(station=station, whereabouts=Whereabouts.ON_SHELF)
    counted = rule.compare(set(on_shelf.values_list("label", flat=True)), labels)
    stocktake = Stocktake.objects.create(
        station=station,
        county_code=station.county_code,
        at=now,
        by=by,
        found=list(counted.found),
        missing=list(counted.missing),
        unexpected=list(counted.unexpected),
        note=note,
    )
    trail.record(
        "goods.counted",
        by=by,
        obj=stocktake,
        after={
            "found": len(counted.found),
            "missing": list(counted.missing),
            "unexpected": list(counted.unexpected),
        },
        at=now,
    )
    return stocktake


def _check(claim: Claim, station: Station, pieces: int) -> None:
    if claim.status == Status.MERGED:
        raise Refused(
            _("This claim goes on under another number; take the goods in there."), code="claim_merged"
        )
    if station.county_code != claim.county_code:
        raise Refused(
            _("The goods of a claim stay inside its county."), code="unknown_station", field="station"
        )
    if station.state != StationState.OPERATING:
        raise Refused(
            _("This station takes no goods at present."), code="station_not_operating", field="station"
        )
    if not 0 < pieces <= MOST_PIECES:
        raise Refused(
            _("Enter from 1 to %(limit)s pieces.") % {"limit": MOST_PIECES},
            code="pieces_out_of_range",
            field="pieces",
        )


def _insert(item: CustodyItem) -> CustodyItem:
    """Save the goods under a label that nothing has yet."""
    for _attempt in range(LABEL_TRIES):
        item.label = make_label()
        try:
            with transaction.atomic():
                item.save(force_insert=True)
        except IntegrityError:
            item.pk = None
            if not CustodyItem._base_manager.filter(label=item.label).exists():
                raise
        else:
            return item
    raise Refused(_("No label is free at this moment. Please try again."), code="no_number")


def _leave(
    item: CustodyItem, action: CustodyAction, changes: dict[str, Any], expected_version: int, *, by, now
) -> CustodyItem:
    try:
        whereabouts = rule.next_whereabouts(item.whereabouts, action)
    except Refused:
        raise _gone() from None
    changes |= {"whereabouts": WhereaboutsChoices(whereabouts), "left_at": now, "left_by": by}
    return _change(item, changes, f"goods.{whereabouts}", expected_version, by=by, now=now)


def _change(
    item: CustodyItem, changes: dict[str, Any], verb: str, expected_version: int, *, by, now
) -> CustodyItem:
    """The one way goods change: an UPDATE that holds while they are on the shelf and nobody was faster."""
    with transaction.atomic():
        # Past the scope on purpose, as in claims.services.moves.
        written = CustodyItem._base_manager.filter(
            pk=item.pk, whereabouts=Whereabouts.ON_SHELF, version=expected_version
        ).update(**changes, version=expected_version + 1)
        changed = CustodyItem.objects.select_related("station", "claim").get(pk=item.pk)
        if not written:
            raise _gone() if changed.whereabouts != Whereabouts.ON_SHELF else _stale()
        trail.record(verb, by=by, obj=changed, before=_facts(item), after=_facts(changed), at=now)
    return changed


def _above(station_id: int) -> Station:
    station = Station._base_manager.select_related("parent").get(pk=station_id)
    if station.parent is None:
        raise Refused(_("There is no station above this one."), code="no_station_above")
    if station.parent.state != StationState.OPERATING:
        raise Refused(_("The station above takes no goods at present."), code="station_not_operating")
    return station.parent


def _keeper_at(station: Station, by: User, now: datetime) -> int:
    staff = Staff(now=now)
    if by.pk in staff.at(station):
        return by.pk
    return next(iter(staff.heads_of(station)), by.pk)


def _facts(item: CustodyItem) -> dict[str, Any]:
    return {
        "label": item.label,
        "whereabouts": str(item.whereabouts),
        "shelf": item.shelf,
        "condition": str(item.condition),
        "pieces": item.pieces,
        "keeper": item.keeper_id,
        "parcel_number": item.parcel_number,
    }


def _known(condition: str) -> str:
    if condition not in Condition.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="condition")
    return condition


def _text(text: str, field: str, limit: int) -> str:
    text = text.strip()
    if not text or len(text) > limit:
        raise Refused(
            _("Enter from 1 to %(limit)s characters.") % {"limit": limit}, code="text_missing", field=field
        )
    return text


def _because(reason: str) -> dict[str, str]:
    return {"reason": reasons.given(reason, limit=REASON_LIMIT)}


def _gone() -> Refused:
    return Refused(_("These goods have left the shelf already."), code="illegal_move")


def _stale() -> Refused:
    return Refused(
        _("Somebody else has just changed these goods. Reload to see what happened."), code="stale"
    )
