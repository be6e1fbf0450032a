"""Applying the changes between two editions of the official codes: `apply_list`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.csv_rows import read_rows
from aftersales.lib.errors import Refused
from aftersales.lib.tally import Tally
from stations.models import Grant, Region, RegionChange, Station
from stations.models.network import StationState
from stations.rules.regions import Level, code_range, county_code, level_of, parent_among, prefix
from stations.services import grants, network
from stations.services.region_staging import NAME_LENGTH, read_code
from stations.services.regions import Refuse
from stations.services.row_faults import read_text, refusal_of_fault

NEEDED = ("county_code", "code_2016", "name_2016", "code_2023", "name_2023", "change")
WHAT_LENGTH = RegionChange._meta.get_field("what").max_length


@dataclass(frozen=True)
class Change:
    """One row of a list of changes. Without an old code the place is new, without a new one it is gone."""

    old_code: str
    old_name: str
    new_code: str
    new_name: str
    what: str

    @property
    def is_move(self) -> bool:
        return bool(self.old_code and self.new_code and self.old_code != self.new_code)


def apply_list(
    *,
    path: Path,
    by,
    now: datetime,
    refuse: Refuse,
    all_or_nothing: bool = False,
) -> Tally:
    """Apply the changes of a CSV list, each once: new, renamed, re-coded, merged and abolished places.

    A place that got another code, or none, stays as a row that ended today and says what replaced it; its
    stations, its villages and the rights given for it move to the new code. Applying the list again changes
    nothing. Each row is applied whole or refused; with `all_or_nothing` a refused row undoes all.
    Rule: docs/rules/regions.md, "Changes of codes".
    """
    tally = Tally()

    def refuse_row(line: int, reason: str) -> None:
        tally.refused += 1
        refuse(path, line, reason)

    with transaction.atomic():
        for row in read_rows(path, needed=NEEDED):
            if row.fault:
                refuse_row(row.line, refusal_of_fault(row.fault, NEEDED))
                continue
            try:
                with transaction.atomic():
                    result = apply(change=_read(row.values), by=by, now=now)
            except Refused as refused:
                refuse_row(row.line, str(refused))
            else:
                setattr(tally, result, getattr(tally, result) + 1)
        if all_or_nothing and tally.refused:
            transaction.set_rollback(True)
            return tally.undone()
    return tally


def apply(*, change: Change, by, now: datetime) -> str:
    """Apply one change and say what came of it.

    "imported" when a place came in under the new code, "unchanged" when this change was applied before, else
    "updated". Raises Refused, and then nothing has changed.
    """
    with transaction.atomic():
        known = {
            "old_code": change.old_code,
            "new_code": change.new_code,
            "old_name": change.old_name,
            "new_name": change.new_name,
        }
        if RegionChange.objects.filter(**known).exists():
            return "unchanged"
        today = timezone.localdate(now)
        came_in = False
        if change.new_code:
            came_in = _enter(change.new_code, change.new_name)
        if change.old_code and change.old_code != change.new_code:
            _end(change, today)
        if change.is_move:
            _move_everything(change, today, by=by, now=now)
        row = RegionChange.objects.create(
            **known,
            county_code=county_code(change.new_code or change.old_code),
            what=change.what[:WHAT_LENGTH],
            applied_at=now,
        )
        trail.record(
            "region.changed",
            by=by,
            obj=row,
            before={"code": change.old_code, "name": change.old_name},
            after={"code": change.new_code, "name": change.new_name},
            reason=change.what,
            at=now,
        )
        return "imported" if came_in else "updated"


def _read(values: Mapping[str, str]) -> Change:
    old, new = (read_code(values[column]) if values[column] else "" for column in ("code_2016", "code_2023"))
    if not (old or new):
        raise Refused(_("the row has neither an old nor a new code"), code="no_code")
    if old and new and level_of(old) != level_of(new):
        raise Refused(_("the old and the new code stand for places of different levels"), code="levels")
    for code in filter(None, (old, new)):
        if level_of(code) < Level.TOWNSHIP:
            raise Refused(_("only townships and villages can be changed by a list"), code="too_high")
        if values["county_code"] not in ("", county_code(code)):
            raise Refused(_("%(code)s lies in another county") % {"code": code}, code="other_county")
    if old and new and county_code(old) != county_code(new):
        raise Refused(_("a place cannot change its county by a list"), code="other_county")
    return Change(
        old_code=old,
        old_name=read_text(values["name_2016"], NAME_LENGTH) if old else "",
        new_code=new,
        new_name=read_text(values["name_2023"], NAME_LENGTH) if new else "",
        what=values["change"],
    )


def _enter(code: str, name: str) -> bool:
    """Have a living place of this name under this code; whether it was created."""
    if Region.objects.filter(code=code).update(name=name, ended_on=None, replaced_by=None):
        return False
    above = {code[:digits].ljust(12, "0") for digits in (2, 4, 6, 9)} - {code}
    parent = parent_among(code, set(Region.objects.filter(pk__in=above).values_list("pk", flat=True)))
    if parent is None:
        raise Refused(_("the place above %(code)s is unknown") % {"code": code}, code="unknown_parent")
    Region.objects.create(code=code, name=name, level=level_of(code), parent_id=parent)
    return True


def _end(change: Change, today) -> None:
    """Keep the old place as one that has ended; also where it was never imported, for old papers name it."""
    if not Region.objects.filter(code=change.old_code).exists():
        _enter(change.old_code, change.old_name)
    Region.objects.filter(code=change.old_code).update(ended_on=today, replaced_by_id=change.new_code or None)


def _move_everything(change: Change, today, *, by, now: datetime) -> None:
    """Stations, villages and rights of a re-coded place follow it to its new code."""
    old, new = Region.objects.get(pk=change.old_code), Region.objects.get(pk=change.new_code)
    if new.lon is None and old.lon is not None:
        Region.objects.filter(pk=new.pk).update(lon=old.lon, lat=old.lat)
    _move_tenants(old, new, by=by, now=now)
    if old.level == Level.TOWNSHIP:
        _move_villages(old, new, today, by=by, now=now)


def _move_villages(old: Region, new: Region, today, *, by, now: datetime) -> None:
    # Villages that came here from other old townships do not make a list of the new one.
    has_own_list = _villages(new).filter(replaces__isnull=True).exists()
    for village in _villages(old).order_by("code"):
        target = _village_of_today(village, new, may_enter=not has_own_list)
        if target is None:
            if Station.objects.filter(region=village).exclude(state=StationState.CLOSED).exists():
                raise Refused(
                    _("%(village)s has a station but no place under the new code; import its villages first")
                    % {"village": village.name},
                    code="village_without_place",
                )
            target = new
        else:
            _move_tenants(village, target, by=by, now=now)
            if target.lon is None and village.lon is not None:
                Region.objects.filter(pk=target.pk).update(lon=village.lon, lat=village.lat)
        Region.objects.filter(pk=village.pk).update(ended_on=today, replaced_by=target)


def _villages(township: Region):
    inside = Region.objects.filter(level=Level.VILLAGE, code__range=code_range(prefix(township.code)))
    return inside.filter(ended_on__isnull=True)


def _village_of_today(village: Region, township: Region, *, may_enter: bool) -> Region | None:
    """The village of the re-coded township that is the old one: by its name, else, where no list of the
    township's villages was imported, entered under its last three digits."""
    same_digits = f"{prefix(township.code)}{village.code[9:]}"
    namesakes = list(_villages(township).filter(name=village.name))
    for namesake in namesakes:
        if len(namesakes) == 1 or namesake.code == same_digits:
            return namesake
    if namesakes or not may_enter or Region.objects.filter(pk=same_digits).exists():
        return None
    _enter(same_digits, village.name)
    return Region.objects.get(pk=same_digits)


def _move_tenants(old: Region, new: Region, *, by, now: datetime) -> None:
    """The stations that stand for a place, and the rights given for it."""
    reason = _("code changed from %(old)s to %(new)s") % {"old": old.code, "new": new.code}
    for station in Station.objects.filter(region=old):
        network.move_to_region(station=station, region=new, by=by, now=now, reason=reason)
    for grant in Grant.objects.filter(region=old, withdrawn_at__isnull=True):
        grants.move_to_region(grant=grant, region=new, by=by, now=now, reason=reason)
