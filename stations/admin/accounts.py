"""Accounts of the people one looks after: taken on, named, helped back in. Closed by a hand-over alone."""

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from aftersales.accounts.roles import ROLE_RANK, Role
from aftersales.accounts.scoping import current_scope
from aftersales.audit.models import AuditEvent
from aftersales.audit.verbs import label_of
from aftersales.web.admin import PageAdmin
from aftersales.web.admin_columns import NOTHING, badge, lines, moment_column
from aftersales.web.admin_filters import DefaultFilter
from aftersales.web.service_forms import ChineseNameField, ServiceForm
from stations.forms.accounts import AccountForm
from stations.models import Grant
from stations.queries import active_grants
from stations.services import accounts as service
from stations.services import agents

EVENTS_SHOWN = 12


class NameForm(ServiceForm):
    full_name = ChineseNameField(label=gettext_lazy("Name"))


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request, model_admin):
        highest = min((ROLE_RANK[Role(role)] for role in _roles_of(request.user)), default=0)
        return [(role.value, role.label) for role in Role if ROLE_RANK[role] > highest]

    def queryset(self, request, queryset):
        if self.value() not in Role.values:
            return queryset
        held = Grant.objects.filter(user=OuterRef("pk"), role=self.value(), withdrawn_at__isnull=True)
        return queryset.filter(Exists(held))


class StateFilter(DefaultFilter):
    """Accounts in use, unless locked or closed ones are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("active", _("In use")), ("locked", _("Locked")), ("closed", _("No longer in use"))]

    def queryset(self, request, queryset):
        if self.value() == "locked":
            return queryset.filter(is_locked=True)
        return queryset.filter(is_active=self.value() == "active")


@admin.register(User)
class AccountAdmin(PageAdmin):
    list_display = (
        "full_name",
        "username",
        "roles",
        "station",
        moment_column("last_login", gettext_lazy("last signed in")),
        "state",
    )
    add_label = gettext_lazy("Take somebody on")
    list_filter = (StateFilter, RoleFilter)
    search_fields = ("full_name", "username")
    search_help_text = gettext_lazy("Name or user name")
    ordering = ("county_code", "username")
    sortable_by = ()
    page_template = "admin/accounts/user/page.html"

    def get_queryset(self, request):
        """Those this person looks after, with the roles they hold inside one's own reach."""
        now = timezone.now()
        tries = AccessAttempt.objects.filter(
            username=OuterRef("username"),
            failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
            attempt_time__gt=now - settings.AXES_COOLOFF_TIME,
        )
        held = Grant.objects.filter(withdrawn_at__isnull=True).exclude(expires_at__lte=now)
        held = held.select_related("region", "station").order_by("role", "id")
        return (
            service.looked_after(by=request.user, now=now)
            .select_related("agent__station")
            .annotate(is_locked=Exists(tries))
            .prefetch_related(Prefetch("grants", queryset=held, to_attr="roles_held"))
        )

    def has_add_permission(self, request):
        return request.user.has_perm("accounts.add_user")

    def get_urls(self):
        steps = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"accounts_user_{name}")
            for name, view in (
                ("rename", self.rename_view),
                ("password", self.password_view),
                ("unlock", self.unlock_view),
            )
        ]
        return [*steps, *super().get_urls()]

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user):
        return lines(user.roles_held) or NOTHING

    @admin.display(description=gettext_lazy("station"))
    def station(self, user):
        agent = _agent_of(user)
        return agent.station if agent and agent.left_on is None else NOTHING

    @admin.display(description=gettext_lazy("state"))
    def state(self, user):
        if not user.is_active:
            return badge(_("No longer in use"), "neutral")
        return badge(_("locked"), "bad") if user.is_locked else badge(_("in use"), "good")

    def page_context(self, request, row):
        events = AuditEvent.objects.filter(object_type="accounts.user", object_id=str(row.pk))
        return {
            "agent": _agent_of(row),
            "state": self.state(row),
            "may_change": self._may_change(request),
            "events": [
                {"at": event.at, "title": label_of(event.verb), "who": event.actor_name, "text": event.reason}
                for event in events.order_by("-id")[:EVENTS_SHOWN]
            ],
        }

    def add_view(self, request, form_url="", extra_context=None):
        """Take somebody on at a station; shows the one-time password, once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        reaches_all = current_scope().everywhere
        form = AccountForm(
            request.POST if request.method == "POST" else None, station_is_required=not reaches_all
        )
        taken_on = self._take_on(request, form) if form.is_bound and form.is_valid() else None
        if taken_on is not None:
            return self._password_page(request, *taken_on)
        return self.service_page(
            request,
            form,
            title=_("Take somebody on"),
            button=_("Take on"),
            text=_("The account gets a one-time password, which is shown on the next page and never again."),
        )

    @staticmethod
    def _take_on(request, form: AccountForm) -> tuple[User, str] | None:
        """The new person and the one-time password; None when the service refused."""
        values, acting = form.cleaned_data, {"by": request.user, "now": timezone.now()}
        if values["station"] is None:
            named = {name: values[name] for name in ("username", "full_name")}
            done = form.call(service.open_account, **named, **acting)
            return (form.result.user, form.result.password) if done else None
        done = form.call(agents.take_on, **values, **acting)
        return (form.result.agent.user, form.result.password) if done else None

    def rename_view(self, request, object_id):
        user = self._find(request, object_id)
        form = NameForm(
            request.POST if request.method == "POST" else None, initial={"full_name": user.full_name}
        )
        if (
            form.is_bound
            and form.is_valid()
            and form.call(service.rename, user=user, **form.cleaned_data, by=request.user, now=timezone.now())
        ):
            self.message_user(request, _("The name has been corrected."), messages.SUCCESS)
            return redirect("admin:accounts_user_change", user.pk)
        return self.service_page(request, form, title=_("Correct the name"), button=_("Save"), row=user)

    def password_view(self, request, object_id):
        user = self._find(request, object_id)
        form = ServiceForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.call(
            service.reset_password, user=user, by=request.user, now=timezone.now()
        ):
            return self._password_page(request, user, form.result)
        return self.service_page(
            request,
            form,
            title=_("Set a one-time password"),
            button=_("Set it"),
            row=user,
            text=_("The present password stops working and every device is signed out."),
        )

    def unlock_view(self, request, object_id):
        user = self._find(request, object_id)
        form = ServiceForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.call(service.unlock, user=user, by=request.user, now=timezone.now()):
            self.message_user(request, _("The account is unlocked."), messages.SUCCESS)
            return redirect("admin:accounts_user_change", user.pk)
        return self.service_page(
            request,
            form,
            title=_("Unlock the account"),
            button=_("Unlock"),
            row=user,
            text=_("Make sure that it was this person who tried the wrong passwords."),
        )

    def _find(self, request, object_id) -> User:
        if not self._may_change(request):
            raise PermissionDenied
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404
        return user

    @staticmethod
    def _may_change(request) -> bool:
        return request.user.has_perm("accounts.change_user")

    def _password_page(self, request, user: User, password: str) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("One-time password"),
            "opts": self.opts,
            "person": user,
            "password": password,
        }
        return TemplateResponse(request, "admin/accounts/user/password.html", context)


def _agent_of(user: User):
    """The person's posting as an agent, read with the list; None for those who never had one."""
    return user.agent if hasattr(user, "agent") else None


def _roles_of(user: User) -> list[str]:
    return list(active_grants(user.pk, timezone.now()).values_list("role", flat=True))
