"""People taken on, posted elsewhere, certified, and gone."""

from datetime import date

import pytest
from django.utils.translation import override

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from stations.access.scope import authority_of
from stations.models import Agent, Grant, Posting
from stations.services import agents
from tests import factories
from tests.factories import NOW, acting_as, make_party, seeing_everything


@pytest.fixture(autouse=True)
def _as_manager(cast):
    with acting_as(cast.manager):
        yield


def take_on(cast, station, username="new_person", **more):
    return agents.take_on(
        station=station, username=username, full_name="新来的", by=cast.manager, now=NOW, **more
    )


def agent_of(user):
    with seeing_everything():
        return Agent.objects.select_related("user", "station").get(user=user)


def code_of(action):
    with pytest.raises(Refused) as refused:
        action()
    return refused.value.code


def postings(agent):
    rows = Posting.objects.filter(agent=agent).order_by("id")
    return list(rows.values_list("station__name", "started_on", "ended_on"))


TODAY = NOW.date()


@pytest.mark.parametrize(
    ("station", "asked", "role", "regions", "stations"),
    [
        ("guangcheng", "", Role.AGENT, set(), {"guangcheng"}),
        ("liuguang_point", "", Role.TOWNSHIP, {"520123103"}, set()),
        ("xiuwen_centre", "", Role.OFFICER, {"520123"}, set()),
        ("xiuwen_centre", "trainer", Role.TRAINER, {"520123"}, set()),
    ],
)
def test_somebody_taken_on_may_work_at_once(cast, client, station, asked, role, regions, stations):
    station = getattr(cast, station)

    taken = take_on(cast, station, role=asked, origin="returning", skills=["produce"])

    user = User.objects.get(username="new_person")
    authority = authority_of(user, now=NOW)
    assert (authority.roles, authority.scope.regions) == ({role}, regions)
    assert authority.scope.stations == {getattr(cast, each).pk for each in stations}
    assert (user.full_name, user.county_code, user.is_staff) == ("新来的", "520123000000", False)
    assert (taken.agent.origin, taken.agent.skills) == ("returning", ["produce"])
    assert postings(taken.agent) == [(station.name, TODAY, None)]
    assert client.login(username="new_person", password=taken.password)
    assert taken.password not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"username": "AGENT"}, "username_taken"),
        ({"username": "with blank"}, "username"),
        ({"username": ""}, "username"),
        ({"role": "officer"}, "role_tier"),
        ({"role": "administrator"}, "role_tier"),
        ({"origin": "moon"}, "unknown_choice"),
        ({"skills": ["flying"]}, "unknown_choice"),
    ],
    ids=str,
)
def test_who_cannot_be_taken_on_leaves_no_account(cast, change, code):
    accounts = User.objects.count()

    assert code_of(lambda: take_on(cast, cast.guangcheng, **change)) == code
    assert User.objects.count() == accounts


def test_a_manager_takes_nobody_on_as_manager_or_elsewhere(cast):
    accounts = User.objects.count()

    assert code_of(lambda: take_on(cast, cast.xiuwen_centre, role="manager")) == "rank"
    assert code_of(lambda: take_on(cast, cast.chenlou)) == "reach"
    assert User.objects.count() == accounts


def test_nobody_is_taken_on_at_a_closed_station(cast):
    cast.guangcheng.state = "closed"

    assert code_of(lambda: take_on(cast, cast.guangcheng)) == "station_closed"


def test_rights_follow_to_another_post(cast):
    agent = agent_of(cast.agent)

    agents.post(agent=agent, station=cast.fangmaping, reason="covers leave", by=cast.manager, now=NOW)

    assert authority_of(cast.agent, now=NOW).scope.stations == {cast.fangmaping.pk}
    assert postings(agent) == [
        ("广城村服务点", date(2026, 1, 1), TODAY),
        ("放马坪村服务点", TODAY, None),
    ]
    assert Agent.objects.get(pk=agent.pk).station == cast.fangmaping
    event = AuditEvent.objects.get(verb="agent.posted")
    assert (event.before, event.after) == (
        {"station": cast.guangcheng.pk},
        {"station": cast.fangmaping.pk, "role": "agent"},
    )


def test_an_agent_who_becomes_technician_works_in_the_township(cast):
    agents.post(
        agent=agent_of(cast.agent),
        station=cast.longchang_point,
        reason="promoted",
        by=cast.manager,
        now=NOW,
    )

    authority = authority_of(cast.agent, now=NOW)
    assert (authority.roles, authority.scope.regions, authority.scope.stations) == (
        {Role.TOWNSHIP},
        {"520123001"},
        set(),
    )


