"""One batch of drawn claims into the tables of orders, claims, compensation, fund and history."""

from __future__ import annotations

from datetime import datetime

from aftersales.audit.models import AuditEvent
from aftersales.ops.volume import clocks
from aftersales.ops.volume.clocks import CASES
from aftersales.ops.volume.draws import DAY, Case, Keys
from aftersales.ops.volume.funds import Changes, keep
from aftersales.ops.volume.kinds import Kind
from aftersales.ops.volume.staging import insert, reserve_keys, stage
from claims.models import (
    Advance,
    Claim,
    Compensation,
    CompensationPolicy,
    Coupon,
    Movement,
    Order,
    OrderLine,
    Payout,
    Reship,
)

EXECUTED = f"{CASES} WHERE compensation_state = 'executed'"
PROGRAMME_CLOCKS = "(SELECT min(id) FROM claims_clockpolicy WHERE kind = 'service' AND county_code = '')"
MONEY = (Compensation, Coupon, Reship, Movement, Advance, Payout)
TOUCHED = (Order, OrderLine, Claim, *clocks.TOUCHED, *MONEY, AuditEvent)
PLACE = {"station_id": "station_id", "county_code": "county_code"}

# What history says of a claim: verb, whose column tells when, which rows, who, state before and after.
EVENTS = (
    ("claim.accepted", "accepted_at", "accepted_at IS NOT NULL", "agent", "submitted", "accepted"),
    (
        "claim.started",
        "accepted_at",
        "status IN ('in_progress', 'waiting')",
        "agent",
        "accepted",
        "in_progress",
    ),
    ("claim.put_on_hold", "paused_at", "status = 'waiting'", "agent", "in_progress", "waiting"),
    ("claim.resolved", "resolved_at", "resolved_at IS NOT NULL", "agent", "accepted", "resolved"),
    ("claim.closed", "closed_at", "status = 'closed'", "agent", "resolved", "closed"),
    ("claim.rejected", "closed_at", "status = 'rejected'", "agent", "accepted", "rejected"),
    ("claim.withdrawn", "closed_at", "status = 'withdrawn'", "agent", "accepted", "withdrawn"),
    ("claim.merged", "closed_at", "status = 'merged'", "agent", "accepted", "merged"),
)


def reserve(cursor, count: int) -> Keys:
    """Keys for the rows of so many claims. On SQLite inside the transaction that writes them."""
    return Keys(
        *(reserve_keys(cursor, model, count) for model in (Order, OrderLine, Claim, Compensation, Movement))
    )


def write(
    cursor,
    cases: list[Case],
    *,
    kinds: list[Kind],
    changes: Changes,
    policy: CompensationPolicy,
    now: datetime,
) -> None:
    """Write the rows of a batch and move the balances by their sums, inside the caller's transaction."""
    stage(cursor, "volume_kind", Kind, kinds)
    stage(cursor, "volume_case", Case, cases)
    _write_claims(cursor)
    clocks.write(cursor, int(now.timestamp()))
    _write_compensations(cursor, policy)
    _write_events(cursor, now)
    keep(cursor, changes)


def _write_claims(cursor) -> None:
    insert(
        cursor,
        Order,
        CASES,
        **PLACE,
        id="order_id",
        number="order_number",
        platform_id="platform_id",
        merchant_id="merchant_id",
        logistics_id="logistics_id",
        consumer_id="consumer_id",
        ordered_at="ordered_at",
        signed_at="signed_at",
        state="'signed'",
        source="'api'",
        created_at="signed_at",
        changed_at="signed_at",
    )
    insert(
        cursor,
        OrderLine,
        CASES,
        **PLACE,
        id="line_id",
        order_id="order_id",
        product="product",
        goods_type="goods_type",
        quantity_milli="quantity_milli",
        unit="unit",
        paid_fen="paid_fen",
        granted_fen="granted_fen",
        bad_milli="CASE WHEN compensation_state = 'executed' THEN bad_milli ELSE 0 END",
    )
    insert(
        cursor,
        Claim,
        CASES,
        **PLACE,
        id="claim_id",
        number="claim_number",
        consumer_id="consumer_id",
        order_line_id="line_id",
        channel="channel",
        filed_by_id="agent_id",
        filed_at="filed_at",
        handler_id="CASE WHEN accepted_at IS NOT NULL THEN agent_id END",
        goods_type="goods_type",
        nature="nature",
        severity="severity",
        procedure="procedure",
        liable_party_id="liable_party_id",
        description="description",
        bad_milli="bad_milli",
        status="status",
        version="version",
        accepted_at="accepted_at",
        reply_progress=_once_accepted("reply_progress"),
        reply_finish_at="CASE WHEN accepted_at IS NOT NULL THEN handling_due_at END",
        reply_method=_once_accepted("reply_method"),
        clock_policy_id=PROGRAMME_CLOCKS,
        level="0",
        holder_id="station_id",
        handling_due_at="handling_due_at",
        next_due_at="CASE WHEN accepted_at IS NULL AND first_due_at < handling_due_at "
        "THEN first_due_at ELSE handling_due_at END",
        resolved_at="resolved_at",
        closed_at="closed_at",
        response_minutes="response_minutes",
        resolution_minutes="resolution_minutes",
        rejection_code="CASE WHEN status = 'rejected' THEN refusal_code ELSE '' END",
        rejection_text="CASE WHEN status = 'rejected' THEN refusal_text ELSE '' END",
        merged_into_id="merged_into_id",
    )


def _once_accepted(column: str) -> str:
    return f"CASE WHEN accepted_at IS NOT NULL THEN {column} ELSE '' END"


