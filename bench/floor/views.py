"""The pages that ours are measured against: session, user, three indexed queries, a template."""

from django.http import HttpResponseForbidden
from django.shortcuts import render
from django.utils import timezone

from aftersales.audit.models import AuditEvent
from claims.models import Claim, Compensation
from claims.queries.claims import OPEN_ORDER, StillOpen

COLUMNS = (
    "number",
    "order_line__product",
    "consumer__name_masked",
    "station__name",
    "nature",
    "status",
    "handler__full_name",
    "filed_at",
    "next_due_at",
)
ROWS, CAP = 50, 1001


def queue(request, county_code):
    """Fifty rows of nine columns, how many there are, how many are late, and who asks."""
    if not request.user.is_authenticated:
        return HttpResponseForbidden()
    still_open = Claim._base_manager.filter(StillOpen("status"), county_code=county_code)
    context = {
        "user": request.user,
        "rows": still_open.order_by(*OPEN_ORDER).values_list(*COLUMNS)[:ROWS],
        "count": still_open[:CAP].count(),
        "late": still_open.filter(next_due_at__lt=timezone.now())[:CAP].count(),
    }
    return render(request, "queue.html", context)


def claim(request, number):
    """One claim with its places and people, its compensation and its history."""
    if not request.user.is_authenticated:
        return HttpResponseForbidden()
    found = Claim._base_manager.select_related(
        "station", "consumer", "order_line__order__merchant", "liable_party", "handler"
    ).get(number=number)
    context = {
        "user": request.user,
        "claim": found,
        "compensation": Compensation._base_manager.filter(claim=found, round=found.round).first(),
        "events": AuditEvent._base_manager.filter(claim_id=found.pk).order_by("id"),
    }
    return render(request, "claim.html", context)
