"""What must hold for checks, findings and evaluations at every moment. docs/rules/supervision.md.

Each function yields one sentence per violation, for operators, and wants a scope that reaches everything.
"""

from collections.abc import Iterator

from aftersales.lib.canonical import sha256
from claims.models import CheckItem, Evaluation, Finding, Rectification
from claims.rules.supervision import FindingState


def violations() -> Iterator[str]:
    """Every violation of every check, in a fixed order; nothing on healthy data."""
    for check in (gone_through, rectified, counties, unchanged):
        yield from check()


def gone_through() -> Iterator[str]:
    """In a check that is closed every claim was gone through."""
    left = CheckItem.objects.filter(check_round__closed_at__isnull=False, checked_at__isnull=True)
    for check, position in left.order_by("check_round_id", "position").values_list(
        "check_round_id", "position"
    ):
        yield f"check {check}: closed, but claim {position} was not gone through"


def rectified() -> Iterator[str]:
    """How a finding stands is what was made of the last report about it."""
    said = {None: FindingState.ANSWERED, True: FindingState.ACCEPTED, False: FindingState.RETURNED}
    last = dict(Rectification.objects.order_by("id").values_list("finding_id", "is_accepted"))
    for pk, state, accepted_at in Finding.objects.order_by("pk").values_list("pk", "state", "accepted_at"):
        due = said[last[pk]] if pk in last else FindingState.OPEN
        if state != due:
            yield f"finding {pk}: {state}, its reports say {due}"
        if (accepted_at is None) == (state == FindingState.ACCEPTED):
            yield f"finding {pk}: {state}, accepted at {accepted_at}"


def counties() -> Iterator[str]:
    """A finding lies in the county of its check, and its station does."""
    rows = Finding.objects.order_by("pk").values_list(
        "pk", "county_code", "check_round__county_code", "station__county_code"
    )
    for pk, county, of_check, of_station in rows:
        if {county, of_check, of_station or county} != {county}:
            yield f"finding {pk}: county {county}, its check {of_check}, its station {of_station}"


def unchanged() -> Iterator[str]:
    """The figures of an evaluation are those of its fingerprint."""
    for pk, figures, fingerprint in Evaluation.objects.order_by("pk").values_list("pk", "figures", "sha256"):
        if sha256(figures) != fingerprint:
            yield f"evaluation {pk}: its figures are not those of its fingerprint"
