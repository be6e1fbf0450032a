"""Stations, firms and consumers by what a list of orders calls them: each looked up or entered once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from claims.services import consumers
from stations.models import Party, Station
from stations.models.network import StationState
from stations.services import parties

CODE_DIGITS = 12
ID_DIGITS = 18


class Directory:
    """What many orders name, looked up together before each is asked for on its own.

    `renames` says whether a list may correct the name of a consumer who is known. `forget` it when the
    transaction that entered some of them was undone.
    """

    def __init__(self, *, by: User, now: datetime, renames: bool = True):
        self.by, self.now, self.renames = by, now, renames
        self.forget()

    def forget(self) -> None:
        self._stations: dict[str, Station | Refused] = {}
        self._parties: dict[tuple[str, str], int] = {}
        self._consumers: dict[tuple[int, str, str], int] = {}

    def know_stations(self, places: Collection[str]) -> None:
        """Look up village codes and ids in one statement."""
        wanted = {place for place in places if place not in self._stations}
        numbers = {place for place in wanted if place.isascii() and place.isdigit()}
        codes = {place for place in numbers if len(place) == CODE_DIGITS}
        ids = {place for place in numbers - codes if len(place) <= ID_DIGITS}
        found: dict[str, list[Station]] = {}
        if numbers:
            stations = Station.objects.exclude(state=StationState.CLOSED).filter(
                Q(region__in=codes) | Q(pk__in=[int(place) for place in ids])
            )
            for station in stations:
                found.setdefault(station.region_id, []).append(station)
                found.setdefault(f"#{station.pk}", []).append(station)
        for place in wanted:
            if place not in numbers:
                self._stations[place] = Refused(
                    _("the station is neither a 12-digit code nor an id"), code="unknown_station"
                )
            else:
                key = place if place in codes else f"#{int(place)}" if place in ids else ""
                self._stations[place] = _only(found.get(key, []), place)

    def station(self, place: str) -> Station:
        """The station of a village code or id. Raises Refused."""
        self.know_stations([place])
        found = self._stations[place]
        if isinstance(found, Refused):
            raise found
        return found

    def know_parties(self, named: Collection[tuple[str, str]]) -> None:
        """Look up firms by kind and name in one statement; those nobody has named before are added."""
        wanted = {(kind, name) for kind, name in named if name} - self._parties.keys()
        if not wanted:
            return
        kinds, names = {kind for kind, _name in wanted}, {name for _kind, name in wanted}
        for pk, kind, name in Party.objects.filter(kind__in=kinds, name__in=names).values_list(
            "pk", "kind", "name"
        ):
            self._parties[kind, name] = pk
        for kind, name in sorted(wanted - self._parties.keys()):
            party = parties.find_or_create(kind=kind, name=name, by=self.by, now=self.now)
            self._parties[kind, name] = party.pk

    def party_id(self, kind: str, name: str) -> int | None:
        if not name:
            return None
        self.know_parties([(kind, name)])
        return self._parties[kind, name]

    def know_consumers(self, people: Collection[tuple[Station, str, str]]) -> None:
        """Take down people by station, name and phone, all of them together."""
        wanted = [
            (station, name, phone)
            for station, name, phone in people
            if phone and (station.pk, name, phone) not in self._consumers
        ]
        if wanted:
            self._consumers |= consumers.register_many(
                people=wanted, renames=self.renames, by=self.by, now=self.now
            )

    def consumer_id(self, station: Station, name: str, phone: str) -> int | None:
        if not phone:
            return None
        self.know_consumers([(station, name, phone)])
        return self._consumers[station.pk, name, phone]


def _only(stations: list[Station], place: str) -> Station | Refused:
    if not stations:
        return Refused(_("there is no station %(place)s") % {"place": place}, code="unknown_station")
    if len(stations) > 1:
        return Refused(
            _("there are several stations in %(place)s; name one by its id") % {"place": place},
            code="several_stations",
        )
    return stations[0]
