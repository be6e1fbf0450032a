"""Help at home: whether it is known that a consumer needs it, why, and taking that back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from claims.forms.home_help import HomeHelpForm, WhyForm
from claims.models import Claim, Consumer, HomeHelp
from claims.queries import home_help as reading
from claims.services import home_help as service
from claims.views.places import CasePage
from stations.access.places import permissions

REVEAL = "claims.reveal_personal_data"


class HomeHelpPage(CasePage):
    """A page about one consumer's need of help at home; `?claim=` is the claim one came from."""

    permission = "claims.plan_visit"
    template_name = "claims/home_help.html"

    def consumer(self, pk) -> Consumer:
        return get_object_or_404(Consumer.objects.select_related("station"), pk=pk)

    def standing(self, consumer: Consumer) -> HomeHelp:
        """The need that stands; without one the page is not there."""
        known = reading.of_consumer(consumer)
        if known is None:
            raise Http404
        return known

    def here(self, consumer: Consumer) -> str:
        """The page of this consumer, with the claim one came from."""
        number = self.request.GET.get("claim", "")
        url = reverse("claims:home_help", args=[consumer.pk])
        return f"{url}?{urlencode({'claim': number})}" if number else url

    def show(self, consumer: Consumer, *, form=None, why_form=None, why: str | None = None):
        number = self.request.GET.get("claim", "")
        known = reading.of_consumer(consumer)
        may_reveal = REVEAL in permissions(self.request.user, consumer)
        refused = any(each is not None and each.refused for each in (form, why_form))
        return self.page(
            consumer=consumer,
            claim=Claim.objects.filter(consumer=consumer, number=number).first() if number else None,
            known=known,
            form=form or HomeHelpForm(),
            why_form=(why_form or WhyForm()) if known and known.why_sealed and may_reveal else None,
            is_shown=why is not None,
            why=why,
            place=consumer.station,
            status=409 if refused else 200,
        )


class HomeHelpDetail(HomeHelpPage):
    """Whether a need is known; without one, the form that records it with the consent."""

    def get(self, request, pk):
        return self.show(self.consumer(pk))

    def post(self, request, pk):
        consumer = self.consumer(pk)
        form = HomeHelpForm(request.POST)
        if form.is_valid() and form.call(
            service.record, consumer=consumer, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Kept. Whoever plans a visit sees that help is needed."))
            return redirect(self.here(consumer))
        return self.show(consumer, form=form)


class HomeHelpWhy(HomeHelpPage):
    """Showing why, once, to somebody who says what for."""

    permission = REVEAL

    def get(self, request, pk):
        return redirect(self.here(self.consumer(pk)))

    def post(self, request, pk):
        consumer = self.consumer(pk)
        known = self.standing(consumer)
        form = WhyForm(request.POST)
        if form.is_valid() and form.call(
            service.reveal,
            home_help=known,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        ):
            return self.show(consumer, why=form.result)
        return self.show(consumer, why_form=form)


class HomeHelpWithdraw(HomeHelpPage):
    """Taking the consent back: asks once more."""

    template_name = "claims/home_help_withdraw.html"

    def get(self, request, pk):
        consumer = self.consumer(pk)
        self.standing(consumer)
        return self.page(consumer=consumer, back=self.here(consumer), place=consumer.station)

    def post(self, request, pk):
        consumer = self.consumer(pk)
        try:
            service.withdraw(home_help=self.standing(consumer), by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("Withdrawn. Nothing about it is kept any more."))
        return redirect(self.here(consumer))
