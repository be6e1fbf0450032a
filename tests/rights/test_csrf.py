"""No form of another site is taken, and nothing is sent by looking."""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from rest_framework.views import APIView

from aftersales.accounts.models import User
from aftersales.integration.authentication import TokenAuthentication
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


def is_opened_by_tokens_alone(view) -> bool:
    """Whether a door of the API asks for a token, or for nothing and then changes nothing.

    What no cookie opens, no other site can use.
    """
    if not issubclass(getattr(view, "cls", object), APIView):
        return False
    unsafe = {"post", "put", "patch", "delete"} & set(dir(view.cls))
    return not unsafe or list(view.cls.authentication_classes) == [TokenAuthentication]


def test_only_doors_that_no_cookie_opens_are_exempt():
    def views(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                yield pattern.callback
            else:
                yield from views(pattern.url_patterns)

    exempt = [view for view in views(get_resolver().url_patterns) if getattr(view, "csrf_exempt", False)]
    assert [view for view in exempt if not is_opened_by_tokens_alone(view)] == []
