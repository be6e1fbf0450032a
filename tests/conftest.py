"""Fixtures for every test. What makes rows is in tests/factories.py."""

import gc

import pytest
from django.db import connections
from pytest_django.plugin import blocking_manager_key

from tests.grounds import begins_with_the_cast, ground, ground_of
from tests.pristine import pristine


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Tests that begin with the cast and are rolled back come first, those on the same ground in a row."""
    places: dict = {(): 0}
    order = {
        item: float("inf") if wanted is None else places.setdefault(wanted, len(places))
        for item in items
        for wanted in [ground_of(item)]
    }
    items.sort(key=order.get)


def pytest_collection_finish(session):
    """What has been loaded by now stays; looking through it for garbage again and again finds nothing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    ground.wanted = ground_of(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    try:
        return (yield)
    finally:
        if nextitem is None or not begins_with_the_cast(nextitem):
            with item.config.stash[blocking_manager_key].unblock():
                ground.lift()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    yield
    pristine.close()


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

    return ground.cast() if ground.is_laid else make_cast()


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
