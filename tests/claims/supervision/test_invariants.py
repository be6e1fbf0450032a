"""What always holds is found broken when it is broken, and holds after everything that people do."""

from claims.models import Check, CheckItem, Evaluation, Finding
from claims.queries import supervision_invariants
from claims.services import checks, findings
from tests.claims.supervision.cases import ended_claim, go_through, make_finding, open_check
from tests.claims.supervision.test_evaluations import evaluate
from tests.factories import NOW, acting_as, seeing_everything


def violations() -> list[str]:
    with seeing_everything():
        return list(supervision_invariants.violations())


def test_everything_holds_after_what_people_do_and_damage_is_found(cast):
    ended_claim(cast)
    check = open_check(cast)
    accepted, waiting = make_finding(cast, check), make_finding(cast, check)
    for finding in (accepted, waiting):
        with acting_as(cast.manager):
            findings.report_rectification(finding=finding, words="已补付差额", by=cast.manager, now=NOW)
    with acting_as(cast.supervisor):
        findings.accept(finding=accepted, by=cast.supervisor, now=NOW)
    go_through(cast, check)
    with acting_as(cast.supervisor):
        checks.close_check(check=check, conclusion="处理规范", by=cast.supervisor, now=NOW)
    evaluation = evaluate(cast)
    assert violations() == []

    with seeing_everything():
        CheckItem.objects.update(checked_at=None)
        Finding.objects.filter(pk=accepted.pk).update(accepted_at=None)
        Finding.objects.filter(pk=waiting.pk).update(state="open", county_code="320324000000")
        Evaluation.objects.bulk_create(
            [
                Evaluation(
                    county_code="320324000000",
                    quarter="2026-Q3",
                    figures="{}",
                    sha256=evaluation.sha256,
                    conclusion="处理规范",
                    made_by=cast.platform,
                    made_at=NOW,
                )
            ]
        )
        other = Evaluation.objects.get(county_code="320324000000")
        assert Check.objects.get().closed_at == NOW

    assert violations() == [
        f"check {check.pk}: closed, but claim 1 was not gone through",
        f"finding {accepted.pk}: accepted, accepted at None",
        f"finding {waiting.pk}: open, its reports say answered",
        f"finding {waiting.pk}: county 320324000000, its check 520123000000, its station None",
        f"evaluation {other.pk}: its figures are not those of its fingerprint",
    ]
