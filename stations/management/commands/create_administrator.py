"""`create_administrator USERNAME --name NAME`: the first account of a new system, or one more of its kind."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import system_user
from aftersales.accounts.roles import Role
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from stations.services import accounts, grants


class Command(BaseCommand):
    help = (
        "Open an account that manages accounts and roles in the whole programme, and print its one-time "
        "password. Nobody inside the system can give this role."
    )

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="the person's name")

    def handle(self, *args, username, name, **options):
        by, now = system_user(), timezone.now()
        try:
            with transaction.atomic(), system_scope("create_administrator", by=by):
                opened = accounts.open_account(username=username, full_name=name, by=by, now=now)
                grants.give(
                    user=opened.user,
                    role=Role.ADMINISTRATOR,
                    is_programme_wide=True,
                    reason=_("set up at the command line"),
                    by=by,
                    now=now,
                )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{username} {opened.password}")
