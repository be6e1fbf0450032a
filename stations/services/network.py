"""The network of stations: entering one, moving it through its life, keeping its details."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.errors import Refused
from stations import queries
from stations.models import Agent, Region, Station
from stations.models.network import FunctionTag, Phase, StationState
from stations.rules.opening import opening_slots
from stations.rules.regions import county_code
from stations.rules.tiers import LifeAction, Tier, next_life, parent_tier, region_fits
from stations.services.row_faults import LAT_RANGE, LON_RANGE

SHORTEST_REASON = 2
NEEDS_REASON = {LifeAction.SUSPEND, LifeAction.CLOSE}
RADIUS_RANGE_M = (100, 50_000)
HOURS = ("opens_at", "noon_closes_at", "noon_opens_at", "closes_at")
DETAILS = frozenset(
    {"name", "phase", "functions", "lon", "lat", "point_is_own", "radius_m", "phone", "parent", *HOURS}
)


def create_station(
    *,
    tier: str,
    region: Region,
    name: str,
    by,
    now: datetime,
    parent: Station | None = None,
    is_operating: bool = False,
    **details: Any,
) -> Station:
    """Enter a station that somebody applied for; with `is_operating` one that works already (imports).

    Without a parent it is hung on the station of the tier above that stands for the region above.
    `details` are any of DETAILS. Raises Refused: "reach", "region_tier", "region_ended", "no_parent",
    "wrong_parent", "taken" (a second centre or standby point for one place), "same_name", and what
    `change_details` refuses.
    """
    tier = Tier(tier)
    if not queries.reaches(region.code):
        raise Refused(_("This place lies outside your own reach."), code="reach")
    if not region_fits(tier, region.code):
        raise Refused(_("A station of this tier cannot stand for this place."), code="region_tier")
    if region.ended_on:
        raise Refused(_("This place has ended; choose the one that replaced it."), code="region_ended")
    station = Station(
        tier=tier,
        region=region,
        name=name,
        county_code=county_code(region.code),
        parent=parent or station_above(tier, region),
        state=StationState.OPERATING if is_operating else StationState.APPLIED,
        opened_on=timezone.localdate(now) if is_operating else None,
    )
    for field, value in details.items():
        _set(station, field, value)
    _check_parent(station)
    _check_details(station)
    if tier == Tier.VILLAGE and _open(Station.objects.filter(region=region, name=name)).exists():
        raise Refused(_("There is already a station of this name."), code="same_name", field="name")
    with transaction.atomic():
        _save_new(station)
        trail.record(
            "station.imported" if is_operating else "station.applied",
            by=by,
            obj=station,
            after={"tier": station.tier, "name": station.name, "region": region.code, "state": station.state},
            at=now,
        )
    return station


def _save_new(station: Station) -> None:
    try:
        with transaction.atomic():
            station.save(force_insert=True)
    except IntegrityError:
        raise Refused(_("This place already has a station of this tier."), code="taken") from None


def station_above(tier: str, region: Region) -> Station | None:
    """The open station to which one of this tier in this place hands over; None when there is none."""
    above = parent_tier(Tier(tier))
    if above is None:
        return None
    code = county_code(region.code) if above == Tier.COUNTY else region.parent_id
    return _open(Station.objects.filter(tier=above, region_id=code)).first()


def move(
    *,
    station: Station,
    action: str,
    by,
    now: datetime,
    reason: str = "",
    expected_version: int | None = None,
) -> Station:
    """Take a station to the next stage of its life: approve, accept, open, suspend, resume, close.

    Raises Refused: "illegal_move"; "stale" when it changed meanwhile; "reason_missing" (suspending and
    closing); "parent_not_open" (opening below a station that does not operate); "has_children" and
    "has_people" (closing).
    Rule: docs/rules/tiers.md.
    """
    action = LifeAction(action)
    reason = reason.strip()
    if action in NEEDS_REASON and len(reason) < SHORTEST_REASON:
        raise Refused(_("Give the reason in a few words."), code="reason_missing", field="reason")
    with transaction.atomic():
        current = _held(station, expected_version)
        before = current.state
        try:
            current.state = next_life(before, action)
        except Refused:
            raise Refused(
                _("This step is not possible at the station's present stage."), code="illegal_move"
            ) from None
        _check_move(current, action)
        if current.state == StationState.OPERATING and current.opened_on is None:
            current.opened_on = timezone.localdate(now)
        _save(current, ["state", "opened_on"], reason)
        trail.record(
            "station.moved",
            by=by,
            obj=current,
            before={"state": before},
            after={"state": current.state, "action": action},
            reason=reason,
            at=now,
        )
    return current


def change_details(
    *,
    station: Station,
    by,
    now: datetime,
    expected_version: int | None = None,
    reason: str = "",
    **details: Any,
) -> Station:
    """Change name, phase, functions, opening hours, point, radius, telephone or parent; only what is given.

    Raises Refused: "stale", "closed", "wrong_parent", "half_hours", "hours_order", "far_point", "half_point",
    "radius", "unknown_function".
    """
    with transaction.atomic():
        current = _held(station, expected_version)
        if current.state == StationState.CLOSED:
            raise Refused(_("A closed station does not change any more."), code="closed")
        before, after = {}, {}
        for field, value in details.items():
            if getattr(current, field) != value:
                before[field], after[field] = _plain(getattr(current, field)), _plain(value)
                _set(current, field, value)
        _check_parent(current)
        _check_details(current)
        if after:
            _save(current, list(after), reason)
            trail.record(
                "station.changed", by=by, obj=current, before=before, after=after, reason=reason, at=now
            )
    return current


def move_to_region(*, station: Station, region: Region, by, now: datetime, reason: str) -> Station:
    """Let a station stand for its place's new code. Raises Refused("taken") when another one does already."""
    with transaction.atomic():
        current = _held(station, None)
        before = current.region_id
        current.region = region
        try:
            with transaction.atomic():
                _save(current, ["region"], reason)
        except IntegrityError:
            raise Refused(
                _("%(place)s would have two stations of one tier; close one of them first")
                % {"place": region.name},
                code="taken",
            ) from None
        trail.record(
            "station.region_changed",
            by=by,
            obj=current,
            before={"region": before},
            after={"region": region.code},
            reason=reason,
            at=now,
        )
    return current


