"""Sentences of services are compared in English, whatever the catalogue of translations holds."""

import pytest
from django.utils.translation import override


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield
