"""Why a claim earns no incentive, in words for the agent who handled it."""

from django.utils.translation import gettext_lazy as _

from claims.rules.incentives import Against

AGAINST = {
    Against.NOT_CLOSED: _("The claim is not closed."),
    Against.WINDOW_OPEN: _("The seven days for reopening are not over yet."),
    Against.FOLLOW_UP_OPEN: _("The follow-up call has not been made yet."),
    Against.REOPENED: _("It was reopened after it had been settled."),
    Against.SCORE_LOW: _("The consumer gave it 1 or 2 of 5."),
    Against.NO_SCORE: _("The consumer was reached and gave no score."),
    Against.FLAG_CONFIRMED: _("A sign of misuse was confirmed."),
    Against.NO_AGENT: _("It was handled by county staff."),
    Against.NOT_CERTIFIED: _("There was no valid certificate on the day it was settled."),
    Against.LINE_PAID: _("Another claim on the same goods has earned it."),
    Against.NOT_OFFERED: _("The terms of that day give no incentive."),
}
