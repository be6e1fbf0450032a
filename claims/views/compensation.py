"""The villager's choice, the decision about it, and carrying it out."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.forms.compensation import ApproveForm, ChoiceForm, MerchantRefundForm, ShipForm, VersionedForm
from claims.forms.payouts import BankChoiceForm
from claims.models import Claim, Compensation, Reship
from claims.models.compensation import AskedHow, CompensationState, PayoutMethod
from claims.queries.clocks import due_at_of
from claims.rules.approval import Conflict, Reason
from claims.rules.clocks import Clock
from claims.services import bank_accounts, remedies
from claims.services import compensation as service
from claims.views import tones
from claims.views.actions import payout_words
from claims.views.formula import formula
from claims.views.offers import offers
from claims.views.payout_words import marked_payouts
from claims.views.places import CasePage
from claims.views.remedy_steps import waits_for

UNDECIDED = (CompensationState.PROPOSED, CompensationState.CHOSEN)

REASONS = {
    Reason.NOTHING_DUE: gettext_lazy("The figures give nothing; only a person may say no."),
    Reason.OVER_AUTOMATIC_LIMIT: gettext_lazy("The amount is above what the rule may pay by itself."),
    Reason.OVER_OFFICER_LIMIT: gettext_lazy("The amount is above what a claims officer may decide."),
    Reason.NO_EVIDENCE: gettext_lazy("There are no photos."),
    Reason.NO_CHOICE: gettext_lazy("The villager's choice is not recorded."),
    Reason.FLAGGED: gettext_lazy("Something should be looked at by a person."),
    Reason.FILER_NOT_CERTIFIED: gettext_lazy("The person who filed holds no valid certificate."),
    Reason.PROCEDURE: gettext_lazy("This kind of claim is always decided by a person."),
    "no_inspection": gettext_lazy("The result of the inspection is not there yet."),
    "nobody_else": gettext_lazy("Everybody at the usual level is involved, so it goes one level up."),
}
CONFLICTS = {
    Conflict.FILED_BY_SAME_PERSON: gettext_lazy("You filed this claim, so somebody else decides."),
    Conflict.AMOUNT_CHANGED_BY_SAME_PERSON: gettext_lazy(
        "You worked out the amount or recorded the choice, so somebody else decides."
    ),
    Conflict.BENEFITS_THEMSELVES: gettext_lazy("The money would go to you, so somebody else decides."),
}


def current_compensation(claim: Claim) -> Compensation | None:
    """The compensation of the claim's round that counts, with what its pages show."""
    return (
        Compensation.objects.filter(claim=claim, round=claim.round)
        .exclude(state=CompensationState.VOIDED)
        .select_related("policy", "coupon", "reship", "merchant_refund", "approved_by", "asked_by")
        .first()
    )


class CompensationPage(CasePage):
    """A page about the money of one claim."""

    def find(self, number: str) -> tuple[Claim, Compensation]:
        """The claim and its compensation, or 404."""
        claims = Claim.objects.select_related(
            "station", "consumer", "order_line__order__merchant", "liable_party", "filed_by"
        )
        claim = get_object_or_404(claims, number=number)
        compensation = current_compensation(claim)
        if compensation is None:
            raise Http404
        compensation.claim = claim
        return claim, compensation

    def show(self, template: str, claim: Claim, compensation: Compensation, status: int = 200, **context):
        return self.page(
            template=f"claims/{template}.html",
            claim=claim,
            line=claim.order_line,
            compensation=compensation,
            formula=formula(compensation, claim.order_line.unit),
            state_tone=tones.STATE_TONES[CompensationState(compensation.state)],
            place=claim.station,
            status=status,
            **context,
        )


