"""Rights change at once: what was taken away is refused by the very next request."""

from datetime import timedelta

import pytest

from aftersales.accounts import services as accounts
from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from stations.models import Agent, Grant
from stations.services import agents, grants, hand_over
from tests.factories import NOW, PASSWORD, acting_as, give, seeing_everything
from tests.rights.visitors import LastingVisitor
from tests.rights.world import World


def _grant(world: World) -> Grant:
    with seeing_everything():
        return Grant.objects.get(user=world.cast.agent)


def withdrawn(world: World) -> None:
    with acting_as(world.cast.manager):
        grants.withdraw(grant=_grant(world), reason="no longer needed", by=world.cast.manager, now=NOW)


def expired(world: World) -> None:
    Grant._base_manager.filter(user=world.cast.agent).update(expires_at=NOW - timedelta(seconds=1))


def not_yet_begun(world: World) -> None:
    Grant._base_manager.filter(user=world.cast.agent).update(starts_at=NOW + timedelta(hours=1))


def role_changed(world: World) -> None:
    Grant._base_manager.filter(user=world.cast.agent).update(role=Role.TRAINER)


def unknown_role(world: World) -> None:
    Grant._base_manager.filter(user=world.cast.agent).update(role="chief")


def account_closed(world: World) -> None:
    with acting_as(world.cast.manager):
        agents.close_account(user=world.cast.agent, reason="left the village", by=world.cast.manager, now=NOW)


def deactivated(world: World) -> None:
    User.objects.filter(pk=world.cast.agent.pk).update(is_active=False)


def password_changed(world: World) -> None:
    account = User.objects.get(pk=world.cast.agent.pk)
    account.set_password("another-" + PASSWORD)
    account.save(update_fields=["password"])


def signed_out_elsewhere(world: World) -> None:
    accounts.end_sessions(user=User.objects.get(pk=world.cast.agent.pk))


def moved_to_the_next_village(world: World) -> None:
    manager = world.cast.manager
    with acting_as(manager):
        agent = Agent.objects.get(user=world.cast.agent)
        colleague = Agent.objects.get(user=world.cast.technician)
        for work in hand_over.open_work(agent):
            hand_over.assign(agent=agent, kind=work.kind, to=colleague, by=manager, now=NOW)
        agents.post(agent=agent, station=world.cast.liuguang, reason="needed there", by=manager, now=NOW)


CHANGES = {
    withdrawn: 403,
    expired: 403,
    not_yet_begun: 403,
    role_changed: 403,
    unknown_role: 403,
    account_closed: 302,
    deactivated: 302,
    password_changed: 302,
    signed_out_elsewhere: 302,
    moved_to_the_next_village: 404,
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_next_request_is_refused(world, change):
    visitor = LastingVisitor("agent", world.cast.agent)
    number = world.places["ours"].claims["proposed"].number
    pages = [f"/claims/{number}/", f"/claims/{number}/choice/"]
    before = [visitor.get(page).status for page in pages]

    change(world)

    after = [visitor.get(page).status for page in pages]
    posted = visitor.post(f"/claims/{number}/move/start/", {"version": "1"}).status
    assert (before, after, posted) == ([200, 200], [CHANGES[change]] * 2, CHANGES[change])


def test_who_moved_sees_the_new_station(world):
    visitor = LastingVisitor("agent", world.cast.agent)

    moved_to_the_next_village(world)

    there = world.places["next_door"].claims["proposed"].number
    assert visitor.get(f"/claims/{there}/").status == 200


def test_a_new_grant_counts_at_once(world):
    visitor = LastingVisitor("nobody", world.cast.nobody)
    number = world.places["ours"].claims["proposed"].number
    before = visitor.get(f"/claims/{number}/").status

    give(world.cast.nobody, Role.AGENT, station=world.cast.guangcheng)

    assert (before, visitor.get(f"/claims/{number}/").status) == (403, 200)


def test_a_closed_account_keeps_no_session_anywhere(world):
    first, second = (LastingVisitor("agent", world.cast.agent) for _device in range(2))

    deactivated(world)

    assert [visitor.get("/account/me/").status for visitor in (first, second)] == [302, 302]
