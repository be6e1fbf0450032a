"""docs/rules/approval.md: who may decide a compensation, and who may not because they are involved."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from aftersales.lib.errors import InvalidValue
from claims.rules.classification import Decider


class Level(StrEnum):
    """Who decides, from the lowest: the rule itself, an officer, the county manager, the platform desk."""

    RULE = "rule"
    OFFICER = "officer"
    MANAGER = "manager"
    PLATFORM = "platform"


LADDER = (Level.RULE, Level.OFFICER, Level.MANAGER, Level.PLATFORM)


class Reason(StrEnum):
    """Why a case is not decided by rule alone."""

    NOTHING_DUE = "nothing_due"
    OVER_AUTOMATIC_LIMIT = "over_automatic_limit"
    OVER_OFFICER_LIMIT = "over_officer_limit"
    NO_EVIDENCE = "no_evidence"
    NO_CHOICE = "no_choice"
    FLAGGED = "flagged"
    FILER_NOT_CERTIFIED = "filer_not_certified"
    PROCEDURE = "procedure"


class Conflict(StrEnum):
    """Why a person may not decide this case."""

    FILED_BY_SAME_PERSON = "filed_by_same_person"
    AMOUNT_CHANGED_BY_SAME_PERSON = "amount_changed_by_same_person"
    BENEFITS_THEMSELVES = "benefits_themselves"


@dataclass(frozen=True)
class Limits:
    """Largest amounts, limits included, that the rule and an officer may decide."""

    automatic_fen: int = 5_000
    officer_fen: int = 20_000

    def __post_init__(self) -> None:
        if not 0 <= self.automatic_fen <= self.officer_fen:
            raise InvalidValue("limits_not_ascending", "limits must not be negative and must ascend")


@dataclass(frozen=True)
class Requirement:
    """The lowest level that may decide, and every reason why it is not the rule."""

    level: Level
    reasons: tuple[Reason, ...]


_LEVEL_OF_DECIDER: dict[Decider, Level] = {
    Decider.AMOUNT_LIMITS: Level.RULE,
    Decider.COUNTY: Level.OFFICER,
    Decider.INSPECTION: Level.OFFICER,
    Decider.JOINT_INVESTIGATION: Level.OFFICER,
    Decider.PLATFORM: Level.PLATFORM,
}


def required_level(
    amount_fen: int,
    limits: Limits,
    *,
    flags: Collection[str],
    evidence_count: int,
    choice_recorded: bool,
    filer_certified: bool = True,
    decided_by: Decider = Decider.AMOUNT_LIMITS,
) -> Requirement:
    """Who must decide an amount at least.

    By rule up to and including the automatic limit, with evidence, without flags, with the
    consumer's choice recorded and filed by a certified person; up to and including the
    officer's limit by an officer; above it by the manager. The procedure may ask for more.
    Flags and gaps only move a case to a person, they never refuse it; and as only a person may
    refuse, nothing due goes to an officer.
    """
    if amount_fen < 0:
        raise InvalidValue("negative", "an amount must not be negative")
    reasons: dict[Reason, Level] = {}
    if amount_fen == 0:
        reasons[Reason.NOTHING_DUE] = Level.OFFICER
    elif amount_fen > limits.officer_fen:
        reasons[Reason.OVER_OFFICER_LIMIT] = Level.MANAGER
    elif amount_fen > limits.automatic_fen:
        reasons[Reason.OVER_AUTOMATIC_LIMIT] = Level.OFFICER
    if evidence_count < 1:
        reasons[Reason.NO_EVIDENCE] = Level.OFFICER
    if not choice_recorded:
        reasons[Reason.NO_CHOICE] = Level.OFFICER
    if flags:
        reasons[Reason.FLAGGED] = Level.OFFICER
    if not filer_certified:
        reasons[Reason.FILER_NOT_CERTIFIED] = Level.OFFICER
    if _LEVEL_OF_DECIDER[decided_by] != Level.RULE:
        reasons[Reason.PROCEDURE] = _LEVEL_OF_DECIDER[decided_by]
    level = max(reasons.values(), key=LADDER.index, default=Level.RULE)
    return Requirement(level, tuple(reasons))


def may_decide(own: Level, required: Level) -> bool:
    """Whether a person of one level may decide what another level is required for."""
    return LADDER.index(own) >= LADDER.index(required)


def next_level(level: Level) -> Level | None:
    """Where a case climbs when a level has nobody without a conflict; None above the platform desk."""
    higher = LADDER.index(level) + 1
    return LADDER[higher] if higher < len(LADDER) else None


def conflict(
    approver_id: int,
    filed_by: int | None,
    amount_changed_by: Collection[int],
    beneficiary_user_id: int | None,
) -> Conflict | None:
    """Why this approver may not decide: they filed the claim, changed its amount or gain from it.

    None when nothing stands in the way. The numbers are keys of user accounts; unknown
    persons (a claim filed by the consumer, a beneficiary without an account) are None.
    """
    if approver_id == filed_by:
        return Conflict.FILED_BY_SAME_PERSON
    if approver_id in amount_changed_by:
        return Conflict.AMOUNT_CHANGED_BY_SAME_PERSON
    if approver_id == beneficiary_user_id:
        return Conflict.BENEFITS_THEMSELVES
    return None
