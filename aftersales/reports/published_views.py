"""The views behind pages without an account: part of aftersales.reports.database_views."""

VIEWS = {
    "report_published": """
        SELECT edition.id, edition.region_code, edition.region_name, edition.level, edition.kind,
               edition.period, edition.number, edition.reason, edition.content, edition.sha256,
               edition.frozen_at, publication.foreword, publication.published_at
        FROM reports_publication AS publication
        JOIN reports_edition AS edition ON edition.id = publication.edition_id
    """,
    "report_head": "SELECT id, day, heads, previous_hash, hash, made_at FROM audit_dailyhead",
    "report_contact": """
        SELECT id, county_code, CASE WHEN phone <> '' THEN 1 ELSE 0 END AS has_phone
        FROM stations_station
        WHERE state = 'operating'
    """,
    "report_finding_due": "SELECT id, county_code, due_on, accepted_at FROM claims_finding",
}

LOOKED_AT = frozenset(
    {"audit_dailyhead", "claims_finding", "reports_edition", "reports_publication", "stations_station"}
)
