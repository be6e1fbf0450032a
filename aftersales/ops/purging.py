"""What background work leaves behind, and how long it is kept."""

from datetime import datetime, timedelta

from django_q.models import Failure, Success

from aftersales.ops import jobs
from aftersales.web import idempotency

SUCCESSES_KEPT = timedelta(days=7)
FAILURES_KEPT = timedelta(days=90)
JOBS_KEPT = timedelta(days=2)
JOBS_WITH_A_KEY_KEPT = timedelta(days=30)
SUBMISSION_KEYS_KEPT = timedelta(days=30)
# Their keys stay as long as they do: a payout that is sent again years later is still the same payout.
MONEY = frozenset(
    {
        "claims.advance",
        "claims.compensation",
        "claims.coupon",
        "claims.deposit",
        "claims.fund",
        "claims.movement",
        "claims.reship",
    }
)


def purge(*, now: datetime) -> dict[str, int]:
    """Forget what is old enough; returns how many rows of each kind went."""
    successes, _models = Success.objects.filter(stopped__lt=now - SUCCESSES_KEPT).delete()
    failures, _models = Failure.objects.filter(stopped__lt=now - FAILURES_KEPT).delete()
    return {
        "successes": successes,
        "failures": failures,
        "jobs": jobs.purge(before=now - JOBS_KEPT, named_before=now - JOBS_WITH_A_KEY_KEPT),
        "submission_keys": idempotency.purge(before=now - SUBMISSION_KEYS_KEPT, keep=MONEY),
    }
