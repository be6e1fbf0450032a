"""The frame of the pages about the network."""

from django.shortcuts import render
from django.views.generic import View

from stations.access.guards import PermissionMixin
from stations.access.scope import authority

PHONE_FRAME, DESK_FRAME = "frames/agent.html", "frames/board.html"
SEES_COUNTY = ("stations.view_county_board", "stations.run_stations")
SEES_STATION = (*SEES_COUNTY, "stations.view_station_board")

STATE_TONES = {
    "applied": "info",
    "approved": "info",
    "accepted": "info",
    "operating": "good",
    "suspended": "warn",
    "closed": "neutral",
}
TIER_ICONS = {"county": "home", "township": "tools", "village": "pin"}


class NetworkPage(PermissionMixin, View):
    """A page about stations or people, in the frame of whoever asks."""

    template_name = ""

    def page(self, status: int = 200, template: str = "", **context):
        """Answer with the page; `may` holds what the person may do."""
        held = authority(self.request.user)
        may = held.permissions_at(context["station"]) if "station" in context else held.permissions
        phone = not held.permissions.intersection({"accounts.use_admin", *SEES_COUNTY})
        frame = PHONE_FRAME if phone else DESK_FRAME
        return render(
            self.request,
            template or self.template_name,
            {"frame": frame, "may": may, **context},
            status=status,
        )


def mark(stations):
    """Give every station the tone and icon it is drawn with."""
    for station in stations:
        station.tone = STATE_TONES[station.state]
        station.icon_name = TIER_ICONS[station.tier]
    return stations
