"""Who may give which role where, and that nobody raises their own rights."""

from datetime import timedelta

import pytest

from aftersales.accounts.models import system_user
from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from stations.access.scope import authority_of
from stations.models import Grant, Region
from stations.queries import active_grants
from stations.services import grants
from tests import factories
from tests.factories import NOW, acting_as, make_user, seeing_everything

XIUWEN, SUINING, GUIYANG = "520123000000", "320324000000", "520100000000"


def give(by, user, role, *, region="", station=None, reason="helps out", **more):
    with acting_as(by):
        return grants.give(
            user=user,
            role=role,
            region=Region.objects.get(pk=region) if region else None,
            station=station,
            reason=reason,
            by=by,
            now=NOW,
            **more,
        )


def code_of(action):
    with pytest.raises(Refused) as refused:
        action()
    return refused.value.code


def test_a_given_role_counts_at_once_and_is_in_the_trail(cast):
    grant = give(cast.manager, cast.nobody, Role.OFFICER, region=XIUWEN)

    authority = authority_of(cast.nobody, now=NOW)
    assert (authority.roles, authority.scope.regions) == ({Role.OFFICER}, {"520123"})
    with seeing_everything():
        event = AuditEvent.objects.get(verb="grant.given")
        assert (event.actor_id, event.object_id, event.county_code, event.reason) == (
            cast.manager.pk,
            str(grant.pk),
            XIUWEN,
            "helps out",
        )


@pytest.mark.parametrize("role", Role)
def test_a_manager_gives_only_roles_below_their_own(cast, role):
    below = {Role.OFFICER, Role.TRAINER, Role.INTEGRATION, Role.TOWNSHIP, Role.AGENT, Role.PROVIDER}

    if role in below:
        assert give(cast.manager, cast.nobody, role, region=XIUWEN).role == role
    else:
        assert code_of(lambda: give(cast.manager, cast.nobody, role, region=XIUWEN)) == "rank"


@pytest.mark.parametrize(
    "giver",
    ["agent", "technician", "officer", "trainer", "supervisor", "platform", "regulator", "nobody"],
)
def test_who_may_not_give_gives_nothing(cast, giver):
    giver = getattr(cast, giver)

    assert code_of(lambda: give(giver, cast.uncertified, Role.AGENT, station=cast.fangmaping)) == "rank"


@pytest.mark.parametrize(
    ("place", "reaches"),
    [
        ({"region": XIUWEN}, True),
        ({"region": "520123103000"}, True),
        ({"station": "guangcheng"}, True),
        ({"region": GUIYANG}, False),
        ({"region": SUINING}, False),
        ({"station": "chenlou"}, False),
        ({"is_programme_wide": True}, False),
    ],
    ids=str,
)
def test_a_manager_gives_only_inside_their_county(cast, place, reaches):
    if "station" in place:
        place = {"station": getattr(cast, place["station"])}

    if reaches:
        assert give(cast.manager, cast.nobody, Role.AGENT, **place).pk
    else:
        assert code_of(lambda: give(cast.manager, cast.nobody, Role.AGENT, **place)) == "reach"


def test_each_grant_gives_for_itself(cast):
    """A manager in one county who is an agent in another gives nothing there."""
    factories.give(cast.manager, Role.AGENT, station=cast.chenlou)

    assert code_of(lambda: give(cast.manager, cast.nobody, Role.AGENT, station=cast.chenlou)) == "reach"


def test_an_administrator_gives_everywhere_below_their_own(cast):
    assert give(cast.administrator, cast.nobody, Role.MANAGER, region=SUINING).county_code == SUINING
    assert give(cast.administrator, cast.nobody, Role.PLATFORM, is_programme_wide=True).county_code == ""
    assert (
        code_of(lambda: give(cast.administrator, cast.nobody, Role.ADMINISTRATOR, is_programme_wide=True))
        == "rank"
    )


