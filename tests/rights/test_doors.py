"""Signing in and out: nobody is led away, nobody inherits a session, nobody raises themselves."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from aftersales.accounts.models import User
from stations.access.scope import authority_of
from tests.factories import NOW, PASSWORD, seeing_everything
from tests.rights.baits import RIGHTS, bait
from tests.rights.examples import addresses
from tests.rights.visitors import LastingVisitor
from tests.rights.world import ROLES

SIGN_IN = "/account/sign-in/"
TARGETS = [
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "https://evil.example",
    "http://evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\t//evil.example",
    "\n//evil.example",
    " https://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,hello",
    "//evil.example@testserver",
    "https://testserver@evil.example",
    "https://testserver.evil.example",
    "https://evil.example#testserver",
    "//evil%E3%80%82example",
]


def stays(location: str) -> bool:
    """Whether a browser on our page would stay with us."""
    return location.startswith("/") and not location.startswith(("//", "/\\", "/\t"))


@pytest.mark.parametrize("target", TARGETS)
def test_signing_in_leads_nowhere_else(world, target):
    signed_in = Client().post(f"{SIGN_IN}?next=", {"username": "agent", "password": PASSWORD, "next": target})
    already = LastingVisitor("agent", world.users["agent"])
    admin = LastingVisitor("manager", world.users["manager"])

    assert stays(signed_in.headers["Location"])
    assert already.get(SIGN_IN, {"next": target}).location == "/account/start/"
    assert stays(already.post("/i18n/setlang/", {"language": "en", "next": target}).location)
    assert stays(admin.get("/admin/login/", {"next": target}).location)


def test_a_target_of_ours_is_kept(world):
    answer = Client().post(SIGN_IN, {"username": "agent", "password": PASSWORD, "next": "/claims/"})

    assert answer.headers["Location"] == "/claims/"


def test_a_planted_session_is_left_behind(world):
    client = Client()
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    client.post(SIGN_IN, {"username": "agent", "password": PASSWORD})

    assert client.cookies["sessionid"].value != planted
    assert not Session.objects.filter(pk=planted).exists()


def test_a_session_ends_with_the_sign_out(world):
    client, thief = Client(), Client()
    client.post(SIGN_IN, {"username": "agent", "password": PASSWORD})
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    before = thief.get("/account/me/").status_code

    client.post("/account/sign-out/")

    assert (before, thief.get("/account/me/").status_code) == (200, 302)


def standing(user: User) -> tuple:
    """What somebody may do, where, and what their account says about them."""
    user = User.objects.get(pk=user.pk)
    authority = authority_of(user, now=NOW)
    return authority.permissions, authority.scope, user.is_staff, user.is_superuser, user.password


@pytest.mark.walk
@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_nobody_raises_their_own_rights(world, role):
    """Somebody sends everything they would like to be to every address, about themselves."""
    user = world.users[role]
    visitor = LastingVisitor(role, user)
    before = standing(user)
    own = {**bait(world.places["ours"]), **RIGHTS, "user": str(user.pk), "to": str(user.pk)}

    for _route, url in addresses(world):
        if "sign-out" not in url:
            visitor.post(url, own)
    for path in ("rename", "password", "unlock", "change"):
        visitor.post(f"/admin/accounts/user/{user.pk}/{path}/", own)

    with seeing_everything():
        assert standing(user)[:2] == before[:2]
    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.filter(is_staff=True).exists()


def test_password_hashes_are_shown_to_nobody(world):
    administrator = LastingVisitor("administrator", world.users["administrator"])

    for page in ("", f"{world.cast.agent.pk}/change/", f"{world.cast.agent.pk}/password/"):
        shown = administrator.get(f"/admin/accounts/user/{page}").page
        assert "md5$" not in shown and world.cast.agent.password not in shown
