"""Changing the class of a claim, from its page."""

from claims.models import Claim
from tests.factories import NOW, make_claim, seeing_everything


def change(client, claim, reason="是衣服不是水果", version=1, **values):
    given = {"goods_type": "clothing", "nature": "quality", "severity": "minor", "reason": reason}
    return client.post(f"/claims/{claim.number}/class/", {**given, "version": version, **values})


def test_the_page_shows_the_class_and_changes_it(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, with_clocks=True)
    client = door(cast.agent)

    assert f"/claims/{claim.number}/class/" in client.get(f"/claims/{claim.number}/").content.decode()
    initial = client.get(f"/claims/{claim.number}/class/").context["form"].initial
    answer = change(client, claim)

    assert (initial["goods_type"], initial["nature"], initial["severity"]) == (
        "fresh_fruit",
        "quality",
        "minor",
    )
    assert answer.url == f"/claims/{claim.number}/"
    with seeing_everything():
        assert Claim.objects.get(pk=claim.pk).goods_type == "clothing"
    assert "Clothing and shoes · Quality · Minor" in client.get(answer.url).content.decode()


def test_what_is_wrong_is_said_at_its_field(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, with_clocks=True)
    client = door(cast.agent)

    assert change(client, claim, reason="").context["form"].errors.keys() == {"reason"}
    same = change(client, claim, goods_type="fresh_fruit")
    stale = change(client, claim, version=7)

    assert (same.status_code, same.context["form"].errors) == (
        409,
        {"goods_type": ["This is the class of the claim already."]},
    )
    assert (stale.status_code, stale.context["form"]["version"].value()) == (409, "1")


def test_an_ended_claim_leads_back(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="withdrawn", closed_at=NOW)
    client = door(cast.agent)

    assert f"/claims/{claim.number}/class/" not in client.get(f"/claims/{claim.number}/").content.decode()
    assert client.get(f"/claims/{claim.number}/class/").url == f"/claims/{claim.number}/"
