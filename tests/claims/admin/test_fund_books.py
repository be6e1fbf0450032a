"""Funds are opened and write-offs confirmed in the administration; closed months are read there."""

from datetime import UTC, datetime

import pytest

from claims.models import Advance, Fund, WriteOff
from claims.services import fund_months, write_offs
from tests.claims.money.cases import SUINING, XIUWEN, choose, fill, proposed, read
from tests.factories import NOW, seeing_everything

pytestmark = pytest.mark.django_db
OPEN = "/admin/claims/fund/add/"


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


def test_manager_opens_a_fund_of_another_kind_in_the_own_county(as_user, cast, xiuwen_fund):
    browser = as_user("manager")
    values = {"county": XIUWEN, "kind": "special", "name": "专项资金"}
    assert [each.code for each in browser.get(OPEN).context["form"].fields["county"].queryset] == [XIUWEN]
    assert browser.post(OPEN, {}).status_code == 200
    assert browser.post(OPEN, {**values, "county": SUINING}).status_code == 200
    assert browser.post(OPEN, {**values, "kind": "emergency"}).status_code == 409

    opened = browser.post(OPEN, values)

    assert (opened.status_code, opened.url) == (302, f"/claims/fund/{XIUWEN}-special/")
    assert as_user("officer").get(OPEN).status_code == 403
    with seeing_everything():
        assert sorted(Fund.objects.values_list("county_code", "kind")) == [
            (XIUWEN, "emergency"),
            (XIUWEN, "special"),
        ]


def test_second_person_confirms_a_write_off_in_its_list(as_user, cast, xiuwen_fund):
    choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    with seeing_everything():
        entry = write_offs.propose(
            fund=xiuwen_fund, advances=Advance.objects.all(), reason="insolvent", by=cast.officer, now=NOW
        )
    listed = "/admin/claims/writeoff/"
    sent = {"action": "confirm", "_selected_action": [entry.pk], "apply": "1"}
    browser = as_user("manager")
    assert "Write-offs to confirm" in browser.get("/admin/").content.decode()

    browser.post(listed, sent)

    assert read(entry).state == "confirmed"
    assert browser.get(listed).context["cl"].result_count == 0
    assert browser.get(f"{listed}?state=all").context["cl"].result_count == 1
    with seeing_everything():
        assert WriteOff.objects.get().decided_by == cast.manager


def test_closed_months_lead_to_their_statements(as_user, cast, xiuwen_fund):
    with seeing_everything():
        [month] = fund_months.close_due(by=cast.manager, now=datetime(2026, 12, 1, tzinfo=UTC))

    browser = as_user("officer")
    pages = [browser.get(f"/admin/claims/fundmonth/{path}") for path in ("", f"{month.pk}/change/")]

    for page in pages:
        assert f"/claims/fund/{XIUWEN}/statement/?month=2026-11" in page.content.decode()
    assert as_user("suining_officer").get(f"/admin/claims/fundmonth/{month.pk}/change/").status_code == 404
