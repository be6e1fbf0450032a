"""What somebody who decides about compensations should see beside the amount. Sums in fen.

Definitions. Month to date: carried out since the first of the month, Shanghai time. Owed: open advances of
the liable party. Earlier claims: those under the same phone in the county within a year, this one left out,
the last filed first. Thirty days: claims filed since then at the station, or by the person who filed this
one, and what became of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from aftersales.accounts.models import User
from claims.models import Claim, Compensation, Photo, SpendingLimit
from claims.models.compensation import CompensationState
from claims.models.fund import LimitKind
from claims.queries import decisions, fund
from claims.queries.figures import month_bounds
from claims.queries.flags import Standing, standings
from claims.queries.policies import policy_for
from claims.rules.approval import LADDER, Conflict, Level, conflict, may_decide
from claims.rules.fund import day_key
from claims.rules.status import Status

YEAR = timedelta(days=365)
SPAN = timedelta(days=30)
EARLIER_SHOWN = 5
EARLIER_READ = 500


@dataclass(frozen=True)
class Record:
    """What was filed within thirty days, and what became of it."""

    filed: int = 0
    refused: int = 0
    compensated: int = 0
    compensated_fen: int = 0

    @property
    def compensated_share(self) -> float | None:
        """How much of what was filed was compensated, 0 to 1; None where nothing was filed."""
        return min(1, self.compensated / self.filed) if self.filed else None


@dataclass(frozen=True)
class StationRecord(Record):
    """A station's last thirty days, its month to date, and what is left of its day."""

    month_count: int = 0
    month_fen: int = 0
    day_left_fen: int = 0


@dataclass(frozen=True)
class PartyDebt:
    """What a liable party still owes the fund."""

    count: int = 0
    open_fen: int = 0


@dataclass(frozen=True)
class Dossier:
    """One compensation with everything around it, and whether the reader may decide it."""

    compensation: Compensation
    fund: fund.Summary | None
    station: StationRecord
    filer: Record
    debt: PartyDebt
    earlier_count: int
    earlier_fen: int
    earlier: Sequence[Claim]
    photos: Sequence[Photo]
    flags: Sequence[Standing]
    conflict: Conflict | None
    level_is_too_low: bool

    @property
    def may_be_decided(self) -> bool:
        return self.conflict is None and not self.level_is_too_low

    @property
    def left_in_fund_fen(self) -> int | None:
        """The balance once this refund is paid; None without a fund."""
        return None if self.fund is None else self.fund.balance_fen - self.compensation.payable_fen


@dataclass
class _Earlier:
    count: int = 0
    fen: int = 0
    claims: list[Claim] = field(default_factory=list)


def dossiers(compensations: Iterable[Compensation], *, reader: User, now: datetime) -> list[Dossier]:
    """The dossiers of some compensations, in their order, as one reader may see them.

    Meant for the handful that somebody looks through at once.
    """
    found = list(compensations)
    claims = [each.claim for each in found]
    funds = {county: fund.summary_for(county, now) for county in {each.county_code for each in found}}
    stations = _stations(found, now)
    filers = _filers({claim.filed_by_id for claim in claims}, now)
    debts = _debts({claim.liable_party_id for claim in claims} - {None})
    earlier = _earlier(claims, now)
    behind = decisions.people_behind_each(claims)
    is_too_low = _levels(reader, found, now)
    noticed = standings(claims)
    photos = defaultdict(list)
    for photo in Photo.objects.filter(claim__in=claims).order_by("id"):
        photos[photo.claim_id].append(photo)
    return [
        Dossier(
            compensation=each,
            fund=funds[each.county_code],
            station=stations[each.station_id],
            filer=filers[each.claim.filed_by_id],
            debt=debts.get(each.claim.liable_party_id, PartyDebt()),
            earlier_count=earlier[each.claim_id].count,
            earlier_fen=earlier[each.claim_id].fen,
            earlier=earlier[each.claim_id].claims,
            photos=photos[each.claim_id],
            flags=noticed.get(each.claim_id, ()),
            conflict=conflict(
                reader.pk, each.claim.filed_by_id, behind[each.claim_id], each.claim.consumer.user_id
            ),
            level_is_too_low=is_too_low[each.pk],
        )
        for each in found
    ]


def _levels(reader: User, found: list[Compensation], now: datetime) -> dict[int, bool]:
    """Whether each of them has to be decided at a higher level than this reader's."""
    own = decisions.levels_of(reader, [each.claim for each in found], now=now)
    needed = {each.pk: max(Level(each.needs_level), Level.OFFICER, key=LADDER.index) for each in found}
    levels = {each.pk: own[each.claim_id] for each in found}
    return {key: level is None or not may_decide(level, needed[key]) for key, level in levels.items()}


