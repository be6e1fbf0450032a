"""The admin as a whole: who comes in and how, what waits on its start page, and what no list gives away."""

import re

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from aftersales.audit.models import AuditEvent
from claims.models import Claim, Compensation
from stations.access.middleware import door_of
from tests.claims.admin.rows import choose, make_rows
from tests.factories import NOW, seeing_everything

SIGN_IN = reverse("accounts:login")
START = reverse("admin:index")
SITE = admin.site
REGISTERED = sorted(SITE._registry.items(), key=lambda pair: pair[0]._meta.label_lower)
EVERY_ROLE = (
    "agent",
    "technician",
    "officer",
    "manager",
    "trainer",
    "supervisor",
    "platform",
    "regulator",
    "administrator",
    "nobody",
)


@pytest.fixture(autouse=True)
def _the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ours(cast):
    return make_rows(cast.guangcheng, agent=cast.agent, officer=cast.second_officer, manager=cast.manager)


def list_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_url(model, key, page="change"):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[key])


# --- coming in ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/claims/claim/?status=all", "/admin/claims/claim/1/change/"]
)
def test_strangers_are_led_to_our_own_sign_in_page(client, db, path):
    response = client.get(path, follow=True)

    leads_to, _status = response.redirect_chain[-1]
    assert leads_to.startswith(f"{SIGN_IN}?next=/admin/")
    assert "django" not in response.content.decode().lower().replace("django_language", "")


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client, cast):
    asked = "/admin/claims/claim/?status=all"
    response = client.get(asked, follow=True)
    form = {"username": "manager", "password": "orchard-lantern-42", "next": response.context["next"]}

    assert client.post(SIGN_IN, form).url == asked


def test_the_throttle_holds_for_the_admin_too(client, cast, settings):
    settings.AXES_ENABLED = True
    for _attempt in range(5):
        client.post(reverse("admin:login"), {"username": "manager", "password": "wrong"}, follow=True)
        client.post(SIGN_IN, {"username": "manager", "password": "wrong", "next": START})

    response = client.post(SIGN_IN, {"username": "manager", "password": "orchard-lantern-42", "next": START})

    assert response.status_code != 302


@pytest.mark.parametrize("who", ["agent", "technician", "regulator", "nobody"])
@pytest.mark.parametrize("path", ["", "claims/claim/", "jsi18n/", "autocomplete/", "login/", "logout/"])
def test_who_may_not_use_the_admin_is_told_so(as_user, who, path):
    response = as_user(who).get(f"{START}{path}", follow=True)

    assert response.status_code == 403
    assert "Your account may not do this" in response.content.decode()


def test_the_admins_own_password_page_is_ours(as_user):
    client = as_user("manager")

    assert client.get(reverse("admin:password_change")).url == reverse("accounts:password_change")
    assert client.get(reverse("admin:login")).url == START


def test_signing_out_leads_to_the_sign_in_page(as_user):
    assert as_user("manager").post(reverse("admin:logout")).url == SIGN_IN


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/admin/", "admin"),
        ("/api/v1/claims/", "api"),
        ("/claims/", "page"),
        ("/", "page"),
        ("/administer", "page"),
    ],
)
def test_the_trail_names_the_door(path, door):
    assert door_of(path) == door


def test_what_is_done_in_the_admin_is_told_with_its_door(as_user, cast):
    compensation = choose(cast.guangcheng, agent=cast.agent)
    as_user("officer").post(
        list_url(Compensation),
        {
            "action": "approve",
            "_selected_action": compensation.pk,
            f"version-{compensation.pk}": compensation.version,
            "apply": "1",
        },
    )

    with seeing_everything():
        event = AuditEvent.objects.get(verb="compensation.approved")
    assert (event.door, event.actor_id, event.address) == ("admin", cast.officer.pk, "127.0.0.1")


# --- what is registered ---------------------------------------------------------------------------


def test_only_models_of_our_own_are_registered():
    ours = ("aftersales.", "stations.", "claims.", "training.")

    assert [model for model, _admin in REGISTERED if not model.__module__.startswith(ours)] == []
    assert {"axes", "django_q", "auth", "sessions", "admin"} & {
        m._meta.app_label for m, _ in REGISTERED
    } == set()


def test_another_packages_model_cannot_be_registered():
    schedule = apps.get_model("django_q", "Schedule")

    SITE.register(schedule)

    assert not SITE.is_registered(schedule)


@pytest.mark.parametrize("who", EVERY_ROLE)
@pytest.mark.parametrize(
    "path",
    [
        "django_q/schedule/add/",
        "django_q/task/",
        "django_q/success/",
        "django_q/ormq/",
        "axes/accessattempt/",
        "auth/group/",
        "sessions/session/",
        "admin/logentry/",
        "r/1/1/",
    ],
)
def test_operator_screens_are_out_of_reach(as_user, who, path):
    assert as_user(who).get(f"{START}{path}").status_code in (403, 404)


def test_no_model_of_another_package_has_an_address():
    for label in ("django_q_schedule", "axes_accessattempt", "auth_group"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{label}_changelist")
    with pytest.raises(NoReverseMatch):
        reverse("admin:view_on_site", args=[1, 1])


def test_every_page_of_the_admin_keeps_to_the_content_policy(as_user, ours):
    client = as_user("manager")
    urls = [START, *(list_url(model) for model, _admin in REGISTERED), page_url(Claim, ours.claim.pk)]

    for url in urls:
        text = client.get(url).content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=\"", text) == [], url
