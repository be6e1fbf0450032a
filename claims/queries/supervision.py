"""Special inspections and spot checks: checklists, what may be drawn, how they stand. Keeps to the scope.

docs/rules/supervision.md
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from aftersales.accounts.models import User
from aftersales.lib.periods import Period
from claims.models import Check, CheckItem, Claim, Compensation, Finding, Holding, Visit
from claims.queries.checklists import DATA
from claims.rules import supervision_checklists as reading
from claims.rules.classification import Nature
from claims.rules.status import Status
from claims.rules.supervision import REMINDED_STATES, Candidate, FindingState, Theme
from stations.models import Party, Station

FOLDER = DATA / "checks"
FINISHED = (Status.CLOSED, Status.REJECTED, Status.WITHDRAWN)
"""Claims that have ended and were not merged into another one."""
REPEATED = Q(repeats__isnull=False)
OVERDUE = "overdue"
"""What lists of findings ask for like a state, though it is none."""


@cache
def checklists() -> Mapping[str, reading.Checklist]:
    """Every version by its name, also those that newer ones have followed: old checks are read with them."""
    found = (reading.read(tomllib.loads(path.read_text(encoding="utf-8"))) for path in FOLDER.glob("*.toml"))
    return {each.version: each for each in sorted(found, key=lambda each: (each.theme, each.number))}


def current_checklist(theme: str) -> reading.Checklist:
    """The newest checklist of a theme."""
    return next(each for each in reversed(checklists().values()) if each.theme == theme)


def checklist_of(check: Check) -> reading.Checklist:
    """The checklist in the version that the check was opened with."""
    return checklists()[check.rule["checklist"]]


def checklist_faults() -> list[str]:
    """What keeps the checklists from being used, a sentence each: asked before anything starts."""
    try:
        known = checklists()
    except (ValueError, OSError) as wrong:
        return [str(wrong)]
    themes = {each.theme for each in known.values()}
    found = [f"{theme}: no checklist" for theme in Theme if theme not in themes]
    for path in sorted(FOLDER.glob("*.toml")):
        if path.stem not in known:
            found.append(f"{path.name}: named otherwise than its version")
    return found + [fault for each in known.values() for fault in reading.faults(each)]


def finished_claims(county_code: str, period: Period, theme: str) -> QuerySet[Claim]:
    """Claims of a county that ended in a period and that a check of this theme is about.

    Shirking is looked for where claims were handed on, refused or withdrawn, charges where somebody made a
    visit, advertising in everything but transport damage; a spot check looks at everything.
    """
    claims = Claim.objects.filter(
        county_code=county_code,
        status__in=FINISHED,
        filed_at__lt=period.ends_at,
        closed_at__gte=period.starts_at,
        closed_at__lt=period.ends_at,
    )
    if theme == Theme.SHIRKING:
        handed_on = Holding.objects.filter(claim=OuterRef("pk"), level__gt=0)
        return claims.filter(Q(status__in=(Status.REJECTED, Status.WITHDRAWN)) | Exists(handed_on))
    if theme == Theme.ARBITRARY_CHARGES:
        return claims.filter(Exists(Visit.objects.filter(claim=OuterRef("pk"), ended_at__isnull=False)))
    if theme == Theme.FALSE_ADVERTISING:
        return claims.exclude(nature=Nature.LOGISTICS)
    return claims


def candidates(county_code: str, period: Period, theme: str, *, but: User) -> list[tuple[int, Candidate]]:
    """The claims that may be drawn, with their keys: without those that the person who opens the check had a
    hand in, and without those that an earlier check of the theme has drawn. One statement."""
    had_a_hand = Compensation.objects.filter(claim=OuterRef("pk")).filter(
        Q(worked_out_by=but) | Q(approved_by=but) | Q(executed_by=but)
    )
    held = Holding.objects.filter(claim=OuterRef("pk"), handler=but)
    drawn = CheckItem.objects.filter(claim=OuterRef("pk"), check_round__theme=theme)
    rows = (
        finished_claims(county_code, period, theme)
        .exclude(Q(filed_by=but) | Q(handler__isnull=False, handler=but))
        .filter(~Exists(had_a_hand), ~Exists(held), ~Exists(drawn))
        .order_by()
        .values_list("pk", "number", "goods_type", "station_id")
    )
    return [(pk, Candidate(number, goods, station)) for pk, number, goods, station in rows]


@dataclass(frozen=True)
class Preview:
    """What a check would draw from, before anybody knows which claims those are."""

    count: int
    size: int
    by_goods: list[tuple[str, int]]
    stations: int


def preview(found: list[tuple[int, Candidate]], size: int) -> Preview:
    """How many claims there are, by goods (most first) and at how many stations."""
    goods = Counter(candidate.goods for _pk, candidate in found)
    stations = {candidate.station for _pk, candidate in found}
    ordered = sorted(goods.items(), key=lambda item: (-item[1], item[0]))
    return Preview(len(found), size, ordered, len(stations))


def involved(claim: Claim) -> frozenset[int]:
    """Accounts that had a hand in a claim: they do not check it."""
    people = {claim.filed_by_id, claim.handler_id}
    people.update(Holding.objects.filter(claim=claim).values_list("handler", flat=True))
    for row in Compensation.objects.filter(claim=claim).values_list(
        "worked_out_by", "approved_by", "executed_by"
    ):
        people.update(row)
    return frozenset(people - {None})


def parties_of(check: Check, item: CheckItem | None) -> QuerySet[Party]:
    """Who is liable for the claims of a check, or for one of them: whom a finding can be about."""
    items = CheckItem.objects.filter(check_round=check)
    if item is not None:
        items = items.filter(pk=item.pk)
    return Party.objects.filter(pk__in=items.values("claim__liable_party")).order_by("name", "pk")


def checks() -> QuerySet[Check]:
    """Checks with how many claims they drew, how many are gone through, and how their findings stand."""
    return (
        Check.objects.select_related("opened_by", "closed_by", "follows")
        .annotate(
            drawn=Count("items", distinct=True),
            gone_through=Count("items", filter=Q(items__checked_at__isnull=False), distinct=True),
            found=Count("findings", distinct=True),
            rectified=Count("findings", filter=Q(findings__state=FindingState.ACCEPTED), distinct=True),
        )
        .order_by("-opened_at", "-id")
    )


def findings() -> QuerySet[Finding]:
    """Findings with what they are about, the next due first."""
    return Finding.objects.select_related(
        "check_round", "station", "party", "item__claim", "found_by", "repeats__check_round"
    ).order_by("due_on", "id")


def in_state(rows: QuerySet[Any], state: str, today: date) -> QuerySet[Any]:
    """Findings in a state, or those OVERDUE: that the county should have answered by now."""
    if state == OVERDUE:
        return rows.filter(state__in=REMINDED_STATES, due_on__lt=today)
    return rows.filter(state=state)


def earlier_check(county_code: str, theme: str, department: str, period: Period) -> Check | None:
    """The last check of the theme by the department in a county about a time before a period."""
    rows = Check.objects.filter(county_code=county_code, theme=theme, department=department)
    before = [each for each in rows if Period.named(each.period).last < period.first]
    return max(before, key=lambda each: (Period.named(each.period).last, each.pk), default=None)


def earlier_finding(check: Check, question: str, station_id: int | None) -> Finding | None:
    """The finding of the cycle before that a new one repeats: the same question at the same station, else
    anywhere in the county."""
    if check.follows_id is None or not question:
        return None
    rows = Finding.objects.filter(check_round=check.follows_id, question=question)
    same_place = rows.filter(station=station_id).order_by("-id").first() if station_id else None
    return same_place or rows.order_by("-id").first()


def counties() -> list[str]:
    """Codes of the counties with a station in reach."""
    return sorted(Station.objects.order_by().values_list("county_code", flat=True).distinct())


def standing(rows: QuerySet[Any], today: date, *, repeated: Q = REPEATED) -> dict[str, int]:
    """How many findings are open, answered, overdue and rectified; one statement.

    `repeated` says which were found before, where the rows are not those of the table itself.
    """
    waiting = Q(state__in=REMINDED_STATES)
    return rows.order_by().aggregate(
        total=Count("pk"),
        open=Count("pk", filter=waiting),
        overdue=Count("pk", filter=waiting & Q(due_on__lt=today)),
        answered=Count("pk", filter=Q(state=FindingState.ANSWERED)),
        rectified=Count("pk", filter=Q(state=FindingState.ACCEPTED)),
        repeated=Count("pk", filter=repeated),
        in_time=Count("pk", filter=Q(state=FindingState.ACCEPTED, accepted_at__date__lte=F("due_on"))),
    )
