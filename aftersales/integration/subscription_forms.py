"""Forms about subscriptions: where events are sent, and which ones."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from aftersales.integration.event_kinds import ALL, CHOSEN_BY_HAND
from aftersales.integration.models import ApiClient
from aftersales.integration.services.webhooks import DESCRIPTION_SIGNS, URL_SIGNS
from aftersales.web.service_forms import KeyedForm, LineField

EVENTS = [(ALL, _("All kinds, also those that will be added")), *((k.value, k.label) for k in CHOSEN_BY_HAND)]


class ClientField(forms.ModelChoiceField):
    def label_from_instance(self, client):
        return f"{client.name} · {client.party.name}"


class SubscriptionForm(KeyedForm):
    """Address, kinds of event and purpose of a subscription."""

    url = LineField(max_length=URL_SIGNS, label=_("Address"))
    events = forms.MultipleChoiceField(
        choices=EVENTS, widget=forms.CheckboxSelectMultiple, label=_("What is sent there")
    )
    description = LineField(
        max_length=DESCRIPTION_SIGNS,
        required=False,
        label=_("Purpose"),
        help_text=_("Such as: refunds of the shop"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        hosts = ", ".join(settings.WEBHOOK_HOSTS)
        self.fields["url"].help_text = (
            _("Begins with https. Hosts that may be used: %(hosts)s") % {"hosts": hosts}
            if hosts
            else _("No host may be used yet: whoever runs the server lists them first (WEBHOOK_HOSTS).")
        )


class NewSubscriptionForm(SubscriptionForm):
    """The same, for an application that has to be chosen."""

    client = ClientField(queryset=ApiClient._base_manager.none(), label=_("Application"))
    field_order = ("client", "url", "events", "description")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = (
            ApiClient.objects.filter(is_suspended=False).select_related("party").order_by("name", "id")
        )


class ConfirmForm(KeyedForm):
    """Nothing but a key: a page that asks once more."""
