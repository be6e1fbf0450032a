"""docs/rules/tiers.md: the three tiers of stations, their phases and their life cycle."""

from enum import StrEnum

from aftersales.lib.errors import Refused
from stations.rules.regions import Level, is_county_like, level_of

DEFAULT_RADIUS_M = 3000
"""Door-to-door service radius of a station in metres."""


class Tier(StrEnum):
    """What a station is: county centre, township standby point or village point."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


REGION_LEVEL: dict[Tier, Level] = {
    Tier.COUNTY: Level.COUNTY,
    Tier.TOWNSHIP: Level.TOWNSHIP,
    Tier.VILLAGE: Level.VILLAGE,
}

HAND_OVER: dict[Tier, Tier | None] = {
    Tier.VILLAGE: Tier.TOWNSHIP,
    Tier.TOWNSHIP: Tier.COUNTY,
    Tier.COUNTY: None,
}
"""The tier that takes over what a tier cannot solve; above the county stands the platform desk."""

NEEDS_CERTIFICATE = frozenset({Tier.TOWNSHIP, Tier.VILLAGE})
"""Where people hold a training certificate to be sent out and given claims; the county's staff need none."""


class Phase(StrEnum):
    """Which stretch of the roll-out a county or station is in, two months each."""

    BUILD = "build"
    PILOT = "pilot"
    ROLL_OUT = "roll_out"


class Life(StrEnum):
    """How far a station has come."""

    APPLIED = "applied"
    APPROVED = "approved"
    ACCEPTED = "accepted"
    OPERATING = "operating"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class LifeAction(StrEnum):
    """What moves a station along. ACCEPT is the acceptance of the built station on site."""

    APPROVE = "approve"
    ACCEPT = "accept"
    OPEN = "open"
    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"


LIFE: dict[tuple[Life, LifeAction], Life] = {
    (Life.APPLIED, LifeAction.APPROVE): Life.APPROVED,
    (Life.APPLIED, LifeAction.CLOSE): Life.CLOSED,
    (Life.APPROVED, LifeAction.ACCEPT): Life.ACCEPTED,
    (Life.APPROVED, LifeAction.CLOSE): Life.CLOSED,
    (Life.ACCEPTED, LifeAction.OPEN): Life.OPERATING,
    (Life.ACCEPTED, LifeAction.CLOSE): Life.CLOSED,
    (Life.OPERATING, LifeAction.SUSPEND): Life.SUSPENDED,
    (Life.OPERATING, LifeAction.CLOSE): Life.CLOSED,
    (Life.SUSPENDED, LifeAction.RESUME): Life.OPERATING,
    (Life.SUSPENDED, LifeAction.CLOSE): Life.CLOSED,
}


def next_life(life: Life, action: LifeAction) -> Life:
    """The stage an action leads to. Raises Refused("illegal_move") when there is none."""
    try:
        return LIFE[Life(life), LifeAction(action)]
    except KeyError:
        raise Refused(
            "This step is not possible at the station's present stage.",
            code="illegal_move",
            details={"life": str(life), "action": str(action)},
        ) from None


def region_fits(tier: Tier, region_code: str) -> bool:
    """Whether a station of a tier may stand for a region.

    A county centre may also stand for a city that has no counties.
    """
    if tier == Tier.COUNTY:
        return is_county_like(region_code)
    return level_of(region_code) == REGION_LEVEL[tier]


def parent_tier(tier: Tier) -> Tier | None:
    """The tier of a station's parent, to which it hands over; None above the county centre."""
    return HAND_OVER[tier]
