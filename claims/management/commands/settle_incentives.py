from django.core.management.base import BaseCommand
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from claims.services import incentives


class Command(BaseCommand):
    help = "Write down the incentives that agents have earned by claims handled successfully."

    def handle(self, *args, **options):
        with system_scope("settle incentives"):
            new = incentives.settle(by=system_user(), now=timezone.now())
        self.stdout.write(f"new {new}")
