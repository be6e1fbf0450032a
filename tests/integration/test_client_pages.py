"""Pages about applications: registering, tokens shown once, replacing, revoking, suspending."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from aftersales.integration.models import ApiClient, ApiToken
from aftersales.integration.services import secrets
from tests.api_world import Api, make_client, make_token
from tests.factories import NOW, give, make_party, seeing_everything

XIUWEN, SUINING = "520123000000", "320324000000"
PAGES = "/integration/"


@pytest.fixture(autouse=True)
def _morning(time_machine):
    time_machine.move_to(NOW + timedelta(minutes=1), tick=False)


@pytest.fixture
def manager(as_user):
    return as_user("manager")


@pytest.fixture
def client(cast):
    return make_client(make_party("platform", "农优鲜"), region=XIUWEN, name="订单推送")


def tokens(**fields) -> list[ApiToken]:
    with seeing_everything():
        return list(ApiToken.objects.filter(**fields).order_by("pk"))


def verbs() -> list[str]:
    with seeing_everything():
        return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def issuing(key="a-form-key-of-tests", **fields) -> dict:
    return {
        "form_key": key,
        "label": "production",
        "scopes": ["claims:read", "orders:read"],
        "days": "90",
        "rate_per_minute": "120",
        **fields,
    }


def shown_secret(answer) -> str:
    found = re.search(r">(aft_[A-Za-z0-9_-]{43})</textarea>", answer.content.decode())
    return found[1] if found else ""


def test_a_manager_registers_an_application_of_the_own_county(manager):
    party = make_party("partner", "修文好物小程序")

    offered = manager.get(f"{PAGES}applications/new/")
    answer = manager.post(
        f"{PAGES}applications/new/",
        {
            "party": party.pk,
            "name": "mini-program",
            "adapter": "pinduoduo",
            "regions": [XIUWEN],
            "reason": "contract 2026-11",
        },
    )

    assert "修文" in offered.content.decode() and "睢宁" not in offered.content.decode()
    assert "is_programme_wide" not in offered.context["form"].fields
    with seeing_everything():
        (made,) = ApiClient.objects.all()
        (grant,) = made.user.grants.all()
    assert answer["Location"] == f"{PAGES}applications/{made.pk}/"
    assert "拼多多" in manager.get(answer["Location"]).content.decode()
    assert (made.name, made.adapter, made.county_code, grant.role, grant.region_id) == (
        "mini-program",
        "pinduoduo",
        XIUWEN,
        Role.INTEGRATION,
        XIUWEN,
    )
    assert verbs()[1:] == ["grant.given", "api_client.registered"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"party": ""}, "party"),
        ({"party": "1" * 30}, "party"),
        ({"name": ""}, "name"),
        ({"adapter": "nobody"}, "adapter"),
        ({"name": "x" * 81}, "name"),
        ({"regions": [SUINING]}, "regions"),
        ({"regions": []}, "regions"),
        ({"regions": ["0" * 40]}, "regions"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_form_that_is_wrong_keeps_what_was_typed(manager, change, field):
    party = make_party("partner", "修文好物小程序")
    given = {"party": party.pk, "name": "mini-program", "regions": [XIUWEN], "reason": "contract", **change}

    answer = manager.post(f"{PAGES}applications/new/", given)

    assert answer.status_code in (200, 409)
    assert list(answer.context["form"].errors) == [field]
    with seeing_everything():
        assert ApiClient.objects.count() == 0


def test_the_same_name_twice_is_refused(manager, client):
    given = {"party": client.party_id, "name": "订单推送", "regions": [XIUWEN], "reason": "again"}

    answer = manager.post(f"{PAGES}applications/new/", given)

    assert (answer.status_code, answer.context["form"].refused.code) == (409, "already_registered")


def test_a_token_is_shown_once_and_opens_what_was_chosen(manager, client):
    answer = manager.post(f"{PAGES}applications/{client.pk}/tokens/new/", issuing())

    secret = shown_secret(answer)
    (token,) = tokens()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert token.digest == secrets.digest(secret)
    assert (token.scopes, token.rate_per_minute) == (["claims:read", "orders:read"], 120)
    assert token.expires_at == NOW + timedelta(days=90, minutes=1)
    assert Api(secret).get("token/").json()["scopes"] == ["claims:read", "orders:read"]
    page = manager.get(f"{PAGES}applications/{client.pk}/").content.decode()
    assert secret not in page and token.digest not in page
    assert f"{token.prefix}…" in page


def test_a_form_sent_again_issues_no_second_token_and_shows_no_secret(manager, client):
    first = manager.post(f"{PAGES}applications/{client.pk}/tokens/new/", issuing())
    again = manager.post(f"{PAGES}applications/{client.pk}/tokens/new/", issuing())
    other = manager.post(f"{PAGES}applications/{client.pk}/tokens/new/", issuing(label="another"))

    assert len(tokens()) == 1
    assert shown_secret(first) and not shown_secret(again)
    assert again.status_code == 200
    assert (other.status_code, other.context["form"].refused.code) == (409, "key_reused")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"label": ""}, "label"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"days": "9999"}, "days"),
        ({"rate_per_minute": "0"}, "rate_per_minute"),
        ({"rate_per_minute": "1e9"}, "rate_per_minute"),
        ({"form_key": ""}, "form_key"),
    ],
)
def test_a_token_that_makes_no_sense_is_not_issued(manager, client, change, field):
    answer = manager.post(f"{PAGES}applications/{client.pk}/tokens/new/", issuing(**change))

    assert list(answer.context["form"].errors) == [field]
    assert tokens() == []


def test_a_token_is_replaced_and_both_count_for_a_while(manager, client, time_machine):
    old, old_secret = make_token(client, ["claims:read"], rate_per_minute=77)

    answer = manager.post(
        f"{PAGES}tokens/{old.pk}/rotate/",
        {"form_key": "a-form-key-of-tests", "overlap": "24", "days": "180"},
    )

    secret = shown_secret(answer)
    (new,) = tokens(replaces=old)
    assert (new.scopes, new.rate_per_minute) == (["claims:read"], 77)
    assert [Api(each).get("token/").status_code for each in (old_secret, secret)] == [200, 200]
    time_machine.move_to(NOW + timedelta(days=1, minutes=2), tick=False)
    assert [Api(each).get("token/").status_code for each in (old_secret, secret)] == [401, 200]


def test_a_token_is_revoked_with_a_reason(manager, client):
    token, secret = make_token(client)

    asked = manager.get(f"{PAGES}tokens/{token.pk}/revoke/")
    without = manager.post(f"{PAGES}tokens/{token.pk}/revoke/", {"reason": " "})
    still = Api(secret).get("token/").status_code
    done = manager.post(f"{PAGES}tokens/{token.pk}/revoke/", {"reason": "seen in a chat"})
    again = manager.post(f"{PAGES}tokens/{token.pk}/revoke/", {"reason": "seen in a chat"})

    assert (asked.status_code, without.status_code, still, done.status_code) == (200, 200, 200, 302)
    assert (again.status_code, again.context["form"].refused.code) == (409, "token_ended")
    assert Api(secret).get("token/").json()["code"] == "token_revoked"
    with seeing_everything():
        (event,) = AuditEvent.objects.filter(verb="api_token.revoked")
    assert (event.reason, event.county_code) == ("seen in a chat", XIUWEN)


def test_an_application_is_suspended_and_let_in_again(manager, client):
    _token, secret = make_token(client)
    path = f"{PAGES}applications/{client.pk}/"

    manager.post(f"{path}suspend/", {"reason": "too many faults"})
    closed = Api(secret).get("token/").json()["code"]
    stale = manager.post(f"{path}suspend/", {"reason": "again"})
    manager.post(f"{path}resume/", {"reason": "repaired"})

    assert closed == "client_suspended"
    assert (stale.status_code, stale.context["form"].refused.code) == (409, "nothing_new")
    assert Api(secret).get("token/").status_code == 200
    assert manager.get(f"{path}delete/").status_code == 404


def test_nobody_hands_out_more_than_the_own_reach(manager, client):
    """The account was let into another county too, by somebody above: its tokens open that as well."""
    token, _secret = make_token(client)
    give(client.user, Role.INTEGRATION, region=SUINING)

    issued = manager.post(f"{PAGES}applications/{client.pk}/tokens/new/", issuing())
    rotated = manager.post(
        f"{PAGES}tokens/{token.pk}/rotate/", {"form_key": "another-form-key", "overlap": "0", "days": "30"}
    )

    assert [answer.context["form"].refused.code for answer in (issued, rotated)] == ["beyond_reach"] * 2
    assert len(tokens()) == 1


def test_of_another_county_nothing_is_shown(manager, as_user, client):
    make_client(make_party("platform", "农优鲜"), region=SUINING, name="elsewhere")
    make_client(make_party("platform", "农优鲜"), name="everywhere")

    listed = manager.get(PAGES)
    above = as_user("administrator").get(PAGES)

    assert [row.name for row in listed.context["list_page"]] == ["订单推送"]
    assert {row.name for row in above.context["list_page"]} == {"订单推送", "elsewhere", "everywhere"}


def test_one_of_several_counties_is_registered_by_who_will_see_it(manager, as_user, cast):
    """A manager of two counties could not open, suspend or revoke what belongs to neither."""
    give(cast.manager, Role.MANAGER, region=SUINING)
    party = make_party("platform", "农优鲜")
    asked = {"party": party.pk, "name": "orders", "regions": [XIUWEN, SUINING], "reason": "contract"}
    other = make_party("merchant", "鲜果行")

    refused = manager.post(f"{PAGES}applications/new/", asked)
    alone = manager.post(f"{PAGES}applications/new/", {**asked, "regions": [SUINING]})
    above = as_user("administrator").post(
        f"{PAGES}applications/new/", {**asked, "party": other.pk, "name": "both"}
    )

    assert (refused.status_code, refused.context["form"].refused.code) == (409, "several_counties")
    assert (alone.status_code, manager.get(alone["Location"]).status_code) == (302, 200)
    assert above.status_code == 302
    with seeing_everything():
        assert list(ApiClient.objects.order_by("pk").values_list("name", "county_code")) == [
            ("orders", SUINING),
            ("both", ""),
        ]


def test_the_list_is_searched(manager, client):
    make_client(make_party("merchant", "鲜果行"), region=XIUWEN, name="stock", is_suspended=True)

    def names(**query):
        return [row.name for row in manager.get(PAGES, query).context["list_page"]]

    assert names(q="鲜果") == ["stock"]
    assert names(q="推送") == ["订单推送"]
    assert names(state="suspended") == ["stock"]
    assert sorted(names(state="nonsense")) == ["stock", "订单推送"]
    assert "No application fits" in manager.get(PAGES, {"q": "zzz"}).content.decode()


@pytest.mark.parametrize("page", ["", "usage/", "tokens/new/", "suspend/"])
def test_pages_about_an_application_take_the_same_statements_for_any_number_of_tokens(manager, client, page):
    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            assert manager.get(f"{PAGES}applications/{client.pk}/{page}").status_code == 200
        return len(found)

    make_token(client)
    statements()
    few = statements()
    for _number in range(5):
        make_token(client)

    assert statements() == few


@pytest.mark.parametrize("path", ["applications/{0}/", "tokens/{0}/revoke/", "applications/{0}/usage/"])
@pytest.mark.parametrize("key", ["987654321", "9" * 30])
def test_what_is_not_there_is_absent(manager, client, path, key):
    assert manager.get(PAGES + path.format(key)).status_code == 404
    assert manager.post(PAGES + path.format(key)).status_code in (404, 405)


def test_a_list_of_any_length_takes_the_same_statements(manager, client):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert manager.get(PAGES).status_code == 200
        return len(found)

    make_token(client)
    statements()
    few = statements()
    for number in range(5):
        make_token(make_client(make_party("merchant", f"商家{number}"), region=XIUWEN))

    assert statements() == few
