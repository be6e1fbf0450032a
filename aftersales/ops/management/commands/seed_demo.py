"""`seed_demo`: a county that has worked with the system for a year, on real divisions."""

import os
from datetime import timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone, translation

from aftersales.accounts.models import system_user
from aftersales.accounts.roles import Role
from aftersales.accounts.services import one_time_password
from aftersales.audit.trail import system_scope
from aftersales.ops.demo.afterwards import Afterwards
from aftersales.ops.demo.applications import Applications
from aftersales.ops.demo.books import Books
from aftersales.ops.demo.cases import Cases
from aftersales.ops.demo.day_plans import DayPlans
from aftersales.ops.demo.decisions import Decisions
from aftersales.ops.demo.diagnoses import Diagnoses
from aftersales.ops.demo.exports import take_lists_away
from aftersales.ops.demo.flags import Flags
from aftersales.ops.demo.history import History
from aftersales.ops.demo.lists import bring_lists_in
from aftersales.ops.demo.neighbours import Neighbours
from aftersales.ops.demo.offers import answer_some
from aftersales.ops.demo.orders import OtherOrders
from aftersales.ops.demo.owing import Owing
from aftersales.ops.demo.pace import Pace
from aftersales.ops.demo.parts import Parts
from aftersales.ops.demo.past_visits import PastVisits
from aftersales.ops.demo.payouts import Payouts
from aftersales.ops.demo.people import NAMES, staff_county
from aftersales.ops.demo.places import enter_places
from aftersales.ops.demo.policies import issue_rules
from aftersales.ops.demo.programme import plan_programme
from aftersales.ops.demo.providers import Providers
from aftersales.ops.demo.publications import Publications
from aftersales.ops.demo.recent import Recent
from aftersales.ops.demo.remedies import Remedies
from aftersales.ops.demo.statements import Statements
from aftersales.ops.demo.supervision import Supervision
from aftersales.ops.demo.training import Training
from aftersales.ops.demo.training_classes import Classes
from aftersales.ops.demo.training_handbook import read_handbook, tell_cases
from aftersales.ops.demo.training_words import TrainingWords
from aftersales.ops.demo.visits import Visits
from aftersales.ops.demo.webhooks import Webhooks
from aftersales.ops.demo.words import Words
from claims.models import Fund
from claims.services import figures, sweep
from stations.models import Region, Station

HISTORY_ENDS = timedelta(days=12)


