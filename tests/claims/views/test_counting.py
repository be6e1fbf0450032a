"""Counting again: from the page to the new amount."""

from claims.models import Claim, Compensation
from tests.factories import NOW, make_claim, make_line, seeing_everything


def count(client, claim, bad="4", reason="重新清点过", version=1):
    return client.post(
        f"/claims/{claim.number}/count/", {"bad_milli": bad, "reason": reason, "version": version}
    )


def test_the_page_of_an_open_claim_leads_to_the_count(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    ended = make_claim(cast.guangcheng, filed_by=cast.agent, status="closed", resolved_at=NOW)
    client = door(cast.agent)

    assert f"/claims/{claim.number}/count/" in client.get(f"/claims/{claim.number}/").content.decode()
    assert f"/claims/{ended.number}/count/" not in client.get(f"/claims/{ended.number}/").content.decode()
    page = client.get(f"/claims/{claim.number}/count/")
    assert 'value="3"' in str(page.context["form"]["bad_milli"])
    assert client.get(f"/claims/{ended.number}/count/").url == f"/claims/{ended.number}/"


def test_the_new_quantity_gets_a_new_amount(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    assert count(door(cast.agent), claim).url == f"/claims/{claim.number}/"
    with seeing_everything():
        assert Claim.objects.get(pk=claim.pk).bad_milli == 4000
        assert Compensation.objects.get().amount_fen == 800


def test_a_weight_is_typed_with_decimals(cast, door):
    line = make_line(cast.guangcheng, unit="kg", quantity_milli=5000)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, bad_milli=1000)

    count(door(cast.agent), claim, bad="1.25")

    with seeing_everything():
        assert Claim.objects.get(pk=claim.pk).bad_milli == 1250


def test_what_is_wrong_is_said_at_its_field(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    client = door(cast.agent)

    assert count(client, claim, bad="21").context["form"].errors == {
        "bad_milli": ["More than was bought. Count again."]
    }
    assert count(client, claim, reason="").context["form"].errors.keys() == {"reason"}
    refused = count(client, claim, bad="2.5")
    assert (refused.status_code, refused.context["form"].errors) == (
        409,
        {"bad_milli": ["Count whole pieces only."]},
    )
    stale = count(client, claim, version=7)
    assert (stale.status_code, stale.context["form"]["version"].value()) == (409, "1")


def test_claims_elsewhere_are_not_found_and_readers_not_let_in(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    assert count(door(cast.neighbour), claim).status_code == 404
    assert count(door(cast.supervisor), claim).status_code == 403
    with seeing_everything():
        assert Compensation.objects.count() == 0
