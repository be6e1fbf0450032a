"""What waits in the network, for the start page of the admin."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.work_lists import Item, Source, WorkList, work_list
from stations.models import Station
from stations.queries import without_certified_agent
from stations.queries.calendar import years_to_confirm


def _points(user) -> list[WorkList]:
    points = without_certified_agent(timezone.localdate()).select_related("region")
    return [
        work_list(
            _("Village points without a certified agent"),
            points.only("name", "region__name"),
            url=f"{reverse('admin:stations_station_changelist')}?certified=nobody",
            item=_station,
            tone="warn",
        )
    ]


def _station(station: Station) -> Item:
    return Item(
        title=station.name,
        url=reverse("stations:station_detail", args=[station.pk]),
        text=station.region.name,
    )


def _years(user) -> list[WorkList]:
    """Years whose notice should have come; nothing at all when none is missing."""
    calendar = reverse("admin:stations_workcalendarday_changelist")
    items = tuple(
        Item(title=str(year), url=f"{calendar}?year={year}", text=_("due times are provisional"))
        for year in years_to_confirm(timezone.localdate())
    )
    if not items:
        return []
    title = _("Working calendar without an official notice")
    return [WorkList(title=title, url=items[0].url, count=str(len(items)), items=items, tone="warn")]


SOURCES = (
    Source("stations.view_station", _points),
    Source("stations.view_workcalendarday", _years),
)
"""What waits, by the permission it is for; each in one query."""