def _write_compensations(cursor, policy: CompensationPolicy) -> None:
    is_done = "compensation_state = 'executed'"
    insert(
        cursor,
        Compensation,
        f"{CASES} WHERE compensation_id IS NOT NULL",
        **PLACE,
        id="compensation_id",
        claim_id="claim_id",
        policy_id=str(policy.pk),
        bad_milli="bad_milli",
        total_milli="quantity_milli",
        paid_fen="paid_fen",
        amount_fen="amount_fen",
        granted_fen="granted_fen",
        steps="steps",
        state="compensation_state",
        remedy="remedy",
        payout_method="payout_method",
        chosen_at="chosen_at",
        asked_how="CASE WHEN chosen_at IS NULL THEN '' "
        "WHEN channel = 'phone' THEN 'phone' ELSE 'in_person' END",
        asked_by_id="CASE WHEN chosen_at IS NOT NULL THEN agent_id END",
        worked_out_by_id="agent_id",
        worked_out_at="filed_at",
        needs_level="level",
        level=f"CASE WHEN {is_done} THEN level ELSE '' END",
        approved_by_id="approver_id",
        decided_at="decided_at",
        executed_at=f"CASE WHEN {is_done} THEN decided_at END",
        executed_by_id="executor_id",
        receipt_number=f"CASE WHEN {is_done} THEN 'R' || substr(claim_number, 3) ELSE '' END",
    )
    insert(
        cursor,
        Coupon,
        f"{EXECUTED} AND remedy = 'coupon'",
        **PLACE,
        compensation_id="compensation_id",
        code="coupon_code",
        value_fen="granted_fen",
        bonus_fen="granted_fen - amount_fen",
        merchant_id="merchant_id",
        issued_at="decided_at",
        expires_on=f"decided_at + {policy.coupon_days * DAY}",
    )
    insert(
        cursor,
        Reship,
        f"{EXECUTED} AND remedy = 'reship'",
        **PLACE,
        compensation_id="compensation_id",
        quantity_milli="reship_milli",
        merchant_id="merchant_id",
        ordered_at="decided_at",
        shipped_at="decided_at + 43200",
        parcel_number="'ST' || order_number",
    )
    insert(
        cursor,
        Movement,
        f"{CASES} WHERE movement_id IS NOT NULL",
        id="movement_id",
        fund_id="fund_id",
        county_code="county_code",
        kind="'advance'",
        debit_id="advances_id",
        credit_id="cash_id",
        amount_fen="amount_fen",
        business_key="'advance:claim:' || claim_id || ':1'",
        claim_id="claim_id",
        by_id="executor_id",
        at="decided_at",
        digest="digest",
    )
    insert(
        cursor,
        Advance,
        f"{CASES} WHERE movement_id IS NOT NULL",
        claim_id="claim_id",
        movement_id="movement_id",
        fund_id="fund_id",
        county_code="county_code",
        party_id="liable_party_id",
        amount_fen="amount_fen",
        advanced_at="decided_at",
    )
    insert(
        cursor,
        Payout,
        f"{CASES} WHERE movement_id IS NOT NULL",
        **PLACE,
        compensation_id="compensation_id",
        claim_id="claim_id",
        fund_id="fund_id",
        channel="'cash'",
        number="claim_number || '-1-1'",
        amount_fen="amount_fen",
        state="'handed_over'",
        movement_id="movement_id",
        made_by_id="executor_id",
        made_at="decided_at",
        signed_at="decided_at",
        signed_by_id="executor_id",
    )


def _write_events(cursor, now: datetime) -> None:
    written = {"recorded_at": str(int(now.timestamp())), "claim_id": "claim_id", **PLACE}
    of_claim = {**written, "object_type": "'claims.claim'", "object_id": "CAST(claim_id AS varchar)"}
    insert(
        cursor,
        AuditEvent,
        "volume_case",
        **of_claim,
        at="filed_at",
        verb="'claim.filed'",
        actor_id="agent_id",
        actor_name="agent_name",
        after="""'{"status": "submitted", "number": "' || claim_number || '"}'""",
    )
    for verb, at, condition, who, before, after in EVENTS:
        insert(
            cursor,
            AuditEvent,
            f"volume_case WHERE {condition}",
            **of_claim,
            at=at,
            verb=f"'{verb}'",
            actor_id=f"{who}_id",
            actor_name=f"{who}_name",
            before=f"""'{{"status": "{before}"}}'""",
            after=f"""'{{"status": "{after}"}}'""",
        )
        if verb == "claim.put_on_hold":
            _write_executed(cursor, written)


def _write_executed(cursor, written: dict[str, str]) -> None:
    insert(
        cursor,
        AuditEvent,
        "volume_case WHERE compensation_state = 'executed'",
        **written,
        object_type="'claims.compensation'",
        object_id="CAST(compensation_id AS varchar)",
        at="decided_at",
        verb="'compensation.executed'",
        actor_id="executor_id",
        actor_name="executor_name",
        before="""'{"state": "approved"}'""",
        after="""'{"state": "executed", "remedy": "' || remedy || '"}'""",
    )
    insert(
        cursor,
        AuditEvent,
        f"{CASES} WHERE movement_id IS NOT NULL",
        **written,
        object_type="'claims.movement'",
        object_id="CAST(movement_id AS varchar)",
        at="decided_at",
        verb="'movement.posted'",
        actor_id="executor_id",
        actor_name="executor_name",
        after="""'{"kind": "advance", "amount_fen": ' || amount_fen || ', "digest": "' || digest || '"}'""",
    )
