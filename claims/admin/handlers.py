"""Giving open claims to a handler, from the list."""

from django import forms
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.accounts.models import User
from aftersales.accounts.roles import ROLE_PERMISSIONS, Role
from aftersales.accounts.scoping import current_scope
from aftersales.web.admin import ServiceAction
from aftersales.web.service_forms import NoteField
from claims.services import handlers
from stations.models import Grant

WORKS = "claims.work_on_claim"
COUNTY_DESK = (Role.OFFICER, Role.MANAGER)


class HandlerForm(forms.Form):
    """Who takes the claims over; the service has the last word on who may."""

    to = forms.ModelChoiceField(label=_("Handler"), queryset=None)
    reason = NoteField(label=_("Reason"), max_length=300, min_length=4)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = possible_handlers()


def possible_handlers():
    """People with a role in the scope that works on claims; of the whole programme, the county desks."""
    now = timezone.now()
    working = [role for role in Role if WORKS in ROLE_PERMISSIONS[role]]
    if current_scope().everywhere:
        working = COUNTY_DESK
    held = Grant.objects.filter(
        user=OuterRef("pk"), role__in=working, withdrawn_at__isnull=True, starts_at__lte=now
    ).exclude(expires_at__lte=now)
    return User.objects.filter(Exists(held), is_active=True).order_by("full_name", "username")


REASSIGN = ServiceAction(
    "reassign",
    _("Give to a handler"),
    permission="claims.assign_claim",
    service=handlers.assign,
    argument="claim",
    form=HandlerForm,
)
