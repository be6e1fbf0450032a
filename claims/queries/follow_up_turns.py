"""Reading turns: who may make a call and in which order, what somebody has to call, what is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone

from aftersales.accounts.models import User
from claims.models import Claim, FollowUp, HomeHelp
from claims.models.follow_ups import FollowUpKind, FollowUpState
from claims.queries import follow_ups as reading
from claims.rules.follow_up_turns import Candidate, Nearness, in_order
from stations.models.network import TierChoices
from stations.queries.staff import Staff


def needs_visit() -> Q:
    """The condition on follow-ups that somebody goes there: no phone is known, or help is needed at home."""
    helped = HomeHelp._base_manager.filter(consumer=OuterRef("claim__consumer"), withdrawn_at__isnull=True)
    return Q(claim__consumer__phone_index="") | Exists(helped)


def marked(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Follow-ups that say of each whether somebody has to go there (`by_visit`)."""
    return rows.annotate(by_visit=ExpressionWrapper(needs_visit(), output_field=BooleanField()))


def is_by_visit(claim: Claim) -> bool:
    """Whether the consumer of a claim is asked by a visit; read past the scope."""
    helped = HomeHelp._base_manager.filter(consumer=claim.consumer_id, withdrawn_at__isnull=True)
    return not claim.consumer.phone_index or helped.exists()


def mine(person: User) -> QuerySet[FollowUp]:
    """Open follow-ups in reach whose turn it is to this person."""
    return FollowUp.objects.filter(state=FollowUpState.OPEN, caller=person)


def waiting_for(person: User) -> QuerySet[FollowUp]:
    """Open follow-ups in reach that this person may make and that are theirs, or nobody's: nobody's yet, or
    no longer that of whoever had the turn."""
    is_nobodys = Q(caller__isnull=True) | reading.caller_cannot()
    return reading.to_call(person).filter(Q(caller=person) | is_nobodys)


def candidates(
    claim: Claim, kind: str, *, barred: Iterable[int], is_visit: bool, now: datetime
) -> list[Candidate]:
    """Everybody who may call about a claim, whose turn it is first; past the scope, in two statements.

    People of its station, of the township point above it and of the county; nobody in `barred`.
    """
    station, barred = claim.station, set(barred)
    above = station.parent if station.parent_id and station.tier == TierChoices.VILLAGE else None
    staff = Staff(now=now)
    staff.read([each for each in (station, above) if each], [claim.county_code])
    office = staff.in_county(claim.county_code)
    heads = set(staff.managers_in(claim.county_code))
    nearness = dict.fromkeys(office, Nearness.COUNTY)
    for place in filter(None, (above, station)):
        if place.tier != TierChoices.COUNTY:
            near = Nearness.STATION if place == station else Nearness.TOWNSHIP
            nearness |= dict.fromkeys(staff.at(place), near)
    people = [person for person in nearness if person not in barred]
    loads = dict(
        FollowUp._base_manager.filter(state=FollowUpState.OPEN, caller__in=people)
        .order_by()
        .values_list("caller")
        .annotate(Count("id"))
    )
    found = [Candidate(person, nearness[person], person in heads, loads.get(person, 0)) for person in people]
    return list(in_order(found, is_second=kind == FollowUpKind.SECOND, is_by_visit=is_visit))


def candidates_for(follow_up: FollowUp, *, now: datetime) -> list[Candidate]:
    """The same for a follow-up that stands: who handled the claim or made the first call is left out."""
    claim = follow_up.claim
    barred = reading.handlers_of(claim, follow_up.round) | reading.first_callers(follow_up)
    return candidates(claim, follow_up.kind, barred=barred, is_visit=is_by_visit(claim), now=now)


def due_by_caller(now: datetime) -> list[tuple[int, str, int]]:
    """(account, county, number) of the open calls that are due by the end of today or overdue."""
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    end = timezone.make_aware(datetime.combine(tomorrow, time.min))
    rows = FollowUp.objects.filter(state=FollowUpState.OPEN, due_at__lt=end, caller__isnull=False)
    rows = rows.exclude(reading.caller_cannot())
    return list(
        rows.order_by().values_list("caller", "county_code").annotate(Count("id")).order_by("caller_id")
    )


def overdue_by_county(now: datetime) -> dict[str, int]:
    """How many calls are overdue in each county that has any."""
    rows = FollowUp.objects.filter(state=FollowUpState.OPEN, due_at__lt=now)
    return dict(rows.order_by().values_list("county_code").annotate(Count("id")))
