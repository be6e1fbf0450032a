"""Several grants: each permission counts only where a grant that carries it counts."""

import pytest
from django.urls import reverse

from aftersales.accounts.roles import Role
from claims.models import Claim
from claims.services import handlers
from stations.access.scope import authority_of
from tests.factories import NOW, give, make_claim, make_fund, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def lent(cast):
    """The manager of 修文, lent to a village point of 睢宁 as an agent."""
    give(cast.manager, Role.AGENT, station=cast.chenlou)
    return cast.manager


@pytest.fixture
def ours(cast):
    return make_claim(cast.guangcheng, filed_by=cast.agent)


@pytest.fixture
def theirs(cast):
    return make_claim(cast.chenlou, filed_by=cast.suining_agent)


def test_a_permission_reaches_where_its_role_was_given(cast, lent):
    authority = authority_of(lent, now=NOW)

    assert authority.scope.regions == {"520123"} and authority.scope.stations == {cast.chenlou.pk}
    reach = authority.reach("claims.refuse_claim")
    assert reach.regions == {"520123"} and not reach.stations
    assert authority.reach("claims.file_claim") == authority.scope
    assert authority.reach("reports.unknown").is_empty


def test_what_may_be_done_with_one_row(lent, ours, theirs):
    with seeing_everything():
        assert lent.has_perm("claims.refuse_claim", ours)
        assert not lent.has_perm("claims.refuse_claim", theirs)
        assert lent.has_perm("claims.work_on_claim", theirs)
        assert not lent.has_perm("claims.work_on_claim", make_claim_of_a_neighbour(theirs))
    assert lent.has_perm("claims.refuse_claim")


def make_claim_of_a_neighbour(claim):
    neighbour = Claim(county_code=claim.county_code, station=claim.station.parent)
    neighbour.station_id = claim.station.parent_id
    return neighbour


def test_pages_show_a_step_only_where_it_may_be_taken(as_user, lent, ours, theirs):
    browser = as_user("manager")

    for claim, status in ((ours, 200), (theirs, 404)):
        assert browser.get(reverse("claims:claim_detail", args=[claim.number])).status_code == 200
        refusing = reverse("claims:claim_move", args=[claim.number, "reject"])
        assert browser.get(refusing).status_code == status
        page = browser.get(reverse("claims:claim_detail", args=[claim.number])).content.decode()
        assert (refusing in page) == (status == 200)


def fund_url(county: str) -> str:
    return reverse("claims:fund_detail", args=[county])


def test_a_fund_is_seen_where_the_role_allows_it(as_user, lent):
    make_fund("520123000000"), make_fund("320324000000")
    give(lent, Role.TRAINER, region="320324000000")
    browser = as_user("manager")

    assert browser.get(fund_url("520123000000")).status_code == 200
    assert browser.get(fund_url("320324000000")).status_code == 404


def test_the_admin_lists_where_the_role_allows_it(as_user, lent, ours, theirs):
    browser = as_user("manager")

    page = browser.get(reverse("admin:claims_claim_changelist")).content.decode()
    assert ours.number in page and theirs.number not in page
    assert browser.get(reverse("admin:claims_claim_change", args=[ours.pk])).status_code == 200
    assert browser.get(reverse("admin:claims_claim_change", args=[theirs.pk])).status_code == 404


def test_somebody_may_handle_a_claim_only_where_they_may_work(cast, lent, theirs):
    give(cast.trainer, Role.AGENT, station=cast.guangcheng)
    give(cast.trainer, Role.TRAINER, region="320324000000")

    assert handlers.may_handle(lent, theirs, now=NOW)
    assert not handlers.may_handle(cast.trainer, theirs, now=NOW)


@pytest.fixture
def training(cast):
    """The manager of 修文 also holds courses in 睢宁."""
    give(cast.manager, Role.TRAINER, region="320324000000")
    return cast.manager


def test_the_start_page_of_the_admin_lists_what_the_role_allows_there(as_user, training, ours, theirs):
    page = as_user("manager").get(reverse("admin:index"))

    listed = {item.url for each in page.context["work_lists"] for item in each.items}
    assert reverse("admin:claims_claim_change", args=[ours.pk]) in listed
    assert reverse("admin:claims_claim_change", args=[theirs.pk]) not in listed


def test_autocomplete_offers_rows_where_the_role_allows_it(as_user, training, ours, theirs):
    asked = {"app_label": "claims", "model_name": "compensation", "field_name": "claim", "term": ""}

    answer = as_user("manager").get(reverse("admin:autocomplete"), asked).json()

    assert [row["id"] for row in answer["results"]] == [str(ours.pk)]


def test_a_board_shows_the_fund_where_the_role_allows_it(as_user, training):
    make_fund("520123000000"), make_fund("320324000000")
    browser = as_user("manager")

    for county, is_shown in (("520123000000", True), ("320324000000", False)):
        page = browser.get(reverse("dashboards:county", args=[county]))
        assert (fund_url(county) in page.content.decode()) == is_shown


def test_a_report_hides_small_counts_where_single_claims_may_not_be_seen(as_user, cast, ours, theirs):
    give(cast.manager, Role.REGULATOR, region="320324000000")
    browser = as_user("manager")

    for county, is_hidden in (("520123000000", False), ("320324000000", True)):
        page = browser.get(reverse("reports:county_month"), {"county": county})
        assert page.context["hide_small"] is is_hidden


@pytest.mark.parametrize(
    ("grant", "may"), [({}, True), ({"region": "320324000000"}, False), ({"region": "520000000000"}, False)]
)
def test_what_counts_everywhere_is_kept_by_who_may_do_so_everywhere(cast, grant, may):
    give(cast.nobody, Role.PLATFORM, **grant)
    give(cast.nobody, Role.MANAGER, region="520123000000")

    authority = authority_of(cast.nobody, now=NOW)

    assert ("claims.keep_programme_clocks" in authority.permissions_throughout("")) is may
    assert "claims.deposit_into_fund" in authority.permissions_throughout("520123000000")
    assert "claims.deposit_into_fund" not in authority.permissions_throughout("520124000000")
    assert "claims.deposit_into_fund" not in authority.permissions_throughout("")
