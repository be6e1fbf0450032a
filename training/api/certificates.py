"""Whether a certificate is good, for programs: what the public page answers, as rarely asked."""

from datetime import timedelta
from math import ceil

from django.utils import timezone
from rest_framework import exceptions, serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.fields import Output
from aftersales.web.api.views import ApiView
from aftersales.web.throttle import Throttle
from training.queries import certificates as reading
from training.rules.certificates import Standing, is_well_formed, normalise

BY_CLIENT = Throttle("verify-client", 60, timedelta(minutes=15))
"""Every look counts, whatever the answer: nobody learns from being stopped which numbers exist."""

STANDINGS = [standing.value for standing in Standing]


class CertificateOut(Output):
    number = serializers.CharField()
    standing = serializers.ChoiceField(STANDINGS)
    issued_on = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    revoked_on = serializers.DateField(allow_null=True)
    name = serializers.CharField(help_text="Only where the holder agreed to be named; else empty.")


class CertificateView(ApiView):
    """What is known about a number: valid, expired, revoked, or `unknown`, also for what cannot be a number.
    At most 60 in a quarter of an hour."""

    scopes = {"GET": ApiScope.CERTIFICATES_READ}
    serializer_class = CertificateOut

    def get(self, request, number):
        """Check a certificate"""
        now, subject = timezone.now(), request.auth.client_key
        if BY_CLIENT.is_closed(subject, now=now):
            raise exceptions.Throttled(wait=ceil(BY_CLIENT.window.total_seconds()))
        BY_CLIENT.count_failure(subject, now=now)
        written = normalise(number)
        if not is_well_formed(written):
            return self.one(reading.Answer(Standing.UNKNOWN, number))
        return self.one(reading.answer_for(written, timezone.localdate(now)))
