"""Which visits somebody set out for, as conditions of queries.

A way in vain stays one when the visit goes on at another time: its row is then a moved one that keeps why it
came to nothing.
"""

from __future__ import annotations

from django.db.models import Q

from claims.rules.visits import WENT, VisitState

IN_VAIN_BEFORE = Q(state=VisitState.MOVED) & ~Q(failure="")


def made() -> Q:
    """The condition on visits that were made or came to nothing: they have cost something."""
    return Q(state__in=(VisitState.DONE, VisitState.FAILED)) | IN_VAIN_BEFORE


def went() -> Q:
    """The condition on visits that somebody set out for."""
    return Q(state__in=WENT) | IN_VAIN_BEFORE
