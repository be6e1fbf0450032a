"""What a provider does with a visit it was ordered for, by link or account. docs/rules/providers.md.

Only whoever has accepted goes on, and only until the visit has ended: afterwards there is nothing more to
see or to do. A fee hangs on what is said, so nothing is said before the day of the visit. Through the link
nobody is signed in: `by` None, the system acts for the provider.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from aftersales.accounts.models import User, system_user
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.web.formats import clock_time
from claims.models import ProviderOrder, Visit
from claims.models.visits import BOOKED_STATES
from claims.rules.provider_orders import OrderState
from claims.rules.visits import VisitFailure, VisitStep
from claims.services import consumers, visits
from claims.services.visit_proofs import PAPER
from claims.services.visit_rows import is_too_early

SHOWN = ("name", "phone", "address")
SHOWN_AFTER_WINDOW = timedelta(days=1)
"""So long after the window a visit that nobody has written down still says whom it concerns."""

FAILURES = tuple(failure for failure in VisitFailure if failure != VisitFailure.DID_NOT_COME)
"""Why a provider can say that a visit came to nothing; that nobody came is said by the county."""


def reveal(*, order: ProviderOrder, by: User | None, now: datetime) -> dict[str, str]:
    """Name, phone and address of the consumer, for whoever has accepted, until the visit has ended.

    A visit that nobody writes down shows them for one more day after its window. Every look is one event
    that names the order. Raises Refused: "not_accepted", "window_over", "personal_data_erased".
    """
    with system_scope("a provider looks up where to go", quiet=True):
        visit = _accepted(order)
        if now > visit.ends_at + SHOWN_AFTER_WINDOW:
            raise Refused(_("The window is long over. Say what came of the visit."), code="window_over")
        return consumers.reveal(
            consumer=visit.claim.consumer,
            fields=SHOWN,
            reason=f"provider_order {order.pk}",
            by=by or system_user(),
            now=now,
        )


def set_out(*, order: ProviderOrder, by: User | None, now: datetime) -> Visit:
    """The provider is on the way. Raises Refused: "not_accepted", "too_early", and what visits.start
    refuses."""
    with system_scope("a provider sets out", quiet=True):
        return visits.start(visit=_of_the_day(order, now), by=by or system_user(), now=now)


def finish(
    *, order: ProviderOrder, outcome: str, found: str, done: str, by: User | None, now: datetime
) -> Visit:
    """What came of the visit, signed by the consumer on paper; the order ends with its fee.

    Raises Refused: "not_accepted", "too_early", and what visits.finish refuses.
    """
    with system_scope("a provider has made a visit", quiet=True):
        return visits.finish(
            visit=_of_the_day(order, now),
            outcome=outcome,
            found=found,
            done=done,
            proof=PAPER,
            by=by or system_user(),
            now=now,
        )


def fail(*, order: ProviderOrder, failure: str, note: str = "", by: User | None, now: datetime) -> Visit:
    """Why the visit came to nothing; that nobody was at home, once its window has begun.

    Raises Refused: "not_accepted", "unknown_choice", "too_early", and what visits.fail refuses.
    """
    if failure not in FAILURES:
        raise Refused(_("Choose one of the reasons."), code="unknown_choice", field="failure")
    with system_scope("a provider's visit came to nothing", quiet=True):
        visit = _of_the_day(order, now)
        if failure == VisitFailure.NOBODY_HOME and now < visit.starts_at:
            raise Refused(
                _("The consumer expects you from %(start)s on.") % {"start": clock_time(visit.starts_at)},
                code="too_early",
                field="failure",
            )
        return visits.fail(visit=visit, failure=failure, note=note, by=by or system_user(), now=now)


def is_ahead(visit: Visit, *, now: datetime) -> bool:
    """Whether a provider has to wait with what it says of a visit: its day has not come yet."""
    return is_too_early(visit, VisitStep.FAIL, now=now)


def _of_the_day(order: ProviderOrder, now: datetime) -> Visit:
    visit = _accepted(order)
    if is_ahead(visit, now=now):
        raise Refused(
            _("This is said on the day of the visit. If you cannot come, call the county centre."),
            code="too_early",
        )
    return visit


def _accepted(order: ProviderOrder) -> Visit:
    rows = ProviderOrder.objects.select_related("visit__claim__consumer")
    found = rows.filter(pk=order.pk, state=OrderState.ACCEPTED, visit__state__in=BOOKED_STATES).first()
    if found is None:
        raise Refused(_("This order is not yours to carry out."), code="not_accepted")
    return found.visit
