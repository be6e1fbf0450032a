import pytest
from django.test import Client
from django.utils.translation import override


@pytest.fixture
def as_user(cast):
    """A browser in which one of the cast is signed in; pages come in English."""

    def signed_in(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.cookies["django_language"] = "en"
        client.force_login(getattr(cast, name), backend="stations.access.backend.GrantBackend")
        return client

    with override("en"):
        yield signed_in
