"""The rate of a token, counted in the database, so that every process counts the same. trust.md, D13."""

from datetime import timedelta
from math import ceil

from django.db import connection
from django.utils import timezone
from rest_framework.throttling import BaseThrottle

CONSUMER_RATE = 60
"""Requests a minute of one consumer's session."""

COUNT = """
    INSERT INTO integration_tokenminute (token_id, subject, minute, requests, refused, faults, throttled)
    VALUES (%s, %s, %s, 1, 0, 0, 0)
    ON CONFLICT (subject, minute) DO UPDATE SET requests = integration_tokenminute.requests + 1
    RETURNING requests
"""


class TokenRate(BaseThrottle):
    """At most so many requests in a minute of the clock."""

    def allow_request(self, request, view):
        caller = request.auth
        if caller is None:
            return True
        self.now = timezone.now()
        limit = CONSUMER_RATE if caller.consumer else caller.rate_per_minute
        minute = self.now.replace(second=0, microsecond=0)
        request._request.api_counted_at = self.now
        with connection.cursor() as cursor:
            cursor.execute(
                COUNT,
                [caller.token_id, caller.subject, connection.ops.adapt_datetimefield_value(minute)],
            )
            sent = cursor.fetchone()[0]
        request.rate = {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(max(limit - sent, 0)),
            "RateLimit-Reset": str(ceil(self.wait())),
        }
        return sent <= limit

    def wait(self):
        over = self.now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return (over - self.now).total_seconds()
