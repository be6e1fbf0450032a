"""Confirming a payment of incentives."""

from aftersales.web.service_forms import ServiceForm
from claims.forms.fund import ReferenceField


class ConfirmForm(ServiceForm):
    """The bank's reference of the transfer to the agents."""

    reference = ReferenceField()


class PrepareForm(ServiceForm):
    """Nothing to fill in: the page asks once more."""
