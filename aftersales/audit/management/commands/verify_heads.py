from django.core.management.base import BaseCommand, CommandError

from aftersales.audit.heads import first_broken_head
from aftersales.audit.models import DailyHead
from aftersales.audit.trail import system_scope


class Command(BaseCommand):
    help = (
        "Walk the heads of all days and the blocks they name; exit 1 and name the first day that does not "
        "fit. --known compares one day with a copy that was kept outside."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--known", nargs=2, metavar=("DAY", "HASH"), help="a day (2026-11-21) and the hash somebody kept"
        )

    def handle(self, *args, known, **options):
        with system_scope("verify the heads of the days", quiet=True):
            broken = first_broken_head()
            if broken:
                raise CommandError(f"broken head {broken.day}: {broken.why}")
            if known:
                self._compare(*known)
            last = DailyHead.objects.order_by("-day").first()
            self.stdout.write(
                f"heads {DailyHead.objects.count()}, all whole" + (f", last {last.hash}" if last else "")
            )

    def _compare(self, day: str, hash_: str) -> None:
        of_day = {str(each): stored for each, stored in DailyHead.objects.values_list("day", "hash")}
        if day not in of_day:
            raise CommandError(f"{day}: there is no head of that day")
        if of_day[day] != hash_.strip().lower():
            raise CommandError(f"{day}: the head is {of_day[day]}, the copy says {hash_}")
