"""How old the data is that reports read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from aftersales.reports.connection import CONNECTION


@dataclass(frozen=True)
class DataAge:
    """`at` is the last change that reached the connection; None when it reads the main database itself.

    A replica without news is not behind: nothing may have happened since.
    """

    at: datetime | None
    is_replica: bool


def data_age() -> DataAge:
    """What the connection of the reports says of itself; one statement on PostgreSQL, none on SQLite."""
    connection = connections[CONNECTION]
    if connection.vendor != "postgresql":
        return DataAge(None, is_replica=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()")
        is_replica, at = cursor.fetchone()
    return DataAge(at if is_replica else None, is_replica)
