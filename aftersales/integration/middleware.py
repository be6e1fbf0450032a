"""Counts what came of the requests of applications, after the answer is made."""

import logging

from django.db import DatabaseError
from django.utils import timezone

from aftersales.integration.services.usage import note_outcome

log = logging.getLogger(__name__)


class OutcomeMiddleware:
    """Refusals and faults of the API are counted under the token that met them (docs/integration.md)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        caller = getattr(request, "api_caller", None)
        if caller is not None and response.status_code >= 400:
            counted_at = getattr(request, "api_counted_at", None)
            try:
                note_outcome(caller, response.status_code, counted_at=counted_at, now=timezone.now())
            except DatabaseError:
                # The answer is worth more than its count: the database may be what failed.
                log.warning("an answer was not counted", extra={"token_id": caller.token_id})
        return response
