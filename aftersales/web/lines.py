"""A line of text as services take it: outer and doubled blanks go, what cannot be printed is refused."""

from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.service_forms import is_unprintable


def checked_line(text: str, *, limit: int, field: str) -> str:
    """The text as one line of at most `limit` signs. Raises Refused: "too_long", "unprintable"."""
    line = " ".join(text.split())
    if len(line) > limit:
        raise Refused(_("Use at most %(limit)s characters.") % {"limit": limit}, code="too_long", field=field)
    if any(is_unprintable(sign) for sign in line):
        raise Refused(
            _("This contains characters that cannot be printed. Type the text again."),
            code="unprintable",
            field=field,
        )
    return line