def _stations(found: list[Compensation], now: datetime) -> dict[int, StationRecord]:
    keys = {each.station_id: each.county_code for each in found}
    today = timezone.localdate(now)
    spent_in_month = Q(executed_at__gte=month_bounds(today)[0])
    filed_in_span = Q(claim__filed_at__gte=now - SPAN)
    sums = {
        row["station"]: row
        for row in Compensation.objects.filter(spent_in_month | filed_in_span, station__in=keys)
        .filter(state=CompensationState.EXECUTED)
        .order_by()
        .values("station")
        .annotate(
            month_count=Count("pk", filter=spent_in_month),
            month_fen=Sum("granted_fen", filter=spent_in_month, default=0),
            compensated=Count("pk", filter=filed_in_span),
            compensated_fen=Sum("granted_fen", filter=filed_in_span, default=0),
        )
    }
    filed = {
        row["station"]: row
        for row in Claim.objects.filter(station__in=keys, filed_at__gte=now - SPAN)
        .order_by()
        .values("station")
        .annotate(filed=Count("pk"), refused=Count("pk", filter=Q(status=Status.REJECTED)))
    }
    spent = dict(
        SpendingLimit.objects.filter(
            kind=LimitKind.STATION_DAY, key__in=[day_key(pk, today) for pk in keys]
        ).values_list("key", "spent_fen")
    )
    limits = {county: policy_for(county, today).station_day_limit_fen for county in set(keys.values())}
    nothing = {"month_count": 0, "month_fen": 0, "compensated": 0, "compensated_fen": 0}
    none_filed = {"filed": 0, "refused": 0}
    return {
        pk: StationRecord(
            **{name: sums.get(pk, nothing)[name] for name in nothing},
            **{name: filed.get(pk, none_filed)[name] for name in none_filed},
            day_left_fen=max(0, limits[county] - spent.get(day_key(pk, today), 0)),
        )
        for pk, county in keys.items()
    }


def _filers(people: set[int], now: datetime) -> dict[int, Record]:
    """What these people filed, as far as the scope shows it."""
    paid = Q(compensations__state=CompensationState.EXECUTED)
    rows = (
        Claim.objects.filter(filed_by__in=people, filed_at__gte=now - SPAN)
        .order_by()
        .values("filed_by")
        .annotate(
            filed=Count("pk", distinct=True),
            refused=Count("pk", distinct=True, filter=Q(status=Status.REJECTED)),
            compensated=Count("compensations", filter=paid),
            compensated_fen=Sum("compensations__granted_fen", filter=paid, default=0),
        )
    )
    return dict.fromkeys(people, Record()) | {row.pop("filed_by"): Record(**row) for row in rows}


def _debts(parties: set[int]) -> dict[int, PartyDebt]:
    rows = (
        fund.open_advances()
        .filter(party__in=parties)
        .order_by()
        .values("party")
        .annotate(count=Count("pk"), open=Sum(F("amount_fen") - F("recovered_fen") - F("written_off_fen")))
    )
    return {row["party"]: PartyDebt(row["count"], row["open"]) for row in rows}


def _earlier(claims: list[Claim], now: datetime) -> dict[int, _Earlier]:
    phones = {claim.consumer.phone_index for claim in claims} - {""}
    rows = (
        Claim.objects.filter(consumer__phone_index__in=phones, filed_at__gte=now - YEAR)
        .select_related("consumer", "order_line")
        .only(
            "number",
            "status",
            "filed_at",
            "county_code",
            "consumer__phone_index",
            "order_line__product",
        )
        .order_by("-filed_at", "-id")[:EARLIER_READ]
    )
    by_person = defaultdict(list)
    for row in rows:
        by_person[row.county_code, row.consumer.phone_index].append(row)
    others = {
        claim.pk: [
            row for row in by_person[claim.county_code, claim.consumer.phone_index] if row.pk != claim.pk
        ]
        for claim in claims
    }
    paid = _granted({row.pk for rows in others.values() for row in rows})
    return {
        key: _Earlier(len(rows), sum(paid.get(row.pk, 0) for row in rows), rows[:EARLIER_SHOWN])
        for key, rows in others.items()
    }


def _granted(claims: set[int]) -> dict[int, int]:
    """What these claims were given, by their keys."""
    rows = Compensation.objects.filter(claim__in=claims, state=CompensationState.EXECUTED).order_by()
    return dict(rows.values("claim").annotate(fen=Sum("granted_fen")).values_list("claim", "fen"))
