"""Opening a check, going through its claims, and closing it with a conclusion. docs/rules/supervision.md."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.periods import Period, PeriodKind
from aftersales.notices.posting import Message, post
from claims.models import Check, CheckItem
from claims.queries import supervision as reading
from claims.rules.supervision import SEED, DrawRule, draw, names_a_person
from claims.rules.supervision_checklists import Answer, answers_fit
from stations.queries.staff import Staff

WORDS_SIGNS, REMARK_LIMIT, CONCLUSION_LIMIT = 4, 500, 2000
PERIODS = (PeriodKind.MONTH, PeriodKind.QUARTER)


def open_check(
    *,
    county_code: str,
    kind: str,
    theme: str,
    department: str,
    period: Period,
    rule: DrawRule,
    by: User,
    now: datetime,
    seed: str = "",
) -> Check:
    """Draw the claims of a check and begin it. The seed is drawn by chance unless one is given.

    It follows the last check of the same theme and department in the county. A county, kind, theme,
    department and period have one check, so that nobody draws again until the sample pleases.

    Raises Refused("period_kind") for a day or year, Refused("period_running") before the period is over,
    Refused("unknown_seed"), Refused("nothing_to_draw"), Refused("checked_already").
    """
    check_period(period, now)
    seed = seed or secrets.token_hex(8)
    if not SEED.fullmatch(seed):
        raise Refused(_("The seed is 16 to 32 digits from 0 to 9 and a to f."), code="unknown_seed")
    found = reading.candidates(county_code, period, theme, but=by)
    if not found:
        raise Refused(_("No claim of this kind ended in the county in this period."), code="nothing_to_draw")
    keys = {candidate.key: pk for pk, candidate in found}
    drawn = draw((candidate for _pk, candidate in found), rule, seed)
    with transaction.atomic():
        check = Check(
            county_code=county_code,
            kind=kind,
            theme=theme,
            department=department,
            period=period.name,
            seed=seed,
            rule={
                "permille": rule.permille,
                "least": rule.least,
                "most": rule.most,
                "checklist": reading.current_checklist(theme).version,
            },
            drawn_from=len(found),
            follows=reading.earlier_check(county_code, theme, department, period),
            opened_by=by,
            opened_at=now,
        )
        _save_once(check)
        CheckItem.objects.bulk_create(
            CheckItem(
                check_round=check, county_code=county_code, claim_id=keys[candidate.key], position=position
            )
            for position, candidate in enumerate(drawn, start=1)
        )
        trail.record(
            "check.opened",
            by=by,
            obj=check,
            after={
                "kind": kind,
                "theme": theme,
                "department": department,
                "period": period.name,
                "seed": seed,
                "rule": check.rule,
                "drawn_from": len(found),
                "drawn": len(drawn),
            },
            at=now,
        )
    return check


def check_period(period: Period, now: datetime) -> None:
    """Refuse a period that no check can be about."""
    if period.kind not in PERIODS:
        raise Refused(_("A check is about a month or a quarter."), code="period_kind", field="period")
    if not period.is_over(timezone.localdate(now)):
        raise Refused(
            _("This period is not over yet; claims may still end in it."),
            code="period_running",
            field="period",
        )


def _save_once(check: Check) -> None:
    try:
        with transaction.atomic():
            check.save(force_insert=True)
    except IntegrityError as twice:
        raise Refused(
            _("There is a check of this kind about this period already."), code="checked_already"
        ) from twice


def answer_item(
    *,
    item: CheckItem,
    answers: Mapping[str, str],
    remark: str = "",
    seen: datetime | None,
    by: User,
    now: datetime,
) -> CheckItem:
    """Write down what was found about one claim; `seen` is when the answers on the page were given, None for
    none. May be done again until the check is closed.

    Raises Refused("answers_missing"), Refused("remark_missing") for a "no" without words or a finding,
    Refused("personal_data"), Refused("conflict") for who had a hand in the claim, Refused("check_closed"),
    Refused("changed_meanwhile").
    """
    current = CheckItem.objects.select_related("check_round", "claim").get(pk=item.pk)
    remark = said(remark, field="remark", limit=REMARK_LIMIT, least=0)
    if not answers_fit(reading.checklist_of(current.check_round), answers):
        raise Refused(_("Answer every question."), code="answers_missing")
    if Answer.NO in answers.values() and not remark and not current.findings.exists():
        raise Refused(_("Say what is wrong, or make a finding first."), code="remark_missing", field="remark")
    if by.pk in reading.involved(current.claim):
        raise Refused(_("You had a hand in this claim; somebody else checks it."), code="conflict")
    with transaction.atomic():
        hold_open(current.check_round)
        written = CheckItem._base_manager.filter(pk=current.pk, checked_at=seen).update(
            answers=dict(answers), remark=remark, checked_by=by, checked_at=now
        )
        if not written:
            raise Refused(
                _("Somebody else has answered meanwhile. Look at the claim again."),
                code="changed_meanwhile",
            )
        # About the check: in the history of the claim the county would read what was drawn before it is told.
        trail.record(
            "check.claim_checked",
            by=by,
            obj=current.check_round,
            after={"position": current.position, "no": sorted(_noes(answers))},
            at=now,
        )
    return CheckItem.objects.get(pk=item.pk)


def close_check(*, check: Check, conclusion: str, by: User, now: datetime) -> Check:
    """End a check with a conclusion and tell the county's managers; nothing about it changes afterwards but
    what becomes of its findings.

    Raises Refused("conclusion_missing"), Refused("personal_data"), Refused("items_open") while a claim is
    not gone through, Refused("check_closed").
    """
    conclusion = said(
        conclusion, field="conclusion", limit=CONCLUSION_LIMIT, least=WORDS_SIGNS, code="conclusion_missing"
    )
    with transaction.atomic():
        closed = Check._base_manager.filter(pk=check.pk, closed_at__isnull=True).update(
            conclusion=conclusion, closed_by=by, closed_at=now
        )
        if not closed:
            raise _closed()
        left = CheckItem.objects.filter(check_round=check.pk, checked_at__isnull=True).count()
        if left:
            raise Refused(
                _("Claims still to be gone through: %(number)s.") % {"number": left}, code="items_open"
            )
        current = Check.objects.get(pk=check.pk)
        number = current.findings.count()
        trail.record("check.closed", by=by, obj=current, after={"findings": number}, at=now)
        post(
            [
                Message(
                    event="check.closed",
                    recipient_id=head,
                    key=f"check.closed {current.pk}",
                    params={"period": current.period, "number": number, "theme": current.theme},
                    url=reverse("supervision:check_detail", args=[current.pk]),
                    county_code=current.county_code,
                )
                for head in Staff(now=now).heads_in(current.county_code)
                if head != by.pk
            ],
            now=now,
        )
    return current


def said(words: str, *, field: str, limit: int, least: int = WORDS_SIGNS, code: str = "words_missing") -> str:
    """Words that may be kept about a check: long enough, short enough, and without a person's numbers.

    Raises Refused with the code, or Refused("personal_data").
    """
    words = words.strip()
    if not least <= len(words) <= limit:
        raise Refused(
            _("Write %(least)s to %(limit)s characters.") % {"least": least, "limit": limit},
            code=code,
            field=field,
        )
    if names_a_person(words):
        raise Refused(
            _("Leave out phone, identity and account numbers: others read this too."),
            code="personal_data",
            field=field,
        )
    return words


def _noes(answers: Mapping[str, str]) -> list[str]:
    return [key for key, answer in answers.items() if answer == Answer.NO]


def hold_open(check: Check) -> None:
    """Keep a check from being closed until the transaction ends. Raises Refused("check_closed")."""
    if not Check._base_manager.filter(pk=check.pk, closed_at__isnull=True).update(seed=F("seed")):
        raise _closed()


def _closed() -> Refused:
    return Refused(_("This check is closed."), code="check_closed")
