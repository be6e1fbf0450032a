"""The rules of compensation: every version to read, a new one to issue, none to change."""

from datetime import timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.scoping import current_scope
from aftersales.web import formats
from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import NOTHING, money_column, standing
from claims.forms.policies import PROGRAMME, PolicyForm
from claims.models import CompensationPolicy
from claims.queries.policies import policy_for
from claims.services import policies as service
from stations.queries.versions import counties_with_centre, versions_in_reach


@admin.register(CompensationPolicy)
class CompensationPolicyAdmin(ReadOnlyAdmin):
    list_display = (
        "place",
        "version",
        "valid_from",
        "state",
        "tolerance",
        money_column("cap_fen", gettext_lazy("at most")),
        money_column("automatic_limit_fen", gettext_lazy("by rule up to")),
        money_column("officer_limit_fen", gettext_lazy("by an officer up to")),
        money_column("fund_month_limit_fen", gettext_lazy("per fund and month")),
    )
    add_label = gettext_lazy("Issue new rules")
    list_display_links = ("place",)
    ordering = ("county_code", "-valid_from", "-version")
    sortable_by = ()
    fields = readonly_fields = (
        "place",
        "version",
        "valid_from",
        "state",
        "tolerance",
        "multiplier",
        money_column("minimum_fen", gettext_lazy("at least")),
        money_column("cap_fen", gettext_lazy("at most")),
        "coupon",
        "photos_required",
        money_column("automatic_limit_fen", gettext_lazy("by rule up to")),
        money_column("officer_limit_fen", gettext_lazy("by an officer up to")),
        money_column("station_day_limit_fen", gettext_lazy("per station and day")),
        money_column("fund_month_limit_fen", gettext_lazy("per fund and month")),
        "published_text",
        "created_by",
    )

    def get_queryset(self, request):
        """The programme's versions and those of counties in the scope; how each stands today."""
        newer = CompensationPolicy.objects.filter(
            Q(valid_from__gt=OuterRef("valid_from"))
            | Q(valid_from=OuterRef("valid_from"), version__gt=OuterRef("version")),
            county_code=OuterRef("county_code"),
            valid_from__lte=timezone.localdate(),
        )
        return versions_in_reach(super().get_queryset(request)).annotate(is_replaced=Exists(newer))

    def has_add_permission(self, request):
        return request.user.has_perm("claims.add_compensationpolicy")

    def add_view(self, request, form_url="", extra_context=None):
        """Issue the next version, filled in with the one in force."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        counties = _counties()
        if not counties:
            raise PermissionDenied
        known = {code for code, _name in counties}
        wanted = request.GET.get("county", counties[0][0])
        county = wanted if wanted in known else counties[0][0]
        now = timezone.now()
        today = timezone.localdate(now)
        form = PolicyForm(
            request.POST if request.method == "POST" else None,
            counties=counties,
            in_force=policy_for("" if county == PROGRAMME else county, today),
            initial={"county_code": county, "valid_from": today + timedelta(days=1)},
        )
        if (
            form.is_bound
            and form.is_valid()
            and form.call(
                service.issue,
                county_code=form.cleaned_data["county_code"],
                valid_from=form.cleaned_data["valid_from"],
                figures=form.figures,
                by=request.user,
                now=now,
            )
        ):
            told = _("Issued: version %(version)s, valid from %(day)s.") % {
                "version": form.result.version,
                "day": formats.day(form.result.valid_from),
            }
            self.message_user(request, told, messages.SUCCESS)
            return redirect("admin:claims_compensationpolicy_change", form.result.pk)
        return self.service_page(
            request,
            form,
            title=_("Issue new rules of compensation"),
            button=_("Issue"),
            text=_("A version is never changed later: it stands with every compensation worked out by it."),
        )

    @admin.display(description=gettext_lazy("place"))
    def place(self, policy):
        return policy.county_name or policy.county_code or _("whole programme")

    @admin.display(description=gettext_lazy("state"))
    def state(self, policy):
        return standing(policy.valid_from, is_replaced=policy.is_replaced)

    @admin.display(description=gettext_lazy("tolerance"))
    def tolerance(self, policy):
        return _in_hundred(policy.tolerance_permille) if policy.tolerance_permille else NOTHING

    @admin.display(description=gettext_lazy("multiplier"))
    def multiplier(self, policy):
        return _in_hundred(policy.multiplier_permille)

    @admin.display(description=gettext_lazy("coupon"))
    def coupon(self, policy):
        return _("%(bonus)s more, valid for %(days)s days") % {
            "bonus": _in_hundred(policy.coupon_bonus_permille),
            "days": policy.coupon_days,
        }


def _in_hundred(permille: int) -> str:
    return f"{formats.quantity(permille * 100)}%"


def _counties() -> list[tuple[str, str]]:
    """Where this person may issue rules: counties with a centre in reach; with everything in reach, the
    programme itself."""
    counties = counties_with_centre()
    if current_scope().everywhere:
        return [(PROGRAMME, _("whole programme")), *counties]
    return counties
