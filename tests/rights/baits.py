"""What somebody would send to get at another place, or to become more than they are."""

from tests.rights.examples import Nowhere, facts
from tests.rights.world import Place

SAME_NAME = ("station", "order", "consumer", "agent", "user", "region", "party")
RIGHTS = {"is_staff": "on", "is_superuser": "on", "is_active": "on", "role": "administrator", "groups": "1"}


def bait(place: Place | Nowhere) -> dict[str, str]:
    """Keys and numbers of a place under every name a door might read, and what somebody would like to be."""
    known = {name: str(value) for name, value in facts(place).items()}
    return {
        **RIGHTS,
        **{name: known[name] for name in SAME_NAME},
        "line": known["line"],
        "order_line": known["line"],
        "claim": known["claim_pk"],
        "into": known["claim:chosen"],
        "merged_into": known["claim_pk"],
        "to": known["agent"],
        "handler": known["user"],
        "filed_by": known["user"],
        "keys": known["claim_pk"],
        "parent": known["station"],
        "remove": known["photo"],
        "photos": known["photo"],
        "county_code": known["county"],
        "form_key": place.staged_token if isinstance(place, Place) else "k" * 32,
        "status": "closed",
        "version": "1",
        "reason": "a good reason",
        "code": "other",
        "text": "a good reason",
        "send": "1",
        "apply": "1",
        "outcome": "leave",
        "_selected_action": known["claim_pk"],
        "select_across": "1",
    }
