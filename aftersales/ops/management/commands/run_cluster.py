"""`run_cluster`: the task cluster and what looks after it."""

from django.core.management.base import BaseCommand

from aftersales.ops import supervise


class Command(BaseCommand):
    help = (
        "Run the task cluster: in a process group of its own, started again as a whole when it ends or falls "
        "silent. SIGTERM lets it finish what it is doing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--stop-within",
            type=int,
            default=supervise.STOPS_WITHIN_SECONDS,
            metavar="SECONDS",
            help="how long tasks at work may take when it is stopped; what is left is ended and repeated",
        )

    def handle(self, *args, stop_within, **options):
        supervise.supervise(stops_within=stop_within)
