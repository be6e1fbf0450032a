"""The case library: proposed from closed claims without their people, worded and published by trainers.

docs/rules/handbook.md, section 7.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.accounts.scoping import COUNTY_DIGITS
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from stations.models import Region
from training.models import CaseStudy
from training.models.choices import GoodsChoices, ProblemChoices
from training.rules.traces import traces

WORDS = ("title", "what_happened", "what_was_done", "what_to_learn")
_REGIONS_ASKED = 3_000
_SHORTEST_NAME = 2


def propose(
    *,
    title: str,
    goods_type: str,
    problem: str,
    what_happened: str,
    what_was_done: str,
    county_code: str,
    claim_digest: str,
    by: User,
    now: datetime,
) -> CaseStudy | None:
    """Put a case on the trainers' desk; nothing for a claim that has become a case before.

    Raises Refused: "unknown_choice", "text_missing", "too_long"; "leads_to_a_person" when a text carries a
    number, a mail address, a place or a name of the county.
    """
    values = {
        "title": title.strip(),
        "goods_type": goods_type,
        "problem": problem,
        "what_happened": what_happened.strip(),
        "what_was_done": what_was_done.strip(),
    }
    _check(values)
    _check_traces(values, county_code)
    with transaction.atomic():
        case, is_new = CaseStudy.objects.get_or_create(
            claim_digest=claim_digest,
            defaults={**values, "county_code": county_code, "proposed_at": now, "proposed_by": by},
        )
        if not is_new:
            return None
        trail.record("case_study.proposed", by=by, obj=case, after={"goods_type": goods_type}, at=now)
    return case


def edit(
    case: CaseStudy,
    *,
    title: str,
    goods_type: str,
    problem: str,
    what_happened: str,
    what_was_done: str,
    what_to_learn: str,
    by: User,
    now: datetime,
) -> CaseStudy:
    """Word a proposed case.

    Raises Refused: "unknown_choice", "text_missing", "too_long", "leads_to_a_person", "case_decided" for one
    that is published or dropped.
    """
    values = {
        "title": title.strip(),
        "goods_type": goods_type,
        "problem": problem,
        "what_happened": what_happened.strip(),
        "what_was_done": what_was_done.strip(),
        "what_to_learn": what_to_learn.strip(),
    }
    _check(values)
    _check_traces(values, case.county_code)
    with transaction.atomic():
        if not _waiting(case).update(**values):
            raise _decided()
        trail.record("case_study.edited", by=by, obj=case, at=now)
    case.refresh_from_db()
    return case


def publish(case: CaseStudy, *, by: User, now: datetime) -> CaseStudy:
    """Let everybody who learns read a case.

    Raises Refused: "nothing_to_learn" without a sentence on what to learn; "leads_to_a_person";
    "case_decided".
    """
    with transaction.atomic():
        case = CaseStudy.objects.select_for_update(no_key=True).get(pk=case.pk)
        if not case.what_to_learn:
            raise Refused(
                _("Write first what is to be learned from this case."),
                code="nothing_to_learn",
                field="what_to_learn",
            )
        _check_traces({name: getattr(case, name) for name in WORDS}, case.county_code)
        if not _waiting(case).update(published_at=now, published_by=by):
            raise _decided()
        trail.record("case_study.published", by=by, obj=case, at=now)
    case.refresh_from_db()
    return case


def drop(case: CaseStudy, *, reason: str, by: User, now: datetime) -> CaseStudy:
    """Take a case off the desk, or a published one out of the library; its claim is not proposed again.

    Raises Refused: "reason_missing", "case_dropped".
    """
    if not reason.strip():
        raise Refused(_("Give a reason."), code="reason_missing", field="reason")
    with transaction.atomic():
        if not CaseStudy.objects.filter(pk=case.pk, dropped_at__isnull=True).update(dropped_at=now):
            raise Refused(_("This case is dropped already."), code="case_dropped")
        trail.record("case_study.dropped", by=by, obj=case, reason=reason.strip(), at=now)
    case.refresh_from_db()
    return case


def _waiting(case: CaseStudy):
    return CaseStudy.objects.filter(pk=case.pk, published_at__isnull=True, dropped_at__isnull=True)


def _check(values: dict[str, str]) -> None:
    choices = {"goods_type": GoodsChoices.values, "problem": ["", *ProblemChoices.values]}
    for name, on_offer in choices.items():
        if values[name] not in on_offer:
            raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field=name)
    for name in WORDS:
        if name not in values:
            continue
        limit = CaseStudy._meta.get_field(name).max_length
        if not values[name] and name != "what_to_learn":
            raise Refused(_("This field is required."), code="text_missing", field=name)
        if len(values[name]) > limit:
            raise Refused(
                _("Use at most %(limit)s characters.") % {"limit": limit}, code="too_long", field=name
            )


def _check_traces(values: dict[str, str], county_code: str) -> None:
    """Refuse texts with numbers of people, places below the county, or names of those who work there."""
    texts = {name: values[name] for name in WORDS if values.get(name)}
    for name, text in texts.items():
        if traces(text):
            raise _leads(name, _("a number or an address"))
    names = _names_in(county_code)
    for name, text in texts.items():
        found = next((each for each in names if each in text), None)
        if found:
            raise _leads(name, found)


def _names_in(county_code: str) -> list[str]:
    """Names of townships and villages of a county, and of the people with an account there."""
    prefix = county_code[:COUNTY_DIGITS]
    places = (
        Region.objects.filter(code__startswith=prefix)
        .exclude(code=county_code)
        .values_list("name", flat=True)[:_REGIONS_ASKED]
        if prefix
        else []
    )
    people = User.objects.filter(county_code=county_code).values_list("full_name", flat=True)
    return [name for name in (*places, *people) if name and len(name) >= _SHORTEST_NAME]


def _leads(field: str, what: str) -> Refused:
    return Refused(
        _("A case names no person, place or number. Take out: %(what)s.") % {"what": what},
        code="leads_to_a_person",
        field=field,
    )


def _decided() -> Refused:
    return Refused(_("This case is published or dropped already."), code="case_decided")
