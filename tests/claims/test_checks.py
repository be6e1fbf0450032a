"""A platform that cannot be called is told before anything starts."""

import pytest

from claims.checks import platforms_can_be_called

GOOD = {"url": "https://pay.example.com/refunds", "secret": "x" * 32}


@pytest.mark.parametrize(
    ("gateways", "found"),
    [
        ({}, []),
        ({"农货优选": GOOD}, []),
        ([], ["claims.E001"]),
        ({"农货优选": "https://pay.example.com/"}, ["claims.E001"]),
        ({"农货优选": {"url": GOOD["url"]}}, ["claims.E001"]),
        ({"农货优选": GOOD | {"secret": "short-secret"}}, ["claims.E002"]),
        ({"农货优选": GOOD | {"url": "http://pay.example.com/"}}, ["claims.E003"]),
        ({"农货优选": GOOD | {"url": "https://other.example.com/"}}, ["claims.E003"]),
    ],
)
def test_what_is_missing_is_named_and_no_secret(settings, gateways, found):
    settings.PAYOUT_GATEWAYS = gateways
    settings.PAYOUT_HOSTS = ["pay.example.com"]

    errors = platforms_can_be_called()

    assert [error.id for error in errors] == found
    assert "short-secret" not in str(errors)