class ClaimChoice(CompensationPage):
    """Step 3: what the villager can have, what they want, and what came of it."""

    permission = "claims.record_choice"

    def get(self, request, number):
        claim, compensation = self.find(number)
        chosen = self._chosen(compensation)
        if chosen is not None:
            return self._confirm(claim, compensation, chosen)
        if compensation.state == CompensationState.PROPOSED or self._may_change(compensation):
            return self._choices(claim, compensation)
        return self._outcome(claim, compensation)

    def post(self, request, number):
        claim, compensation = self.find(number)
        chosen = self._chosen(compensation)
        if chosen is None:
            return redirect("claims:claim_choice", number)
        form = self._form(claim, chosen, request.POST)
        if (
            form.is_valid()
            and self._keep_account(claim, form)
            and form.call(
                service.choose,
                compensation=compensation,
                remedy=chosen.remedy,
                payout_method=chosen.payout_method,
                asked_how=form.cleaned_data["asked_how"],
                by=request.user,
                now=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        ):
            return redirect("claims:claim_choice", number)
        claim, compensation = self.find(number)
        if form.refused is not None:
            form.renew(compensation.version)
            is_about_the_form = form.refused.field in form.fields
            if compensation.state == CompensationState.PROPOSED and not is_about_the_form:
                return self._choices(claim, compensation, refused=form.refused, status=409)
        return self._confirm(claim, compensation, chosen, form)

    def _form(self, claim, chosen, data=None, **initial):
        if chosen.payout_method != PayoutMethod.BANK:
            return ChoiceForm(data, initial=initial)
        return BankChoiceForm(data, initial=initial, known=bank_accounts.in_use(claim.consumer_id))

    def _keep_account(self, claim, form) -> bool:
        """Seal the account that was typed for a transfer; it stays known whatever becomes of the choice."""
        account = form.account if isinstance(form, BankChoiceForm) else None
        return account is None or form.call(
            bank_accounts.record,
            consumer=claim.consumer,
            claim=claim,
            by=self.request.user,
            now=timezone.now(),
            **account,
        )

    def _chosen(self, compensation):
        if compensation.state not in UNDECIDED:
            return None
        wanted = self.request.GET.get("choice", "")
        found = [offer for offer in offers(compensation, timezone.localdate()) if offer.key == wanted]
        return found[0] if found else None

    def _may_change(self, compensation) -> bool:
        return compensation.state == CompensationState.CHOSEN and "change" in self.request.GET

    def _choices(self, claim, compensation, refused=None, status=200):
        return self.show(
            "claim_choice",
            claim,
            compensation,
            offers=offers(compensation, timezone.localdate()),
            refused=refused,
            status=status,
        )

    def _confirm(self, claim, compensation, chosen, form=None):
        if form is None:
            form = self._form(claim, chosen, asked_how=AskedHow.IN_PERSON, version=compensation.version)
        return self.show(
            "claim_choice_confirm",
            claim,
            compensation,
            offer=chosen,
            form=form,
            status=409 if form.refused else 200,
        )

    def _outcome(self, claim, compensation):
        return self.show(
            "claim_outcome",
            claim,
            compensation,
            reasons=[REASONS[code] for code in compensation.level_reasons if code in REASONS],
            decided_by=due_at_of(claim, Clock.SETTLEMENT) or claim.handling_due_at,
            payout_label=payout_words(compensation),
            payouts=marked_payouts(claim),
            waits=waits_for(compensation),
        )


class ClaimPayout(CompensationPage):
    """An approved compensation is carried out: cash handed over, a coupon issued, goods ordered again."""

    permission = "claims.execute_payout"

    def get(self, request, number):
        claim, compensation = self.find(number)
        return self._page(claim, compensation, self._form(claim)())

    def post(self, request, number):
        claim, compensation = self.find(number)
        form = self._form(claim)(request.POST)
        if form.is_valid():
            given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            if form.call(
                service.execute, compensation=compensation, by=request.user, now=timezone.now(), **given
            ):
                return redirect("claims:claim_choice", number)
        return self._page(*self.find(number), form)

    def _form(self, claim) -> type[VersionedForm]:
        return MerchantRefundForm if claim.is_without_reason else ApproveForm

    def _page(self, claim, compensation, form):
        if compensation.state != CompensationState.APPROVED and form.refused is None:
            return redirect("claims:claim_choice", claim.number)
        if not form.is_bound:
            form = self._form(claim)(initial={"version": compensation.version})
        return self.show(
            "claim_payout",
            claim,
            compensation,
            form=form,
            waits=waits_for(compensation),
            payout_label=payout_words(compensation),
            status=409 if form.refused else 200,
        )


class ClaimShip(CompensationPage):
    """The parcel number of goods that are sent again."""

    permission = "claims.work_on_claim"

    def get(self, request, number):
        return self._page(number, ShipForm())

    def post(self, request, number):
        form = ShipForm(request.POST)
        if form.is_valid() and form.call(
            remedies.mark_shipped,
            reship=self._reship(number),
            parcel_number=form.cleaned_data["parcel_number"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("Parcel number noted."))
            return redirect("claims:claim_detail", number)
        return self._page(number, form)

    def _reship(self, number) -> Reship:
        reships = Reship.objects.select_related("compensation")
        return get_object_or_404(
            reships,
            compensation__claim__number=number,
            shipped_at__isnull=True,
            taken_back_at__isnull=True,
        )

    def _page(self, number, form):
        claim, compensation = self.find(number)
        return self.show("claim_ship", claim, compensation, form=form, reship=self._reship(number))
