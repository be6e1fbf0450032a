"""What a provider sees of an order and may do with it, the same by link and by account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from aftersales.lib.errors import Refused
from claims.forms.dispatch import DeclineForm
from claims.forms.provider_orders import VisitDoneForm, VisitFailedForm
from claims.models import ProviderOrder
from claims.models.visits import BOOKED_STATES
from claims.queries.provider_orders import centre_of
from claims.rules.provider_orders import WAITING, OrderState
from claims.rules.visits import VisitState
from claims.services import provider_orders, provider_visits

GONE = {
    OrderState.DECLINED: gettext_lazy("You have declined this order."),
    OrderState.LAPSED: gettext_lazy("The time to answer is over; the visit went to somebody else."),
    OrderState.WITHDRAWN: gettext_lazy("This order was taken back."),
    OrderState.DONE: gettext_lazy("This visit has been made."),
    OrderState.FAILED: gettext_lazy("This visit has ended."),
}


def is_over(order: ProviderOrder) -> bool:
    """Whether there is nothing more to see or to do."""
    return order.state not in WAITING or order.visit.state not in BOOKED_STATES


class ProviderWork(View):
    """One order: accept or decline, set out, whom it concerns, what came of it.

    A door says which order it is about (`find`), for whom it acts (`by`), and in which frame it is drawn.
    """

    frame = "frames/public.html"
    template_name = "claims/provider_work.html"
    steps = ("accept", "decline", "set_out", "reveal", "finish", "fail")

    def find(self, key) -> ProviderOrder:
        raise NotImplementedError

    @property
    def by(self):
        return None

    def around(self) -> dict:
        """What the frame wants to know."""
        return {}

    def over(self, order: ProviderOrder) -> HttpResponse:
        """The answer about an order that has ended."""
        raise NotImplementedError

    def get(self, request, key):
        order = self.find(key)
        return self.over(order) if is_over(order) else self.shown(order)

    def post(self, request, key):
        order = self.find(key)
        if is_over(order):
            return self.over(order)
        step = request.POST.get("step", "")
        if step not in self.steps:
            return self.shown(order, refusal=_("Choose one of the values on offer."), status=400)
        return getattr(self, f"do_{step}")(order, request.POST)

    def do_accept(self, order, data):
        return self._do(order, provider_orders.accept, _("Accepted. Thank you."))

    def do_set_out(self, order, data):
        return self._do(order, provider_visits.set_out, _("Noted. Drive carefully."))

    def do_reveal(self, order, data):
        try:
            person = provider_visits.reveal(order=order, by=self.by, now=timezone.now())
        except Refused as refused:
            return self.shown(self.find(self.kwargs["key"]), refusal=refused.message, status=409)
        return self.shown(order, person=person)

    def do_decline(self, order, data):
        return self._form(
            order,
            "decline_form",
            DeclineForm(data),
            provider_orders.decline,
            _("Declined. Thank you for answering."),
        )

    def do_finish(self, order, data):
        form = VisitDoneForm(data, kind=order.visit.kind)
        return self._form(order, "done_form", form, self._finish, _("Written down. Thank you."))

    def do_fail(self, order, data):
        return self._form(
            order,
            "failed_form",
            VisitFailedForm(data),
            provider_visits.fail,
            _("Written down. The county agrees on another time."),
        )

    def _finish(self, *, is_signed, **given):
        return provider_visits.finish(**given)

    def _do(self, order, service, said):
        try:
            service(order=order, by=self.by, now=timezone.now())
        except Refused as refused:
            return self._again(refusal=refused.message)
        messages.success(self.request, said)
        return redirect(self.request.path)

    def _form(self, order, name, form, service, said):
        now = timezone.now()
        if form.is_valid() and form.call(service, order=order, by=self.by, now=now, **form.cleaned_data):
            messages.success(self.request, said)
            return redirect(self.request.path)
        if form.refused:
            return self._again(**{name: form})
        return self.shown(order, **{name: form})

    def _again(self, **context):
        """The page once more after a refusal, about the order as it stands now."""
        order = self.find(self.kwargs["key"])
        return self.over(order) if is_over(order) else self.shown(order, status=409, **context)

    def shown(self, order: ProviderOrder, status: int = 200, **context) -> HttpResponse:
        visit = order.visit
        is_accepted = order.state == OrderState.ACCEPTED
        is_ahead = provider_visits.is_ahead(visit, now=timezone.now())
        forms = {
            "decline_form": DeclineForm(),
            "done_form": VisitDoneForm(kind=visit.kind),
            "failed_form": VisitFailedForm(),
        }
        return render(
            self.request,
            self.template_name,
            {
                "frame": self.frame,
                **self.around(),
                "order": order,
                "visit": visit,
                "goods": visit.claim.order_line.product,
                "is_accepted": is_accepted,
                "is_ahead": is_ahead,
                "centre": centre_of(order) if is_accepted else None,
                "can_set_out": is_accepted and visit.state == VisitState.PLANNED and not is_ahead,
                **forms,
                **context,
            },
            status=status,
        )
