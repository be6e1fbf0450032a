"""`seed_volume --claims N`: bulk data for measuring."""

from time import monotonic

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.ops.demo.places import enter_places
from aftersales.ops.volume.filling import Filling, NoStations
from claims.services import figures

PROGRESS_EVERY = 10


class Command(BaseCommand):
    help = (
        "Add N claims with orders, consumers, compensation, fund movements and history, spread over the "
        "village stations, for measuring. Places of the demonstration are imported when there are none. "
        "Each run adds more."
    )

    def add_arguments(self, parser):
        parser.add_argument("--claims", type=int, required=True, metavar="N")
        parser.add_argument("--counties", type=int, metavar="K", help="only the first K counties by code")
        parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same")

    def handle(self, *args, claims, counties, seed, **options):
        if not 1 <= claims <= 100_000_000 or (counties is not None and counties < 1):
            raise CommandError("claims lie between 1 and 100,000,000; counties is at least 1")
        with translation.override("zh-hans"), system_scope("fill for measuring", by=system_user()):
            enter_places(self.stdout)
            started = monotonic()
            try:
                filling = Filling(claims, counties=counties, seed=seed, by=system_user(), now=timezone.now())
            except NoStations as reason:
                raise CommandError(str(reason)) from None
            self.stdout.write(f"stations {len(filling.places)}, counties {len(filling.counties)}")
            for batch, done in enumerate(filling.write(), start=1):
                if batch % PROGRESS_EVERY == 0 and done < claims:
                    self.stdout.write(f"{done} …")
                    self.stdout.flush()
            seconds = monotonic() - started
            self.stdout.write(f"figures {figures.rebuild(now=timezone.now())}")
        self.stdout.write(f"claims {claims}, seconds {seconds:.1f}, per second {claims / seconds:.0f}")
