"""A provider that may be asked, and doors at one moment."""

import pytest
import time_machine
from django.test import Client

from tests.claims.providers.order_cases import make_contract, make_visit
from tests.factories import NOW


@pytest.fixture
def workshop(cast):
    """Asked first: sets out from the consumer's own village, grade A."""
    return make_contract(cast.guangcheng, name="广城家电维修部", by=cast.manager, grade="A")


@pytest.fixture
def second(cast):
    return make_contract(cast.liuguang_point, name="六广电器行", by=cast.manager, base_fen=6000)


@pytest.fixture
def visit(cast):
    return make_visit(cast)


@pytest.fixture
def door(settings):
    """A browser in English at NOW: `door(cast.officer)`, or `door()` for somebody without an account."""
    with time_machine.travel(NOW, tick=False):

        def opened(user=None, **options) -> Client:
            client = Client(**options)
            if user is not None:
                client.force_login(user)
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
            return client

        yield opened
