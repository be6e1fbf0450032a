"""The clocks of drawn claims: the two promises, who held them, open pauses, and what ran out long ago."""

from __future__ import annotations

from aftersales.ops.volume.draws import PAUSE_MINUTES
from aftersales.ops.volume.staging import insert
from claims.models import ClaimClock, Escalation, Holding, Pause

CASES = "volume_case JOIN volume_kind USING (kind)"
TOUCHED = (ClaimClock, Holding, Pause, Escalation)
OPEN = "status IN ('submitted', 'accepted', 'in_progress', 'waiting')"
ENDED_AT = "COALESCE(resolved_at, closed_at)"
OF_CLAIM = {"claim_id": "claim_id", "county_code": "county_code", "round": "1"}


def write(cursor, now: int) -> None:
    """Write what belongs to the claims of the staged batch, as it stands at `now` in seconds."""
    _write_clock(cursor, "first_response", "first", "accepted_at", "accepted_at IS NULL", now, hours="1")
    _write_clock(cursor, "handling", "handling", ENDED_AT, OPEN, now, hours="handling_has_hours")
    insert(
        cursor,
        Pause,
        "volume_case WHERE paused_at IS NOT NULL",
        **OF_CLAIM,
        reason="'inspection'",
        from_at="paused_at",
        longest_until=f"paused_at + {PAUSE_MINUTES * 60}",
        by_id="agent_id",
    )
    insert(
        cursor,
        Holding,
        "volume_case",
        **OF_CLAIM,
        level="0",
        station_id="station_id",
        handler_id="CASE WHEN accepted_at IS NOT NULL THEN agent_id END",
        because="'filed'",
        by_id="agent_id",
        from_at="filed_at",
        taken_over_at="accepted_at",
        until_at=ENDED_AT,
    )


def _write_clock(cursor, clock: str, name: str, stopped_at: str, runs: str, now: int, *, hours: str) -> None:
    """One clock of every claim. What fell due before it stopped or stood still has been told of."""
    due, warn = f"{name}_due_at", f"{name}_warn_at"
    until = f"COALESCE({'paused_at, ' if clock == 'handling' else ''}{stopped_at}, {now})"
    void = "status IN ('withdrawn', 'merged')" if clock == "handling" else "1 = 0"
    insert(
        cursor,
        ClaimClock,
        CASES,
        **OF_CLAIM,
        clock=f"'{clock}'",
        family="'promise'",
        level="0",
        rule_id=f"{name}_rule_id",
        windows=f"CASE WHEN {hours} = 1 THEN windows ELSE '[]' END",
        started_at="filed_at",
        stopped_at=f"CASE WHEN NOT ({runs}) THEN {stopped_at} END",
        outcome=f"CASE WHEN {runs} THEN 'running' WHEN {void} THEN 'void' "
        f"WHEN {stopped_at} <= {due} THEN 'met' ELSE 'late' END",
        due_at=due,
        warn_at=warn,
        is_provisional=f"{name}_is_provisional = 1",
        is_paused="paused_at IS NOT NULL" if clock == "handling" else "1 = 0",
        warned_at=f"CASE WHEN {warn} <= {until} THEN {warn} END",
        run_out_at=f"CASE WHEN {due} <= {until} THEN {due} END",
        next_alarm_at=f"CASE WHEN {runs} AND {'paused_at IS NULL' if clock == 'handling' else '1 = 1'} "
        f"AND {due} > {now} THEN CASE WHEN {warn} > {now} THEN {warn} ELSE {due} END END",
    )
    for step, at in (("warned", warn), ("ran_out", due)):
        insert(
            cursor,
            Escalation,
            f"{CASES} WHERE {at} <= {until}",
            **OF_CLAIM,
            clock=f"'{clock}'",
            level="0",
            step=f"'{step}'",
            from_station_id="station_id",
            handler_id="agent_id",
            due_at=at,
            at=at,
        )
