"""Clock policies in the admin: every version to read, the next one to draft, preview and publish."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web import formats
from aftersales.web.admin_columns import NOTHING, badge, moment_column, standing
from claims.admin.clock_drafts import DraftPages, compared, line_name, name_of
from claims.forms.clock_policies import LAW, PROGRAMME, DraftForm
from claims.models import ClockPolicy
from claims.models.clock_policies import ClockPolicyState, PolicyKind
from claims.queries.clock_policies import allowances_of, looser_than_programme
from claims.services import clock_policies as service
from claims.services.clock_policies import KEEP_PROGRAMME
from claims.views import clock_words
from stations.access.guards import may_throughout
from stations.queries import counties_in_reach
from stations.queries.versions import versions_in_reach

CHANGE = "claims.change_clockpolicy"


@admin.register(ClockPolicy)
class ClockPolicyAdmin(DraftPages):
    list_display = (
        "place",
        "kind",
        "version",
        "how_it_stands",
        "counts_from",
        "note",
        moment_column("published_at", gettext_lazy("published")),
    )
    list_display_links = ("place",)
    list_filter = ("kind", "state")
    # Promises before the law, counties before the programme.
    ordering = ("-kind", "-county_code", "-valid_from", "-version")
    sortable_by = ()
    add_label = gettext_lazy("Draft new promises")
    page_template = "admin/claims/clockpolicy/page.html"

    def get_queryset(self, request):
        """The programme's versions and those of counties in the scope; the programme's drafts for who keeps
        them. Each with how it stands today."""
        rows = versions_in_reach(super().get_queryset(request))
        if not may_throughout(request.user, KEEP_PROGRAMME):
            rows = rows.exclude(~Q(state=ClockPolicyState.IN_FORCE), county_code="")
        newer = ClockPolicy.objects.filter(
            Q(valid_from__gt=OuterRef("valid_from"))
            | Q(valid_from=OuterRef("valid_from"), version__gt=OuterRef("version")),
            kind=OuterRef("kind"),
            county_code=OuterRef("county_code"),
            state=ClockPolicyState.IN_FORCE,
            valid_from__lte=timezone.localdate(),
        )
        return rows.annotate(is_replaced=Exists(newer))

    def has_add_permission(self, request):
        return request.user.has_perm("claims.add_clockpolicy")

    @admin.display(description=gettext_lazy("place"))
    def place(self, policy):
        return policy.county_name or policy.county_code or _("whole programme")

    @admin.display(description=gettext_lazy("state"))
    def how_it_stands(self, policy):
        if policy.state == ClockPolicyState.DRAFT:
            return badge(_("draft"), "info")
        if policy.state == ClockPolicyState.DROPPED:
            return badge(_("dropped"), "neutral")
        return standing(policy.valid_from, is_replaced=policy.is_replaced)

    @admin.display(description=gettext_lazy("valid from"))
    def counts_from(self, policy):
        return formats.day(policy.valid_from) if policy.state == ClockPolicyState.IN_FORCE else NOTHING

    def page_context(self, request, row):
        said = allowances_of([row.pk])[row.pk]
        before, was, changes = compared(row, said)
        may_edit = row.state == ClockPolicyState.DRAFT and self.may_keep(request, row)
        looser = looser_than_programme(row, said) if row.county_code and may_edit else []
        return {
            "title": name_of(row),
            "standing": self.how_it_stands(row),
            "families": clock_words.families(said.rules, before=was.rules if was else ()),
            "pauses": clock_words.pauses(said.longest_pause),
            "before": before,
            "before_name": name_of(before) if before else "",
            "changes": changes,
            "may_edit": may_edit,
            "keeps_programme": may_throughout(request.user, KEEP_PROGRAMME, row.county_code),
            "looser": [_looser_words(each) for each in looser],
            "draft_url": self._draft_url(request, row),
        }

    def add_view(self, request, form_url="", extra_context=None):
        """Begin a draft, a copy of what counts tomorrow; where there is one already, go there."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        places = _places(request.user)
        if not places:
            raise PermissionDenied
        wanted = request.GET.get("place", "")
        form = DraftForm(
            request.POST if request.method == "POST" else None,
            places=places,
            initial={"place": wanted if wanted in dict(places) else places[0][0]},
        )
        if form.is_bound and form.is_valid():
            place = form.place_of_policy
            there = ClockPolicy.objects.filter(**place, state=ClockPolicyState.DRAFT).first()
            if there is not None:
                self.message_user(request, _("There is a draft already: this one."), messages.WARNING)
                return self.to_page(there)
            values = {**place, "note": form.cleaned_data["note"]}
            if form.call(service.draft, **values, by=request.user, now=timezone.now()):
                self.message_user(
                    request, _("The draft says what counts now. Change what is to change."), messages.SUCCESS
                )
                return self.to_page(form.result)
        return self.service_page(
            request,
            form,
            title=_("Draft new promises"),
            button=_("Begin the draft"),
            text=_("Nothing changes until it is published. Open claims keep their promises even then."),
        )

    def _draft_url(self, request, policy) -> str:
        """Where the next version of the same place is begun, or the draft that has been."""
        if policy.state == ClockPolicyState.DRAFT or not self.may_keep(request, policy):
            return ""
        there = ClockPolicy.objects.filter(
            kind=policy.kind, county_code=policy.county_code, state=ClockPolicyState.DRAFT
        ).first()
        if there:
            return reverse("admin:claims_clockpolicy_change", args=[there.pk])
        place = LAW if policy.kind == PolicyKind.LAW else policy.county_code or PROGRAMME
        return f"{reverse('admin:claims_clockpolicy_add')}?place={place}"


def _places(user) -> list[tuple[str, str]]:
    """Where this person may begin a version: the counties in reach; for who keeps the programme's clocks,
    the programme itself and the law."""
    places = [(county.code, county.name) for county in counties_in_reach()]
    if may_throughout(user, KEEP_PROGRAMME):
        law = PolicyKind.LAW.label
        return [(PROGRAMME, _("whole programme")), (LAW, law), *places]
    return places


def _looser_words(each) -> dict:
    """A line that gives more time than the programme's, for the note above the draft."""
    return {
        "name": line_name(each.line or each.limit),
        "mine": clock_words.line_words(each.line),
        "limit": clock_words.line_words(each.limit),
    }
