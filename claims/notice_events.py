"""What people are told about claims, in words. Sorted by code."""

from django.utils.translation import gettext_lazy as _

from aftersales.notices.events import Event, register
from claims.models.choices import ClockChoices, LevelChoices
from claims.rules.clocks import Level

CLOCKS = {clock.value: clock.label for clock in ClockChoices}
LEVELS = {level.name.lower(): LevelChoices(level).label for level in Level}
"""A place is the name of a station, or the code of a level where no station stands for it."""

EVENTS = (
    Event(
        "claim.climbed_away",
        title=_("Claim %(number)s has gone up to %(to)s"),
        body=_("%(clock)s ran out at %(due_at)s. You no longer have to act."),
        labels={"clock": CLOCKS, "to": LEVELS},
    ),
    Event(
        "claim.climbed_to_you",
        title=_("Claim %(number)s has come up to you"),
        body=_("%(clock)s ran out at %(due_at)s; until then it was with %(place)s. Please take it over."),
        labels={"clock": CLOCKS, "place": LEVELS},
    ),
    Event(
        "claim.handed_up",
        title=_("Claim %(number)s was handed up to you"),
        body=_("%(place)s cannot settle it. Please read the reason and take it over."),
        labels={"place": LEVELS},
    ),
    Event(
        "claim.ran_out",
        title=_("Claim %(number)s is overdue"),
        body=_("%(clock)s ran out at %(due_at)s."),
        labels={"clock": CLOCKS},
    ),
    Event(
        "claim.resumed_by_itself",
        title=_("Claim %(number)s goes on"),
        body=_("Its pause was at its longest at %(due_at)s. The promised times count again."),
    ),
    Event(
        "claim.sent_back",
        title=_("Claim %(number)s was sent back to you"),
        body=_("%(place)s has given it back. Please read the reason and take it over."),
        labels={"place": LEVELS},
    ),
    Event(
        "claim.warned",
        title=_("Claim %(number)s is due soon"),
        body=_("%(clock)s is due at %(due_at)s."),
        labels={"clock": CLOCKS},
    ),
)


def register_events() -> None:
    """Make them known; called when the app is ready."""
    register(*EVENTS)
