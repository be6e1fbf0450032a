"""What people write about classes and publicity: printed and read by many, so without phone numbers."""

from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.lib.phones import names_mobile

LEAST_SIGNS = 2


def given(text: str, field: str, *, limit: int, keeps_lines: bool = False) -> str:
    """A text without the space around it; on one line unless `keeps_lines`.

    Raises Refused("text_missing"), Refused("too_long"), Refused("phone_in_text").
    """
    text = text.strip() if keeps_lines else " ".join(text.split())
    if len(text) < LEAST_SIGNS:
        raise Refused(
            _("Write at least %(least)s characters.") % {"least": LEAST_SIGNS},
            code="text_missing",
            field=field,
        )
    if len(text) > limit:
        raise Refused(_("Use at most %(limit)s characters.") % {"limit": limit}, code="too_long", field=field)
    if names_mobile(text):
        raise Refused(
            _("Leave phone numbers out: what stands here is printed and read by many."),
            code="phone_in_text",
            field=field,
        )
    return text
