from django.core.management import BaseCommand
from django.utils import timezone

from aftersales.notices import outbox


class Command(BaseCommand):
    """Sends what the task cluster would send each minute; may run beside it."""

    help = "Send every message that is due, through the channels that are switched on."

    def handle(self, **options):
        delivered = failed = dead = 0
        for code in outbox.channels_due(now=timezone.now()):
            is_more = True
            while is_more:
                drained = outbox.drain(code, now=timezone.now())
                delivered += drained.delivered
                failed += drained.failed
                dead += drained.dead
                is_more = drained.is_more
        self.stdout.write(f"delivered {delivered}, failed {failed}, given up {dead}")
