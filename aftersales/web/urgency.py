"""How near a due time is, said so that it can be told apart without colour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from aftersales.web.formats import time_left

SOON = timedelta(hours=4)


@dataclass(frozen=True)
class Urgency:
    """How near a due time is: a tone, and the icon and words that say the same without colour."""

    tone: str
    icon: str
    words: str


def due_tone(due: datetime, now: datetime) -> str:
    """bad once the time is over, warn in the last four hours, good before."""
    if due < now:
        return "bad"
    return "warn" if due - now <= SOON else "good"


def urgency(due: datetime, now: datetime, *, is_paused: bool = False) -> Urgency:
    """Over, soon, in time, or standing still; what is over stays over while it stands still."""
    tone, left = due_tone(due, now), time_left(due, now)
    if tone == "bad":
        return Urgency(tone, "alert", left)
    if is_paused:
        return Urgency("wait", "pause", _("paused · %(left)s") % {"left": left})
    if tone == "warn":
        return Urgency(tone, "clock", _("due soon · %(left)s") % {"left": left})
    return Urgency(tone, "check-circle", left)
