"""What a liable party says against an advance, decided by another person; a party named where none was."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.forms.recovery import DecisionForm, DisputeForm, PartyForm
from claims.models import Advance, AdvanceDispute
from claims.models.recovery import DisputeState
from claims.queries.fund import age_days
from claims.services import advance_disputes, recovery
from claims.views.recovery import RecoveryPage, party_url
from stations.access.guards import require
from stations.access.places import permissions
from stations.models import Party
from stations.models.parties import PartyKind

LIABLE_KINDS = (PartyKind.PLATFORM, PartyKind.LOGISTICS, PartyKind.PROVIDER, PartyKind.INSURER)


def parties_for(advance: Advance) -> QuerySet[Party]:
    """Who else may owe an advance: the parties of its order, and all firms that are no merchants."""
    order = advance.claim.order_line.order
    named = [key for key in (order.merchant_id, order.platform_id, order.logistics_id) if key]
    return Party.objects.filter(Q(pk__in=named) | Q(kind__in=LIABLE_KINDS)).exclude(pk=advance.party_id or 0)


class AdvancePage(RecoveryPage):
    """A page about one advance."""

    def advance(self, pk: int) -> Advance:
        rows = Advance.objects.select_related("fund", "party", "claim__order_line__order__merchant")
        return get_object_or_404(rows, pk=pk)

    def show_advance(self, template: str, advance: Advance, form, **context):
        return self.show(
            template,
            advance.fund,
            status=409 if form is not None and form.refused else 200,
            advance=advance,
            days=age_days(advance.advanced_at, timezone.now()),
            form=form,
            party_url=party_url(advance.fund, advance.party),
            **context,
        )


class DisputeNew(AdvancePage):
    """Enter what a party says against an advance."""

    permission = "claims.recover_advance"

    def get(self, request, pk):
        return self.show_advance("dispute_new", self.advance(pk), DisputeForm())

    def post(self, request, pk):
        advance = self.advance(pk)
        form = DisputeForm(request.POST)
        if form.is_valid() and form.call(
            advance_disputes.raise_dispute,
            advance=advance,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        ):
            messages.success(request, _("Entered. Somebody else decides it."))
            return redirect("claims:dispute_detail", form.result.pk)
        return self.show_advance("dispute_new", advance, form)


class DisputeDetail(AdvancePage):
    """The objection with what it is about; decided here by somebody who did not enter it."""

    def get(self, request, pk):
        return self._page(self._dispute(pk))

    def post(self, request, pk):
        require(request.user, "claims.decide_dispute")
        dispute = self._dispute(pk)
        form = DecisionForm(request.POST, parties=parties_for(dispute.advance))
        if form.is_valid() and form.call(
            advance_disputes.decide,
            dispute=dispute,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        ):
            messages.success(request, _("Decided."))
            return redirect("claims:dispute_detail", dispute.pk)
        return self._page(self._dispute(pk), form)

    def _dispute(self, pk: int) -> AdvanceDispute:
        rows = AdvanceDispute.objects.select_related(
            "advance__fund",
            "advance__party",
            "advance__claim__order_line__order__merchant",
            "party",
            "new_party",
            "raised_by",
            "decided_by",
        )
        return get_object_or_404(rows, pk=pk)

    def _page(self, dispute: AdvanceDispute, form: DecisionForm | None = None):
        advance = dispute.advance
        is_open = dispute.state == DisputeState.OPEN
        may_decide = (
            is_open
            and "claims.decide_dispute" in permissions(self.request.user)
            and dispute.raised_by_id != self.request.user.pk
        )
        if form is None and may_decide:
            form = DecisionForm(parties=parties_for(advance))
        return self.show_advance(
            "dispute_detail", advance, form, dispute=dispute, is_open=is_open, may_decide=may_decide
        )


class AdvanceParty(AdvancePage):
    """Say who owes an advance that nobody in particular owed so far."""

    permission = "claims.recover_advance"

    def get(self, request, pk):
        advance = self.advance(pk)
        return self.show_advance("advance_party", advance, PartyForm(parties=parties_for(advance)))

    def post(self, request, pk):
        advance = self.advance(pk)
        form = PartyForm(request.POST, parties=parties_for(advance))
        if form.is_valid() and form.call(
            recovery.name_party, advance=advance, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(
                request, _("%(party)s owes it now.") % {"party": form.cleaned_data["party"].name}
            )
            return redirect(party_url(advance.fund, form.cleaned_data["party"]))
        return self.show_advance("advance_party", self.advance(pk), form)
