"""Seeing who a consumer is: asked with a reason, kept in the history, shown once."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin_filters import key_of
from claims.forms.consumers import RevealForm
from claims.models import Claim, Consumer, FollowUp
from claims.services import consumers
from claims.views.places import CasePage

LABELS = {"name": _("Name"), "phone": _("Phone"), "address": _("Address"), "account": _("Bank account")}


class ConsumerReveal(CasePage):
    """The clear values are in the answer to the form and nowhere else."""

    permission = "claims.reveal_personal_data"
    template_name = "claims/consumer_reveal.html"

    def get(self, request, pk):
        return self._page(self._find(pk), RevealForm())

    def post(self, request, pk):
        consumer = self._find(pk)
        form = RevealForm(request.POST)
        if form.is_valid() and form.call(
            consumers.reveal,
            consumer=consumer,
            fields=consumers.FIELDS,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        ):
            shown = [(LABELS[field], field, value) for field, value in form.result.items() if value]
            return self._page(consumer, form, shown=shown)
        return self._page(consumer, form)

    def _find(self, pk) -> Consumer:
        return get_object_or_404(Consumer.objects.select_related("station"), pk=pk)

    def _page(self, consumer, form, shown=()):
        number = self.request.GET.get("claim", "")
        claim = Claim.objects.filter(consumer=consumer, number=number).first() if number else None
        asked = self.request.GET.get("follow_up", "")
        calls = FollowUp.objects.filter(claim__consumer=consumer, pk=key_of(asked)) if asked else None
        return self.page(
            consumer=consumer,
            claim=claim,
            follow_up=calls.first() if calls is not None else None,
            form=form,
            shown=shown,
            place=consumer.station,
            status=409 if form.refused else 200,
        )
