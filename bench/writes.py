"""Services that write, in turns with bare SQL on the same rows."""

from __future__ import annotations

import secrets
import time

import psycopg
from django.db import connection
from django.utils import timezone
from psycopg.types.json import Jsonb

from aftersales.accounts.scoping import acting_in
from aftersales.audit.trail import system_scope
from bench.measures import Measure
from bench.world import World
from claims.models import Claim, ClaimFlag, Compensation, Consent, Photo
from claims.rules.numbering import make_number
from claims.services import compensation, filing, flags
from stations.access.scope import authority_of
from tests.processes import at_once

REPEATS = 5
FILED = 60
PAID_BY_EACH = 25
DRAWN_BY_EACH = 200
CLIENTS = 2
BAD_MILLI = 1000


def measure(world: World) -> list[Measure]:
    """Filing a claim beside three bare inserts, choosing and paying beside a bare draw on a row."""
    filed = Measure("file a claim, service", "a second", None, 0.5, higher_is_better=True)
    paid = Measure("choose and pay, 2 clients", "a second", 0.3, 0.5, higher_is_better=True)
    with system_scope("lines to claim on"):
        lines = iter(world.new_lines(FILED * (REPEATS + 1)))
    [pattern], _seconds = _file(world, lines, 1)
    bare = BareInserts(pattern)
    for _repeat in range(REPEATS):
        claims, seconds = _file(world, lines, FILED)
        filed.ours.append(len(claims) / seconds)
        filed.floor.append(FILED / bare.seconds(FILED))
        _prove(claims)
        _look_at_flags(claims, world)
        proposals = _proposals(claims)[: PAID_BY_EACH * CLIENTS]
        shares = [(world, proposals[number::CLIENTS]) for number in range(CLIENTS)]
        paid.ours.append(_rate(_pay, shares, PAID_BY_EACH))
        paid.floor.append(_rate(_draw, [(world.cash.pk, DRAWN_BY_EACH)] * CLIENTS, DRAWN_BY_EACH))
    bare.close()
    filed.note = "beside three bare inserts in one transaction"
    return [filed, paid]


def _file(world: World, lines, count: int) -> tuple[list[Claim], float]:
    """File so many claims as the agent would; returns them and the seconds it took."""
    batch = [next(lines) for _each in range(count)]
    claims = []
    with acting_in(authority_of(world.agent, now=timezone.now()).scope):
        started = time.perf_counter()
        for line, consumer in batch:
            claims.append(
                filing.file(
                    order_line=line,
                    consumer=consumer,
                    goods_type="fresh_fruit",
                    nature="quality",
                    severity="minor",
                    description="坏了一个",
                    bad_milli=BAD_MILLI,
                    channel="station",
                    consent_kind="spoken",
                    form_token=secrets.token_hex(16),
                    by=world.agent,
                    now=timezone.now(),
                )
            )
        return claims, time.perf_counter() - started


class BareInserts:
    """Copies of a claim, its consent and one event, over psycopg alone, in a transaction each."""

    def __init__(self, claim: Claim):
        self.connection = psycopg.connect(**_where(), autocommit=True)
        self.rows = {
            "claims_claim": self._row("claims_claim", "id", claim.pk),
            "claims_consent": self._row("claims_consent", "id", Consent._base_manager.get(claim=claim).pk),
            "audit_auditevent": self._row("audit_auditevent", "claim_id", claim.pk),
        }

    def _row(self, table: str, column: str, key: int) -> dict:
        cursor = self.connection.execute(f"SELECT * FROM {table} WHERE {column} = %s LIMIT 1", [key])
        row = dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))
        row.pop("id")
        return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in row.items()}

    def seconds(self, count: int) -> float:
        today = timezone.localdate()
        started = time.perf_counter()
        for _each in range(count):
            self.rows["claims_claim"]["number"] = make_number(today)
            with self.connection.transaction():
                for table, row in self.rows.items():
                    marks = ", ".join(["%s"] * len(row))
                    self.connection.execute(
                        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values())
                    )
        return time.perf_counter() - started

    def close(self) -> None:
        self.connection.close()


def _prove(claims: list[Claim]) -> None:
    """A photo for each, without a file: the rule decides nothing without evidence."""
    with system_scope("evidence of the measurement", quiet=True):
        Photo.objects.bulk_create(
            Photo(
                claim=claim,
                station_id=claim.station_id,
                county_code=claim.county_code,
                file_name=secrets.token_hex(16),
                width=800,
                height=600,
                byte_size=60_000,
                sha256=secrets.token_hex(32),
                uploaded_by_id=claim.filed_by_id,
                uploaded_at=claim.filed_at,
            )
            for claim in claims
        )


def _look_at_flags(claims: list[Claim], world: World) -> None:
    """One agent files here in a minute what takes months otherwise; somebody has seen that it is harmless."""
    with system_scope("flags of the measurement", quiet=True):
        for proposal in Compensation.objects.filter(claim__in=claims).select_related("claim"):
            # The bare inserts have made it more since it was filed.
            flags.refresh(claim=proposal.claim, compensation=proposal, now=timezone.now())
        ClaimFlag.objects.filter(claim__in=claims).update(
            verdict="harmless", judged_by=world.agent, judged_at=timezone.now()
        )


def _proposals(claims: list[Claim]) -> list[int]:
    with system_scope("what may be chosen", quiet=True):
        return list(Compensation.objects.filter(claim__in=claims).values_list("pk", flat=True))


def _rate(call, shares: list[tuple], each: int) -> float:
    """How many a second, all clients together, while the slowest of them works."""
    outcomes = at_once(call, shares)
    failed = [f"{outcome.error} {outcome.message}" for outcome in outcomes if outcome.error]
    if failed:
        raise RuntimeError(f"{call.__name__}: {failed[0]}")
    return each * len(shares) / max(outcome.value for outcome in outcomes)


def _pay(world: World, proposals: list[int]) -> float:
    with acting_in(authority_of(world.agent, now=timezone.now()).scope):
        waiting = list(Compensation.objects.filter(pk__in=proposals))
        started = time.perf_counter()
        for proposal in waiting:
            done = compensation.choose(
                compensation=proposal,
                remedy="refund",
                payout_method="cash",
                asked_how="in_person",
                by=world.agent,
                now=timezone.now(),
            )
            if done.state != "executed":
                raise RuntimeError(f"not paid but {done.state}: {done.level_reasons}")
        return time.perf_counter() - started


def _draw(account: int, count: int) -> float:
    with psycopg.connect(**_where(), autocommit=True) as bare:
        started = time.perf_counter()
        for _each in range(count):
            # Nothing is taken, so that the fund stays as its movements say; the row is written all the same.
            bare.execute(
                "UPDATE claims_account SET balance_fen = balance_fen - 0 WHERE id = %s AND balance_fen >= 20",
                [account],
            )
        return time.perf_counter() - started


def _where() -> dict:
    given = connection.get_connection_params()
    return {name: given[name] for name in ("host", "dbname", "user")}
