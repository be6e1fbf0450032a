"""Where the person at the door works, and pages drawn in the frame of that place."""

from django.shortcuts import render
from django.views.generic import View

from stations.access.guards import PermissionMixin
from stations.access.scope import authority
from stations.models import Station

PHONE_FRAME, DESK_FRAME = "frames/agent.html", "frames/board.html"


def own_station(user) -> Station | None:
    """The one station a person sees; None for people who look after several."""
    scope = authority(user).scope
    if scope.everywhere or scope.regions or len(scope.stations) != 1:
        return None
    return Station.objects.filter(pk__in=scope.stations).first()


def permissions(user, row=None) -> frozenset[str]:
    """What the person may do, as the doors ask for it; with a row, what they may do with that one."""
    return authority(user).permissions if row is None else authority(user).permissions_at(row)


def is_desk(user) -> bool:
    """Whether the person works at a screen in the county rather than on a phone in the village."""
    return "accounts.use_admin" in permissions(user)


class PlacePage(PermissionMixin, View):
    """A page that is the same for a phone at the village point and a screen in the county."""

    template_name = ""
    about = ""
    """The name in the context of the row whose place decides what the person may do on the page."""

    def page(self, status: int = 200, template: str = "", **context):
        """Answer with the page, in the frame of the person who asks."""
        may = permissions(self.request.user, context.get(self.about))
        frame = DESK_FRAME if is_desk(self.request.user) else PHONE_FRAME
        return render(
            self.request,
            template or self.template_name,
            {"frame": frame, "may": may, **context},
            status=status,
        )
