from datetime import timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Claim
from stations.models import Agent
from stations.services import hand_over
from tests.factories import NOW, acting_as, make_claim, make_line, seeing_everything


def agent_of(user):
    with seeing_everything():
        return Agent.objects.get(user=user)


@pytest.fixture
def claims(cast):
    """Two open claims that the agent handles, and what is none of theirs to hand over."""
    later, sooner = (
        make_claim(
            cast.guangcheng,
            filed_by=cast.agent,
            line=make_line(cast.guangcheng, product=product),
            handling_due_at=NOW + timedelta(hours=hours),
        )
        for product, hours in (("刺梨", 5), ("猕猴桃", 2))
    )
    make_claim(cast.guangcheng, filed_by=cast.agent, status="resolved")
    make_claim(cast.guangcheng, filed_by=cast.agent, handler=cast.technician)
    return [sooner, later]


def test_open_claims_stand_on_the_hand_over_list(cast, claims):
    with acting_as(cast.manager):
        (work,) = hand_over.open_work(agent_of(cast.agent))

    sooner, later = claims
    assert (work.kind, work.label, work.count) == ("claims", "open claims", 2)
    assert [(item.key, item.title, item.url, item.due_at) for item in work.items] == [
        (sooner.number, f"{sooner.number} 猕猴桃", f"/claims/{sooner.number}/", NOW + timedelta(hours=2)),
        (later.number, f"{later.number} 刺梨", f"/claims/{later.number}/", NOW + timedelta(hours=5)),
    ]
    assert work.items[0].detail == f"{sooner.consumer} · Accepted"


def test_claims_pass_to_a_colleague_one_by_one_or_all(cast, claims):
    agent, technician = agent_of(cast.agent), agent_of(cast.technician)
    call = {"agent": agent, "kind": "claims", "to": technician, "by": cast.manager, "now": NOW}

    with acting_as(cast.manager):
        assert hand_over.assign(keys=[claims[0].number], **call) == 1
        assert [Claim.objects.get(pk=claim.pk).handler_id for claim in claims] == [
            cast.technician.pk,
            cast.agent.pk,
        ]
        assert hand_over.assign(**call) == 1
        hand_over.refuse_while_open(agent)
        events = AuditEvent.objects.filter(verb="claim.reassigned").order_by("id")
        assert [(event.claim_id, event.reason) for event in events] == [
            (claim.pk, "Handed over") for claim in claims
        ]


def test_nobody_leaves_while_they_handle_claims(cast, claims):
    with acting_as(cast.manager), pytest.raises(Refused) as refused:
        hand_over.refuse_while_open(agent_of(cast.agent))

    assert refused.value.code == "open_work"


def test_a_colleague_who_may_not_work_there_gets_none_of_them(cast, claims):
    with acting_as(cast.manager), pytest.raises(Refused) as refused:
        hand_over.assign(
            agent=agent_of(cast.agent), kind="claims", to=agent_of(cast.neighbour), by=cast.manager, now=NOW
        )

    assert refused.value.code == "handler_unfit"
    with seeing_everything():
        assert {Claim.objects.get(pk=claim.pk).handler_id for claim in claims} == {cast.agent.pk}
