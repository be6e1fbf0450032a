"""The rules of compensation: every version to read, a new one to issue or to try, none to change."""

from datetime import timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.scoping import current_scope
from aftersales.audit import trail
from aftersales.web import exports, formats
from aftersales.web.admin import PageAdmin
from aftersales.web.admin_columns import NOTHING, money_column, standing
from claims.admin.policy_trials import export_of, last_month, named_period, page_of_trial
from claims.forms.policies import PROGRAMME, FiguresForm, PolicyForm, TrialForm
from claims.models import CompensationPolicy
from claims.queries.policies import policy_before, policy_for
from claims.queries.policy_trials import Trial, try_out
from claims.rules.policies import FIGURES
from claims.services import policies as service
from claims.views import policy_words
from stations.queries.versions import counties_with_centre, versions_in_reach

ADD = "claims.add_compensationpolicy"
SHEET = "xlsx"
TRIED = "tried"
"""Marks an address that carries figures somebody tried, in which a box that is not ticked is missing."""


@admin.register(CompensationPolicy)
class CompensationPolicyAdmin(PageAdmin):
    list_display = (
        "place",
        "version",
        "valid_from",
        "state",
        "kind",
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
    door_permissions = {"what_if_view": ADD}
    page_template = "admin/claims/compensationpolicy/page.html"

    def get_queryset(self, request):
        """The programme's versions and those of counties in the scope; how each stands today."""
        newer = CompensationPolicy.objects.filter(
            Q(valid_from__gt=OuterRef("valid_from"))
            | Q(valid_from=OuterRef("valid_from"), version__gt=OuterRef("version")),
            county_code=OuterRef("county_code"),
            valid_from__lte=timezone.localdate(),
        )
        return versions_in_reach(super().get_queryset(request)).annotate(is_replaced=Exists(newer))

    def get_urls(self):
        what_if = path(
            "what-if/",
            self.admin_site.admin_view(self.what_if_view),
            name="claims_compensationpolicy_what_if",
        )
        return [what_if, *super().get_urls()]

    def has_add_permission(self, request):
        return request.user.has_perm(ADD)

    def page_context(self, request, row):
        before = policy_before(row)
        may_try = self.has_add_permission(request)
        return {
            "title": self.name_of(row),
            "standing": self.state(row),
            "said": policy_words.said(row),
            "before": before,
            "changes": policy_words.changes(before, row) if before else [],
            "public_url": _public_url(row),
            "try_url": _address("what_if", row) if may_try else "",
            "next_url": _address("add", row) if may_try else "",
        }

    def add_view(self, request, form_url="", extra_context=None):
        """Issue the next version, filled in with the one in force: first all that changes is shown."""
        counties = self._counties_to_issue_for(request)
        county = _asked(request.GET.get("county"), counties)
        now = timezone.now()
        today = timezone.localdate(now)
        form = PolicyForm(
            request.POST if request.method == "POST" else None,
            counties=counties,
            in_force=policy_for(_code(county), today),
            initial={
                **_carried(request.GET),
                "county_code": county,
                "valid_from": today + timedelta(days=1),
            },
        )
        proposal = None
        if form.is_bound and form.is_valid():
            given = {
                "county_code": form.cleaned_data["county_code"],
                "valid_from": form.cleaned_data["valid_from"],
                "figures": form.figures,
                "now": now,
            }
            if form.call(service.propose, **given):
                proposal = form.result
                if form.cleaned_data["seen"] == proposal.fingerprint and form.call(
                    service.issue, **given, by=request.user
                ):
                    return self._issued(request, form.result)
        return self._issue_page(request, form, proposal if not form.refused else None)

    def what_if_view(self, request):
        """What figures would have given on the claims of a period; with ?export=xlsx as a sheet."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        counties = self._counties_to_issue_for(request)
        county = _asked(request.GET.get("county"), counties)
        first, last = last_month(timezone.localdate())
        form = TrialForm(
            request.GET if TRIED in request.GET else None,
            counties=counties,
            in_force=policy_for(_code(county), timezone.localdate()),
            initial={"county": county, "first_day": first, "last_day": last},
        )
        trial = self._tried(form) if form.is_bound and form.is_valid() else None
        if trial and request.GET.get("export") == SHEET:
            return self._sheet(request, form, trial, dict(counties)[form.cleaned_data["county"]])
        context = {
            **self.admin_site.each_context(request),
            "title": _("What if: other rules on past claims"),
            "opts": self.opts,
            "form": form,
            "tried": TRIED,
            **(page_of_trial(trial) if trial else {}),
            "issue_url": _add_url(form) if trial else "",
            "sheet_query": urlencode({**request.GET.dict(), "export": SHEET}) if trial else "",
        }
        return TemplateResponse(request, "admin/claims/compensationpolicy/what_if.html", context)

    def _counties_to_issue_for(self, request) -> list[tuple[str, str]]:
        if not self.has_add_permission(request):
            raise PermissionDenied
        counties = _counties()
        if not counties:
            raise PermissionDenied
        return counties

    def _issue_page(self, request, form, proposal):
        """The form; once the figures fit, with what would change and the button that issues them."""
        context = {"text": _("A version is never changed later: it stands with every compensation.")}
        if proposal is not None:
            form.data = form.data.copy()
            form.data["seen"] = proposal.fingerprint
            context = {
                "text": "",
                "proposal": proposal,
                "before_name": self.name_of(proposal.before),
                "changes": policy_words.changes(proposal.before, proposal.policy),
                "try_url": _trial_url(form),
            }
        response = self.service_page(
            request,
            form,
            title=_("Issue new rules of compensation"),
            button=_("Issue") if proposal else _("Look at what changes"),
            **context,
        )
        response.template_name = "admin/claims/compensationpolicy/issue.html"
        return response

    def _issued(self, request, policy):
        told = _("Issued: version %(version)s, valid from %(day)s.") % {
            "version": policy.version,
            "day": formats.day(policy.valid_from),
        }
        self.message_user(request, told, messages.SUCCESS)
        return redirect("admin:claims_compensationpolicy_change", policy.pk)

    def _tried(self, form: TrialForm) -> Trial | None:
        given = form.cleaned_data
        policy = CompensationPolicy(
            county_code=_code(given["county"]),
            version=1,
            valid_from=given["first_day"],
            **service.normal(form.figures),
        )
        if not form.call(service.check, policy=policy):
            return None
        return try_out(
            policy, county_code=policy.county_code, first=given["first_day"], last=given["last_day"]
        )

    def _sheet(self, request, form: TrialForm, trial: Trial, place: str):
        given = form.cleaned_data
        period = named_period(given["first_day"], given["last_day"])
        written = exports.write(
            export_of(
                trial,
                title=_("Trial of rules %(place)s") % {"place": place},
                made_by=str(request.user),
                made_at=timezone.now(),
                filters=[(_("Where"), place), (_("Days of filing"), period)],
            ),
            SHEET,
        )
        trail.record(
            "report.exported",
            by=request.user,
            county_code=_code(given["county"]),
            after={
                "report": "policy_trial",
                "period": period,
                "form": SHEET,
                "rows": written.rows,
                "sha256": written.sha256,
            },
        )
        return written.response()

    def name_of(self, policy) -> str:
        """A version as people call it: place and number."""
        return _("%(place)s, version %(version)s") % {
            "place": self.place(policy),
            "version": policy.version,
        }

    @admin.display(description=gettext_lazy("place"))
    def place(self, policy):
        if not policy.county_code:
            return _("whole programme")
        name = getattr(policy, "county_name", None) or dict(counties_with_centre()).get(policy.county_code)
        return name or policy.county_code

    @admin.display(description=gettext_lazy("state"))
    def state(self, policy):
        return standing(policy.valid_from, is_replaced=policy.is_replaced)

    @admin.display(description=gettext_lazy("tolerance"))
    def tolerance(self, policy):
        return formats.permille(policy.tolerance_permille) if policy.tolerance_permille else NOTHING


def _asked(county: str | None, counties: list[tuple[str, str]]) -> str:
    """The county asked for where this person issues rules for it, else the first one."""
    return county if county in dict(counties) else counties[0][0]


def _code(county: str) -> str:
    return "" if county == PROGRAMME else county


def _carried(address) -> dict:
    """Figures that an address carries from a trial."""
    if TRIED not in address:
        return {}
    carried = {name: address[name] for name in FIGURES if name in address}
    return {**carried, "includes_freight": bool(address.get("includes_freight"))}


def _typed(form: FiguresForm) -> dict:
    """The figures of a form as they were typed, for an address."""
    return {TRIED: "1", **{name: form.data[name] for name in FIGURES if name in form.data}}


def _add_url(form: TrialForm) -> str:
    address = reverse("admin:claims_compensationpolicy_add")
    return f"{address}?{urlencode({**_typed(form), 'county': form.cleaned_data['county']})}"


def _trial_url(form: PolicyForm) -> str:
    first, last = last_month(timezone.localdate())
    asked = {name: each for name, each in _typed(form).items() if name != "published_text"}
    asked |= {"county": form.data["county_code"], "first_day": first.isoformat()}
    address = reverse("admin:claims_compensationpolicy_what_if")
    return f"{address}?{urlencode({**asked, 'last_day': last.isoformat()})}"


def _address(name: str, policy: CompensationPolicy) -> str:
    """Where the next version of the policy's place is tried or issued."""
    address = reverse(f"admin:claims_compensationpolicy_{name}")
    return f"{address}?{urlencode({'county': policy.county_code or PROGRAMME})}"


def _public_url(policy: CompensationPolicy) -> str:
    asked = {"version": policy.pk}
    if policy.county_code:
        asked["county"] = policy.county_code
    return f"{reverse('public:rules')}?{urlencode(asked)}"


def _counties() -> list[tuple[str, str]]:
    """Where this person may issue rules: counties with a centre in reach; with everything in reach, the
    programme itself."""
    counties = counties_with_centre()
    if current_scope().everywhere:
        return [(PROGRAMME, _("whole programme")), *counties]
    return counties
