"""The promises and hand-over times: the programme's first versions, and new ones by way of a draft."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import ClockPolicy, ClockRule, PauseRule
from claims.models.choices import ClockChoices, PauseReasonChoices
from claims.models.clock_policies import ClockPolicyState, PolicyKind
from claims.queries.clock_policies import (
    Allowances,
    allowances_of,
    longer_pauses,
    looser_than_programme,
    newest_published,
    policy_before,
    policy_on,
)
from claims.rules import clock_policies as rules
from claims.rules.clocks import (
    LEGAL_ALLOWANCES,
    LONGEST_PAUSE,
    SERVICE_ALLOWANCES,
)
from stations.access.guards import may_throughout

FIRST_DAY = date(2020, 1, 1)
KEEP_PROGRAMME = "claims.keep_programme_clocks"
"""Who holds this keeps the programme's versions and the limits set by law, and may let a county be looser."""
LOOSER_NAMED = 5
FURTHEST_AHEAD = timedelta(days=366)


def draft(*, kind: str, county_code: str, note: str = "", by: User, now: datetime) -> ClockPolicy:
    """Begin the next version of a place as a copy of what will be in force there tomorrow.

    Raises Refused: "law_is_the_programmes" for a county's law; "draft_exists" while the place has a draft.
    """
    if kind == PolicyKind.LAW and county_code:
        raise Refused(_("Limits set by law are the same in every county."), code="law_is_the_programmes")
    versions = ClockPolicy.objects.filter(kind=kind, county_code=county_code)
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    source = policy_on(county_code, tomorrow, kind)
    if kind == PolicyKind.LAW:
        source = newest_published(kind, "") or source
    try:
        with transaction.atomic():
            policy = ClockPolicy.objects.create(
                kind=kind,
                county_code=county_code,
                version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
                valid_from=max(tomorrow, source.valid_from),
                note=note,
                created_by=by,
                created_at=now,
            )
            _copy(allowances_of([source.pk])[source.pk], policy)
            trail.record(
                "clock_policy.drafted",
                by=by,
                obj=policy,
                after={"version": policy.version, "copy_of": _name_of_version(source)},
                at=now,
            )
    except IntegrityError:
        raise Refused(
            _("There is a draft already. Publish it or drop it first."), code="draft_exists"
        ) from None
    return policy


def publish(
    *, policy: ClockPolicy, valid_from: date, note: str, seen: str, by: User, now: datetime
) -> ClockPolicy:
    """Switch a draft on from a day on; from then on it never changes.

    `seen` is the fingerprint of what the person looked at. Claims filed before `valid_from` keep their
    version. A law counts from its own day, which may lie behind.

    Raises Refused: "not_a_draft"; "changed_meanwhile" when the draft says something else than was seen;
    "too_early", "too_far"; "before_newest" for a law that begins before the last one; "nothing_new";
    "looser_than_programme" when a county gives more time and `by` does not keep the programme's clocks.
    """
    if policy.kind == PolicyKind.SERVICE and valid_from <= timezone.localdate(now):
        raise Refused(
            _("New promises count from tomorrow on at the earliest."), code="too_early", field="valid_from"
        )
    if valid_from > timezone.localdate(now) + FURTHEST_AHEAD:
        raise Refused(_("Choose a day within a year."), code="too_far", field="valid_from")
    with transaction.atomic():
        lock_draft(policy)
        allowances = allowances_of([policy.pk])[policy.pk]
        if seen != allowances.fingerprint:
            raise Refused(
                _("Somebody has changed the draft meanwhile. Look at the preview again."),
                code="changed_meanwhile",
            )
        _check_order_of_laws(policy, valid_from)
        policy.valid_from, policy.note = valid_from, note.strip()
        before = policy_before(policy)
        changed = _differences(allowances_of([before.pk])[before.pk], allowances)
        if not changed[0] and not changed[1] and before.county_code == policy.county_code:
            raise Refused(_("This says what the version before says."), code="nothing_new")
        if not may_throughout(by, KEEP_PROGRAMME, policy.county_code):
            _check_against_programme(policy, allowances)
        switched = ClockPolicy.objects.filter(pk=policy.pk, state=ClockPolicyState.DRAFT).update(
            state=ClockPolicyState.IN_FORCE,
            valid_from=valid_from,
            note=policy.note,
            published_by=by,
            published_at=now,
        )
        if not switched:
            _refuse_published()
        trail.record(
            "clock_policy.published",
            by=by,
            obj=policy,
            before=changed[0],
            after={**changed[1], "version": policy.version, "valid_from": valid_from.isoformat()},
            reason=policy.note,
            at=now,
        )
    policy.refresh_from_db()
    return policy


