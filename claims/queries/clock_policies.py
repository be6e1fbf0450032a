"""Which promises were in force, and the line of a policy that a claim falls under."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, Value

from claims.models import ClockPolicy, ClockRule, PauseRule
from claims.models.clock_policies import ClockPolicyState, PolicyKind
from claims.rules.classification import PARENT, GoodsType
from claims.rules.clock_policies import Looser, clocks_of, fingerprint, looser_lines
from claims.rules.clocks import Clock, Family

FAMILIES_OF = {
    PolicyKind.SERVICE: (Family.PROMISE, Family.HAND_OVER),
    PolicyKind.LAW: (Family.LAW,),
}
LINE = ("id", "policy_id", "clock", "goods_type", "nature", "severity", "amount", "basis", "warn_percent")
LINE_FIELDS = (*LINE, "climbs", "source")
PAUSE = "pause"
"""Stands for the basis where a row is a longest pause."""


@dataclass(frozen=True)
class Allowances:
    """All a policy says: its lines, and by reason the minutes after which a pause ends by itself.

    Shared by whoever asks: read it, never change it.
    """

    policy_id: int
    rules: tuple[ClockRule, ...]
    longest_pause: Mapping[str, int]

    def rule(self, clock: Clock, *, goods_type: str, nature: str, severity: str) -> ClockRule | None:
        """The nearest line, see `rule_for`."""
        return rule_for(self.rules, clock, goods_type=goods_type, nature=nature, severity=severity)

    @property
    def fingerprint(self) -> str:
        """The same for policies that say the same."""
        return fingerprint(self.rules, self.longest_pause)


_published: dict[int, Allowances] = {}


def policy_on(county_code: str, day: date, kind: str = PolicyKind.SERVICE) -> ClockPolicy:
    """The county's newest published policy in force on a day, else the programme's.

    A day before the programme's first policy gets that first one.
    """
    published = ClockPolicy.objects.filter(kind=kind, state=ClockPolicyState.IN_FORCE)
    in_force = published.filter(Q(county_code=county_code) | Q(county_code=""), valid_from__lte=day).order_by(
        "-county_code", "-valid_from", "-version"
    )
    return in_force.first() or published.filter(county_code="").order_by("valid_from", "version")[:1].get()


def newest_published(kind: str, county_code: str) -> ClockPolicy | None:
    """The published version of a place that begins last, in force or not yet; None without one."""
    published = ClockPolicy.objects.filter(
        kind=kind, county_code=county_code, state=ClockPolicyState.IN_FORCE
    )
    return published.order_by("-valid_from", "-version").first()


def policy_before(policy: ClockPolicy) -> ClockPolicy | None:
    """What a version takes the place of: the place's published one before it, else the programme's of its
    first day; None for the programme's first."""
    published = ClockPolicy.objects.filter(
        kind=policy.kind, county_code=policy.county_code, state=ClockPolicyState.IN_FORCE
    )
    earlier = published.filter(
        Q(valid_from__lt=policy.valid_from) | Q(valid_from=policy.valid_from, version__lt=policy.version)
    )
    before = earlier.order_by("-valid_from", "-version").first()
    return before or (policy_on("", policy.valid_from, policy.kind) if policy.county_code else None)


def versions_in(
    county_code: str, kind: str = PolicyKind.SERVICE
) -> list[tuple[ClockPolicy, ClockPolicy | None]]:
    """Every published version that counted, counts or will count in a county, or in the programme for "".

    The newest first, each with the one it took the place of. The programme's versions count in a county
    until its first own one.
    """
    published = ClockPolicy.objects.filter(
        kind=kind, county_code__in={county_code, ""}, state=ClockPolicyState.IN_FORCE
    )
    told = sorted(published, key=lambda each: (each.valid_from, bool(each.county_code), each.version))
    first_own = next((each.valid_from for each in told if county_code and each.county_code), None)
    if first_own is not None:
        told = [each for each in told if each.county_code or each.valid_from <= first_own]
    return list(zip(told, [None, *told[:-1]], strict=True))[::-1]


def clocks_of_kind(kind: str) -> list[Clock]:
    """The clocks that a policy of this kind times, in the order in which people read them."""
    return clocks_of(FAMILIES_OF[PolicyKind(kind)])


