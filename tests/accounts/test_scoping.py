"""The scope is closed by default and follows every look-up of a tenant model."""

import pytest

from aftersales.accounts.scoping import Scope, ScopeMissing, acting_in
from claims.models import Claim, Consumer
from stations.models import Station
from tests.factories import acting_as, give, make_claim, make_user, seeing_everything


def test_no_scope_raises(cast):
    with pytest.raises(ScopeMissing):
        list(Claim.objects.all())


def test_empty_scope_reaches_nothing(cast):
    with acting_in(Scope(who="nobody")):
        assert list(Station.objects.all()) == []


def test_agent_sees_only_their_station(cast):
    ours = make_claim(cast.guangcheng, filed_by=cast.agent)
    make_claim(cast.liuguang, filed_by=cast.neighbour)

    with acting_as(cast.agent):
        assert list(Claim.objects.all()) == [ours]
        assert list(Consumer.objects.all()) == [ours.consumer]
        assert list(Station.objects.all()) == [cast.guangcheng]


def test_township_sees_its_villages_and_not_the_next_township(cast):
    first = make_claim(cast.guangcheng, filed_by=cast.agent)
    second = make_claim(cast.liuguang, filed_by=cast.neighbour)
    make_claim(cast.fangmaping, filed_by=cast.uncertified)

    with acting_as(cast.technician):
        assert set(Claim.objects.all()) == {first, second}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("manager", {"xiuwen"}),
        ("supervisor", {"xiuwen"}),
        ("suining_manager", {"suining"}),
        ("platform", {"xiuwen", "suining"}),
        ("nobody", set()),
    ],
)
def test_county_and_above(cast, who, expected):
    claims = {
        "xiuwen": make_claim(cast.guangcheng, filed_by=cast.agent),
        "suining": make_claim(cast.chenlou, filed_by=cast.suining_agent),
    }

    with acting_as(getattr(cast, who)):
        assert set(Claim.objects.all()) == {claims[name] for name in expected}


def test_superuser_without_grants_sees_nothing_and_may_nothing(cast):
    root = make_user("root", is_superuser=True, is_staff=True)
    make_claim(cast.guangcheng, filed_by=cast.agent)

    with acting_as(root):
        assert list(Claim.objects.all()) == []
    assert not root.has_perm("claims.view_claim")
    assert not root.has_module_perms("claims")


def test_grant_of_unknown_role_opens_nothing(cast):
    stranger = make_user("stranger")
    grant = give(stranger, "agent", region="520123000000")
    with seeing_everything():
        type(grant).objects.filter(pk=grant.pk).update(role="wizard")

    with acting_as(stranger) as scope:
        assert scope.is_empty


def test_related_rows_follow_the_scope(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    with acting_as(cast.neighbour):
        assert list(cast.guangcheng.claims.all()) == []
    with acting_as(cast.agent):
        assert list(cast.guangcheng.claims.all()) == [claim]
