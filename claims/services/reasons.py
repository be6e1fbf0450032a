"""What people give as the reason of a step: short, and never nothing."""

from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused

REASON_SIGNS = 4


def given(text: str, *, limit: int | None = None) -> str:
    """A reason without the space around it, of at least four signs and at most `limit`.

    Raises Refused("reason_missing"), Refused("too_long").
    """
    text = text.strip()
    if len(text) < REASON_SIGNS:
        raise Refused(
            _("Give a reason of at least %(least)s characters.") % {"least": REASON_SIGNS},
            code="reason_missing",
            field="reason",
        )
    if limit is not None and len(text) > limit:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": limit}, code="too_long", field="reason"
        )
    return text