def test_other_rights_of_a_person_stay_when_they_are_posted_elsewhere(cast):
    factories.give(cast.agent, Role.TRAINER, region="520123000000")

    agents.post(agent=agent_of(cast.agent), station=cast.fangmaping, reason="moves", by=cast.manager, now=NOW)

    assert authority_of(cast.agent, now=NOW).roles == {Role.AGENT, Role.TRAINER}


@pytest.mark.parametrize(("station", "code"), [("guangcheng", "same_station"), ("chenlou", "reach")])
def test_a_post_that_cannot_be_changes_nothing(cast, station, code):
    agent = agent_of(cast.agent)

    assert (
        code_of(
            lambda: agents.post(
                agent=agent, station=getattr(cast, station), reason="moves", by=cast.manager, now=NOW
            )
        )
        == code
    )
    assert authority_of(cast.agent, now=NOW).scope.stations == {cast.guangcheng.pk}
    assert postings(agent) == [("广城村服务点", date(2026, 1, 1), None)]


def test_who_leaves_is_out_at_once(cast, client_factory):
    session = client_factory("agent")
    assert session.get("/account/me/").status_code == 200

    agents.leave(agent=agent_of(cast.agent), reason="moved to the city", by=cast.manager, now=NOW)

    assert session.get("/account/me/").status_code == 302
    user = User.objects.get(pk=cast.agent.pk)
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert not Grant.objects.filter(user=user, withdrawn_at__isnull=True).exists()
    agent = agent_of(cast.agent)
    assert agent.left_on == TODAY
    assert postings(agent) == [("广城村服务点", date(2026, 1, 1), TODAY)]
    assert list(
        AuditEvent.objects.filter(verb__in=["grant.withdrawn", "account.deactivated", "agent.left"])
        .order_by("id")
        .values_list("verb", "reason")
    ) == [
        ("grant.withdrawn", "moved to the city"),
        ("account.deactivated", "moved to the city"),
        ("agent.left", "moved to the city"),
    ]


def test_who_has_left_neither_leaves_nor_moves_again(cast):
    agents.leave(agent=agent_of(cast.agent), reason="moved away", by=cast.manager, now=NOW)
    agent = agent_of(cast.agent)

    assert code_of(lambda: agents.leave(agent=agent, reason="again", by=cast.manager, now=NOW)) == "left"
    assert (
        code_of(
            lambda: agents.post(
                agent=agent, station=cast.fangmaping, reason="again", by=cast.manager, now=NOW
            )
        )
        == "left"
    )


def test_a_manager_lets_nobody_go_who_has_rights_elsewhere(cast):
    factories.give(cast.agent, Role.AGENT, station=cast.chenlou)

    refused = code_of(
        lambda: agents.leave(agent=agent_of(cast.agent), reason="moved", by=cast.manager, now=NOW)
    )

    assert refused == "reach"
    assert User.objects.get(pk=cast.agent.pk).is_active
    assert agent_of(cast.agent).left_on is None


def test_nobody_lets_themselves_go(cast):
    own = factories.make_agent(cast.manager, cast.xiuwen_centre)

    assert code_of(lambda: agents.leave(agent=own, reason="tired", by=cast.manager, now=NOW)) == "own_rights"


def test_a_certificate_is_recorded_with_what_was_before(cast):
    agent = agent_of(cast.agent)

    agents.set_certified_until(agent=agent, until=None, by=cast.trainer, now=NOW)

    assert agent_of(cast.agent).certified_until is None
    event = AuditEvent.objects.get(verb="agent.certified")
    assert (event.before, event.after) == ({"until": "2028-01-01"}, {"until": None})


def test_details_are_kept_with_what_was_before(cast):
    agent, provider = agent_of(cast.agent), make_party("provider", "修文家电维修部")

    agents.change_details(
        agent=agent,
        origin="veteran",
        dialects="布依语",
        skills=["inputs"],
        provider=provider,
        by=cast.manager,
        now=NOW,
    )

    event = AuditEvent.objects.get(verb="agent.changed")
    assert (event.before["origin"], event.after) == (
        "other",
        {"origin": "veteran", "dialects": "布依语", "skills": ["inputs"], "provider_id": provider.pk},
    )
    refused = code_of(
        lambda: agents.change_details(
            agent=agent, origin="veteran", dialects="", skills=["flying"], by=cast.manager, now=NOW
        )
    )
    assert refused == "unknown_choice"


def test_somebody_is_taken_on_in_every_language(cast):
    """The words the system writes as a reason are short in Chinese."""
    with override("zh-hans"):
        assert take_on(cast, cast.guangcheng).agent.pk
