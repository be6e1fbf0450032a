"""Fixtures for every test. What makes rows is in tests/factories.py."""

import pytest
from django.db import connection, connections
from django.test import TransactionTestCase

from aftersales.audit import append_only

_empty_all_tables = TransactionTestCase._fixture_teardown


def _empty_guarded_tables(case):
    """Empty the tables after a test that committed: the append-only triggers go first and come back with
    the post_migrate signal that ends the emptying."""
    append_only.remove(connection)
    _empty_all_tables(case)


TransactionTestCase._fixture_teardown = _empty_guarded_tables


@pytest.fixture(autouse=True)
def _media_of_one_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _policies_are_read_anew():
    """A test that is rolled back leaves keys behind that another test gives to other policies."""
    from claims.queries.clock_policies import forget_published

    forget_published()


@pytest.fixture(autouse=True)
def _reports_share_the_transaction(request):
    """Let the reports see what the test wrote: a connection of their own stays outside its transaction."""
    if not request.node.get_closest_marker("django_db"):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    own = connections["reports"]
    connections["reports"] = connections["default"]
    yield
    connections["reports"] = own


@pytest.fixture
def cast(db):
    """People and stations in two counties; for tests that commit, ask for transactional_db first."""
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def client_factory():
    """Another browser in which somebody has signed in with their password."""
    from django.test import Client

    from tests.factories import PASSWORD

    def signed_in(username):
        client = Client()
        assert (
            client.post("/account/sign-in/", {"username": username, "password": PASSWORD}).status_code == 302
        )
        return client

    return signed_in


@pytest.fixture
def as_user(cast):
    """A browser in which one of the cast is signed in; pages come in English."""
    from django.test import Client
    from django.utils.translation import override

    def signed_in(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.cookies["django_language"] = "en"
        client.force_login(getattr(cast, name), backend="stations.access.backend.GrantBackend")
        return client

    with override("en"):
        yield signed_in
