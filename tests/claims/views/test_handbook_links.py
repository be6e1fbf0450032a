"""A claim and a known fault lead to what the handbook says on their class."""

import pytest

from claims.models import Issue
from tests.factories import make_claim

pytestmark = pytest.mark.django_db
LINK = "/training/handbook/about/?goods={goods}&amp;problem={problem}"


@pytest.mark.parametrize("name", ["agent", "officer", "manager", "platform"])
def test_a_claim_leads_to_its_class(as_user, cast, name):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, goods_type="aquatic", nature="logistics")
    page = as_user(name).get(f"/claims/{claim.number}/").content.decode()

    link = LINK.format(goods="aquatic", problem="logistics")
    assert f'href="{link}"' in page
    assert as_user(name).get(link.replace("&amp;", "&")).status_code == 200


def test_a_known_fault_leads_to_its_goods(as_user, cast):
    issue = Issue.objects.exclude(goods_type="").first()
    page = as_user("agent").get(f"/claims/issues/{issue.pk}/").content.decode()

    assert f'href="{LINK.format(goods=issue.goods_type, problem="quality")}"' in page