@pytest.mark.parametrize("who", ["manager", "administrator"])
def test_nobody_changes_their_own_rights(cast, who):
    person = getattr(cast, who)
    with seeing_everything():
        own = Grant.objects.get(user=person)

    assert code_of(lambda: give(person, person, Role.AGENT, region=XIUWEN)) == "own_rights"
    with acting_as(person):
        assert (
            code_of(lambda: grants.withdraw(grant=own, reason="no more", by=person, now=NOW)) == "own_rights"
        )


def test_the_system_gives_what_it_must(cast):
    with seeing_everything():
        grants.give(
            user=cast.nobody,
            role=Role.ADMINISTRATOR,
            is_programme_wide=True,
            reason="first administrator",
            by=system_user(),
            now=NOW,
        )

    assert authority_of(cast.nobody, now=NOW).scope.everywhere


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "  x "}, "reason_missing"),
        ({"region": ""}, "one_reach"),
        ({"is_programme_wide": True}, "one_reach"),
        ({"expires_at": NOW}, "expired"),
    ],
)
def test_what_is_missing_is_refused(cast, change, code):
    values = {"region": XIUWEN, **change}

    assert code_of(lambda: give(cast.manager, cast.nobody, Role.AGENT, **values)) == code


def test_a_closed_account_gets_nothing(cast):
    gone = make_user("gone", is_active=False)

    assert code_of(lambda: give(cast.manager, gone, Role.AGENT, region=XIUWEN)) == "inactive"


def test_a_role_is_given_once_for_a_place(cast):
    give(cast.manager, cast.nobody, Role.AGENT, region=XIUWEN)

    assert code_of(lambda: give(cast.manager, cast.nobody, Role.AGENT, region=XIUWEN)) == "already_held"
    assert give(cast.manager, cast.nobody, Role.TOWNSHIP, region=XIUWEN).pk


def test_a_role_that_expires_counts_until_then(cast):
    give(cast.manager, cast.nobody, Role.AGENT, region=XIUWEN, expires_at=NOW + timedelta(days=1))

    assert active_grants(cast.nobody.pk, NOW).count() == 1
    assert active_grants(cast.nobody.pk, NOW + timedelta(days=1)).count() == 0


def test_withdrawing_counts_at_once_and_only_once(cast):
    with seeing_everything():
        grant = Grant.objects.get(user=cast.officer)

    with acting_as(cast.manager):
        grants.withdraw(grant=grant, reason="left the county", by=cast.manager, now=NOW)

        assert authority_of(cast.officer, now=NOW).scope.is_empty
        assert (
            code_of(lambda: grants.withdraw(grant=grant, reason="once more", by=cast.manager, now=NOW))
            == "already_withdrawn"
        )
    with seeing_everything():
        event = AuditEvent.objects.get(verb="grant.withdrawn")
        assert (event.object_id, event.before["role"]) == (str(grant.pk), "officer")


@pytest.mark.parametrize(("who", "code"), [("suining_officer", "reach"), ("regulator", "rank")])
def test_what_one_could_not_give_one_cannot_take(cast, who, code):
    with seeing_everything():
        grant = Grant.objects.get(user=getattr(cast, who))

    with acting_as(cast.manager):
        assert (
            code_of(lambda: grants.withdraw(grant=grant, reason="no more", by=cast.manager, now=NOW)) == code
        )


def test_all_roles_are_taken_or_none(cast):
    factories.give(cast.officer, Role.AGENT, station=cast.chenlou)
    with acting_as(cast.manager):
        with pytest.raises(Refused):
            grants.withdraw_all(user=cast.officer, reason="leaves", by=cast.manager, now=NOW)
        assert active_grants(cast.officer.pk, NOW).count() == 2

    with acting_as(cast.administrator):
        grants.withdraw_all(user=cast.officer, reason="leaves", by=cast.administrator, now=NOW)
        assert active_grants(cast.officer.pk, NOW).count() == 0
