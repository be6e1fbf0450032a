"""Who learns: people posted at a station. Where they are posted is where their learning is counted."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from stations.models import Agent, Station
from stations.models.network import StationState, TierChoices


def learner_of(user: User) -> Agent:
    """The person behind an account, with the station; raises Refused for accounts without a posting."""
    agent = Agent.objects.select_related("station").filter(user=user, left_on__isnull=True).first()
    if agent is None:
        raise Refused(
            _("This account is posted at no station. Learning is counted at a station."), code="not_posted"
        )
    return agent


def named(rows: QuerySet, text: str) -> QuerySet:
    """Rows with a user and a station in which every word of a text is found, in either name."""
    for word in text.split():
        rows = rows.filter(Q(user__full_name__icontains=word) | Q(station__name__icontains=word))
    return rows


def at_work() -> QuerySet[Agent]:
    """Who is posted within reach and can sign in."""
    return Agent.objects.filter(left_on__isnull=True, user__is_active=True)


def people_posted(place: Station | None = None, text: str = "") -> QuerySet[Agent]:
    """Who is at work: all, or at a place and the points under it; by name or station."""
    found = named(at_work(), text)
    if place is not None:
        if place.tier == TierChoices.COUNTY:
            found = found.filter(county_code=place.county_code)
        else:
            found = found.filter(Q(station=place) | Q(station__parent=place))
    return found.select_related("user", "station").order_by("station__region_id", "pk")


def places() -> QuerySet[Station]:
    """The centres and township points in reach: where people are counted together."""
    tiers = (TierChoices.COUNTY, TierChoices.TOWNSHIP)
    return (
        Station.objects.filter(tier__in=tiers).exclude(state=StationState.CLOSED).order_by("region_id", "pk")
    )
