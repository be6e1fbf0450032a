"""What may be paid out: by a station and a person on a day, by a fund in a month, for one claim.

Rule: docs/rules/fund.md, section 3.
"""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.lib.money import format_yuan
from claims.models import Claim, CompensationPolicy, Fund, SpendingLimit
from claims.models.fund import LimitKind
from claims.queries.limits import figure_of, periods

REFUSALS = {
    LimitKind.STATION_DAY: (
        "daily_limit",
        gettext_lazy("This station may pay out %(limit)s a day; %(left)s of it is left today."),
    ),
    LimitKind.PERSON_DAY: (
        "person_limit",
        gettext_lazy("One person may pay out %(limit)s a day; %(left)s of it is left for you today."),
    ),
    LimitKind.FUND_MONTH: (
        "monthly_limit",
        gettext_lazy("The emergency fund may pay out %(limit)s a month; %(left)s of it is left this month."),
    ),
    LimitKind.CLAIM: (
        "claim_limit",
        gettext_lazy("The emergency fund pays at most %(limit)s for one claim; %(left)s of it is left."),
    ),
}
"""By limit the code of its refusal and what the person is told."""
CODES = frozenset(code for code, _sentence in REFUSALS.values())


def spend(
    *, fund: Fund, claim: Claim, person: User, amount_fen: int, policy: CompensationPolicy, now: datetime
) -> None:
    """Count a payout against its four limits, inside the caller's transaction; `person` carries it out.

    The limits are those of `policy`, the terms in force on the day of the payout. Days and months are
    those of Shanghai. Rows are locked in the order of the limits, so that payouts never wait in a circle.

    Raises Refused("daily_limit"), Refused("person_limit"), Refused("monthly_limit") or
    Refused("claim_limit") with what is left, in fen, in the details.
    """
    whose = {"station_id": claim.station_id, "person_id": person.pk, "claim_id": claim.pk}
    for kind, key in periods(**whose, at=now):
        _raise(fund, kind, key, amount_fen, figure_of(policy, kind))


def give_back(
    *, fund: Fund, claim: Claim, person_id: int, amount_fen: int, paid_at: datetime, now: datetime
) -> None:
    """Take a payout that is reversed off the limits of the day and the month it fell in, if they still run.

    A day or a month that is over keeps its figure: nothing could be paid out of it any more. The claim's
    limit has no end and always gets it back. `person_id`: who carried the payout out.
    """
    whose = {"station_id": claim.station_id, "person_id": person_id, "claim_id": claim.pk}
    still = set(periods(**whose, at=now))
    for kind, key in (each for each in periods(**whose, at=paid_at) if each in still):
        SpendingLimit._base_manager.filter(fund=fund, kind=kind, key=key, spent_fen__gte=amount_fen).update(
            spent_fen=F("spent_fen") - amount_fen
        )


def _raise(fund: Fund, kind: LimitKind, key: str, amount_fen: int, limit_fen: int) -> None:
    period = SpendingLimit._base_manager.filter(fund=fund, kind=kind, key=key)
    with system_scope("spending limit of a period", quiet=True):
        if not period.exists():
            SpendingLimit.objects.bulk_create(
                [
                    SpendingLimit(
                        fund=fund, county_code=fund.county_code, kind=kind, key=key, limit_fen=limit_fen
                    )
                ],
                ignore_conflicts=True,
            )
    if period.filter(spent_fen__lte=limit_fen - amount_fen).update(
        spent_fen=F("spent_fen") + amount_fen, limit_fen=limit_fen
    ):
        return
    left = max(0, limit_fen - period.get().spent_fen)
    code, sentence = REFUSALS[kind]
    raise Refused(
        str(sentence) % {"left": format_yuan(left), "limit": format_yuan(limit_fen)},
        code=code,
        details={"left_fen": left},
    )
