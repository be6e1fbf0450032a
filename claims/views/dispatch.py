"""Offers: answering one's own, and the page on which heads see the order and decide otherwise."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from claims.forms.dispatch import AssignForm, DeclineForm, GiveBackForm
from claims.models import Claim, Offer
from claims.models.choices import StatusChoices
from claims.models.dispatch import OfferState
from claims.queries import dispatch as reading
from claims.rules.dispatch import Excluded, Ranked, Ranking
from claims.services import dispatch, handlers
from claims.services.dispatch import kept
from claims.views import tones
from claims.views.dispatch_words import exclusions, reasons, told
from claims.views.places import CasePage
from stations.access.guards import narrow
from stations.access.places import permissions


class OfferAnswer(CasePage):
    """One claim that is offered to the person who looks: accept it with one tap, or say why not."""

    permission = "claims.work_on_claim"
    template_name = "claims/offer_answer.html"

    def get(self, request, pk):
        return self._page(self._find(pk), DeclineForm())

    def post(self, request, pk):
        offer = self._find(pk)
        now = timezone.now()
        if "accept" in request.POST:
            try:
                claim = handlers.accept(offer=offer, by=request.user, now=now)
            except Refused as refused:
                return self._page(self._find(pk), DeclineForm(), refused)
            messages.success(request, _("You handle this claim now."))
            return onward(claim, permissions(request.user, claim))
        form = DeclineForm(request.POST)
        if form.is_valid() and form.call(
            handlers.decline, offer=offer, by=request.user, now=now, **form.cleaned_data
        ):
            messages.success(request, _("Declined. Thank you for answering."))
            return redirect("home")
        return self._page(self._find(pk), form, form.refused)

    def _find(self, pk) -> Offer:
        offers = Offer.objects.select_related(
            "claim__station", "claim__consumer", "claim__order_line", "claim__handler"
        )
        return get_object_or_404(offers, pk=pk, person=self.request.user)

    def _page(self, offer: Offer, form: DeclineForm, refused: Refused | None = None):
        told([offer])
        now = timezone.now()
        tones.mark([offer.claim], now)
        return self.page(
            offer=offer,
            claim=offer.claim,
            form=form,
            # Where the form to decline has gone or was not sent, its errors are seen nowhere.
            refusal=refused.message
            if refused is not None and (refused.code == "offer_over" or not form.is_bound)
            else "",
            is_open=offer.state == OfferState.OPEN and offer.answer_by >= now,
            place=offer.claim.station,
            status=409 if refused is not None else 200,
        )


def onward(claim: Claim, may: frozenset[str]):
    """Where somebody goes who has just taken a claim on: to the first reply, if nobody has given it."""
    if claim.status == StatusChoices.SUBMITTED and "claims.accept_claim" in may:
        return redirect("claims:claim_move", claim.number, "accept")
    return redirect("claims:claim_detail", claim.number)


@dataclass(frozen=True)
class Person:
    """One row of the page: who, where, what speaks for or against them, and whether they can be chosen."""

    key: int
    name: str
    where: str
    words: list[str]
    score: int | None
    rank: int | None
    can_be_chosen: bool
    is_handler: bool
    is_asked: bool


class ClaimDispatch(CasePage):
    """The order in which people are asked, who is not and why; giving the claim to one of them."""

    permission = "claims.assign_claim"
    template_name = "claims/claim_dispatch.html"

    def get(self, request, number):
        return self._page(self._find(number))

    def post(self, request, number):
        claim = self._find(number)
        now = timezone.now()
        if "offer" in request.POST:
            return self._offer(claim, now)
        ranking, _hidden = self._ranking(claim, now)
        form = AssignForm(request.POST, ranking=ranking, handler_id=claim.handler_id)
        if form.is_valid() and form.call(
            handlers.assign,
            claim=claim,
            to=User.objects.get(pk=form.cleaned_data["to"]),
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=now,
            expected_version=form.cleaned_data["version"],
        ):
            messages.success(request, _("The claim is in other hands now."))
            return redirect("claims:claim_detail", number)
        claim = self._find(number)
        if form.refused is not None and form.refused.code == "stale":
            form.renew(claim.version)
        return self._page(claim, form)

    def _offer(self, claim: Claim, now):
        done = dispatch.offer(claim=claim, by=self.request.user, now=now)
        if done.offered:
            messages.success(self.request, _("Offered to the best person."))
        else:
            messages.info(self.request, _("There is nobody to ask at present."))
        return redirect("claims:claim_dispatch", claim.number)

    def _find(self, number) -> Claim:
        claims = Claim.objects.select_related("station", "holder", "consumer", "order_line", "handler")
        return get_object_or_404(claims, number=number)

    @staticmethod
    def _ranking(claim: Claim, now) -> tuple[Ranking, int]:
        """The order as far as the person may see it, and how many more there are beyond their reach."""
        whole = dispatch.ranking_of(claim, now=now, wide=True)
        seen = reading.people_in_reach(each.candidate.key for each in (*whole.ranked, *whole.excluded))
        shown = Ranking(
            tuple(each for each in whole.ranked if each.candidate.key in seen),
            tuple(each for each in whole.excluded if each.candidate.key in seen),
        )
        return shown, len(whole.ranked) - len(shown.ranked)

    def _page(self, claim: Claim, form: AssignForm | None = None):
        now = timezone.now()
        ranking, hidden = self._ranking(claim, now)
        if form is None:
            form = AssignForm(
                ranking=ranking, handler_id=claim.handler_id, initial={"version": claim.version}
            )
        offers = told(reading.offers_of(claim))
        asked = next((offer for offer in offers if offer.state == OfferState.OPEN), None)
        names = reading.names_of([each.candidate.key for each in (*ranking.ranked, *ranking.excluded)])
        tones.mark([claim], now)
        return self.page(
            claim=claim,
            form=form,
            chosen=form["to"].value(),
            ranked=[self._person(each, claim, asked, names) for each in ranking.ranked],
            excluded=[self._person(each, claim, asked, names) for each in ranking.excluded],
            hidden=hidden,
            offers=offers,
            asked=asked,
            can_offer=claim.is_open
            and claim.handler_id is None
            and asked is None
            and bool(ranking.ranked or hidden),
            place=claim.station,
            status=409 if form.refused else 200,
        )

    @staticmethod
    def _person(each: Ranked | Excluded, claim: Claim, asked: Offer | None, names) -> Person:
        key = each.candidate.key
        name, where = names[key]
        is_ranked = isinstance(each, Ranked)
        return Person(
            key=key,
            name=name,
            where=where,
            words=reasons(kept(each)) if is_ranked else exclusions(each.why),
            score=each.score if is_ranked else None,
            rank=each.rank if is_ranked else None,
            can_be_chosen=key != claim.handler_id and (is_ranked or not each.is_final),
            is_handler=key == claim.handler_id,
            is_asked=asked is not None and asked.person_id == key,
        )


class ClaimGiveBack(CasePage):
    """The handler cannot go on, or a head takes the claim from them: it is offered to the next."""

    permission = ("claims.work_on_claim", "claims.assign_claim")
    template_name = "claims/claim_give_back.html"

    def get(self, request, number):
        claim = self._find(number)
        return self._page(claim, GiveBackForm(initial={"version": claim.version}))

    def post(self, request, number):
        claim = self._find(number)
        form = GiveBackForm(request.POST)
        if form.is_valid() and form.call(
            handlers.give_back,
            claim=claim,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            by=request.user,
            now=timezone.now(),
            expected_version=form.cleaned_data["version"],
        ):
            messages.success(request, _("Given back. Somebody else is being asked."))
            return redirect("claims:claim_detail", number)
        if form.refused is not None and form.refused.code == "stale":
            form.renew(self._find(number).version)
        return self._page(claim, form)

    def _find(self, number) -> Claim:
        claims = Claim.objects.select_related("station", "consumer", "order_line", "handler")
        claim = get_object_or_404(claims, number=number)
        if claim.handler_id != self.request.user.pk:
            if "claims.assign_claim" not in permissions(self.request.user, claim):
                raise Http404
            narrow(self.request.user, "claims.assign_claim")
        return claim

    def _page(self, claim: Claim, form: GiveBackForm):
        is_own = claim.handler_id == self.request.user.pk
        return self.page(
            claim=claim,
            form=form,
            is_own=is_own,
            is_possible=claim.is_open and claim.handler_id is not None,
            place=claim.station,
            status=409 if form.refused else 200,
        )
