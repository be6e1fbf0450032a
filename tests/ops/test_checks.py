import pytest
from django.db import connection

from aftersales.ops.checks import database_settings, queue_settings


def found():
    return [error.id for error in queue_settings(None)]


def test_settings_of_the_project_hold():
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ack_failures", False, ["ops.E001"]),
        ("catch_up", True, ["ops.E001"]),
        ("bulk", 10, ["ops.E001"]),
        ("max_attempts", 3, ["ops.E001"]),
        ("timeout", 90, ["ops.E002"]),
        ("timeout", 89, []),
        ("timeout", 0, ["ops.E002"]),
    ],
)
def test_setting_that_would_lose_or_repeat_work_is_an_error(settings, name, value, expected):
    settings.Q_CLUSTER = {**settings.Q_CLUSTER, name: value}

    assert found() == expected


@pytest.mark.parametrize(
    ("silence", "development", "expected"), [(119, False, ["ops.E003"]), (120, False, []), (6, True, [])]
)
def test_sound_cluster_is_not_ended_between_two_beats(settings, silence, development, expected):
    settings.TASK_SILENCE, settings.DEVELOPMENT = silence, development

    assert found() == expected


def test_connection_that_would_forget_what_was_told_is_an_error(settings, monkeypatch):
    assert database_settings(None) == []

    options = settings.DATABASES["default"]["OPTIONS"]
    for option in {"init_command", "transaction_mode", "options"} & options.keys():
        with monkeypatch.context() as without:
            without.setitem(options, option, "")
            assert {error.id for error in database_settings(None)} == {"ops.E004"}


@pytest.mark.django_db
def test_connection_waits_for_the_disk_before_it_answers():
    question = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
    with connection.cursor() as cursor:
        cursor.execute(question[connection.vendor])

        assert cursor.fetchone()[0] in (2, "on")
