"""Resolved claims are closed when the reopening window is over, and not before."""

from datetime import timedelta

from aftersales.accounts.models import system_user
from claims.services import closing
from tests.factories import NOW, make_claim, seeing_everything

WINDOW = timedelta(days=7)


def test_closes_what_can_no_longer_be_opened_again(cast):
    def resolved(ago):
        return make_claim(cast.guangcheng, filed_by=cast.agent, status="resolved", resolved_at=NOW - ago)

    over, last_moment = resolved(WINDOW + timedelta(seconds=1)), resolved(WINDOW)
    in_work = make_claim(cast.guangcheng, filed_by=cast.agent)

    with seeing_everything():
        assert closing.close_settled(by=system_user(), now=NOW) == 1
        assert closing.close_settled(by=system_user(), now=NOW) == 0

        for claim in (over, last_moment, in_work):
            claim.refresh_from_db()
    assert [claim.status for claim in (over, last_moment, in_work)] == ["closed", "resolved", "accepted"]
    assert over.closed_at == NOW
