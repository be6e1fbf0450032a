"""Sentences of services are compared in English; pages come from a clock that stands at NOW."""

import pytest
from django.utils.translation import override

from tests.claims.views.conftest import door

__all__ = ["door"]


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield
