"""The demonstration loads, keeps every invariant of money and history, shows every state, and loads once."""

import io
import json
import stat
from collections import Counter
from datetime import timedelta
from statistics import median

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.audit.sealing import SETTLED, first_broken_block, seal_due
from aftersales.integration.models import DeliveryState, WebhookDelivery
from aftersales.ops.demo.neighbours import NEIGHBOURS
from aftersales.ops.demo.people import NAMES
from aftersales.reports.models import Publication
from claims.models import (
    Availability,
    Claim,
    Compensation,
    Consumer,
    Escalation,
    Evaluation,
    Finding,
    Fund,
    HomeHelp,
    PartUse,
    Photo,
    ProviderOrder,
    Visit,
)
from claims.queries import (
    clock_invariants,
    escalation_checks,
    invariants,
    part_invariants,
    payout_invariants,
    supervision_invariants,
)
from claims.rules.supervision import FindingState
from claims.services import figures
from stations.models import Agent
from stations.rules.regions import NATION
from tests.factories import seeing_everything
from training.models import (
    Certificate,
    ClassPhoto,
    Enrolment,
    Mentorship,
    Publicity,
    SkillsCheck,
    VillageClass,
)
from training.queries import invariants as training_invariants
from training.queries.certificates import candidates, in_standing, standing_of
from training.queries.sittings import offered

COUNTY = "520123000000"
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "reports"])


def seed(**options) -> str:
    out = io.StringIO()
    call_command("seed_demo", stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture
def demo(transactional_db, monkeypatch, tmp_path):
    """The file with the accounts of a demonstration that was just loaded."""
    monkeypatch.setenv("DEMO_PASSWORD", "orchard-lantern-42")
    accounts = tmp_path / "accounts.txt"
    assert "orchard-lantern-42" not in seed(claims=150, accounts=str(accounts))
    return accounts


def test_demo(demo):
    with seeing_everything():
        assert list(invariants.violations()) == []
        assert list(payout_invariants.violations()) == []
        assert list(part_invariants.violations()) == []
        assert list(supervision_invariants.violations()) == []
        assert set(Finding.objects.values_list("state", flat=True)) == set(FindingState)
        assert Evaluation.objects.count() == 2
        assert PartUse.objects.filter(old_part="taken_back").exists()
        assert list(clock_invariants.violations()) == []
        assert list(training_invariants.violations()) == []
        assert list(escalation_checks.violations(timezone.now())) == []
        assert Escalation.objects.filter(climbed_to__isnull=False).exists()
        states = set(Claim.objects.values_list("status", flat=True))
        compensations = set(Compensation.objects.values_list("state", flat=True))
        assert Photo.objects.filter(claim__isnull=False).count() == Photo.objects.count() > 60
        assert len(set(Photo.objects.values_list("sha256", flat=True))) == Photo.objects.count()
        assert all("*" in name for name in Consumer.objects.values_list("name_masked", flat=True)[:20])
        visits = set(Visit.objects.values_list("state", flat=True))
        assert visits == {"planned", "under_way", "done", "failed", "moved", "cancelled"}
        assert Visit.objects.filter(state="planned", technician=None, provider=None).exists()
        assert Availability.objects.filter(user__username="township").exists()
        orders = set(ProviderOrder.objects.values_list("state", flat=True))
        assert {"offered", "accepted", "declined", "lapsed", "withdrawn"} <= orders
        assert HomeHelp.objects.filter(withdrawn_at__isnull=True).exists()
        assert_learned()
        last = max(Claim.objects.values_list("filed_at", flat=True))
        assert_compared()
        assert set(WebhookDelivery.objects.values_list("state", flat=True)) == set(DeliveryState)

    assert states == {
        "submitted",
        "accepted",
        "in_progress",
        "waiting",
        "resolved",
        "closed",
        "rejected",
        "withdrawn",
        "merged",
    }
    assert {"proposed", "chosen", "executed", "refused", "voided"} <= compensations

    *accounts, token = demo.read_text().splitlines()
    assert token.startswith("API token   aft_")
    rows = [line.split(maxsplit=2) for line in accounts]
    names = list(NAMES)
    assert [row[:2] for row in rows] == [[name, "orchard-lantern-42"] for name in names]
    assert [rows[0][2], rows[-1][2]] == ["Village agent", "System administrator"]
    assert stat.S_IMODE(demo.stat().st_mode) == 0o600
    for name in names:
        assert User.objects.get(username=name).check_password("orchard-lantern-42")

    before = Claim._base_manager.count()
    assert "loaded already" in seed(claims=150)
    assert Claim._base_manager.count() == before
    assert set(Fund._base_manager.values_list("kind", flat=True)) == {"emergency", "special"}

    with seeing_everything():
        assert last <= timezone.now()
        seal_due(now=timezone.now() + SETTLED + timedelta(seconds=1))
        assert first_broken_block() is None


def assert_compared():
    """Other counties have claims at a pace of their own, and what is published tells of somebody."""
    counties = Counter(Claim.objects.values_list("county_code", flat=True))
    assert counties.keys() == {COUNTY, *(each.code for each in NEIGHBOURS)}
    assert max(counties, key=counties.get) == COUNTY
    answers = Claim.objects.filter(accepted_at__isnull=False).values_list("response_minutes", flat=True)
    assert 5 < median(answers) < 90
    assert figures.check() == []
    published = Publication.objects.values_list("edition__region_code", "edition__content")
    assert published
    for region, content in published:
        told = json.loads(content)
        assert region == NATION or told["classes"]["total"] > 0


def assert_learned():
    """Certificates in every standing, a course half read, classes with gaps, somebody new with a mentor."""
    today = timezone.localdate()
    standings = Counter(standing_of(each, today).value for each in Certificate.objects.all())
    assert standings.keys() == {"valid", "expired", "revoked"}
    assert Certificate.objects.filter(renews__isnull=False).count() == 1
    (waiting,) = candidates(Agent.objects.all(), today).filter(is_qualified=True)
    assert waiting.user_id in in_standing(Certificate.objects.all(), "ending", today).values_list(
        "user", flat=True
    )
    assert any(each.turn.may_begin for each in offered(User.objects.get(username="agent"), timezone.now()))
    assert 0 < Certificate.objects.filter(shows_name=True).count() < Certificate.objects.count()
    half = Enrolment.objects.get(user__username="agent", finished_at__isnull=True)
    assert sorted(each.finished_at is None for each in half.progress.all()) == [False, True]
    assert set(VillageClass.objects.values_list("state", flat=True)) == {"planned", "held", "cancelled"}
    assert ClassPhoto.objects.exists()
    assert Publicity.objects.filter(withdrawn_at__isnull=False).exists()
    assert Mentorship.objects.get().mentor.username == "agent"
    assert set(SkillsCheck.objects.values_list("has_passed", flat=True)) == {True, False}


def test_county_without_stations_is_refused(transactional_db, monkeypatch):
    with pytest.raises(CommandError, match="no stations in 110101000000"):
        seed(county="110101000000", claims=0)
