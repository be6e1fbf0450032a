"""Subscriptions to events: the list, a new one, one of them with what was sent there, and its steps."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from aftersales.integration import subscription_queries as queries
from aftersales.integration.delivery_words import TONES, kind_text, why
from aftersales.integration.event_kinds import ALL
from aftersales.integration.models import DeliveryState, WebhookDelivery, WebhookSubscription
from aftersales.integration.services import deliveries, replays, stopping, webhooks
from aftersales.integration.subscription_forms import ConfirmForm, NewSubscriptionForm, SubscriptionForm
from aftersales.integration.views.secret_answers import made_once, shown_once
from aftersales.lib.errors import Refused
from aftersales.web.paging import keyset_page
from stations.access.guards import PermissionMixin

KEEP = "integration.keep_clients"
STANDINGS = {
    "active": gettext_lazy("being sent"),
    "failing": gettext_lazy("not answering"),
    "stopped": gettext_lazy("stopped"),
    "ended": gettext_lazy("ended"),
}
STEPS = {
    "stop": stopping.stop,
    "resume": stopping.resume,
    "end": webhooks.end,
    "replay": replays.replay_dead,
}


class SubscriptionPage(PermissionMixin, View):
    """A page for whoever keeps the applications of a county or of the programme."""

    permission = KEEP

    def subscription(self, pk: int) -> WebhookSubscription:
        """One subscription in reach; 404 for any other."""
        row = get_object_or_404(WebhookSubscription.objects.select_related("client__party"), pk=pk)
        return shown(row)


def shown(row: WebhookSubscription) -> WebhookSubscription:
    """The row with the words that its page shows."""
    code, row.tone = queries.standing_of(row)
    row.standing = STANDINGS[code]
    row.because = stopping.StoppedBecause(row.stopped_reason).label if row.stopped_reason else ""
    row.kinds = [] if ALL in row.events else [kind_text(each) for each in row.events]
    return row


class Subscriptions(SubscriptionPage):
    """All subscriptions in reach, with what is under way to them."""

    http_method_names = ["get", "head", "options"]

    def get(self, request):
        word = request.GET.get("q", "").strip()[:60]
        state = request.GET.get("state", "")
        rows = queries.found(word=word, state=state)
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=("client__name", "id"), size=30)
        under_way = queries.traffic(page.rows)
        for row in page.rows:
            shown(row).traffic = under_way[row.pk]
        context = {"list_page": page, "word": word, "state": state, "states": STANDINGS.items()}
        return render(request, "integration/subscriptions.html", context)


class _Secret(SubscriptionPage):
    """A page whose answer alone shows a secret. Sent again, the same form makes nothing and shows none."""

    def make(self, form, about: str, service, **arguments):
        made = made_once(
            self.request,
            form,
            about=about,
            service=service,
            row_of=lambda subscribed: subscribed.subscription,
            **arguments,
        )
        if made is None:
            return None
        context = {"subscription": self.subscription(made[0]), "secret": made[1]}
        return shown_once(self.request, "integration/subscription_secret.html", context)


class SubscriptionNew(_Secret):
    """Subscribe an application to events."""

    def get(self, request):
        chosen = request.GET.get("application", "")
        return self._page(NewSubscriptionForm(initial={"client": chosen if chosen.isdecimal() else None}))

    def post(self, request):
        form, made = NewSubscriptionForm(request.POST), None
        if form.is_valid():
            made = self.make(form, "subscribe", webhooks.subscribe, **form.shown_values)
        return made or self._page(form)

    def _page(self, form):
        status = 409 if form.refused else 200
        return render(self.request, "integration/subscription_form.html", {"form": form}, status=status)


class SubscriptionEdit(SubscriptionPage):
    """Change the address, the kinds or the purpose."""

    def get(self, request, pk):
        row = self.subscription(pk)
        names = ("url", "events", "description")
        return self._page(row, SubscriptionForm(initial={name: getattr(row, name) for name in names}))

    def post(self, request, pk):
        row, form = self.subscription(pk), SubscriptionForm(request.POST)
        if form.is_valid() and form.call(
            webhooks.change, subscription=row, **form.shown_values, by=request.user, now=timezone.now()
        ):
            return redirect("integration:subscription", pk)
        return self._page(row, form)

    def _page(self, row, form):
        context = {"subscription": row, "form": form}
        status = 409 if form.refused else 200
        return render(self.request, "integration/subscription_form.html", context, status=status)


class Subscription(SubscriptionPage):
    """One subscription, how it stands, and what was sent there."""

    http_method_names = ["get", "head", "options"]

    def get(self, request, pk):
        row, state = self.subscription(pk), request.GET.get("state", "")
        rows = queries.deliveries_of(row, state=state)
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=("-id",), size=30)
        for each in page.rows:
            each.tone, each.why = TONES[each.state], why(each.last_error)
            each.kind_text = kind_text(each.event.kind)
        context = {
            "subscription": row,
            "traffic": queries.traffic([row])[row.pk],
            "list_page": page,
            "state": state if state in DeliveryState.values else "",
            "states": DeliveryState.choices,
        }
        return render(request, "integration/subscription.html", context)


class SubscriptionSecret(_Secret):
    """A new secret, after a second look."""

    def get(self, request, pk):
        return self._page(self.subscription(pk), ConfirmForm())

    def post(self, request, pk):
        row, form, made = self.subscription(pk), ConfirmForm(request.POST), None
        if form.is_valid():
            made = self.make(form, f"secret:{pk}", webhooks.renew_secret, subscription=row)
        return made or self._page(row, form)

    def _page(self, row, form):
        context = {"subscription": row, "form": form, "step": "secret"}
        status = 409 if form.refused else 200
        return render(self.request, "integration/subscription_step.html", context, status=status)


class SubscriptionStep(SubscriptionPage):
    """Stop, resume, end, or send again what was given up, after a second look."""

    def get(self, request, pk, step):
        return self._page(self.subscription(pk), step, ConfirmForm())

    def post(self, request, pk, step):
        row, form = self.subscription(pk), ConfirmForm(request.POST)
        if form.is_valid() and form.call(
            self._service(step), subscription=row, by=request.user, now=timezone.now()
        ):
            return redirect("integration:subscription", pk)
        return self._page(row, step, form)

    @staticmethod
    def _service(step: str):
        if step not in STEPS:
            raise Http404
        return STEPS[step]

    def _page(self, row, step, form):
        self._service(step)
        context = {
            "subscription": row,
            "traffic": queries.traffic([row])[row.pk],
            "form": form,
            "step": step,
        }
        status = 409 if form.refused else 200
        return render(self.request, "integration/subscription_step.html", context, status=status)


class SubscriptionTest(SubscriptionPage):
    """Send a test and tell at once what came of it."""

    http_method_names = ["post", "options"]

    def post(self, request, pk):
        row, now = self.subscription(pk), timezone.now()
        try:
            sent = deliveries.deliver_one(webhooks.test(subscription=row, by=request.user, now=now), now=now)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("integration:subscription", pk)
        if sent.state == DeliveryState.DELIVERED:
            messages.success(
                request, _("The test arrived after %(ms)s milliseconds.") % {"ms": sent.duration_ms}
            )
        else:
            reason = why(sent.last_error) or _("it is on its way")
            messages.error(request, _("The test has not arrived: %(reason)s.") % {"reason": reason})
        return redirect("integration:subscription", pk)


class DeliveryReplay(SubscriptionPage):
    """Send one event there again."""

    http_method_names = ["post", "options"]

    def post(self, request, pk):
        delivery = get_object_or_404(WebhookDelivery.objects.select_related("subscription"), pk=pk)
        try:
            replays.replay(delivery=delivery, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("The event is sent again within a minute."))
        return redirect("integration:subscription", delivery.subscription_id)
