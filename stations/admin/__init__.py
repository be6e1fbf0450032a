"""The network in the admin: places, stations, people, parties, roles, accounts, and what waits in it."""

from stations.admin import accounts, grants, parties, people, regions, stations

__all__ = ["accounts", "grants", "parties", "people", "regions", "stations"]
