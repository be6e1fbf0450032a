"""The queue of whoever holds claims: what is theirs, what may climb to them, what has climbed away."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.scoping import COUNTY_DIGITS
from aftersales.web.paging import CappedCount, Page, capped_counts, keyset_page
from aftersales.web.urgency import SOON
from claims.models.choices import LevelChoices
from claims.queries import holding
from claims.queries.claims import OPEN_ORDER
from claims.rules.clocks import LEVEL_OF_TIER, Level
from claims.views.claims import DESK_ROWS, PHONE_ROWS
from claims.views.places import CasePage
from claims.views.rows import cards, table_rows, values
from stations.access.places import is_desk, own_station
from stations.access.scope import authority
from stations.models import Station
from stations.rules.regions import county_code
from stations.rules.tiers import Tier

CLIMBED = "climbed"
WAITING, OVERDUE = "waiting", "overdue"
AT_RISK_SHOWN = 8


@dataclass(frozen=True)
class Post:
    """Where on the ladder a person stands: a level, one station or one county if they have just one."""

    level: Level
    station: Station | None = None
    county_code: str = ""

    @property
    def lower(self) -> list[Level]:
        """The levels whose claims can climb to this one, the nearest first."""
        if self.station is not None:
            return []
        # All villages of the programme are nobody's list.
        lowest = Level.TOWNSHIP if self.level == Level.PLATFORM else Level.VILLAGE
        return [level for level in sorted(Level, reverse=True) if lowest <= level < self.level]

    def held(self) -> QuerySet:
        """What is this person's: held by their station, or at their level."""
        if self.station is not None:
            return holding.held_at(self.station)
        return holding.held_at_level(self.level, self.county_code)

    def held_below(self, level: Level) -> QuerySet:
        return holding.held_at_level(level, self.county_code)

    def climbed(self) -> QuerySet:
        """What was filed in this person's reach and is held above them now."""
        return holding.climbed_above(self.level, station=self.station, county_code=self.county_code)

    def at_risk(self, now: datetime) -> QuerySet:
        """What is held below and is over, or will be soon."""
        claims = holding.held_below(self.level, self.county_code)
        return claims.filter(next_due_at__lte=now + SOON)


def post_of(user, station: Station | None) -> Post:
    """The highest place on the ladder that a person's grants give; `station` is their only one, if any."""
    if station is not None:
        return Post(LEVEL_OF_TIER[Tier(station.tier)], station, station.county_code)
    scope = authority(user).scope
    if scope.everywhere:
        return Post(Level.PLATFORM)
    counties = {
        county_code(prefix.ljust(12, "0")) for prefix in scope.regions if len(prefix) >= COUNTY_DIGITS
    }
    is_county = any(len(prefix) <= COUNTY_DIGITS for prefix in scope.regions)
    only = next(iter(counties)) if len(counties) == 1 and not scope.stations else ""
    return Post(Level.COUNTY if is_county else Level.TOWNSHIP, county_code=only)


@dataclass(frozen=True)
class Tab:
    """One of the lists a person may look at, with how many claims are on it."""

    key: str
    label: str
    count: CappedCount
    is_current: bool


class Queue(CasePage):
    """Open claims by time left: one's own first, those below that are at risk, those that climbed away."""

    permission = "claims.view_claim_page"
    template_name = "claims/queue.html"

    def get(self, request):
        now, station = timezone.now(), own_station(request.user)
        post = post_of(request.user, station)
        lists = lists_of(post)
        shown = request.GET.get("level", "")
        shown = shown if shown in lists else str(post.level.value)
        only = request.GET.get("only", "")
        claims, label = lists[shown]
        waiting, overdue = holding.without_handler(claims), claims.filter(next_due_at__lt=now)
        counts = capped_counts(
            {**{key: each for key, (each, _label) in lists.items()}, WAITING: waiting, OVERDUE: overdue}
        )
        narrowed = {WAITING: waiting, OVERDUE: overdue}.get(only, claims)
        is_table = is_desk(request.user)
        page = keyset_page(
            values(narrowed),
            cursor=request.GET.get("cursor", ""),
            order=OPEN_ORDER,
            size=DESK_ROWS if is_table else PHONE_ROWS,
        )
        is_own = shown == str(post.level.value)
        return self.page(
            tabs=[Tab(key, text, counts[key], key == shown) for key, (_claims, text) in lists.items()],
            shown=shown,
            only=only if only in (WAITING, OVERDUE) else "",
            waiting_count=counts[WAITING],
            overdue_count=counts[OVERDUE],
            title=label,
            list_page=page,
            is_table=is_table,
            written=_written(page, now, station, is_table=is_table),
            at_risk=_at_risk(post, now, is_table=is_table)
            if is_own and not page.previous and not only
            else "",
            below=str(post.lower[0].value) if post.lower else "",
            is_climbed=shown == CLIMBED,
            place=station,
        )


def lists_of(post: Post) -> dict[str, tuple[QuerySet, str]]:
    """The lists of a post by key: its own level, the levels below, and what climbed away."""
    lists = {str(post.level.value): (post.held(), own_label(post.level))}
    for level in post.lower:
        lists[str(level.value)] = (post.held_below(level), str(LevelChoices(level).label))
    if post.level < Level.PLATFORM:
        lists[CLIMBED] = (post.climbed(), _("Climbed higher"))
    return lists


def own_label(level: Level) -> str:
    """What a person's own list is called."""
    return {
        Level.VILLAGE: _("With us"),
        Level.TOWNSHIP: _("With the township"),
        Level.COUNTY: _("With the county"),
        Level.PLATFORM: _("With the platform desk"),
    }[level]


def _written(page: Page, now: datetime, station: Station | None, *, is_table: bool):
    return table_rows(page, now) if is_table else cards(page, now, shows_station=station is None)


def _at_risk(post: Post, now: datetime, *, is_table: bool):
    """The first claims below that are over or soon will be."""
    if not post.lower or post.level == Level.PLATFORM:
        return ""
    rows = list(values(post.at_risk(now))[:AT_RISK_SHOWN])
    if not rows:
        return ""
    return table_rows(rows, now) if is_table else cards(rows, now, shows_station=True)
