"""Migrations are complete, carry a name that says what they do, and have a way back."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState
from django.utils import translation

OURS = {
    config.label
    for config in apps.get_app_configs()
    if Path(config.path).is_relative_to(settings.BASE_DIR) and "site-packages" not in config.path
}
NUMBERED = re.compile(r"^\d{4}_(?!auto_)[a-z][a-z0-9_]+$")
MADE_UP_BY_DJANGO = re.compile(r"_and_more$|_auto_\d|^\d{4}_(alter|remove)_.*_and_")


@pytest.fixture(scope="module")
def ours():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {key: migration for key, migration in loader.disk_migrations.items() if key[0] in OURS}


def missing(state: ProjectState) -> dict[str, list[str]]:
    """What makemigrations would write for this state of the models, as operations by app."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    with_tables = {model._meta.app_label for model in apps.get_models() if model._meta.managed}
    # Names of fields are compared as they stand in the source, whatever language is active.
    with translation.override(None):
        changes = MigrationAutodetector(
            loader.project_state(),
            state,
            NonInteractiveMigrationQuestioner(specified_apps=with_tables, dry_run=True),
        ).changes(graph=loader.graph)
    return {
        label: [operation.describe() for migration in written for operation in migration.operations]
        for label, written in changes.items()
        if label in OURS
    }


def bad_name(name: str) -> bool:
    return not NUMBERED.match(name) or bool(MADE_UP_BY_DJANGO.search(name))


def one_way(migration) -> list[str]:
    return [operation.describe() for operation in migration.operations if not operation.reversible]


def test_checks_can_fail():
    class OneWay(migrations.Migration):
        operations = [migrations.RunPython(migrations.RunPython.noop), migrations.RunSQL("SELECT 1")]

    state = ProjectState.from_apps(apps)
    state.add_model(ModelState("ops", "Forgotten", [("id", models.BigAutoField(primary_key=True))]))

    assert len(one_way(OneWay("one_way", "ops"))) == 2
    assert missing(state)["ops"] == ["Create model Forgotten"]
    names = ["0002_auto_20261121_1405", "0003_alter_claim_status_and_more", "fix", "0007_claim_next_alarm_at"]
    assert [bad_name(name) for name in names] == [True, True, True, False]


def test_no_migration_is_missing():
    assert missing(ProjectState.from_apps(apps)) == {}


def test_every_migration_has_a_name_and_a_way_back(ours):
    assert {"ops", "accounts", "audit", "stations", "claims"} <= {label for label, _name in ours}
    assert [key for key in ours if bad_name(key[1])] == []
    assert {key: ways for key, migration in ours.items() if (ways := one_way(migration))} == {}
