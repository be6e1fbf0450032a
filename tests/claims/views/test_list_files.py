"""Lists as files: the same rows as the page shows, masked, without live formulas, written into the trail."""

import csv
import io

import openpyxl
import pytest

from aftersales.audit.models import AuditEvent
from stations.access import list_exports
from tests.factories import make_claim, make_fund, make_line, seeing_everything

pytestmark = pytest.mark.django_db
LISTS = (
    "/claims/",
    "/claims/orders/",
    "/claims/coupons/",
    "/claims/follow-ups/",
    "/claims/fund/520123000000/payouts/",
    "/stations/",
)


def rows_of(response) -> list[list[str]]:
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture
def claims(cast):
    line = make_line(cast.guangcheng, product="=1+2")
    return [
        make_claim(cast.guangcheng, line=line, filed_by=cast.agent),
        make_claim(cast.liuguang, filed_by=cast.neighbour),
        make_claim(cast.chenlou, filed_by=cast.suining_agent),
    ]


def test_the_file_holds_what_the_page_shows_and_is_told(as_user, cast, claims):
    rows = rows_of(as_user("officer").get("/claims/?format=csv"))

    assert {row[0] for row in rows[1:]} == {claims[0].number, claims[1].number}
    mine = next(row for row in rows if row[0] == claims[0].number)
    assert mine[4] == "'=1+2"
    assert (mine[7], mine[8]) == (claims[0].consumer.name_masked, claims[0].consumer.phone_masked)
    with seeing_everything():
        told = AuditEvent.objects.get(verb="list.exported")
    assert (told.actor_id, told.after["rows"]) == (cast.officer.pk, 2)


def test_the_filters_of_the_page_count(as_user, claims):
    number = claims[1].number

    rows = rows_of(as_user("officer").get("/claims/", {"q": number, "format": "csv"}))

    assert [row[0] for row in rows[1:]] == [number]
    with seeing_everything():
        assert number not in str(AuditEvent.objects.get(verb="list.exported").after)


def test_numbers_are_numbers_and_long_ones_stay_text(as_user, cast):
    make_line(cast.guangcheng, number="202611220001700017", paid_fen=3990)

    response = as_user("officer").get("/claims/orders/?format=xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[1]
    row = [cell.value for cell in sheet[2]]
    assert (row[0], float(row[7])) == ("202611220001700017", 39.9)


@pytest.mark.parametrize("address", LISTS)
def test_every_list_can_be_taken_away_in_both_forms(as_user, cast, claims, address):
    make_fund("520123000000")
    client = as_user("manager")

    assert client.get(address).status_code == 200
    for form in ("xlsx", "csv"):
        response = client.get(address, {"format": form})
        assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
        assert form in response["Content-Disposition"]
        assert len(b"".join(response.streaming_content)) > 20
    assert client.get(address, {"format": "exe"}).status_code == 404


def test_a_list_that_is_too_long_leads_back_and_keeps_the_filters(as_user, claims, monkeypatch):
    monkeypatch.setattr(list_exports, "MOST_ROWS", 1)

    response = as_user("officer").get("/claims/?status=any&format=csv", follow=True)

    assert response.redirect_chain == [("/claims/?status=any", 302)]
    assert "A file holds at most 5,000 rows" in response.content.decode()


def test_a_phone_in_the_village_gets_no_file(as_user, claims):
    assert as_user("agent").get("/claims/?format=csv").status_code == 404
