"""Sets the scope and the circumstances for every request."""

from django.conf import settings

from aftersales.accounts import scoping
from aftersales.audit import trail
from stations.access.scope import authority

API_PATH = "api/"


def door_of(path: str) -> str:
    """Through which door somebody came, as the trail names it: admin, api or page."""
    inside = path.removeprefix("/")
    if inside.startswith(settings.ADMIN_PATH):
        return "admin"
    return "api" if inside.startswith(API_PATH) else "page"


class ScopeMiddleware:
    """The scope of the signed-in person, for the whole request; nobody reaches nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        scope_token = scoping.enter(authority(request.user).scope)
        trail_token = trail.enter(
            trail.Circumstances(
                door=door_of(request.path_info),
                address=request.META.get("REMOTE_ADDR", "")[:45],
                request_id=getattr(request, "request_id", ""),
            )
        )
        try:
            return self.get_response(request)
        finally:
            trail.leave(trail_token)
            scoping.leave(scope_token)
