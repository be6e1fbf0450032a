"""`sweep_clocks`: carry out what has fallen due on the clocks of claims, beside the scheduled run or not."""

import math

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from claims.services import sweep


class Command(BaseCommand):
    help = (
        "Warn, escalate and resume whatever has fallen due on the clocks of claims, as the task cluster does "
        "every minute. The last line says how many. Running it again does nothing twice. Exit status 1 when "
        "an alarm failed; the admin lists those claims."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--now",
            metavar="ISO",
            default="",
            help="carry out what falls due until this moment, say 2026-11-20T14:30:00+08:00",
        )

    def handle(self, *args, now, **options):
        by = system_user()
        with system_scope("sweep_clocks", by=by):
            result = sweep.sweep(now=self._moment(now), by=by, seconds=math.inf)
        if result.failed:
            self.stderr.write(f"failed {result.failed}")
        self.stdout.write(f"warned {result.warned}, escalated {result.escalated}, resumed {result.resumed}")
        if result.failed:
            raise SystemExit(1)

    @staticmethod
    def _moment(text: str):
        if not text:
            return sweep.present()
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise CommandError(f"--now {text}: not a moment with its time zone")
        return moment