def looser_than_programme(policy: ClockPolicy, allowances: Allowances) -> list[Looser[ClockRule]]:
    """Where a county's version gives more time than the programme's of its first day."""
    limits = _programme_limits(policy)

    def finder(said: Allowances):
        return lambda clock, goods_type, nature, severity: said.rule(
            clock, goods_type=goods_type, nature=nature, severity=severity
        )

    return looser_lines(
        clocks_of_kind(policy.kind), allowances.rules, limits.rules, finder(allowances), finder(limits)
    )


def longer_pauses(policy: ClockPolicy, allowances: Allowances) -> list[str]:
    """The reasons for which a county lets a clock stand still longer than the programme does."""
    limits = _programme_limits(policy).longest_pause
    return [
        reason
        for reason, minutes in sorted(allowances.longest_pause.items())
        if reason in limits and minutes > limits[reason]
    ]


def _programme_limits(policy: ClockPolicy) -> Allowances:
    return in_force("", policy.valid_from, policy.kind)[1]


def in_force(county_code: str, day: date, kind: str = PolicyKind.SERVICE) -> tuple[ClockPolicy, Allowances]:
    """The policy that `policy_on` finds and all it says; one statement once the policy has been read."""
    policy = policy_on(county_code, day, kind)
    return policy, allowances_of([policy.pk])[policy.pk]


def allowances_of(policy_ids: Iterable[int]) -> dict[int, Allowances]:
    """What policies say, by key: at most one statement, whatever their number.

    A published policy never changes, so it is read once by each process. Drafts are read anew.
    """
    wanted = set(policy_ids)
    missing = wanted - _published.keys()
    found = {key: _published[key] for key in wanted - missing}
    if missing:
        for is_published, allowances in _read(missing):
            found[allowances.policy_id] = allowances
            if is_published:
                _published[allowances.policy_id] = allowances
    return found


def forget_published(**_signal) -> None:
    """Read every policy anew: after tables were emptied, keys may come again with another content."""
    _published.clear()


def _read(policy_ids: set[int]) -> Iterable[tuple[bool, Allowances]]:
    """Lines and longest pauses of several policies in one statement."""
    state = F("policy__state")
    lines = ClockRule.objects.filter(policy__in=policy_ids).order_by()
    pauses = PauseRule.objects.filter(policy__in=policy_ids).order_by()
    nothing = Value("")
    as_lines = pauses.values_list(
        "id",
        "policy_id",
        "reason",
        nothing,
        nothing,
        nothing,
        "max_minutes",
        Value(PAUSE),
        Value(0),
        Value(False),
        nothing,
        state,
    )
    rows = lines.values_list(*LINE_FIELDS, state).union(as_lines, all=True)
    rules: dict[int, list[ClockRule]] = {key: [] for key in policy_ids}
    longest: dict[int, dict[str, int]] = {key: {} for key in policy_ids}
    published = set()
    for *fields, is_state in sorted(rows, key=lambda row: row[0]):
        values = dict(zip(LINE_FIELDS, fields, strict=True))
        if is_state == ClockPolicyState.IN_FORCE:
            published.add(values["policy_id"])
        if values["basis"] == PAUSE:
            longest[values["policy_id"]][values["clock"]] = values["amount"]
        else:
            rules[values["policy_id"]].append(ClockRule(**values))
    for key in policy_ids:
        yield key in published, Allowances(key, tuple(rules[key]), longest[key])


def rule_for(
    rules: Iterable[ClockRule], clock: Clock, *, goods_type: str, nature: str, severity: str
) -> ClockRule | None:
    """The nearest of a policy's lines for a clock: by goods type (itself, its group, any), then nature, then
    severity. None when the policy does not time this."""
    nearness = {goods_type: 2, "": 0}
    if parent := PARENT[GoodsType(goods_type)]:
        nearness[parent.value] = 1
    fitting = [
        rule
        for rule in rules
        if rule.clock == clock
        and rule.goods_type in nearness
        and rule.nature in ("", nature)
        and rule.severity in ("", severity)
    ]
    return max(
        fitting,
        key=lambda rule: (nearness[rule.goods_type], bool(rule.nature), bool(rule.severity)),
        default=None,
    )
