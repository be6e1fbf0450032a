"""Reading village classes: lists, who may hold one, and how complete a month is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet

from aftersales.accounts.models import User
from stations.access.scope import who_may
from stations.models import Agent, Station
from stations.models.network import StationState, TierChoices
from training.models import Article, ArticleVersion, VillageClass
from training.rules.classes import ClassState, Completeness, Standing, counted, owes, standing

HOLD = "training.hold_class"
LAST_ORDER = ("-starts_at", "-id")
NEXT_ORDER = ("starts_at", "id")


def listed(classes: QuerySet[VillageClass]) -> QuerySet[VillageClass]:
    """Classes with what a list shows of each."""
    return classes.select_related("station", "teacher")


def to_come(classes: QuerySet[VillageClass]) -> QuerySet[VillageClass]:
    """Those that are planned, also when their time is over and nobody has recorded them."""
    return classes.filter(state=ClassState.PLANNED)


def unrecorded(classes: QuerySet[VillageClass], *, now: datetime) -> QuerySet[VillageClass]:
    """Planned ones whose time has come."""
    return to_come(classes).filter(starts_at__lte=now)


def teachers_for(station: Station, *, now: datetime) -> list[User]:
    """Who may hold a class at a station: people posted there or at one of the two stations above it, as far
    as whoever asks reaches them. In the village that is the village's own people; the township and the county
    plan classes of theirs."""
    above = [station.pk, station.parent_id]
    if station.parent_id:
        above.append(Station._base_manager.values_list("parent_id", flat=True).get(pk=station.parent_id))
    posted = Agent.objects.filter(
        station__in=[key for key in above if key], left_on__isnull=True, user__is_active=True
    )
    people = [agent.user for agent in posted.select_related("user").order_by("-station__region_id", "id")]
    allowed = who_may(HOLD, station, among=[each.pk for each in people], now=now)
    return [each for each in people if each.pk in allowed]


def material() -> QuerySet[ArticleVersion]:
    """What of the handbook a class can be held with: every article in use, in its current version."""
    current = ArticleVersion.objects.filter(is_current=True, article__retired_at__isnull=True)
    return current.select_related("article").order_by("article__audience", "article__position", "title")


def current_version(article: Article | None) -> ArticleVersion | None:
    """What an article says now; None without an article or while it has no published version."""
    return ArticleVersion.objects.filter(article=article, is_current=True).first() if article else None


@dataclass(frozen=True)
class PointMonth:
    """A village point, and how it stands with the class of one month; `latest` is the one that counts."""

    station: Station
    standing: Standing
    latest: VillageClass | None = None


def owing(month: date, county_code: str = "") -> QuerySet[Station]:
    """Village points in the caller's scope that owe a class in a month: operating since before it began."""
    points = Station.objects.filter(tier=TierChoices.VILLAGE, state=StationState.OPERATING)
    if county_code:
        points = points.filter(county_code=county_code)
    return points.filter(Q(opened_on__isnull=True) | Q(opened_on__lte=month))


def points_of(month: date, *, county_code: str, now: datetime) -> list[PointMonth]:
    """Every village point of a county that owes a class in a month, with how it stands, in two queries."""
    points = (
        owing(month, county_code).select_related("parent").order_by("parent__region_id", "region_id", "id")
    )
    classes = defaultdict(list)
    rows = VillageClass.objects.filter(county_code=county_code, month=month)
    for row in rows.exclude(state=ClassState.CANCELLED).select_related("teacher").order_by("starts_at", "id"):
        classes[row.station_id].append(row)
    return [_point(point, classes.get(point.pk, []), now) for point in points]


def _point(station: Station, classes: list[VillageClass], now: datetime) -> PointMonth:
    stands = standing((ClassState(each.state), each.starts_at <= now) for each in classes)
    return PointMonth(station, stands, _latest(stands, classes))


def _latest(stands: Standing, classes: list[VillageClass]) -> VillageClass | None:
    wanted = ClassState.HELD if stands == Standing.HELD else ClassState.PLANNED
    return next((each for each in reversed(classes) if each.state == wanted), None)


def by_township(points: Iterable[PointMonth]) -> list[tuple[Station | None, Completeness]]:
    """How complete a month is at each township standby point, the least complete first."""
    groups: dict[int | None, list[PointMonth]] = defaultdict(list)
    for point in points:
        groups[point.station.parent_id].append(point)
    counts = [(rows[0].station.parent, counted(each.standing for each in rows)) for rows in groups.values()]
    return sorted(counts, key=lambda row: (row[1].share, row[0].region_id if row[0] else ""))


def completeness(month: date, *, county_codes: Iterable[str], now: datetime) -> Mapping[str, Completeness]:
    """How complete a month is in each of these counties within the caller's scope, in two queries."""
    codes = sorted(set(county_codes))
    classes = defaultdict(list)
    rows = VillageClass.objects.filter(county_code__in=codes, month=month).exclude(state=ClassState.CANCELLED)
    for station, state, starts_at in rows.values_list("station_id", "state", "starts_at"):
        classes[station].append((ClassState(state), starts_at <= now))
    stands = defaultdict(list)
    points = owing(month).filter(county_code__in=codes).order_by()
    for pk, code in points.values_list("pk", "county_code"):
        stands[code].append(standing(classes.get(pk, ())))
    return {code: counted(stands[code]) for code in codes}


def months_held(months: Iterable[date], *, county_code: str) -> list[tuple[date, Completeness]]:
    """For each of these months, how many village points of a county owed a class and held one, in two
    queries."""
    wanted = sorted(months)
    held = dict(
        VillageClass.objects.filter(
            Q(station__opened_on__isnull=True) | Q(station__opened_on__lte=F("month")),
            county_code=county_code,
            month__in=wanted,
            state=ClassState.HELD,
            station__tier=TierChoices.VILLAGE,
            station__state=StationState.OPERATING,
        )
        .order_by()
        .values_list("month")
        .annotate(points=Count("station", distinct=True))
    )
    opened = list(owing(wanted[-1], county_code).order_by().values_list("opened_on", flat=True))
    return [
        (month, Completeness(sum(owes(day, month) for day in opened), held.get(month, 0))) for month in wanted
    ]
