"""Bringing lists of stations in: `import_list`. Imported stations work already, so they are operating."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.lib.csv_rows import Row
from aftersales.lib.errors import Refused
from aftersales.lib.tally import Tally
from aftersales.web.list_rows import ListColumn, read_rows
from stations.models import Region, Station
from stations.models.network import StationState, TierChoices
from stations.rules import names
from stations.rules.regions import county_code
from stations.rules.tiers import Tier, parent_tier
from stations.services import network
from stations.services.region_staging import read_code
from stations.services.regions import Refuse
from stations.services.row_faults import read_point, read_text, refusal_of_fault

VILLAGES = ("village_code", "village_name", "township_code", "county_code", "coord_level")
STATIONS = ("tier", "name", "region_code", "parent_region_code", "lon", "lat")
LAYOUT = (
    ListColumn("tier", gettext_lazy("Tier"), is_needed=True, choices=TierChoices.choices, example="village"),
    ListColumn(
        "name",
        gettext_lazy("Name of the station"),
        is_needed=True,
        note=gettext_lazy("Up to 80 signs."),
        example="示例村服务点",
        width=28,
    ),
    ListColumn(
        "region_code",
        gettext_lazy("Code of the place"),
        is_needed=True,
        note=gettext_lazy(
            "The 12-digit code of the county, township or village that the station stands for."
        ),
        example="520123103204",
        width=18,
    ),
    ListColumn(
        "parent_region_code",
        gettext_lazy("Code of the place above"),
        is_needed=True,
        may_be_empty=True,
        note=gettext_lazy("Where the station hands over to; empty means the place above."),
        example="",
        width=18,
    ),
    ListColumn(
        "lon",
        gettext_lazy("Longitude"),
        is_needed=True,
        may_be_empty=True,
        note=gettext_lazy("Degrees in WGS 84; may stay empty together with the latitude."),
        example="106.5873",
    ),
    ListColumn("lat", gettext_lazy("Latitude"), is_needed=True, may_be_empty=True, example="27.0291"),
)
NAME_LENGTH = Station._meta.get_field("name").max_length
# A station hangs on one that may stand further down in the same list.
ORDER = (Tier.COUNTY, Tier.TOWNSHIP, Tier.VILLAGE)


@dataclass(frozen=True)
class Wanted:
    """A station as a row of a list describes it. Without a name it gets its place's."""

    tier: Tier
    region_code: str
    name: str
    parent_code: str
    point: tuple[float, float] | None
    point_is_own: bool
    makes_parents: bool


class Importer:
    """One run over one list."""

    def __init__(self, *, by, now: datetime):
        self.by = by
        self.now = now

    def enter(self, wanted: Wanted) -> str:
        """Enter one station, or bring it up to date; "imported", "updated" or "unchanged"."""
        region = _region(wanted.region_code)
        station = self._known(wanted, region)
        if station is not None:
            return self._update(station, wanted)
        name = wanted.name or names.village_point(region.name)
        network.create_station(
            tier=wanted.tier,
            region=region,
            name=name[:NAME_LENGTH],
            parent=self._parent(wanted, region),
            is_operating=True,
            by=self.by,
            now=self.now,
            **_point(wanted.point, wanted.point_is_own),
        )
        return "imported"

    def _known(self, wanted: Wanted, region: Region) -> Station | None:
        """The station that a row means. A closed one counts: no list opens it again."""
        known = Station.objects.filter(tier=wanted.tier, region=region)
        if wanted.tier == Tier.VILLAGE and wanted.name:
            known = known.filter(name=wanted.name)
        stations = sorted(known, key=lambda station: (station.state == StationState.CLOSED, station.pk))
        return stations[0] if stations else None

    def _update(self, station: Station, wanted: Wanted) -> str:
        if station.state == StationState.CLOSED:
            return "unchanged"
        details = _point(wanted.point, wanted.point_is_own) if wanted.point else {}
        if wanted.name:
            details["name"] = wanted.name
        changed = {field: value for field, value in details.items() if getattr(station, field) != value}
        if not changed:
            return "unchanged"
        network.change_details(
            station=station, by=self.by, now=self.now, reason=_("list of stations"), **changed
        )
        return "updated"

    def _parent(self, wanted: Wanted, region: Region) -> Station | None:
        above = parent_tier(wanted.tier)
        if above is None:
            return None
        if not wanted.parent_code:
            return network.station_above(wanted.tier, region)
        parent_region = _region(wanted.parent_code)
        if wanted.makes_parents:
            return self._parent_made(above, parent_region)
        parent = _open_station(above, parent_region)
        if parent is None:
            raise Refused(
                _("%(place)s has no open station to hang this one on") % {"place": parent_region.name},
                code="no_parent",
            )
        return parent

    def _parent_made(self, tier: Tier, region: Region) -> Station:
        """The open station of a tier in a place; entered with everything above it when it is missing."""
        station = _open_station(tier, region)
        if station is not None:
            return station
        above = parent_tier(tier)
        parent = self._parent_made(above, _region(county_code(region.code))) if above else None
        called = names.township_point if tier == Tier.TOWNSHIP else names.county_centre
        # The point of a township or county is where its seat is, not where the station stands.
        point = None if region.lon is None else (region.lon, region.lat)
        return network.create_station(
            tier=tier,
            region=region,
            name=called(region.name)[:NAME_LENGTH],
            parent=parent,
            is_operating=True,
            by=self.by,
            now=self.now,
            **_point(point, False),
        )


