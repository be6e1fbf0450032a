"""Merging: which claims are offered, and what becomes of the two."""

from claims.models import Claim
from tests.factories import make_claim, make_consumer, make_line, seeing_everything


def merge(client, claim, into, version=1):
    return client.post(f"/claims/{claim.number}/merge/", {"into": into, "version": version})


def test_open_claims_of_line_and_phone_are_offered(cast, door):
    consumer = make_consumer(cast.guangcheng)
    line = make_line(cast.guangcheng, consumer=consumer)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=consumer)
    same_line = make_claim(cast.guangcheng, filed_by=cast.agent, line=line)
    same_phone = make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer)
    make_claim(cast.guangcheng, filed_by=cast.agent, line=line, status="closed")
    make_claim(cast.guangcheng, filed_by=cast.agent)

    page = door(cast.agent).get(f"/claims/{claim.number}/merge/")

    assert {each.pk for each in page.context["candidates"]} == {same_line.pk, same_phone.pk}


def test_duplicate_ends_and_leads_on(cast, door):
    line = make_line(cast.guangcheng)
    into = make_claim(cast.guangcheng, filed_by=cast.agent, line=line)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line)

    answer = merge(door(cast.agent), claim, into.number)

    assert answer.url == f"/claims/{into.number}/"
    with seeing_everything():
        merged = Claim.objects.get(pk=claim.pk)
    assert (merged.status, merged.merged_into) == ("merged", into)


def test_claim_that_was_not_offered_is_not_taken(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    other = make_claim(cast.guangcheng, filed_by=cast.agent)

    page = merge(door(cast.agent), claim, other.number)

    assert page.context["form"].errors.keys() == {"into"}
    with seeing_everything():
        assert Claim.objects.get(pk=claim.pk).status == "accepted"


def test_stale_page_is_told_so(cast, door):
    line = make_line(cast.guangcheng)
    into = make_claim(cast.guangcheng, filed_by=cast.agent, line=line)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line)

    page = merge(door(cast.agent), claim, into.number, version=7)

    assert page.status_code == 409
    assert page.context["form"].refused.code == "stale"
    assert page.context["form"]["version"].value() == "1"


def test_ended_claim_is_not_merged(cast, door):
    line = make_line(cast.guangcheng)
    make_claim(cast.guangcheng, filed_by=cast.agent, line=line)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, status="closed")

    assert door(cast.agent).get(f"/claims/{claim.number}/merge/").context["candidates"] == []


def test_claim_of_another_station_is_not_found(cast, door):
    claim = make_claim(cast.liuguang, filed_by=cast.neighbour)

    assert door(cast.agent).get(f"/claims/{claim.number}/merge/").status_code == 404
