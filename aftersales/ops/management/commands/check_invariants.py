from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from aftersales.audit.append_only import expected_triggers, present_triggers
from aftersales.audit.trail import system_scope
from claims.queries import (
    clock_invariants,
    escalation_checks,
    invariants,
    part_invariants,
    payout_invariants,
    supervision_invariants,
)
from claims.queries.figures import stale
from claims.services import figures
from training.queries import invariants as training_invariants


class Command(BaseCommand):
    help = "Check on live data what must always hold: one line per violation, exit 1 if any."

    def handle(self, *args, **options):
        found = 0
        with system_scope("check invariants", quiet=True):
            for violation in self._violations():
                found += 1
                self.stdout.write(violation)
        if found:
            raise CommandError(f"violations {found}")
        self.stdout.write("violations 0")

    def _violations(self):
        missing = expected_triggers(connection.vendor).keys() - present_triggers(connection)
        yield from (f"trigger {name}: missing" for name in sorted(missing))
        yield from invariants.violations()
        yield from payout_invariants.violations()
        yield from part_invariants.violations()
        yield from supervision_invariants.violations()
        yield from clock_invariants.violations()
        yield from escalation_checks.violations(timezone.now())
        yield from training_invariants.violations()
        if stale.progress() is not None:
            yield from map(str, figures.check())
