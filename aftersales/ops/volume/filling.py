"""Filling a database with claims, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from aftersales.accounts.models import User
from aftersales.ops.demo.words import Words
from aftersales.ops.volume import funds, tables
from aftersales.ops.volume.draws import Case, Draws, day_of
from aftersales.ops.volume.funds import Purse
from aftersales.ops.volume.kinds import kinds
from aftersales.ops.volume.places import Place, counters, deciders, introduce_consumers
from aftersales.ops.volume.timing import Timing
from claims.models import CompensationPolicy
from claims.rules.numbering import make_number
from stations.models import Region

BATCH = 10_000
WRITERS = 3
COARSE = 20


class NoStations(LookupError):
    """There is no operating village station to spread claims over."""


@dataclass
class Share:
    """Some counties, and the claims that are still to be written for them."""

    draws: Draws
    purses: Mapping[str, Purse]
    left: int


class Filling:
    """One run of so many claims over the stations there are."""

    def __init__(self, claims: int, *, counties: int | None, seed: int, by: User, now: datetime):
        self.system, self.now = by, now
        words = Words(seed)
        self.policy = CompensationPolicy.objects.get(county_code="", version=1)
        with transaction.atomic():
            self.places = counters(counties, words=words, now=now)
            if not self.places:
                raise NoStations("no operating village station; import_stations enters some")
            self.timing = Timing(now=now)
            self.kinds = kinds(words, policy=self.policy, timing=self.timing, by=by, now=now)
            with connection.cursor() as cursor:
                introduce_consumers(cursor, self.places, claims=claims, words=words, now=now)
        self.counties = sorted({place.station.county_code for place in self.places})
        self.shares = self._shares(claims, seed, words)

    def _shares(self, claims: int, seed: int, words: Words) -> list[Share]:
        """One share for each writer; a county belongs to one of them, so that no two touch its fund."""
        regions = Region.objects.in_bulk(self.counties)
        writers = 1 if connection.vendor == "sqlite" or claims <= BATCH else min(WRITERS, len(regions))
        shares, given = [], 0
        for number in range(writers):
            codes = self.counties[number::writers]
            places = [place for place in self.places if place.station.county_code in codes]
            last = number == writers - 1
            count = claims - given if last else claims * len(places) // len(self.places)
            given += count
            people = {
                code: deciders(regions[code], words=words, by=self.system, now=self.now) for code in codes
            }
            purses = {code: self._purse(regions[code], people[code], places, count) for code in codes}
            draws = Draws(
                places,
                self.kinds,
                purses=purses,
                deciders=people,
                timing=self.timing,
                system=self.system,
                seed=seed + number,
                now=self.now,
            )
            shares.append(Share(draws, purses, count))
        return shares

    def _purse(self, county: Region, people: tuple[User, User], places: list[Place], claims: int) -> Purse:
        inside = sum(place.station.county_code == county.code for place in places)
        return Purse(
            county,
            claims=claims * inside // len(places),
            policy=self.policy,
            liable=sorted({kind.liable_party_id for kind in self.kinds if kind.remedies}, key=str),
            people=people,
            now=self.now,
        )

    def write(self) -> Iterator[int]:
        """Write all claims; yields how many are there after each round of batches."""
        done = 0
        with ThreadPoolExecutor(len(self.shares)) as pool:
            while waiting := [share for share in self.shares if share.left]:
                if len(self.shares) == 1:
                    done += self._write_batch(waiting[0])
                else:
                    rounds = [pool.submit(copy_context().run, self._write_apart, share) for share in waiting]
                    done += sum(each.result() for each in rounds)
                yield done
        _count_anew()

    def _write_apart(self, share: Share) -> int:
        """In a thread, over a connection of its own."""
        try:
            return self._write_batch(share)
        finally:
            connection.close()

    def _write_batch(self, share: Share) -> int:
        count = min(BATCH, share.left)
        with transaction.atomic(), connection.cursor() as cursor:
            _do_not_wait(cursor)
            cases = share.draws.batch(tables.reserve(cursor, count))
            changes = funds.changes(share.purses.values())
            rest = {"kinds": self.kinds, "changes": changes, "policy": self.policy, "now": self.now}
            try:
                with transaction.atomic():
                    tables.write(cursor, cases, **rest)
            except IntegrityError:
                tables.write(cursor, [_with_another_number(case) for case in cases], **rest)
        share.left -= count
        return count


def _with_another_number(case: Case) -> Case:
    """Numbers are drawn by chance; of a million, two may be the same."""
    return case._replace(claim_number=make_number(day_of(case.filed_at)))


def _do_not_wait(cursor) -> None:
    """Data for measuring may be lost in a power cut, and a batch may take its time.

    Foreign keys are looked at while their rows are at hand: a third cheaper than at the commit.
    """
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _count_anew() -> None:
    """Let the planner know the new sizes at once; a coarse look is enough until the database's own."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL default_statistics_target = {COARSE}")
            cursor.execute("SET LOCAL statement_timeout = 0")
        for model in tables.TOUCHED:
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