def _open(stations):
    return stations.exclude(state=StationState.CLOSED)


def _held(station: Station, expected_version: int | None) -> Station:
    """The station as it stands, held until the transaction ends. Raises Refused("stale")."""
    mine = Station.objects.filter(pk=station.pk)
    if expected_version is not None:
        mine = mine.filter(version=expected_version)
    if not mine.update(version=F("version") + 1):
        raise Refused(
            _("Somebody has changed this station meanwhile. Look at it again, then repeat your step."),
            code="stale",
        )
    return Station.objects.select_related("parent", "region").get(pk=station.pk)


def _save(station: Station, fields: list[str], reason: str) -> None:
    station._change_reason = reason[:100] or None
    station.save(update_fields=fields)


def _set(station: Station, field: str, value: Any) -> None:
    if field not in DETAILS:
        raise TypeError(f"{field} is no detail of a station")
    setattr(station, field, value)


def _plain(value: Any) -> Any:
    if isinstance(value, Station):
        return value.pk
    return value if value is None or isinstance(value, str | int | float | list) else str(value)


def _check_move(station: Station, action: LifeAction) -> None:
    if action == LifeAction.OPEN and station.parent and station.parent.state != StationState.OPERATING:
        raise Refused(_("The station above it does not operate yet."), code="parent_not_open")
    if action == LifeAction.CLOSE:
        if _open(station.children).exists():
            raise Refused(
                _("Stations below it are still open. Close them or hang them elsewhere first."),
                code="has_children",
            )
        if Agent.objects.filter(station=station, left_on__isnull=True).exists():
            raise Refused(
                _("People are still posted there. Finish their hand-over first."), code="has_people"
            )


def _check_parent(station: Station) -> None:
    wanted = parent_tier(Tier(station.tier))
    parent = station.parent
    if wanted is None:
        if parent is not None:
            raise Refused(_("A county centre has no station above it."), code="wrong_parent", field="parent")
    elif parent is None:
        raise Refused(
            _("There is no station above it yet. Enter that one first."), code="no_parent", field="parent"
        )
    elif parent.tier != wanted or parent.county_code != station.county_code:
        raise Refused(
            _("The station above must be of the next tier and of the same county."),
            code="wrong_parent",
            field="parent",
        )
    elif parent.state == StationState.CLOSED:
        raise Refused(_("The station above is closed."), code="wrong_parent", field="parent")


def _check_details(station: Station) -> None:
    try:
        opening_slots(*(getattr(station, field) for field in HOURS))
    except Refused as refused:
        sentences = {
            "half_hours": _("Give both ends of the opening hours, and both ends of the noon break or none."),
            "hours_order": _("The opening hours must follow one another."),
        }
        raise Refused(sentences[refused.code], code=refused.code, field="opens_at") from None
    if station.phase not in Phase.values or set(station.functions) - set(FunctionTag.values):
        raise Refused(_("This phase or function is not known."), code="unknown_function", field="functions")
    if (station.lon is None) != (station.lat is None):
        raise Refused(_("Longitude and latitude belong together."), code="half_point", field="lon")
    if station.lon is not None and not (
        LON_RANGE[0] <= station.lon <= LON_RANGE[1] and LAT_RANGE[0] <= station.lat <= LAT_RANGE[1]
    ):
        raise Refused(
            _("The point lies outside China; longitude comes first."), code="far_point", field="lon"
        )
    if station.lon is None and station.point_is_own:
        raise Refused(_("Longitude and latitude are missing."), code="half_point", field="lon")
    if not RADIUS_RANGE_M[0] <= station.radius_m <= RADIUS_RANGE_M[1]:
        raise Refused(
            _("The radius must be between %(least)s and %(most)s metres.")
            % {"least": RADIUS_RANGE_M[0], "most": RADIUS_RANGE_M[1]},
            code="radius",
            field="radius_m",
        )
