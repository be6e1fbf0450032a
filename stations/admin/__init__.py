"""The network in the admin: places, stations, people, parties, roles, accounts, the calendar, what waits."""

from stations.admin import (
    accounts,
    calendar,
    grants,
    opening_hours,
    parties,
    people,
    programme,
    regions,
    stations,
)

__all__ = [
    "accounts",
    "calendar",
    "grants",
    "opening_hours",
    "parties",
    "people",
    "programme",
    "regions",
    "stations",
]
