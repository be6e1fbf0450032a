"""What `manage.py check` asks of the settings of the task queue and of the database."""

from django.conf import settings
from django.core.checks import Error

# Longer than the scheduler takes to notice a minute that has passed, or a sound cluster would be ended.
SHORTEST_SILENCE_IN_PRODUCTION = 120
WANTED = {"ack_failures": True, "catch_up": False, "bulk": 1, "max_attempts": 0, "orm": "default"}


def queue_settings(app_configs, **kwargs) -> list[Error]:
    """Delivery, repetition and counting hold only with these settings; docs/operations.md says why."""
    queue = settings.Q_CLUSTER
    found = [
        Error(f"Q_CLUSTER[{name!r}] is {queue.get(name)!r} and has to be {wanted!r}.", id="ops.E001")
        for name, wanted in WANTED.items()
        if queue.get(name) != wanted
    ]
    if not 0 < queue["timeout"] < queue["retry"]:
        found.append(Error("TASK_TIMEOUT has to be shorter than TASK_RETRY.", id="ops.E002"))
    if not settings.DEVELOPMENT and settings.TASK_SILENCE < SHORTEST_SILENCE_IN_PRODUCTION:
        found.append(
            Error(f"TASK_SILENCE has to be at least {SHORTEST_SILENCE_IN_PRODUCTION}.", id="ops.E003")
        )
    return found


KEPT = {
    "sqlite3": (
        "init_command",
        ("journal_mode=WAL", "synchronous=FULL", "recursive_triggers=ON", "foreign_keys=ON"),
    ),
    "postgresql": (
        "options",
        (
            "synchronous_commit=on",
            "lock_timeout=",
            "idle_in_transaction_session_timeout=",
            "statement_timeout=",
        ),
    ),
}
"""By engine: the option of the connection, and what it has to say so that what was told stays told."""


def database_settings(app_configs, **kwargs) -> list[Error]:
    """What was acknowledged is kept, and triggers hold, only with these settings; docs/trust.md says why."""
    default = settings.DATABASES["default"]
    engine, options = default["ENGINE"].rpartition(".")[2], default.get("OPTIONS", {})
    name, words = KEPT[engine]
    missing = [word for word in words if word not in options.get(name, "")]
    if engine == "sqlite3" and options.get("transaction_mode") != "IMMEDIATE":
        missing.append("transaction_mode=IMMEDIATE")
    return [Error(f"The connection to the database lacks {word}.", id="ops.E004") for word in missing]
