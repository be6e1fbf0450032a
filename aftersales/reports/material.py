"""What a report is made of: the figures of every region for one period, and what stands beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count

from aftersales.lib.periods import Period
from claims.models import ClockPolicy, CompensationPolicy, Finding
from claims.models.clock_policies import ClockPolicyState
from claims.models.figures import CellKind, CellReading, ProgressReading
from claims.queries.figures import Figures, stored
from claims.rules.supervision import FindingState
from stations.models import Region, Station
from stations.models.network import StationState
from stations.rules.regions import NATION, Level, ancestors

WHOLE_COUNTRY = "全国"
"""The name of 000000000000 beside those of provinces, cities and counties, which are Chinese everywhere."""


@dataclass(frozen=True)
class Place:
    """A region as a report names it; `parent` is the nearest region above that has a report too."""

    code: str
    name: str
    level: int
    parent: str | None


@dataclass(frozen=True)
class Policy:
    """A version of published rules; no county is the whole programme."""

    table: str
    kind: str
    county_code: str
    version: int
    valid_from: date


@dataclass
class Network:
    """The stations of a county: operating ones, those with a claim, days with a claim; and its findings."""

    stations: int = 0
    reporting: int = 0
    days: int = 0
    findings: int = 0
    rectified: int = 0

    def add(self, other: Network) -> None:
        """Add another county; `days` are days of counties then."""
        for name in ("stations", "reporting", "days", "findings", "rectified"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Material:
    """Everything the editions of one period are made of, by the code of the region.

    Figures of a region are the sum over its counties. `by_month` holds them month by month where the period
    has several; `townships` those of the places of a county.
    """

    period: Period
    places: dict[str, Place] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)
    by_month: dict[str, dict[str, Figures]] = field(default_factory=dict)
    townships: dict[str, dict[str, Figures]] = field(default_factory=dict)
    township_names: dict[str, str] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)
    policies: list[Policy] = field(default_factory=list)
    counted_at: datetime | None = None

    def children(self, code: str) -> list[Place]:
        """The regions right below one, by code."""
        return [place for place in self.places.values() if place.parent == code]

    def counties(self, code: str) -> list[Place]:
        """The counties in a region, itself if it is one, by code."""
        return [
            place
            for place in self.places.values()
            if place.level == Level.COUNTY and (place.code == code or code in above(place.code))
        ]


def above(code: str) -> tuple[str, ...]:
    """The regions over a county by digits, nearest first, the whole country last."""
    return *ancestors(code), NATION


def gather(period: Period, *, using: str = "default") -> Material:
    """Read what was counted for a period, as far as the scope reaches: a fixed number of statements."""
    material = Material(period)
    months = [month.first for month in period.months()]
    networks = _networks(period, months, using)
    _read_cells(material, months, networks, using)
    material.networks = networks
    for code in [code for code, place in material.places.items() if place.level < Level.COUNTY]:
        whole = material.networks[code] = Network()
        for county in material.counties(code):
            whole.add(networks[county.code])
    material.policies = _policies(period, using)
    material.counted_at = ProgressReading.objects.using(using).values_list("folded_at", flat=True).first()
    return material


def _read_cells(material: Material, months: list[date], networks: dict[str, Network], using: str) -> None:
    cells = CellReading.objects.using(using).filter(
        kind=CellKind.MONTH,
        first_day__in=months,
        station_id=0,
        level__in=(Level.COUNTY, Level.TOWNSHIP),
    )
    counties: dict[date, dict[str, Figures]] = {month: {} for month in months}
    rows = cells.values_list(
        "level", "county_code", "region_code", "first_day", "content", "responses", "resolutions"
    )
    for level, county, code, month, *content in rows:
        figures = stored.read(*content)
        if level == Level.COUNTY:
            counties[month].setdefault(code, Figures()).merge(figures)
        else:
            material.townships.setdefault(county, {}).setdefault(code, Figures()).merge(figures)
    codes = {code for found in counties.values() for code in found} | networks.keys()
    for code in codes:
        networks.setdefault(code, Network())
    _name_places(material, codes, using)
    for month, found in counties.items():
        whole = {code: Figures() for code in material.places}
        for county, figures in found.items():
            for code in (county, *(each for each in above(county) if each in whole)):
                whole[code].merge(figures)
        material.by_month[Period.of(month, "month").name] = whole
    material.figures = {
        code: Figures.sum_of(whole[code] for whole in material.by_month.values()) for code in material.places
    }


def _name_places(material: Material, counties: Iterable[str], using: str) -> None:
    counties = set(counties)
    wanted = counties | {each for county in counties for each in ancestors(county)}
    townships = {code for found in material.townships.values() for code in found}
    regions = Region.objects.using(using).filter(code__in=wanted | townships)
    names = {code: (name, level) for code, name, level in regions.values_list("code", "name", "level")}
    material.township_names = {code: names[code][0] for code in townships if code in names}
    existing = {code for code in wanted if code in names or code in counties} | {NATION}
    for code in sorted(existing):
        name, level = names.get(code, (code, Level.NATION if code == NATION else Level.COUNTY))
        parent = next((each for each in above(code) if each in existing and each != code), None)
        material.places[code] = Place(
            code,
            WHOLE_COUNTRY if code == NATION else name,
            Level.COUNTY if code in counties else level,
            None if code == NATION else parent,
        )


def _networks(period: Period, months: list[date], using: str) -> dict[str, Network]:
    found: dict[str, Network] = defaultdict(Network)
    stations = Station.objects.using(using).filter(state=StationState.OPERATING)
    for county, count in stations.order_by().values_list("county_code").annotate(Count("id")):
        found[county].stations = count
    cells = CellReading.objects.using(using).filter(filed__gt=0).order_by()
    reporting = cells.filter(kind=CellKind.MONTH, first_day__in=months, station_id__gt=0)
    for county, count in reporting.values_list("county_code").annotate(Count("station_id", distinct=True)):
        found[county].reporting = count
    days = cells.filter(
        kind=CellKind.DAY, first_day__range=(period.first, period.last), level=Level.COUNTY, station_id=0
    )
    for county, count in days.values_list("county_code").annotate(Count("first_day", distinct=True)):
        found[county].days = count
    findings = Finding.objects.using(using).filter(
        found_at__gte=period.starts_at, found_at__lt=period.ends_at
    )
    for county, state, count in findings.order_by().values_list("county_code", "state").annotate(Count("id")):
        found[county].findings += count
        found[county].rectified += count * (state == FindingState.ACCEPTED)
    return dict(found)


def _policies(period: Period, using: str) -> list[Policy]:
    """Every version that was in force on some day of the period."""
    clocks = ClockPolicy.objects.using(using).filter(
        state=ClockPolicyState.IN_FORCE, valid_from__lte=period.last
    )
    terms = CompensationPolicy.objects.using(using).filter(valid_from__lte=period.last)
    fields = ("kind", "county_code", "version", "valid_from")
    told = [Policy("clock_policies", *row) for row in clocks.values_list(*fields)]
    told += [Policy("compensation_policies", *row) for row in terms.values_list(*fields)]
    lines: dict[tuple[str, str, str], list[Policy]] = {}
    for policy in sorted(told, key=lambda each: (each.valid_from, each.version)):
        kind = policy.kind if policy.table == "clock_policies" else ""
        lines.setdefault((policy.table, kind, policy.county_code), []).append(policy)
    kept = []
    for line in lines.values():
        ends = [later.valid_from for later in line[1:]] + [date.max]
        kept += [
            each for each, end in zip(line, ends, strict=True) if end > period.first and end > each.valid_from
        ]
    return sorted(kept, key=lambda each: (each.table, each.county_code, each.kind, each.version))
