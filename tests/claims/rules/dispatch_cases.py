"""Reading tests/golden/dispatch.csv: a line is one person as a candidate for the claim of its case."""

from datetime import date, datetime

from claims.rules.classification import GoodsType, Nature, Severity
from claims.rules.clocks import Level
from claims.rules.dispatch import Candidate, Excluded, Need, Ranked, Ring

TODAY = date(2026, 11, 20)


def need_of(row: dict[str, str]) -> Need:
    return Need(
        goods_type=GoodsType(row["goods_type"]),
        nature=Nature(row["nature"]),
        severity=Severity(row["severity"]),
        level=Level(int(row["need_level"])),
        on=TODAY,
        dialect=row["dialect"],
        is_home_visit=row["home_visit"] == "yes",
    )


def candidate_of(row: dict[str, str]) -> Candidate:
    marks = row["marks"].split()
    last = row["last_offer_at"]
    certified = row["certified_until"]
    return Candidate(
        key=int(row["person"]),
        level=Level(int(row["level"])),
        ring=Ring(int(row["ring"])) if row["ring"] else None,
        is_head="head" in marks,
        may_handle="no_right" not in marks,
        has_left="left" in marks,
        is_away="away" in marks,
        is_involved="involved" in marks,
        has_declined="declined" in marks,
        was_silent="silent" in marks,
        certified_until=date.fromisoformat(certified) if certified else None,
        skills=frozenset(row["skills"].split()),
        dialects=row["dialects"],
        provider_grade=row["grade"],
        provider_suspended="provider_suspended" in marks,
        open_claims=int(row["open_claims"]),
        open_offers=int(row["open_offers"]),
        distance_m=int(row["distance_m"]) if row["distance_m"] else None,
        last_offer_at=datetime.fromisoformat(last) if last else None,
    )


def told(found: Ranked | Excluded) -> dict[str, str]:
    """What the last columns of the file say about somebody."""
    if isinstance(found, Excluded):
        return {"rank": "", "score": "", "why": " ".join(found.why)}
    why = " ".join(
        f"{each.code}:{each.points}" + ("" if each.number is None else f"({each.number})")
        for each in found.grounds
    )
    return {"rank": str(found.rank), "score": str(found.score), "why": why}
