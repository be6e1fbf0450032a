"""A platform that cannot be called and a checklist that leads nowhere are told before anything starts."""

import pytest

from claims.checks import checklists_are_sound, platforms_can_be_called
from claims.queries import checklists

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


def test_a_checklist_that_cannot_be_used_is_told(monkeypatch, tmp_path):
    assert checklists_are_sound() == []

    (tmp_path / "fridge-2.toml").write_text('version = "fridge-2"\nappliance = "fridge"\n', encoding="utf-8")
    monkeypatch.setattr(checklists, "FOLDER", tmp_path)
    monkeypatch.setattr(checklists, "versions", checklists.versions.__wrapped__)

    errors = checklists_are_sound()

    assert [(error.id, error.msg) for error in errors] == [("claims.E004", "fridge-2: KeyError('steps')")]
