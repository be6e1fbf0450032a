"""A session of a browser opens no door of the API: only a token does."""

import pytest

from tests.rights.api_examples import any_values
from tests.rights.api_walk import methods_of
from tests.rights.routes import all_routes, api_routes

ROLES = ("manager", "platform", "integration", "administrator", "anonymous")
"""Those with most rights, and nobody; a session is not looked at, whoever's it is."""


def test_the_two_lists_share_nothing():
    pages, doors = ({route.name for route in routes} for routes in (all_routes(), api_routes()))

    assert "api:token" in doors and "home" in pages
    assert pages & doors == set()


@pytest.mark.parametrize("role", ROLES)
def test_nobody_signed_in_is_answered_without_a_token(role, visitors):
    wrong = []
    for route in api_routes():
        url = route.url(any_values(route))
        for method in methods_of(route):
            visit = visitors[role].ask(method, url)
            told = (visit.answer.status, visit.changed)
            if told != (401, frozenset()):
                wrong.append((method, url, *told))

    assert wrong == []
