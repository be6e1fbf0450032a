"""The sweep of clocks: a thousand due claims beside one bare SQL statement, among few claims and many."""

from __future__ import annotations

import math
import os
import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from bench.measures import Measure
from bench.world import World
from claims.models import Claim
from claims.models.clocks import ClaimClock, Holding
from claims.services.holdings import open_holding
from claims.services.sweep import sweep

REPEATS = 5
DUE = 1000
DEFAULT_OPEN = "100000"
"""Open claims beside the due ones; BENCH_OPEN=1000000 for the full size."""
FAR_AHEAD = timedelta(days=400)
NUMBER = "'B' || lpad(copies.nth::text, 9, '0')"
BARE = """
WITH due AS (
    SELECT k.id, k.claim_id, k.clock, k.round, k.turn, k.due_at, k.rule_id,
           c.level, c.holder_id, c.county_code, c.station_id, s.parent_id, p.id AS told
    FROM claims_claimclock k
    JOIN claims_claim c ON c.id = k.claim_id
    LEFT JOIN stations_station s ON s.id = c.holder_id
    JOIN accounts_user p ON p.id = c.filed_by_id
    WHERE k.next_alarm_at <= %(now)s
    ORDER BY k.next_alarm_at, k.id LIMIT 1000 FOR UPDATE OF c SKIP LOCKED
), stopped AS (
    UPDATE claims_claimclock k SET run_out_at = %(now)s, next_alarm_at = NULL FROM due WHERE k.id = due.id
), begun AS (
    INSERT INTO claims_claimclock (claim_id, county_code, clock, family, round, level, turn, rule_id, windows,
        started_at, due_at, warn_at, outcome, is_provisional, is_paused, next_alarm_at, alarm_tries,
        alarm_error)
    SELECT claim_id, county_code, 'township_response', 'hand_over', round, 1, 1, rule_id, '[]',
        due_at, due_at + interval '24 hours', due_at + interval '19 hours', 'running', false, false,
        due_at + interval '19 hours', 0, '' FROM due
), held AS (
    UPDATE claims_holding h SET until_at = due.due_at FROM due
    WHERE h.claim_id = due.claim_id AND h.until_at IS NULL
), climbed AS (
    INSERT INTO claims_escalation (claim_id, county_code, clock, round, level, turn, step, climbed_to,
        from_station_id, to_station_id, due_at, at)
    SELECT claim_id, county_code, clock, round, level, turn, 'ran_out', 1,
        holder_id, parent_id, due_at, %(now)s FROM due
), moved AS (
    UPDATE claims_claim c SET level = 1, holder_id = due.parent_id, handler_id = NULL, version = version + 1
    FROM due WHERE c.id = due.claim_id
), remembered AS (
    INSERT INTO audit_auditevent (recorded_at, at, verb, actor_name, object_type, object_id, claim_id,
        county_code, station_id, after, reason, outcome, door, address, request_id)
    SELECT %(now)s, %(now)s, 'claim.climbed', '', 'claims.claim', claim_id::text, claim_id, county_code,
        station_id, jsonb_build_object('clock', clock), '', 'done', '', '', '' FROM due
)
INSERT INTO notices_notice (id, recipient_id, event, key, params, url, county_code, is_urgent, created_at)
SELECT gen_random_uuid(), told, 'claim.climbed_to_you', 'bench ' || claim_id || clock,
    jsonb_build_object('due_at', due_at), '', county_code, false, %(now)s FROM due
"""


def measure(world: World) -> list[Measure]:
    """Climbs of a thousand claims, first with nothing else open, then with many claims open beside them."""
    many = int(os.environ.get("BENCH_OPEN") or DEFAULT_OPEN)
    with system_scope("measure the sweep", quiet=True):
        copies = _Copies(_pattern(world))
        beside = Measure(f"sweep {DUE} due beside one statement", "s", None, 2)
        few = [_ours(copies) for _repeat in range(REPEATS + 1)][1:]
        copies.add(many, due_at=timezone.now() + FAR_AHEAD)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE claims_claim, claims_claimclock, claims_holding")
        for _repeat in range(REPEATS):
            beside.ours.append(_ours(copies))
            beside.floor.append(_bare(copies))
        growth = Measure(f"sweep {DUE} due, {many:,} open beside none", "s", 1.3, 1.15)
        growth.ours, growth.floor = list(beside.ours), few
        empty = Measure("sweep with nothing due", "ms", 5, 5)
        empty.ours = [_empty() for _repeat in range(REPEATS * 2)]
    beside.note = "history, notices, holdings and next clocks included"
    return [beside, growth, empty]


def _pattern(world: World) -> Claim:
    """An open claim in a village whose handling clock runs, from the volume; everything else is quiet."""
    clock = ClaimClock.objects.filter(
        clock="handling",
        outcome="running",
        is_paused=False,
        claim__level=0,
        claim__holder__parent__state="operating",
    )
    ClaimClock.objects.filter(outcome="running").update(next_alarm_at=None)
    return clock.select_related("claim").latest("id").claim


class _Copies:
    """Copies of a claim with its handling clock and its holding, as many as are wanted, by the server."""

    def __init__(self, pattern: Claim) -> None:
        self.pattern, self.made = pattern, 0
        self.clock = ClaimClock.objects.get(claim=pattern, clock="handling", outcome="running")
        self.holding = open_holding(pattern)

    def add(self, count: int, *, due_at: datetime) -> None:
        first, last = self.made + 1, self.made + count
        self.made = last
        given = {"first": first, "last": last, "due_at": due_at}
        due = "%(due_at)s"
        alarm = {"due_at": due, "next_alarm_at": due, "warned_at": due, "run_out_at": "NULL"}
        own = f"(SELECT id FROM claims_claim WHERE number = {NUMBER})"
        with connection.cursor() as cursor:
            for model, key, changes in (
                (Claim, self.pattern.pk, {"number": NUMBER, "next_due_at": due}),
                (ClaimClock, self.clock.pk, {"claim_id": own, **alarm}),
                (Holding, self.holding.pk, {"claim_id": own}),
            ):
                cursor.execute(_copy(model, key, changes), given)


def _copy(model, key: int, changes: dict[str, str]) -> str:
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changes.get(column, f"row.{column}") for column in columns)
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} AS row, "
        f"generate_series(%(first)s::int, %(last)s::int) AS copies (nth) WHERE row.id = {key}"
    )


def _ours(copies: _Copies) -> float:
    now = timezone.now()
    copies.add(DUE, due_at=now - timedelta(minutes=1))
    by = system_user()
    started = time.perf_counter()
    result = sweep(now=now, by=by, batch=DUE, seconds=math.inf)
    seconds = time.perf_counter() - started
    if (result.escalated, result.failed) != (DUE, 0):
        raise RuntimeError(f"not {DUE} climbs: {result}")
    return seconds


def _bare(copies: _Copies) -> float:
    now = timezone.now()
    copies.add(DUE, due_at=now - timedelta(minutes=1))
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BARE, {"now": now})
        written = cursor.rowcount
    seconds = time.perf_counter() - started
    if written != DUE:
        raise RuntimeError(f"not {DUE} climbs: {written}")
    return seconds


def _empty() -> float:
    by, now = system_user(), timezone.now()
    started = time.perf_counter()
    sweep(now=now, by=by)
    return (time.perf_counter() - started) * 1000
