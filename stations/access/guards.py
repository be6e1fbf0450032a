"""Permission at the door: 403 when signed in without it, the sign-in page when not.

What is asked for counts only where a grant that carries it counts, so from the door on the request sees
those places and no others.
"""

from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404

from aftersales.accounts import scoping
from stations.access.scope import authority


class PermissionMixin(AccessMixin):
    """For class-based pages: `permission` names the verb the door needs, or several of which one will do.

    With `throughout` it has to count in the whole programme: what is decided there holds in every county.
    """

    permission: str | tuple[str, ...] = ()
    throughout = False

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        wanted = (self.permission,) if isinstance(self.permission, str) else self.permission
        if not authority(request.user).permissions.intersection(wanted):
            raise PermissionDenied
        if self.throughout and not any(may_throughout(request.user, each) for each in wanted):
            raise PermissionDenied
        narrow(request.user, *wanted)
        return super().dispatch(request, *args, **kwargs)


def require(user, permission: str) -> None:
    """Raise 404 unless the user holds the permission: for single actions inside a page."""
    if permission not in authority(user).permissions:
        raise Http404
    narrow(user, permission)


def may_throughout(user, permission: str, code: str = "") -> bool:
    """Whether a permission counts in all of a place, by its 12-digit code; without one, in the whole
    programme: what is decided there for every county is not for who holds the role in some."""
    return permission in authority(user).permissions_throughout(code)


def narrow(user, *permissions: str) -> None:
    """For the rest of the request, see only the places where one of these permissions counts.

    The middleware that set the scope for the request takes this one back with it.
    """
    held = authority(user)
    if len(held.grants) > 1:
        scoping.enter(held.reach(*permissions))
