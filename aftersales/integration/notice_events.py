"""What people are told about other systems, in words. Sorted by code."""

from django.utils.translation import gettext_lazy as _

from aftersales.integration.services.login_codes import EVENT as CODE
from aftersales.integration.services.login_codes import digits_of
from aftersales.integration.services.stopping import STOPPED_EVENT
from aftersales.notices.events import Event, register

EVENTS = (
    Event(
        "api_token.ends_soon",
        title=_("A token of %(application)s ends on %(ends_on)s"),
        body=_(
            "The token begins with %(prefix)s. Replace it before that day, or no data will come any more."
        ),
    ),
    Event(
        CODE,
        title=_("Your code is %(code)s"),
        body=_("It is good for %(minutes)s minutes. Tell it to nobody: no service point ever asks for it."),
        urgent=True,
        outside=True,
        secrets={"code": digits_of},
    ),
    Event(
        STOPPED_EVENT,
        title=_("Events no longer reach %(application)s"),
        body=_(
            "Its address has not answered for three days, so nothing more is sent there. Ask its desk, then "
            "resume the subscription: what has waited is sent first."
        ),
    ),
)


def register_events() -> None:
    """Make them known; called when the app is ready."""
    register(*EVENTS)
