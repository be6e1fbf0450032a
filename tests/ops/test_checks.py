import pytest

from aftersales.ops.checks import queue_settings


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