def import_list(
    *, path: Path, by, now: datetime, refuse: Refuse, all_or_nothing: bool = False
) -> tuple[Tally, dict[Tier, int]]:
    """Enter the stations of a CSV or XLSX list; every good row goes in. Returns the tally of rows, and how
    many township standby points and county centres were added above them.

    Two layouts are known by their heading. `village_code,…,coord_level` names villages: each gets a village
    point, called after it, and what is missing above. `tier,name,region_code,parent_region_code,lon,lat`
    names stations of any tier in any order; without parent_region_code the place above counts. Places must be
    known. Importing a list again changes nothing; a closed station stays closed. Runs in one transaction.
    """
    tally = Tally()
    importer = Importer(by=by, now=now)
    before = _counted()

    def refuse_row(line: int, reason: str) -> None:
        tally.refused += 1
        refuse(path, line, reason)

    with transaction.atomic():
        for tier in ORDER:
            for row in _rows_of(path, tier, refuse_row):
                try:
                    with transaction.atomic():
                        result = importer.enter(_read(row.values))
                except Refused as refused:
                    refuse_row(row.line, str(refused))
                else:
                    setattr(tally, result, getattr(tally, result) + 1)
        if all_or_nothing and tally.refused:
            transaction.set_rollback(True)
            return tally.undone(), {}
    makes_parents = _layout(path) == VILLAGES
    added = {tier: number - before[tier] if makes_parents else 0 for tier, number in _counted().items()}
    return tally, added


def _counted() -> dict[Tier, int]:
    """Stations of the tiers above the villages."""
    return {tier: Station.objects.filter(tier=tier).count() for tier in (Tier.COUNTY, Tier.TOWNSHIP)}


def _rows_of(path: Path, tier: Tier, refuse_row) -> Iterator[Row]:
    """The rows of one tier, from one reading of the file; faults are told with the first tier."""
    needed = _layout(path)
    for row in read_rows(path, layout=LAYOUT, needed=needed):
        stated = Tier.VILLAGE if needed == VILLAGES else row.values.get("tier", "").casefold()
        is_first = tier == ORDER[0]
        if row.fault:
            if is_first:
                refuse_row(row.line, refusal_of_fault(row.fault, needed, LAYOUT))
        elif stated == tier:
            yield row
        elif is_first and stated not in ORDER:
            refuse_row(row.line, _("the tier must be county, township or village"))


def _layout(path: Path) -> tuple[str, ...]:
    first = next(read_rows(path, layout=LAYOUT, needed=STATIONS), None)
    return VILLAGES if first is not None and first.fault == "missing_columns" else STATIONS


def _read(values: Mapping[str, str]) -> Wanted:
    if "village_code" in values:
        if values["coord_level"] not in ("", "village", "township"):
            raise Refused(_("coord_level must be village or township"), code="coord_level")
        return Wanted(
            tier=Tier.VILLAGE,
            region_code=read_code(values["village_code"]),
            name="",
            parent_code=read_code(values["township_code"]),
            point=read_point(values),
            point_is_own=values["coord_level"] == "village",
            makes_parents=True,
        )
    point = read_point(values)
    return Wanted(
        tier=Tier(values["tier"].casefold()),
        region_code=read_code(values["region_code"]),
        name=read_text(values["name"], NAME_LENGTH),
        parent_code=read_code(values["parent_region_code"]) if values["parent_region_code"] else "",
        point=point,
        point_is_own=point is not None,
        makes_parents=False,
    )


def _region(code: str) -> Region:
    region = Region.objects.filter(pk=code).first()
    if region is None:
        raise Refused(
            _("the place %(code)s is unknown; import the regions first") % {"code": code}, code="no_region"
        )
    return region


def _open_station(tier: Tier, region: Region) -> Station | None:
    return Station.objects.filter(tier=tier, region=region).exclude(state=StationState.CLOSED).first()


def _point(point: tuple[float, float] | None, is_own: bool) -> dict:
    if point is None:
        return {}
    return {"lon": point[0], "lat": point[1], "point_is_own": is_own}
