"""`issue_token --party NAME --name NAME`: an application and its first token, from the command line."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.api_scopes import ApiScope
from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.integration.models import ApiClient
from aftersales.integration.services import clients, tokens
from aftersales.lib.errors import Refused
from stations.models import Region
from stations.models.parties import PartyKind
from stations.services import parties


class Command(BaseCommand):
    help = (
        "Issue a token for an application of a party and print its secret, once. The party and the "
        "application are entered when they are not known yet."
    )

    def add_arguments(self, parser):
        parser.add_argument("--party", required=True, help="name of the party")
        parser.add_argument("--kind", default=PartyKind.PLATFORM, choices=PartyKind.values)
        parser.add_argument("--name", required=True, help="name of the application")
        parser.add_argument("--region", default="", help="code of the county; the whole programme without")
        parser.add_argument("--scopes", nargs="+", default=list(ApiScope.values), choices=ApiScope.values)
        parser.add_argument("--label", default="", help="what the token is for")
        parser.add_argument("--days", type=int, default=180)
        parser.add_argument("--rate", type=int, default=300, help="requests a minute")

    def handle(self, *args, party, kind, name, region, scopes, label, days, rate, **options):
        by, now = system_user(), timezone.now()
        try:
            with transaction.atomic(), system_scope("issue_token", by=by):
                client = self._client(party, kind, name, region, by=by, now=now)
                issued = tokens.issue(
                    client=client,
                    label=label or _("set up at the command line"),
                    scopes=scopes,
                    rate_per_minute=rate,
                    days=days,
                    by=by,
                    now=now,
                )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(issued.secret)

    def _client(self, party: str, kind: str, name: str, region: str, *, by, now) -> ApiClient:
        owner = parties.find_or_create(kind=kind, name=party, by=by, now=now)
        known = ApiClient.objects.filter(party=owner, name=name).first()
        if known is not None:
            return known
        regions = list(Region.objects.filter(pk=region)) if region else []
        if region and not regions:
            raise CommandError(f"no region has the code {region}")
        return clients.register(
            party=owner,
            name=name,
            regions=regions,
            is_programme_wide=not regions,
            reason=_("set up at the command line"),
            by=by,
            now=now,
        )
