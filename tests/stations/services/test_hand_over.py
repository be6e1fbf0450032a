"""What somebody holds goes to colleagues before they leave or move."""

import pytest
from django.utils.translation import override

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from stations.models import Agent
from stations.services import agents, hand_over
from stations.services.hand_over import OpenItem, OpenWork
from tests.factories import NOW, acting_as, seeing_everything


class Parcels:
    """A kind of open work kept in memory: who holds which parcel."""

    label = "parcels"

    def __init__(self, held):
        self.held = held

    def count(self, *, person):
        return len(self.items(person=person, limit=1000))

    def items(self, *, person, limit):
        return [OpenItem(key, f"parcel {key}") for key, holder in self.held.items() if holder == person][
            :limit
        ]

    def assign(self, *, person, to, keys, by, now):
        if to.username == "uncertified":
            raise Refused("not certified", code="uncertified")
        mine = [
            key for key, holder in self.held.items() if holder == person and (keys is None or key in keys)
        ]
        self.held.update(dict.fromkeys(mine, to))
        return len(mine)


@pytest.fixture
def parcels(cast, monkeypatch):
    provider = Parcels({"a": cast.agent, "b": cast.agent, "c": cast.neighbour})
    monkeypatch.setattr(hand_over, "_providers", {})
    hand_over.register("parcels", provider)
    with acting_as(cast.manager), override("en"):
        yield provider


def agent_of(user):
    with seeing_everything():
        return Agent.objects.select_related("user", "station").get(user=user)


def assign(cast, to, keys=None, kind="parcels"):
    return hand_over.assign(
        agent=agent_of(cast.agent), kind=kind, to=agent_of(to), keys=keys, by=cast.manager, now=NOW
    )


def test_the_list_shows_everything_open(cast, parcels):
    assert hand_over.open_work(agent_of(cast.agent)) == [
        OpenWork("parcels", "parcels", 2, (OpenItem("a", "parcel a"), OpenItem("b", "parcel b")))
    ]
    assert hand_over.open_work(agent_of(cast.technician)) == []


def test_nobody_leaves_or_moves_while_anything_is_unassigned(cast, parcels):
    def leave():
        return agents.leave(agent=agent_of(cast.agent), reason="moved away", by=cast.manager, now=NOW)

    def move():
        return agents.post(
            agent=agent_of(cast.agent), station=cast.fangmaping, reason="moves", by=cast.manager, now=NOW
        )

    for held in ("parcels 2", "parcels 1"):
        for finish in (leave, move):
            with pytest.raises(Refused) as refused:
                finish()
            assert refused.value.code == "open_work"
            assert str(refused.value) == f"Not everything has been handed over yet: {held}."
        assign(cast, cast.neighbour, keys=["a"]) if held == "parcels 2" else None
    assert agent_of(cast.agent).left_on is None
    assert agent_of(cast.agent).user.is_active

    assign(cast, cast.technician)

    leave()
    assert agent_of(cast.agent).left_on == NOW.date()
    assert {key: holder.username for key, holder in parcels.held.items()} == {
        "a": "neighbour",
        "b": "technician",
        "c": "neighbour",
    }


def test_what_was_assigned_is_in_the_trail(cast, parcels):
    assert assign(cast, cast.neighbour) == 2

    event = AuditEvent.objects.get(verb="hand_over.assigned")
    assert event.after == {"kind": "parcels", "to": cast.neighbour.pk, "number": 2}


@pytest.mark.parametrize(
    ("to", "change", "code"),
    [
        ("agent", {}, "not_a_colleague"),
        ("suining_agent", {}, "not_a_colleague"),
        ("neighbour", {"keys": []}, "nothing_chosen"),
        ("neighbour", {"keys": ["c"]}, "nothing_chosen"),
        ("neighbour", {"kind": "money"}, "unknown_kind"),
        ("uncertified", {}, "uncertified"),
    ],
)
def test_what_cannot_be_assigned_stays(cast, parcels, to, change, code):
    with pytest.raises(Refused) as refused:
        assign(cast, getattr(cast, to), **change)

    assert refused.value.code == code
    assert parcels.count(person=cast.agent) == 2


def test_somebody_who_has_left_takes_nothing_over(cast, parcels):
    assign_to = agent_of(cast.technician)
    agents.leave(agent=assign_to, reason="retired", by=cast.manager, now=NOW)

    with pytest.raises(Refused) as refused:
        assign(cast, cast.technician)
    assert refused.value.code == "not_a_colleague"


class Diary:
    """A follower that writes down what it is told; refuses to see anybody off when it is closed."""

    def __init__(self):
        self.told, self.is_closed = [], False

    def posted(self, *, agent, by, now):
        self.told.append(("posted", agent.user.username, agent.station.name, by.username, now))

    def left(self, *, agent, by, now):
        if self.is_closed:
            raise Refused("closed", code="closed")
        self.told.append(("left", agent.user.username, agent.left_on, by.username, now))


def test_what_belongs_to_a_person_follows_in_the_same_transaction(cast, parcels, monkeypatch):
    diary = Diary()
    monkeypatch.setattr(hand_over, "_followers", {})
    hand_over.register_follower("diary", diary)
    mover = agent_of(cast.technician)

    agents.post(agent=mover, station=cast.longchang_point, reason="moves", by=cast.manager, now=NOW)
    diary.is_closed = True
    with pytest.raises(Refused) as refused:
        agents.leave(agent=mover, reason="retired", by=cast.manager, now=NOW)
    assert refused.value.code == "closed"
    assert agent_of(cast.technician).left_on is None
    diary.is_closed = False
    agents.leave(agent=agent_of(cast.technician), reason="retired", by=cast.manager, now=NOW)

    assert diary.told == [
        ("posted", "technician", "龙场街道乡镇备用处理点", "manager", NOW),
        ("left", "technician", NOW.date(), "manager", NOW),
    ]
