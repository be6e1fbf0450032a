"""Every figure worked out a second time, from the raw rows by plain SQL, as whoever mistrusts us would."""

from datetime import datetime
from fractions import Fraction

from django.db import connection

BASE = """
    WITH base AS (
        SELECT claim.* FROM claims_claim AS claim
        JOIN stations_station AS station ON station.id = claim.station_id
        WHERE station.region_id >= %s AND station.region_id <= %s
          AND claim.filed_at >= %s AND claim.filed_at < %s
    ),
    paid AS (
        SELECT compensation.*, (
            SELECT MIN(clock.started_at) FROM claims_claimclock AS clock
            WHERE clock.claim_id = base.id AND clock.round = base.round AND clock.clock = 'settlement'
              AND clock.outcome IN ('met', 'late')
        ) AS confirmed_at
        FROM claims_compensation AS compensation
        JOIN base ON base.id = compensation.claim_id AND base.round = compensation.round
        WHERE compensation.state = 'executed'
    ),
    said AS (
        SELECT base.id, MIN(score.stars) AS lowest
        FROM claims_score AS score JOIN base ON base.id = score.claim_id AND base.round = score.round
        GROUP BY base.id
    ),
    asked AS (
        SELECT base.id, base.status, follow_up.state, said.lowest
        FROM base
        LEFT JOIN claims_followup AS follow_up
               ON follow_up.claim_id = base.id AND follow_up.round = base.round
              AND follow_up.kind = 'first' AND follow_up.state <> 'void'
        LEFT JOIN said ON said.id = base.id
    )
"""
ORDERS = """
    SELECT COUNT(CASE WHEN EXISTS (
               SELECT 1 FROM claims_claim AS claim
               JOIN claims_orderline AS line ON line.id = claim.order_line_id
               WHERE line.order_id = ordered.id AND claim.status NOT IN ('withdrawn', 'merged')
           ) THEN 1 END), COUNT(*)
    FROM claims_order AS ordered JOIN stations_station AS station ON station.id = ordered.station_id
    WHERE station.region_id >= %s AND station.region_id <= %s
      AND ordered.ordered_at >= %s AND ordered.ordered_at < %s AND ordered.source <> 'typed'
"""
ENDED = "status IN ('resolved', 'closed')"
SHARES = {
    "resolution_rate": f"COUNT(CASE WHEN {ENDED} THEN 1 END), COUNT(*) FROM base "
    f"WHERE {ENDED} OR status = 'rejected'",
    "response_in_time": "COUNT(CASE WHEN response_minutes <= 120 THEN 1 END), COUNT(response_minutes) "
    "FROM base",
    "satisfaction": "COUNT(CASE WHEN lowest >= 4 THEN 1 END), COUNT(*) FROM said",
    "answer_rate": "COUNT(lowest), COUNT(*) FROM asked "
    "WHERE lowest IS NOT NULL OR state IN ('done', 'exhausted')",
    "follow_up_rate": f"COUNT(CASE WHEN state IN ('done', 'exhausted') THEN 1 END), COUNT(*) FROM asked "
    f"WHERE {ENDED}",
    "first_contact_rate": f"""COUNT(CASE WHEN round = 1 AND NOT EXISTS (
        SELECT 1 FROM claims_holding AS holding
        WHERE holding.claim_id = base.id AND holding.because IN ('climbed', 'handed_up')) THEN 1 END),
        COUNT(*) FROM base WHERE {ENDED}""",
}
COUNTS = {
    "filed": "COUNT(*) FROM base",
    "compensated": "COUNT(*) FROM paid",
    "compensated_amount": "COALESCE(SUM(amount_fen), 0) FROM paid",
    "by_rule": "COUNT(*) FROM paid WHERE level = 'rule'",
    "reopened": "COUNT(*) FROM base WHERE round > 1",
}
MEANS = {
    "resolution_mean": "SUM(resolution_minutes), COUNT(resolution_minutes) FROM base",
    "mean_compensation": "SUM(amount_fen), COUNT(*) FROM paid",
}
PERCENTILES = {
    "response_median": ("response_minutes", 50),
    "response_p90": ("response_minutes", 90),
    "resolution_median": ("resolution_minutes", 50),
    "resolution_p90": ("resolution_minutes", 90),
}
RANKED = """
    SELECT {column} FROM (
        SELECT {column}, ROW_NUMBER() OVER (ORDER BY {column}) AS place, COUNT(*) OVER () AS whole
        FROM base WHERE {column} IS NOT NULL
    ) AS ranked WHERE place = (whole * {percent} + 99) / 100
"""
SECONDS = {
    "sqlite": "unixepoch(executed_at) - unixepoch(confirmed_at)",
    "postgresql": "EXTRACT(EPOCH FROM executed_at - confirmed_at)",
}


def figures_by_sql(prefix: str, start: datetime, end: datetime) -> dict[str, int | Fraction | None]:
    """The number of every figure for the claims filed inside a region between two instants, by its code."""
    moment = connection.ops.adapt_datetimefield_value
    where = [prefix.ljust(12, "0"), prefix.ljust(12, "9"), moment(start), moment(end)]
    found: dict[str, int | Fraction | None] = {}
    with connection.cursor() as cursor:

        def row(query: str) -> tuple:
            cursor.execute(query, where)
            return cursor.fetchone()

        for code, query in COUNTS.items():
            found[code] = int(row(f"{BASE} SELECT {query}")[0])
        for code, query in SHARES.items():
            found[code] = _share(*row(f"{BASE} SELECT {query}"))
        for code, query in MEANS.items():
            total, count = row(f"{BASE} SELECT {query}")
            found[code] = round(Fraction(int(total), count)) if count else None
        for code, (column, percent) in PERCENTILES.items():
            ranked = row(BASE + RANKED.format(column=column, percent=percent))
            found[code] = ranked[0] if ranked else None
        waited = SECONDS[connection.vendor]
        found["settlement_in_time"] = _share(
            *row(
                f"{BASE} SELECT COUNT(CASE WHEN {waited} <= 86400 THEN 1 END), COUNT(confirmed_at) FROM paid"
            )
        )
        found["complaint_rate"] = _share(*row(ORDERS))
    return found


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
