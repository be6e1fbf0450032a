"""No form of another site is taken, and nothing is sent by looking."""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from aftersales.accounts.models import User
from tests.rights.examples import addresses
from tests.rights.routes import model_page
from tests.rights.visitors import Visitor, told

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@pytest.mark.walk
@pytest.mark.parametrize(("role", "methods"), [("manager", UNSAFE), ("anonymous", ("POST",))])
def test_everything_unsafe_is_refused_without_a_token(role, methods, world):
    visitor = Visitor(role, world.users[role], enforce_csrf_checks=True)

    taken = [
        f"{method} {route.name}: {answer.status}"
        for route, url in addresses(world)
        for method in methods
        if method == "POST" or model_page(route) is None
        if (answer := visitor.ask(method, url).answer).status != 403
    ]

    assert not taken, told(taken)


def test_the_same_is_taken_with_a_token(world):
    client = Client(enforce_csrf_checks=True)
    # As the database knows her: another test may have changed the object in memory.
    client.force_login(User.objects.get(pk=world.users["agent"].pk))
    token = client.get("/account/password/").cookies["csrftoken"].value

    sent = client.post("/account/password/", {"csrfmiddlewaretoken": token})

    assert sent.status_code == 200


def test_no_view_is_exempt():
    def views(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                yield pattern.callback
            else:
                yield from views(pattern.url_patterns)

    exempt = [view for view in views(get_resolver().url_patterns) if getattr(view, "csrf_exempt", False)]
    assert exempt == []
