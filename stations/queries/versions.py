"""Dated versions of the programme and of counties, as policies and opening hours are."""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery

from aftersales.accounts.scoping import ScopePaths, current_scope, scope_filter
from stations.models import Region, Station
from stations.models.network import TierChoices

IN_A_COUNTY = ScopePaths(county="county_code")


def versions_in_reach(rows: QuerySet) -> QuerySet:
    """Of rows with a `county_code` ("" for the programme): the programme's and those of counties in the
    caller's scope, each with its `county_name`."""
    own = scope_filter(current_scope(), IN_A_COUNTY)
    if own is not None:
        rows = rows.filter(own | Q(county_code=""))
    county = Region.objects.filter(code=OuterRef("county_code")).values("name")[:1]
    return rows.annotate(county_name=Subquery(county))


def counties_with_centre() -> list[tuple[str, str]]:
    """Code and name of each county whose centre the caller's scope reaches."""
    centres = Station.objects.filter(tier=TierChoices.COUNTY).order_by("county_code")
    return list(centres.values_list("region_id", "region__name").distinct())
