"""What climbs is offered by a task of its own, and silence is noticed by the clock."""

from datetime import timedelta

import pytest
import time_machine
from django_q.models import OrmQ

from aftersales.accounts.models import system_user
from aftersales.ops import tasks
from claims.models import Claim, Offer
from claims.services.sweep import sweep
from tests.claims.clock_cases import FILED_AT, clocked
from tests.factories import seeing_everything

pytestmark = pytest.mark.django_db


def open_offers():
    with seeing_everything():
        rows = Offer.objects.filter(state="open").order_by("id")
        return [(row.claim_id, row.person.username, row.level) for row in rows]


def test_a_claim_that_climbs_is_offered_at_its_new_level(cast):
    claims = [clocked(cast.guangcheng, cast.agent) for _count in range(2)]
    late = FILED_AT + timedelta(hours=4)
    with seeing_everything():
        Claim.objects.update(handler=None)
        sweep(now=late, by=system_user())

    enqueued = [line.task for line in OrmQ.objects.all()]
    offering = [task for task in enqueued if task["func"] == "aftersales.ops.tasks.offer_claims"]
    with time_machine.travel(late, tick=False):
        done = tasks.offer_claims(*offering[0]["args"])
        again = tasks.offer_claims(*offering[0]["args"])

    assert [sorted(task["args"]) for task in offering] == [sorted(claim.pk for claim in claims)]
    assert (done, again) == ((2, 0), (0, 0))
    assert open_offers() == [
        (claim.pk, "technician", 1) for claim in sorted(claims, key=lambda each: each.pk)
    ]


def test_an_hour_without_an_answer_goes_on_to_the_next(cast):
    claim = clocked(cast.guangcheng, cast.agent)
    with seeing_everything():
        Claim.objects.update(handler=None)
    with time_machine.travel(FILED_AT, tick=False):
        tasks.offer_claims(claim.pk)
        early = tasks.lapse_offers()
    with time_machine.travel(FILED_AT + timedelta(days=4), tick=False):
        late = tasks.lapse_offers()

    assert (early, late) == (0, 1)
    assert open_offers() == [(claim.pk, "technician", 0)]
