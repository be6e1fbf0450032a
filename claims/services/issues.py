"""The issue library: what comes with the programme, what the platform changes. docs/rules/diagnosis.md."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.changes import change_row
from aftersales.lib.errors import Refused
from claims.models import Issue
from claims.models.choices import GoodsTypeChoices
from claims.models.diagnoses import ApplianceChoices, RootCauseChoices
from claims.queries import checklists

FIELDS = ("goods_type", "appliance", "symptom", "cause", "root_cause", "solution")
_CHOICES = {
    "goods_type": GoodsTypeChoices.values,
    "appliance": ["", *ApplianceChoices.values],
    "root_cause": ["", *RootCauseChoices.values],
}


def ensure_library(sender, using="default", **kwargs):
    """After every migration: add the known faults that come with the programme and are not there yet.

    What is there stays as the platform wrote it, also when it is retired.
    """
    known = set(Issue.objects.using(using).values_list("code", flat=True))
    missing = [
        Issue(code=row["code"], **{name: row[name] for name in FIELDS})
        for row in checklists.rows_of("issues.csv")
        if row["code"] not in known
    ]
    Issue.objects.using(using).bulk_create(missing)


def add(*, code: str, by: User, now: datetime, **values: str) -> Issue:
    """Put a known fault into the library; `values` are FIELDS.

    Raises Refused with text_missing, too_long, unknown_choice, issue_exists.
    """
    code = "".join(code.split()).upper()
    _check({"code": code, **values})
    with transaction.atomic():
        try:
            with transaction.atomic():
                issue = Issue.objects.create(code=code, **values)
        except IntegrityError:
            raise Refused(
                _("There is a known fault with this code."), code="issue_exists", field="code"
            ) from None
        trail.record("issue.added", by=by, obj=issue, after={"code": code, **values}, at=now)
    return issue


def change(*, issue: Issue, by: User, now: datetime, **values: str) -> Issue:
    """Word a known fault otherwise; diagnoses keep pointing to it.

    Raises Refused with text_missing, too_long, unknown_choice.
    """
    _check(values)
    change_row(issue, values, verb="issue.changed", by=by, now=now)
    return issue


def retire(*, issue: Issue, reason: str, by: User, now: datetime) -> Issue:
    """Take a known fault out of the library that people read. Raises Refused with issue_retired."""
    return _mark(issue, retired_at=now, verb="issue.retired", reason=reason, by=by, now=now)


def restore(*, issue: Issue, reason: str, by: User, now: datetime) -> Issue:
    """Put a retired fault back. Raises Refused with issue_in_use."""
    return _mark(issue, retired_at=None, verb="issue.restored", reason=reason, by=by, now=now)


def _mark(issue: Issue, *, retired_at, verb: str, reason: str, by: User, now: datetime) -> Issue:
    with transaction.atomic():
        rows = Issue.objects.filter(pk=issue.pk, retired_at__isnull=retired_at is not None)
        if not rows.update(retired_at=retired_at):
            if retired_at is not None:
                raise Refused(_("This known fault is no longer in use."), code="issue_retired")
            raise Refused(_("This known fault is in use."), code="issue_in_use")
        trail.record(verb, by=by, obj=issue, reason=reason, at=now)
    issue.refresh_from_db()
    return issue


def _check(values: dict[str, str]) -> None:
    """Every text within its column, what must be said said, and choices among those on offer."""
    for name, value in values.items():
        column = Issue._meta.get_field(name)
        if not value and not column.blank:
            raise Refused(_("This field is required."), code="text_missing", field=name)
        if name in _CHOICES:
            if value not in _CHOICES[name]:
                raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field=name)
        elif len(value) > column.max_length:
            raise Refused(
                _("Use at most %(limit)s characters.") % {"limit": column.max_length},
                code="too_long",
                field=name,
            )
