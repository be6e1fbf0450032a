"""Grading a party: who works for a C is offered no claim."""

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from stations.services import parties
from tests.factories import NOW, make_party, seeing_everything

REASON = "第三季度评级"


def test_a_grade_is_kept_with_its_reason(cast):
    provider = make_party("provider", "修文家电维修部")

    parties.grade(party=provider, grade="B", reason=REASON, by=cast.manager, now=NOW)
    graded = parties.grade(party=provider, grade="C", reason=REASON, by=cast.manager, now=NOW)

    assert graded.grade == "C"
    with seeing_everything():
        events = list(AuditEvent.objects.filter(verb="party.graded").order_by("id"))
    assert [(event.before, event.after, event.reason) for event in events] == [
        ({"grade": ""}, {"grade": "B"}, REASON),
        ({"grade": "B"}, {"grade": "C"}, REASON),
    ]
    assert [row.grade for row in graded.history.order_by("history_id")][-1] == "C"


@pytest.mark.parametrize(
    "grade, reason, code",
    [("D", REASON, "unknown_choice"), ("", REASON, "no_change"), ("A", " ", "reason_missing")],
)
def test_what_is_no_grade_no_change_or_has_no_reason_is_refused(cast, grade, reason, code):
    provider = make_party("provider", "修文家电维修部")

    with pytest.raises(Refused) as refused:
        parties.grade(party=provider, grade=grade, reason=reason, by=cast.manager, now=NOW)

    assert refused.value.code == code
    assert parties.grade(party=provider, grade="A", reason=REASON, by=cast.manager, now=NOW).grade == "A"
