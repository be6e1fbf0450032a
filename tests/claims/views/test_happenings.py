"""Recording what happened outside, from the page of a claim."""

from datetime import timedelta

from claims.models import Claim, ClaimClock
from tests.factories import NOW, make_claim, seeing_everything


def record(client, claim, event="inspection_recorded", at="2026-11-20T10:30", note="", version=1):
    return client.post(
        f"/claims/{claim.number}/record/", {"event": event, "at": at, "note": note, "version": version}
    )


def test_the_claim_leads_to_the_page_which_offers_what_is_possible(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", with_clocks=True)
    client = door(cast.agent)

    assert f"/claims/{claim.number}/record/" in client.get(f"/claims/{claim.number}/").content.decode()
    form = client.get(f"/claims/{claim.number}/record/").context["form"]

    assert [value for value, _label in form.fields["event"].choices] == [
        "inspection_recorded",
        "goods_arrived",
        "exchange_approved",
        "authority_complaint_filed",
        "authority_accepted",
        "marked_urgent",
    ]
    assert form.initial["at"] == NOW


def test_a_withdrawn_claim_has_nothing_to_record(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="withdrawn", closed_at=NOW)
    client = door(cast.agent)

    assert f"/claims/{claim.number}/record/" not in client.get(f"/claims/{claim.number}/").content.decode()
    assert client.get(f"/claims/{claim.number}/record/").url == f"/claims/{claim.number}/"


def test_what_happened_is_recorded(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", with_clocks=True)
    client = door(cast.agent)

    assert record(client, claim).url == f"/claims/{claim.number}/"

    with seeing_everything():
        assert ClaimClock.objects.get(clock="fresh_inspection").outcome == "met"
    assert "The goods were inspected" in client.get(f"/claims/{claim.number}/").content.decode()


def test_what_is_wrong_is_said_at_its_field(cast, door):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", with_clocks=True)
    client = door(cast.agent)

    missing = record(client, claim, event="")
    ahead = record(client, claim, at=f"{NOW + timedelta(days=1):%Y-%m-%dT%H:%M}")
    impossible = record(client, claim, event="mediation_ended")
    stale = record(client, claim, version=7)

    assert missing.context["form"].errors.keys() == {"event"}
    assert (ahead.status_code, ahead.context["form"].errors) == (
        409,
        {"at": ["This moment has not come yet."]},
    )
    assert impossible.context["form"].errors.keys() == {"event"}
    assert (stale.status_code, stale.context["form"]["version"].value()) == (409, "1")
    with seeing_everything():
        assert Claim.objects.get(pk=claim.pk).version == 1
