"""Who may do what where: given and taken back, never edited."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.roles import Role
from aftersales.web.admin import ReadOnlyAdmin, ServiceAction
from aftersales.web.admin_columns import badge, moment_column
from aftersales.web.admin_filters import DefaultFilter
from stations.forms.grants import GrantForm, WithdrawalForm
from stations.models import Grant
from stations.services import accounts
from stations.services import grants as service


class ActiveFilter(DefaultFilter):
    """Roles that count now, unless past ones are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("active", _("counts now")), ("past", _("taken back or expired"))]

    def queryset(self, request, queryset):
        counts = Q(withdrawn_at__isnull=True) & (
            Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
        )
        return queryset.filter(counts if self.value() == "active" else ~counts)


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    list_display = (
        "user",
        "role",
        "reach",
        "reason",
        moment_column("starts_at", gettext_lazy("from")),
        moment_column("expires_at", gettext_lazy("ends")),
        "stands_at",
    )
    list_display_links = ("role",)
    list_select_related = ("user", "region", "station")
    list_filter = (ActiveFilter, "role")
    search_fields = ("user__full_name", "user__username")
    search_help_text = gettext_lazy("Name or user name")
    ordering = ("user_id", "-starts_at", "-id")
    sortable_by = ()
    actions = [
        ServiceAction(
            "withdraw",
            gettext_lazy("Take the role back"),
            permission="stations.change_grant",
            service=service.withdraw,
            argument="grant",
            form=WithdrawalForm,
            is_dangerous=True,
        )
    ]
    fields = readonly_fields = (
        "user",
        "role",
        "reach",
        "reason",
        moment_column("starts_at", gettext_lazy("from")),
        moment_column("expires_at", gettext_lazy("ends")),
        "given_by",
        moment_column("withdrawn_at", gettext_lazy("withdrawn")),
        "withdrawn_by",
    )

    def has_add_permission(self, request):
        return request.user.has_perm("stations.add_grant")

    @admin.display(description=gettext_lazy("where"))
    def reach(self, grant):
        return grant.station or grant.region or _("whole programme")

    @admin.display(description=gettext_lazy("state"))
    def stands_at(self, grant):
        now = timezone.now()
        if grant.withdrawn_at is not None:
            return badge(_("taken back"), "neutral")
        if grant.expires_at is not None and grant.expires_at <= now:
            return badge(_("expired"), "neutral")
        return badge(_("counts now"), "good") if grant.starts_at <= now else badge(_("later"), "info")

    def add_view(self, request, form_url="", extra_context=None):
        """Give a role; only accounts, roles and places are offered that this person may give."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        now = timezone.now()
        roles = [role for role in Role if service.ranks_below(role=role, by=request.user, now=now)]
        form = GrantForm(
            request.POST if request.method == "POST" else None,
            initial={"user": request.GET.get("user", "")},
            users=accounts.looked_after(by=request.user, now=now).filter(is_active=True),
            roles=roles,
            may_be_programme_wide=any(
                service.may_give(role=role, region=None, station=None, by=request.user, now=now)
                for role in roles
            ),
        )
        if (
            form.is_bound
            and form.is_valid()
            and form.call(service.give, by=request.user, now=now, **form.cleaned_data)
        ):
            self.message_user(request, _("The role counts from now on."), messages.SUCCESS)
            return redirect("admin:stations_grant_changelist")
        return self.service_page(request, form, title=_("Give a role"), button=_("Give"))
