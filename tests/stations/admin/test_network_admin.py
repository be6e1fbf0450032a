"""The network in the admin: everybody sees their own part, and changes go through the services."""

import re

import pytest
from django.urls import reverse

from aftersales.accounts.roles import Role
from stations.models import Agent, Grant, Party, Region, Station
from tests import factories
from tests.factories import seeing_everything

LISTS = ("region", "station", "agent", "posting", "party", "grant")


def url_of(name, action="changelist", *arguments):
    return reverse(f"admin:stations_{name}_{action}", args=arguments)


def text_of(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def act(client, name, action, rows, **values):
    """Choose rows of a list, confirm an action on them and return what is told."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    given = {f"with-{field}": value for field, value in values.items()}
    answer = client.post(url_of(name), {**chosen, **given, "apply": "1"}, follow=True)
    return text_of(answer)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("manager", set(LISTS)),
        ("officer", {"region", "station", "agent", "posting", "party"}),
        ("trainer", {"station", "agent"}),
        ("supervisor", {"region", "station"}),
        ("platform", {"region", "station", "agent", "posting", "party"}),
        ("administrator", set(LISTS)),
        ("agent", set()),
        ("technician", set()),
        ("regulator", set()),
    ],
)
def test_who_sees_which_list(as_user, who, may):
    client = as_user(who)

    assert {name for name in LISTS if client.get(url_of(name)).status_code == 200} == may


@pytest.mark.parametrize("name", ["station", "agent", "posting", "grant"])
def test_nothing_of_another_county_is_shown(as_user, name):
    shown = text_of(as_user("manager").get(url_of(name)))

    assert "陈楼" not in shown and "孙二梅" not in shown and "冯经理" not in shown
    assert ("广城村" in shown) or ("王秀兰" in shown)


def test_rows_of_another_county_are_not_found(cast, as_user):
    with seeing_everything():
        agent = Agent.objects.get(user=cast.suining_agent)
        grant = Grant.objects.get(user=cast.suining_agent)
    client = as_user("manager")

    for name, pk in (("station", cast.chenlou.pk), ("agent", agent.pk), ("grant", grant.pk)):
        assert client.get(url_of(name, "change", pk)).status_code == 404
    assert client.get(url_of("agent", "details", agent.pk)).status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_lists_ask_a_fixed_number_of_questions(cast, as_user, django_assert_max_num_queries, name):
    client = as_user("manager")

    with django_assert_max_num_queries(12):
        assert client.get(url_of(name)).status_code == 200


def test_nothing_is_edited_or_deleted_directly(cast, as_user):
    client = as_user("manager")

    for name, row in (("station", cast.guangcheng), ("region", Region.objects.get(pk="520123103204"))):
        assert client.post(url_of(name, "change", row.pk), {"name": "x"}).status_code == 403
        assert client.post(url_of(name, "delete", row.pk), {"post": "yes"}).status_code == 403
    with seeing_everything():
        assert Station.objects.get(pk=cast.guangcheng.pk).name == "广城村服务点"


@pytest.mark.parametrize(
    ("text", "codes"),
    [("六广", ["520123103000", "520123103201"]), ("52012310320", ["520123103201", "520123103204"])],
)
def test_places_are_found_by_name_or_beginning_of_the_code(as_user, text, codes):
    shown = text_of(as_user("manager").get(url_of("region"), {"q": text}))

    assert re.findall(r'field-code"><a [^>]+>(\d{12})<', shown) == codes


def test_a_manager_chooses_places_of_their_own_county_only(as_user):
    found = as_user("manager").get(
        reverse("admin:autocomplete"),
        {"app_label": "stations", "model_name": "grant", "field_name": "region", "term": "村"},
    )

    assert {each["text"] for each in found.json()["results"]} == {"放马坪村", "六广村", "广城村"}


def test_steps_in_the_life_of_stations_are_actions(cast, as_user):
    client = as_user("manager")

    told = act(client, "station", "suspend", [cast.guangcheng, cast.liuguang], reason="flood")

    assert "2 done" in told
    with seeing_everything():
        assert set(Station.objects.filter(state="suspended")) == {cast.guangcheng, cast.liuguang}
    told = act(client, "station", "approve", [cast.guangcheng])
    assert "1 refused" in told and "This step is not possible" in told


def test_actions_reach_no_station_of_another_county(cast, as_user):
    act(as_user("manager"), "station", "suspend", [cast.chenlou], reason="flood")

    with seeing_everything():
        assert Station.objects.get(pk=cast.chenlou.pk).state == "operating"


@pytest.mark.parametrize("who", ["officer", "platform", "supervisor"])
def test_who_does_not_run_stations_has_no_steps(cast, as_user, who):
    client = as_user(who)

    assert 'value="suspend"' not in text_of(client.get(url_of("station")))
    client.post(
        url_of("station"),
        {"action": "suspend", "_selected_action": [cast.guangcheng.pk], "with-reason": "flood", "apply": "1"},
    )
    with seeing_everything():
        assert Station.objects.get(pk=cast.guangcheng.pk).state == "operating"


def test_a_new_station_is_applied_for_on_its_page(as_user):
    assert as_user("manager").get(url_of("station", "add")).headers["Location"] == "/stations/new/"
    assert as_user("officer").get(url_of("station", "add")).status_code == 403


def test_details_of_a_person_are_changed(cast, as_user):
    with seeing_everything():
        agent = Agent.objects.get(user=cast.agent)
    values = {"origin": "veteran", "dialects": "布依语", "skills": ["inputs"]}

    assert as_user("officer").post(url_of("agent", "details", agent.pk), values).status_code == 403
    answer = as_user("manager").post(url_of("agent", "details", agent.pk), values)

    assert answer.status_code == 302
    with seeing_everything():
        agent.refresh_from_db()
    assert (agent.origin, agent.dialects, agent.skills) == ("veteran", "布依语", ["inputs"])


def test_uncertified_people_are_found(as_user):
    shown = text_of(as_user("manager").get(url_of("agent"), {"state": "uncertified"}))

    assert "罗小军" in shown and "王秀兰" not in shown


def test_parties_are_entered_corrected_and_suspended(as_user):
    client = as_user("manager")

    client.post(url_of("party", "add"), {"kind": "merchant", "name": " 修文 果业 "})
    party = Party.objects.get(name="修文 果业")
    client.post(url_of("party", "details", party.pk), {"name": "修文果业", "contact": "客服 400-800-0000"})
    assert "1 done" in act(client, "party", "suspend", [party], reason="no answers")

    party.refresh_from_db()
    assert (party.name, party.contact, party.is_suspended) == ("修文果业", "客服 400-800-0000", True)
    assert "1 refused" in act(client, "party", "suspend", [party], reason="no answers")
    assert "1 done" in act(client, "party", "resume", [party], reason="answers again")


def test_a_party_keeps_its_own_name(as_user):
    client = as_user("manager")
    for name in ("甲果业", "乙果业"):
        client.post(url_of("party", "add"), {"kind": "merchant", "name": name})

    answer = client.post(
        url_of("party", "details", Party.objects.get(name="乙果业").pk), {"name": "甲果业", "contact": ""}
    )

    assert answer.status_code == 409
    assert Party.objects.filter(name="乙果业").exists()


GIVEN = {"role": "officer", "region": "520123000000", "station": "", "expires_at": "", "reason": "helps out"}


def roles_offered(page):
    return re.findall(r'<option value="(\w+)">', page.split('name="role"')[1].split("</select>")[0])


def test_only_what_one_may_give_is_offered(as_user):
    manager = text_of(as_user("manager").get(url_of("grant", "add")))
    administrator = text_of(as_user("administrator").get(url_of("grant", "add")))

    assert roles_offered(manager) == [
        "agent",
        "township",
        "officer",
        "trainer",
        "provider",
        "integration",
    ]
    assert "is_programme_wide" not in manager
    assert set(roles_offered(administrator)) == {role.value for role in Role} - {"administrator"}
    assert "is_programme_wide" in administrator
    assert as_user("officer").get(url_of("grant", "add")).status_code == 403


def test_a_role_is_given_and_taken_back(cast, as_user):
    client = as_user("manager")
    client.post(url_of("grant", "add"), {**GIVEN, "user": cast.agent.pk})
    with seeing_everything():
        grant = Grant.objects.get(user=cast.agent, role="officer")
    assert (grant.region_id, grant.given_by, grant.reason) == ("520123000000", cast.manager, "helps out")

    assert "1 done" in act(client, "grant", "withdraw", [grant], reason="not needed")

    grant.refresh_from_db()
    assert grant.withdrawn_by == cast.manager
    assert str(grant.user) not in text_of(client.get(url_of("grant"), {"role": "officer", "q": "agent"}))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"region": "320324000000"}, 200),
        ({"region": "520100000000"}, 200),
        ({"role": "manager"}, 200),
        ({"user": "suining_agent"}, 200),
        ({"user": "manager"}, 200),
        ({"user": "supervisor"}, 200),
        ({"region": "", "station": "chenlou"}, 200),
        ({"station": "guangcheng"}, 409),
        ({"region": ""}, 409),
        ({"reason": "x"}, 200),
        ({"expires_at": "9999-12-31T23:59:59-12:00"}, 200),
        ({"expires_at": "9999-12-31T23:59"}, 200),
    ],
    ids=str,
)
def test_what_one_may_not_give_is_refused(cast, as_user, change, status):
    values = {**GIVEN, "user": "agent", **change}
    values["user"] = getattr(cast, values["user"]).pk
    if values["station"]:
        values["station"] = getattr(cast, values["station"]).pk
    with seeing_everything():
        before = Grant.objects.count()

    assert as_user("manager").post(url_of("grant", "add"), values).status_code == status

    with seeing_everything():
        assert Grant.objects.count() == before


def test_a_role_at_or_above_ones_own_cannot_be_taken(cast, as_user):
    factories.give(cast.nobody, Role.MANAGER, region="520123000000")
    with seeing_everything():
        grants = list(Grant.objects.filter(user__in=[cast.nobody, cast.manager]))

    told = act(as_user("manager"), "grant", "withdraw", grants, reason="not needed")

    assert "2 refused" in told
    with seeing_everything():
        assert not Grant.objects.filter(withdrawn_at__isnull=False).exists()
