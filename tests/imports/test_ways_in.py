"""From the pages where people work one finds lists and applications; whoever may use neither sees no link."""

import pytest

from tests.factories import make_fund

pytestmark = pytest.mark.django_db
LISTS, ORDERS, APPLICATIONS = 'href="/imports/"', 'href="/imports/orders/"', 'href="/integration/"'
BOARD, START, ORDER_LIST = "/dashboards/county/520123000000/", "/admin/", "/claims/orders/"


@pytest.mark.parametrize(
    ("role", "path", "links"),
    [
        ("manager", BOARD, {LISTS, APPLICATIONS}),
        ("manager", START, {LISTS, APPLICATIONS}),
        ("manager", ORDER_LIST, {ORDERS}),
        ("officer", BOARD, {LISTS}),
        ("officer", START, {LISTS}),
        ("officer", ORDER_LIST, {ORDERS}),
        ("trainer", START, {LISTS}),
        ("agent", ORDER_LIST, set()),
        ("agent", "/", set()),
        ("supervisor", BOARD, set()),
    ],
)
def test_lists_and_applications_are_found_by_those_who_may_use_them(as_user, cast, role, path, links):
    make_fund("520123000000")

    response = as_user(role).get(path)

    assert response.status_code == 200
    shown = {each for each in (LISTS, ORDERS, APPLICATIONS) if each in response.content.decode()}
    assert shown == links


def test_other_pages_of_applications_are_one_step_away(as_user, cast):
    page = as_user("manager").get("/integration/").content.decode()

    assert 'href="/integration/subscriptions/"' in page
    assert 'href="/api/guide/"' in page


def test_whoever_connects_a_system_finds_the_way_from_the_open_data(client, cast):
    assert 'href="/api/guide/"' in client.get("/open-data/").content.decode()