def drop(*, policy: ClockPolicy, by: User, now: datetime) -> None:
    """Give a draft up; its number is not used again. Raises Refused("not_a_draft")."""
    with transaction.atomic():
        lock_draft(policy)
        ClockPolicy.objects.filter(pk=policy.pk).update(state=ClockPolicyState.DROPPED)
        trail.record("clock_policy.dropped", by=by, obj=policy, at=now)


def lock_draft(policy: ClockPolicy) -> None:
    """Hold the draft's row until the transaction ends, so that nobody publishes or edits it meanwhile.

    Raises Refused("not_a_draft").
    """
    drafts = ClockPolicy.objects.select_for_update(no_key=True).filter(state=ClockPolicyState.DRAFT)
    if not drafts.filter(pk=policy.pk).exists():
        _refuse_published()


def _refuse_published() -> None:
    raise Refused(
        _("This version is no draft any more. Begin a new draft to change the promises."), code="not_a_draft"
    )


def _copy(said: Allowances, policy: ClockPolicy) -> None:
    ClockRule.objects.bulk_create(
        ClockRule(
            policy=policy,
            **rules.about(line)._asdict(),
            amount=line.amount,
            basis=line.basis,
            warn_percent=line.warn_percent,
            climbs=line.climbs,
            source=line.source,
        )
        for line in said.rules
    )
    PauseRule.objects.bulk_create(
        PauseRule(policy=policy, reason=reason, max_minutes=minutes)
        for reason, minutes in said.longest_pause.items()
    )


def _check_order_of_laws(policy: ClockPolicy, valid_from: date) -> None:
    """A law slipped in before the last one would change limits that have been in force for long."""
    newest = newest_published(policy.kind, "") if policy.kind == PolicyKind.LAW else None
    if newest and valid_from < newest.valid_from:
        raise Refused(
            _("Version %(version)s is published from a later day on.") % {"version": newest.version},
            code="before_newest",
            field="valid_from",
        )


def _check_against_programme(policy: ClockPolicy, allowances: Allowances) -> None:
    if not policy.county_code:
        return
    names = [ClockChoices(each.limit.clock).label for each in looser_than_programme(policy, allowances)]
    names += [PauseReasonChoices(reason).label for reason in longer_pauses(policy, allowances)]
    names = list(dict.fromkeys(str(name) for name in names))
    if names:
        raise Refused(
            _("A county may promise more than the programme, not less: %(clocks)s.")
            % {"clocks": ", ".join(names[:LOOSER_NAMED])},
            code="looser_than_programme",
        )


def _name_of_version(policy: ClockPolicy) -> str:
    return f"{policy.county_code or 'programme'} {policy.version}"


def _differences(before: Allowances, after: Allowances) -> tuple[dict, dict]:
    """What changes, as the trail keeps it: by line and by reason, before and after."""
    old, new = {}, {}
    for change in rules.differences(before.rules, after.rules):
        name = name_of(change.about)
        old[name] = change.before and said_of(change.before)
        new[name] = change.after and said_of(change.after)
    for reason, minutes_before, minutes_after in rules.pause_differences(
        before.longest_pause, after.longest_pause
    ):
        old[reason], new[reason] = minutes_before, minutes_after
    return old, new


def name_of(about: rules.About) -> str:
    """What the trail calls a line."""
    return "/".join(filter(None, about))


def said_of(line: ClockRule) -> str:
    """What the trail keeps of a line."""
    said = f"{line.amount} {line.basis}, {line.warn_percent}%"
    return f"{said}, climbs" if line.climbs else said


def ensure_programme_policies(sender, using="default", **kwargs):
    """After every migration: write the programme's first promises and the limits set by law, if missing."""
    first = {(PolicyKind.SERVICE, FIRST_DAY): SERVICE_ALLOWANCES}
    first |= {(PolicyKind.LAW, day): lines for day, lines in LEGAL_ALLOWANCES.items()}
    policies = ClockPolicy.objects.using(using)
    known = set(policies.filter(county_code="").values_list("kind", "valid_from"))
    with transaction.atomic(using=using):
        for (kind, day), lines in first.items():
            if any(each_kind == kind and each_day >= day for each_kind, each_day in known):
                continue
            policy = policies.create(
                kind=kind,
                version=policies.filter(kind=kind, county_code="").count() + 1,
                valid_from=day,
            )
            ClockRule.objects.using(using).bulk_create(
                ClockRule(
                    policy=policy,
                    clock=line.clock,
                    goods_type=line.goods_type or "",
                    amount=line.amount,
                    basis=line.basis,
                    climbs=line.climbs,
                    source=line.source,
                )
                for line in lines
            )
            if kind == PolicyKind.SERVICE:
                PauseRule.objects.using(using).bulk_create(
                    PauseRule(policy=policy, reason=reason, max_minutes=minutes)
                    for reason, minutes in LONGEST_PAUSE.items()
                )
            policies.filter(pk=policy.pk).update(state=ClockPolicyState.IN_FORCE)
