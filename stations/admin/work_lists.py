"""What waits in the network, for the start page of the admin."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.work_lists import Item, WorkList, work_list
from stations.models import Station
from stations.queries import without_certified_agent


def work_lists(user) -> list[WorkList]:
    """The lists this person may see, each read in one query."""
    if not user.has_perm("stations.view_station"):
        return []
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
