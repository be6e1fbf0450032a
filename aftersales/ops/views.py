from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from aftersales.ops import health


def _answer(findings: dict[str, health.Finding]) -> JsonResponse:
    ok = all(finding.ok for finding in findings.values())
    checks = {name: {"ok": finding.ok, **finding.numbers} for name, finding in findings.items()}
    return JsonResponse({"ok": ok, "checks": checks}, status=200 if ok else 503)


@never_cache
@require_safe
def healthz(request):
    """Everything a monitor should wake somebody for: 200 when all is well, otherwise 503."""
    return _answer(health.report(health.HEALTH, now=timezone.now()))


@never_cache
@require_safe
def readyz(request):
    """Whether requests can be served: the database takes writes and knows every table."""
    return _answer(health.report(health.READINESS, now=timezone.now()))
