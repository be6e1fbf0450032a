"""A person says what they make of a flag: harmless, or misuse."""

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import ClaimFlag
from claims.queries.flags import asking
from claims.services import compensation, flag_verdicts
from tests.claims.flag_cases import (
    keep_photo,
    only_flag,
    own,
    refresh,
)
from tests.claims.pictures import jpeg
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    seeing_everything,
)

pytestmark = pytest.mark.django_db


def judge(flag, *, by, verdict="harmless", note="", was=""):
    with acting_as(by):
        return flag_verdicts.judge(flag=flag, verdict=verdict, note=note, was=was, by=by, now=NOW)


def test_a_harmless_flag_no_longer_asks_for_a_person(cast):
    theirs = make_claim(cast.chenlou, filed_by=cast.suining_agent)
    keep_photo(theirs, jpeg(7))
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    keep_photo(claim, jpeg(7))
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
    assert (proposal.needs_level, proposal.level_reasons) == ("officer", ["flagged"])

    judge(only_flag(claim), by=cast.officer)
    with acting_as(cast.agent):
        again = compensation.work_out(claim=claim, by=cast.agent, now=NOW)

    assert (again.needs_level, again.level_reasons) == ("rule", [])
    assert asking(claim) == []
    assert asking(theirs) == ["same_photo"]


def test_judging_is_kept_with_its_note_and_may_be_changed(cast):
    flag = flagged(cast)
    judge(flag, by=cast.officer)

    judged = judge(flag, by=cast.manager, verdict="confirmed", note="same box as in May", was="harmless")

    assert (judged.verdict, judged.judged_by, judged.judged_at, judged.note) == (
        "confirmed",
        cast.manager,
        NOW,
        "same box as in May",
    )
    with seeing_everything():
        told = AuditEvent.objects.filter(verb="flag.judged").order_by("id")
        assert [(event.before, event.after, event.reason) for event in told] == [
            ({"verdict": ""}, {"code": "own_claim", "verdict": "harmless"}, ""),
            (
                {"verdict": "harmless"},
                {"code": "own_claim", "verdict": "confirmed"},
                "same box as in May",
            ),
        ]


def test_a_judged_flag_neither_lapses_nor_comes_back_unjudged(cast):
    flag = flagged(cast)
    judge(flag, by=cast.officer, verdict="confirmed", note="it is his own")
    own(flag.claim.consumer, None)

    refresh(flag.claim)

    kept = only_flag(flag.claim)
    assert (kept.verdict, kept.lapsed_at) == ("confirmed", None)


@pytest.mark.parametrize(
    ("who", "given", "code"),
    [
        ("officer", {"verdict": "", "note": ""}, "unknown_verdict"),
        ("officer", {"verdict": "confirmed", "note": "  x "}, "note_missing"),
        ("officer", {"was": "harmless"}, "stale"),
        ("technician", {}, "conflict"),
        ("suining_officer", {}, "unknown_flag"),
    ],
)
def test_refused_verdicts(cast, who, given, code):
    flag = flagged(cast, filed_by=cast.technician)

    with pytest.raises(Refused) as refused:
        judge(flag, by=getattr(cast, who), **given)

    assert refused.value.code == code
    assert only_flag(flag.claim).verdict == ""
    assert judge(flag, by=cast.officer).verdict == "harmless"


def flagged(cast, *, filed_by=None) -> ClaimFlag:
    filed_by = filed_by or cast.agent
    consumer = make_consumer(cast.guangcheng)
    own(consumer, filed_by)
    claim = make_claim(cast.guangcheng, filed_by=filed_by, consumer=consumer)
    refresh(claim)
    return only_flag(claim)
