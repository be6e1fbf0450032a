"""Bringing official lists of divisions in: `import_lists`. Changes between editions are in region_changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.csv_rows import read_rows
from aftersales.lib.errors import Refused
from aftersales.lib.tally import Tally
from stations.models import Region
from stations.rules.regions import Level, ancestors, code_range, level_of, parent_among, prefix
from stations.services.region_staging import Entry, Staging
from stations.services.row_faults import refusal_of_fault

BATCH = 1000
NEEDED = ("code", "name")

Refuse = Callable[[Path, int, str], None]
"""Told of every refused row: file, line, reason."""


def import_lists(
    *,
    paths: Sequence[Path],
    by,
    now: datetime,
    refuse: Refuse,
    progress: Callable[[int], None] = lambda done: None,
    all_or_nothing: bool = False,
) -> Tally:
    """Enter the divisions of CSV lists with the columns `code,name`; every good row goes in.

    Files and rows may come in any order. `is_placeholder` is kept where the column is there. A row with
    `lon_wgs84,lat_wgs84` or `lon,lat` locates its place: of a place that is known by then it sets the point
    alone. Parents follow from the digits. Importing the same lists again changes nothing, and no list ends a
    place or brings an ended one back. Runs in one transaction; with `all_or_nothing` a refused row undoes it.
    Rule: docs/rules/regions.md.
    """
    tally = Tally()

    def refuse_row(number: int, line: int, reason: str) -> None:
        tally.refused += 1
        refuse(paths[number], line, reason)

    with Staging() as staging:
        for number, path in enumerate(paths):
            for row in read_rows(path, needed=NEEDED):
                if row.fault:
                    refuse_row(number, row.line, refusal_of_fault(row.fault, NEEDED))
                    continue
                try:
                    tally.unchanged += not staging.add(number, row.line, row.values)
                except Refused as refused:
                    refuse_row(number, row.line, str(refused))
        with transaction.atomic():
            entries = staging.entries()
            while batch := list(islice(entries, BATCH)):
                _enter(batch, tally, refuse_row)
                progress(tally.rows)
            if tally.imported or tally.updated:
                trail.record(
                    "regions.imported",
                    by=by,
                    after={"files": [path.name for path in paths], **vars(tally)},
                    at=now,
                )
            if all_or_nothing and tally.refused:
                transaction.set_rollback(True)
                return tally.undone()
    return tally


def _enter(batch: list[Entry], tally: Tally, refuse_row: Callable[[int, int, str], None]) -> None:
    """Write what a batch changes. Codes come sorted: parents are in the database or earlier in the batch."""
    codes = [entry.code for entry in batch]
    known = Region.objects.in_bulk(codes)
    above = {code[:digits].ljust(12, "0") for code in codes if code not in known for digits in (2, 4, 6, 9)}
    places = set(known) | set(Region.objects.filter(pk__in=above).values_list("pk", flat=True))
    changed: list[Region] = []
    cities: list[str] = []
    for entry in batch:
        region = known.get(entry.code)
        if region is None:
            parent = parent_among(entry.code, places)
            level = level_of(entry.code)
            if parent is None and level > Level.PROVINCE:
                for where in entry.lines:
                    refuse_row(*where, _("the place above is unknown"))
                continue
            region = Region(
                code=entry.code,
                name=entry.name or entry.point_name,
                level=level,
                parent_id=parent,
                is_placeholder=bool(entry.is_placeholder),
                lon=entry.lon,
                lat=entry.lat,
            )
            places.add(entry.code)
            if level == Level.CITY:
                cities.append(entry.code)
            tally.imported += 1
            tally.updated += len(entry.lines) - 1
            changed.append(region)
        elif _change(region, entry, tally):
            changed.append(region)
    if changed:
        Region.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "is_placeholder", "lon", "lat"],
        )
    for city in cities:
        _adopt_counties(city)


def _change(region: Region, entry: Entry, tally: Tally) -> bool:
    """Take over what an entry says otherwise about a known place; whether anything was."""
    renamed = moved = False
    if entry.line is not None:
        placeholder = region.is_placeholder if entry.is_placeholder is None else entry.is_placeholder
        renamed = (region.name, region.is_placeholder) != (entry.name, placeholder)
        region.name, region.is_placeholder = entry.name, placeholder
        tally.updated += renamed
        tally.unchanged += not renamed
    if entry.point_line is not None:
        moved = (region.lon, region.lat) != (entry.lon, entry.lat)
        region.lon, region.lat = entry.lon, entry.lat
        tally.updated += moved
        tally.unchanged += not moved
    return renamed or moved


def _adopt_counties(city: str) -> None:
    """Hang the counties of a city that came later than they did on it instead of on the province.

    The province is named, not looked up: PostgreSQL, without statistics in the middle of a first import,
    joined the table with itself for seconds a city.
    """
    province = ancestors(city)[0]
    inside = Region.objects.filter(level=Level.COUNTY, code__range=code_range(prefix(city)))
    inside.filter(parent_id=province).update(parent_id=city)
