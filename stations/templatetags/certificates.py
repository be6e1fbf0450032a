"""How one's own certificate stands, where work begins: `{% load certificates %}`."""

from datetime import timedelta

from django import template
from django.utils import timezone

from stations.models import Agent
from stations.rules.tiers import NEEDS_CERTIFICATE

register = template.Library()

SAID_FROM = timedelta(days=60)
"""How long before its end the note is shown."""


@register.inclusion_tag("stations/parts/certificate_note.html", takes_context=True)
def certificate_note(context, shows_end: bool = True) -> dict:
    """What somebody at a point may not do without a certificate, and the way to one; nothing while it is
    valid for long. `shows_end` also says that it ends soon."""
    user, today = context["request"].user, timezone.localdate()
    posted = Agent._base_manager.filter(user=user, left_on__isnull=True, station__tier__in=NEEDS_CERTIFICATE)
    found = list(posted.values_list("certified_until", flat=True)[:1])
    until = found[0] if found else None
    has_ended = until is None or until < today
    ends_soon = not has_ended and until - today <= SAID_FROM
    return {
        "until": until,
        "has_ended": has_ended,
        "days_left": (until - today).days if ends_soon else None,
        "is_said": bool(found) and (has_ended or (shows_end and ends_soon)),
    }