class Command(BaseCommand):
    help = (
        "Load believable data on real divisions: stations, people, orders, claims in every state, photos and "
        "money. Does nothing when the county has its data already."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--county", default="520123000000", metavar="CODE", help="12-digit code of a county"
        )
        parser.add_argument("--months", type=int, default=12, help="how far back claims reach")
        parser.add_argument("--claims", type=int, default=3000, help="how many claims that have ended")
        parser.add_argument(
            "--accounts", default="", metavar="FILE", help="write them here, do not print them"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same")

    def handle(self, *args, county, months, claims, seed, accounts, **options):
        if not (1 <= months <= 36 and 0 <= claims <= 1_000_000):
            raise CommandError("months lie between 1 and 36, claims between 0 and 1,000,000")
        self._let_commits_be_quick()
        with translation.override("zh-hans"), system_scope("load the demonstration", by=system_user()):
            enter_places(self.stdout)
            region = Region.objects.filter(code=county).select_related("parent__parent").first()
            if region is None or not Station.objects.filter(county_code=county, tier="county").exists():
                known = Station.objects.filter(tier="county").order_by("county_code").select_related("region")
                offered = ", ".join(f"{station.county_code} {station.region.name}" for station in known)
                raise CommandError(f"no stations in {county}; there are some in: {offered}")
            if Fund.objects.filter(county_code=county).exists():
                self.stdout.write(f"{region.name}: the demonstration is loaded already")
                return
            password = os.environ.get("DEMO_PASSWORD") or one_time_password()
            secret = self._county(region, months=months, claims=claims, seed=seed, password=password)
        self._hand_out(password, secret, accounts)

    def _let_commits_be_quick(self) -> None:
        """Demonstration data may be lost in a power cut; only this connection waits for no disk."""
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous=OFF")

    def _county(self, region: Region, *, months: int, claims: int, seed: int, password: str) -> str:
        now = timezone.now()
        words = Words(seed)
        self.stdout.write(f"{region.name}: people and fund")
        staff = staff_county(region, words=words, password=password, claims=claims, now=now)
        learned = TrainingWords(f"{region.code} {seed}")
        for told in Training(staff, words=learned, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Classes(staff, learned, words, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        self.stdout.write(f"{region.name}: {read_handbook(staff, learned, now=now)}")
        cases = Cases(staff, words=words, system=system_user(), pace=Pace(seed))
        self.stdout.write(f"{region.name}: {claims} claims of {months} months")
        end = now - HISTORY_ENDS
        History(cases).write(claims, start=end - timedelta(days=30 * months), end=end)
        self.stdout.write(f"{region.name}: the last days")
        done = list(Recent(cases, now=now).write())
        for told in Flags(staff, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        answered = list(answer_some(staff, now=now))
        self.stdout.write(f"{region.name}: {len(answered)} offers answered")
        for told in Remedies(staff, words=words, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Visits(staff, words=words, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Providers(staff, words=words, now=now).write(password=password):
            self.stdout.write(f"{region.name}: {told}")
        for told in PastVisits(staff, words=words).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in DayPlans(staff, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Statements(staff, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Afterwards(staff, words=words, system=system_user(), now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Decisions(staff, words=words, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Owing(staff, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Payouts(staff, words=words, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Diagnoses(staff, words=words, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Parts(staff, words=words, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Books(staff, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        self.stdout.write(f"{region.name}: {issue_rules(staff, now=now)}")
        self.stdout.write(f"{region.name}: {plan_programme(region.code, now=now)}")
        self.stdout.write(f"{region.name}: {tell_cases(staff, learned, now=now)}")
        # What has fallen due in the last days climbs and is told, as if the cluster had run all along.
        swept = sweep.sweep(now=timezone.now(), by=system_user())
        self.stdout.write(f"{region.name}: {swept.escalated} escalations")
        for told in OtherOrders(region.code, words=Words(seed), now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Neighbours(region.code, system=system_user(), seed=seed, now=now).write(claims, end=end):
            self.stdout.write(told)
        counted = figures.rebuild(now=timezone.now())
        self.stdout.write(f"{region.name}: {counted} figures of places and periods")
        for told in Supervision(staff, now=now).write():
            self.stdout.write(f"{region.name}: {told}")
        for told in Publications(system_user(), now=timezone.now()).write():
            self.stdout.write(f"{region.name}: {told}")
        self.stdout.write(f"{region.name}: {take_lists_away(region, now=timezone.now())}")
        self.stdout.write(f"{region.name}: {bring_lists_in(region, now=timezone.now())}")
        applications = Applications(region, seed=seed, now=now)
        for told in (*applications.write(), *Webhooks(region, seed=seed, now=now).write()):
            self.stdout.write(f"{region.name}: {told}")
        self.stdout.write(f"{region.name}: {claims + len(done)} claims")
        return applications.secret

    def _hand_out(self, password: str, secret: str, file: str) -> None:
        with translation.override("en"):
            lines = [f"{username:<11} {password}  {_role(username).label}" for username in NAMES]
        lines.append(f"{'API token':<11} {secret}")
        if not file:
            self.stdout.write("\n".join(lines))
            return
        accounts = Path(file)
        accounts.touch(mode=0o600)
        accounts.write_text("\n".join(lines) + "\n")


def _role(username: str) -> Role:
    return Role.ADMINISTRATOR if username == "admin" else Role(username)
