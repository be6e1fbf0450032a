"""The views that reports read: cases, figures, editions, findings and places, without persons.

They alone are open to the read-only role.

Dropped before every migration and made again after it, since SQLite cannot rebuild a table that a view
looks at; whoever could read them before can do so again. docs/operations.md says how the role of
REPORTS_DATABASE_URL is set up.
"""

from django.db import connections

from aftersales.reports import published_views

VIEWS = {
    **published_views.VIEWS,
    "report_case": """
        SELECT claim.id, claim.county_code, station.region_id AS region_code, claim.station_id,
               claim.channel, claim.goods_type, claim.nature, claim.severity, claim.status, claim.round,
               claim.filed_at, claim.resolved_at, claim.handling_due_at,
               claim.response_minutes, claim.resolution_minutes,
               compensation.remedy, compensation.level AS decided_at_level, compensation.amount_fen,
               compensation.executed_at,
               (SELECT MIN(score.stars) FROM claims_score AS score
                 WHERE score.claim_id = claim.id AND score.round = claim.round) AS stars,
               follow_up.state AS follow_up_state
        FROM claims_claim AS claim
        JOIN stations_station AS station ON station.id = claim.station_id
        LEFT JOIN claims_compensation AS compensation
               ON compensation.claim_id = claim.id AND compensation.round = claim.round
              AND compensation.state = 'executed'
        LEFT JOIN claims_followup AS follow_up
               ON follow_up.claim_id = claim.id AND follow_up.round = claim.round
              AND follow_up.kind = 'first' AND follow_up.state <> 'void'
    """,
    "report_place": """
        SELECT code, name, level, parent_id AS parent_code FROM stations_region WHERE level <= 3
    """,
    "report_station": """
        SELECT id, county_code, region_id AS region_code, tier, state, name FROM stations_station
    """,
    "report_figure_cell": """
        SELECT id, kind, level, county_code, region_code, station_id, first_day, filed, content, responses,
               resolutions, counted_at
        FROM claims_figurecell
    """,
    "report_figure_progress": "SELECT id, folded_at FROM claims_figureprogress",
    "report_figure_place": """
        SELECT id, county_code, region_id AS region_code FROM stations_station WHERE state <> 'closed'
    """,
    "report_edition": """
        SELECT edition.id, edition.region_code, edition.region_name, edition.level, edition.kind,
               edition.period, edition.number, edition.corrects_id, edition.reason, edition.content,
               edition.sha256, edition.frozen_at, publication.published_at
        FROM reports_edition AS edition
        LEFT JOIN reports_publication AS publication ON publication.edition_id = edition.id
    """,
    "report_finding": """
        SELECT finding.id, finding.county_code, county.name AS county_name, inspection.kind,
               inspection.theme, inspection.department, inspection.period, station.name AS station_name,
               finding.severity, finding.words, finding.due_on, finding.state,
               finding.repeats_id IS NOT NULL AS is_repeated, finding.found_at, finding.accepted_at,
               done.words AS done_words, done.reported_at AS done_at
        FROM claims_finding AS finding
        JOIN claims_check AS inspection ON inspection.id = finding.check_round_id
        JOIN stations_region AS county ON county.code = finding.county_code
        LEFT JOIN stations_station AS station ON station.id = finding.station_id
        LEFT JOIN claims_rectification AS done ON done.id = (
            SELECT MAX(report.id) FROM claims_rectification AS report WHERE report.finding_id = finding.id
        )
    """,
    "report_region": """
        SELECT code, name, level, parent_id AS parent_code, ended_on FROM stations_region WHERE level <= 4
    """,
    "report_network": """
        SELECT 'village' AS kind, substr(village.code, 1, 6) || '000000' AS county_code,
               village.code AS region_code, 0 AS station_id,
               CASE WHEN EXISTS (
                   SELECT 1 FROM stations_station AS point
                    WHERE point.region_id = village.code AND point.tier = 'village'
                      AND point.state = 'operating'
               ) THEN 1 ELSE 0 END AS is_good,
               CAST(NULL AS date) AS good_from, CAST(NULL AS date) AS good_until,
               CAST(NULL AS date) AS ended_on
          FROM stations_region AS village
         WHERE village.level = 5 AND village.ended_on IS NULL
        UNION ALL
        SELECT CASE station.tier WHEN 'county' THEN 'county_centre' WHEN 'township' THEN 'township_point'
                                 ELSE 'village_point' END,
               station.county_code, station.region_id, station.id,
               CASE station.state WHEN 'operating' THEN 1 ELSE 0 END, CAST(NULL AS date), CAST(NULL AS date),
               CAST(NULL AS date)
          FROM stations_station AS station
         WHERE station.state <> 'closed'
        UNION ALL
        SELECT 'person', agent.county_code, station.region_id, station.id,
               CASE WHEN agent.certified_until IS NULL THEN 0 ELSE 1 END, CAST(NULL AS date),
               agent.certified_until, CAST(NULL AS date)
          FROM stations_agent AS agent
          JOIN stations_station AS station ON station.id = agent.station_id
          JOIN accounts_user AS account ON account.id = agent.user_id
         WHERE agent.left_on IS NULL AND account.is_active AND station.tier <> 'county'
        UNION ALL
        SELECT 'provider', contract.county_code, station.region_id, station.id,
               1, contract.valid_from, contract.valid_until, contract.ended_on
          FROM claims_contract AS contract
          JOIN stations_station AS station ON station.id = contract.station_id
    """,
}

LOOKED_AT = published_views.LOOKED_AT | frozenset(
    {
        "claims_check",
        "claims_claim",
        "claims_compensation",
        "claims_figurecell",
        "claims_figureprogress",
        "claims_followup",
        "claims_rectification",
        "claims_score",
        "stations_station",
        "stations_region",
        "accounts_user",
        "claims_contract",
        "stations_agent",
    }
)


def drop(connection) -> None:
    with connection.cursor() as cursor:
        for name in VIEWS:
            cursor.execute(f"DROP VIEW IF EXISTS {name}")


def create(connection) -> None:
    """Make every view anew once all the tables it looks at exist."""
    tables = set(connection.introspection.table_names())
    if LOOKED_AT - tables:
        return
    drop(connection)
    with connection.cursor() as cursor:
        for name, query in VIEWS.items():
            cursor.execute(f"CREATE VIEW {name} AS {query}")


def let_role_read(connection, role: str) -> None:
    """Give a PostgreSQL role SELECT on the report views and take everything else away."""
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
            cursor.execute(f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {quoted}")
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM {quoted}")
        # Everybody may make temporary tables unless told otherwise; the owner keeps the right.
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {quoted}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        for name in VIEWS:
            cursor.execute(f"GRANT SELECT ON {name} TO {quoted}")


def readers(connection) -> list[str]:
    """The PostgreSQL roles that may read the views, beside their owner."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT grantee FROM information_schema.role_table_grants "
            "WHERE table_name = 'report_case' AND privilege_type = 'SELECT' AND grantee <> current_user "
            "ORDER BY grantee"
        )
        return [role for (role,) in cursor.fetchall()]


_before: dict[str, list[str]] = {}


def drop_before_migrate(sender, using="default", **kwargs):
    _before[using] = readers(connections[using])
    drop(connections[using])


def create_after_migrate(sender, using="default", **kwargs):
    create(connections[using])
    for role in _before.pop(using, ()):
        let_role_read(connections[using], role)
