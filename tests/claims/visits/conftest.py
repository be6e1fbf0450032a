"""People before the pages of visits, at one moment."""

import pytest
import time_machine
from django.test import Client

from tests.factories import NOW


@pytest.fixture
def door(settings):
    """Open the pages as somebody, in English: `door(cast.agent).get("/")`. The clock stands at NOW."""
    with time_machine.travel(NOW, tick=False):

        def signed_in(user) -> Client:
            client = Client()
            client.force_login(user)
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
            return client

        yield signed_in
