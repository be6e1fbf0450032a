"""Authority at the door of the API: what the token is good for, and whether consumers may come in."""

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.permissions import BasePermission

ANY = "any"
"""The scope of a method that every valid token may call."""


class ScopeLacking(exceptions.PermissionDenied):
    """The token is valid and not good for this."""

    default_code = "scope_missing"


class ConsumersOnly(exceptions.PermissionDenied):
    """What only a consumer can say, on a session of their own."""

    default_code = "consumers_only"


class HasScope(BasePermission):
    """The view's `scopes` name the scope of each method; `for_consumers` lets consumers' sessions in,
    `only_consumers` nobody else."""

    def has_permission(self, request, view):
        caller = request.auth
        if caller is None:
            raise exceptions.NotAuthenticated
        wanted = view.scope_of(request.method)
        if wanted != ANY and wanted not in caller.scopes:
            raise ScopeLacking(_("This token is not good for %(scope)s.") % {"scope": wanted})
        if caller.consumer and not view.for_consumers:
            raise ScopeLacking(_("This is for applications, not for consumers."))
        if view.only_consumers and not caller.consumer:
            raise ConsumersOnly(_("Only consumers do this, on a session of their own."))
        return True
