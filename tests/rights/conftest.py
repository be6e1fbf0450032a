"""One world for the whole folder; every test leaves it as it found it."""

import logging

import pytest
import time_machine
from django.db import connections, transaction

from tests.factories import NOW
from tests.rights.visitors import Visitor
from tests.rights.world import make_world


@pytest.fixture(scope="package")
def _folder(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def _media_of_one_test(settings, _folder):
    """Photos of the world outlive a single test."""
    settings.MEDIA_ROOT = _folder


@pytest.fixture(autouse=True)
def _quiet():
    """Thousands of requests, most of them refused, need no line each."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="package")
def _built(django_db_setup, django_db_blocker, _folder):
    from django.test import override_settings

    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=_folder),
        time_machine.travel(NOW, tick=False),
        transaction.atomic(),
    ):
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(_built, db):
    own = connections["reports"]
    connections["reports"] = connections["default"]
    with time_machine.travel(NOW, tick=False):
        yield _built
    connections["reports"] = own


class Visitors(dict):
    """Somebody for every column of the matrix, signed in when first asked for."""

    def __init__(self, users):
        super().__init__()
        self.users = users

    def __missing__(self, role):
        self[role] = Visitor(role, self.users[role])
        return self[role]


@pytest.fixture
def visitors(world):
    return Visitors(world.users)
