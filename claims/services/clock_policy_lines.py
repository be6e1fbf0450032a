"""The lines of a clock policy while it is a draft: written, taken out, nothing else."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import ClockPolicy, ClockRule, PauseRule
from claims.models.clock_policies import PolicyKind
from claims.queries.clock_policies import clocks_of_kind
from claims.rules import clock_policies as rules
from claims.rules.classification import GoodsType, Nature, Severity
from claims.rules.clocks import Basis, Clock, PauseReason
from claims.services.clock_policies import lock_draft, name_of, said_of


def set_line(
    *,
    policy: ClockPolicy,
    clock: str,
    goods_type: str = "",
    nature: str = "",
    severity: str = "",
    amount: int,
    basis: str,
    warn_percent: int,
    climbs: bool,
    source: str = "",
    by: User,
    now: datetime,
) -> ClockRule:
    """Write the line of a draft for a clock and a class of claims, new or instead of the one there is.

    `amount` is in minutes, for working days and calendar days in days.

    Raises Refused: "not_a_draft"; "unknown_choice" for a code nobody knows or a clock of the other kind;
    "too_short", "too_long"; "warns_at_the_end"; "does_not_climb"; "source_missing" for a limit set by law.
    """
    line = ClockRule(
        policy=policy,
        clock=_code(Clock, clock, "clock"),
        goods_type=_code(GoodsType, goods_type, "goods_type", or_empty=True),
        nature=_code(Nature, nature, "nature", or_empty=True),
        severity=_code(Severity, severity, "severity", or_empty=True),
        amount=amount,
        basis=_code(Basis, basis, "basis"),
        warn_percent=warn_percent,
        climbs=climbs,
        source=source.strip(),
    )
    _check_line(line)
    with transaction.atomic():
        lock_draft(policy)
        there = policy.rules.filter(**rules.about(line)._asdict())
        before = there.first()
        if before and rules.says(before) == rules.says(line):
            return before
        values = {
            name: getattr(line, name) for name in ("amount", "basis", "warn_percent", "climbs", "source")
        }
        line, _is_new = ClockRule.objects.update_or_create(
            policy=policy, **rules.about(line)._asdict(), defaults=values
        )
        name = name_of(rules.about(line))
        trail.record(
            "clock_policy.line_set",
            by=by,
            obj=policy,
            before={name: before and said_of(before)},
            after={name: said_of(line)},
            at=now,
        )
    return line


def remove_line(*, policy: ClockPolicy, line: ClockRule, by: User, now: datetime) -> None:
    """Take a line out of a draft, so that the next wider one counts.

    Raises Refused: "not_a_draft"; "general_line_needed" for a clock's line for all claims; "line_gone".
    """
    if rules.about(line).is_general:
        raise Refused(
            _("Every clock keeps its line for all claims. Change it instead."), code="general_line_needed"
        )
    with transaction.atomic():
        lock_draft(policy)
        removed, _by_model = policy.rules.filter(pk=line.pk).delete()
        if not removed:
            raise Refused(_("This line is gone already."), code="line_gone")
        name = name_of(rules.about(line))
        trail.record(
            "clock_policy.line_removed", by=by, obj=policy, before={name: said_of(line)}, after={}, at=now
        )


def set_longest_pause(
    *, policy: ClockPolicy, reason: str, max_minutes: int, by: User, now: datetime
) -> PauseRule:
    """Write in a draft how long a pause may last for a reason, in minutes.

    Raises Refused: "not_a_draft"; "unknown_choice"; "too_short", "too_long"; "law_does_not_pause".
    """
    if policy.kind == PolicyKind.LAW:
        raise Refused(_("Limits set by law do not pause."), code="law_does_not_pause")
    reason = _code(PauseReason, reason, "reason")
    if not rules.LEAST_MINUTES <= max_minutes <= rules.LONGEST_PAUSE:
        _refuse_amount("too_short" if max_minutes < rules.LEAST_MINUTES else "too_long", "max_minutes")
    with transaction.atomic():
        lock_draft(policy)
        before = policy.pause_rules.filter(reason=reason).first()
        if before and before.max_minutes == max_minutes:
            return before
        rule, _is_new = PauseRule.objects.update_or_create(
            policy=policy, reason=reason, defaults={"max_minutes": max_minutes}
        )
        trail.record(
            "clock_policy.pause_set",
            by=by,
            obj=policy,
            before={reason: before and before.max_minutes},
            after={reason: max_minutes},
            at=now,
        )
    return rule


def _code(codes: type[StrEnum], value: str, field: str, *, or_empty: bool = False) -> str:
    if value in set(codes) or (or_empty and value == ""):
        return str(value)
    raise Refused(_("Choose one of the list."), code="unknown_choice", field=field)


def _check_line(line: ClockRule) -> None:
    if line.clock not in clocks_of_kind(line.policy.kind):
        raise Refused(_("Choose one of the list."), code="unknown_choice", field="clock")
    if fault := rules.amount_fault(line.amount, Basis(line.basis)):
        _refuse_amount(fault, "amount")
    if not 0 <= line.warn_percent < 100:
        raise Refused(
            _("A warning comes before the end: 0 to 99 percent."),
            code="warns_at_the_end",
            field="warn_percent",
        )
    if line.climbs and line.clock not in rules.MAY_CLIMB:
        raise Refused(
            _("A claim does not climb at the end of this clock."), code="does_not_climb", field="climbs"
        )
    if line.policy.kind == PolicyKind.LAW and not line.source:
        raise Refused(_("Name the law and its article."), code="source_missing", field="source")


def _refuse_amount(fault: str, field: str) -> None:
    sentence = {
        "too_short": _("This is too short to be kept by anybody."),
        "too_long": _("This is longer than makes sense."),
    }[fault]
    raise Refused(sentence, code=fault, field=field)
