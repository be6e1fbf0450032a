import logging

import pytest
from django.urls import reverse

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(django_user_model):
    return django_user_model.objects.create_user("luo", PASSWORD, full_name="罗师傅")


def test_every_answer_has_a_number_and_a_harmless_given_one_is_kept(client):
    own = client.get("/healthz").headers["X-Request-ID"]
    kept = client.get("/healthz", headers={"x-request-id": "proxy-0123456789"}).headers["X-Request-ID"]
    refused = client.get("/healthz", headers={"x-request-id": "a b\x1b<script>"}).headers["X-Request-ID"]

    assert len(own) == 16
    assert kept == "proxy-0123456789"
    assert len(refused) == 16


def test_one_line_is_logged_with_the_route_and_not_the_path(client, caplog):
    with caplog.at_level(logging.INFO, logger="aftersales.request"):
        client.get(reverse("accounts:login"))

    (record,) = [each for each in caplog.records if each.name == "aftersales.request"]
    assert (record.method, record.route, record.status) == ("GET", "account/sign-in/", 200)
    assert not hasattr(record, "user_id")


def test_the_line_names_the_signed_in_person_by_number(client, person, caplog):
    client.force_login(person)

    with caplog.at_level(logging.INFO, logger="aftersales.request"):
        client.get(reverse("accounts:profile"))

    (record,) = [each for each in caplog.records if each.name == "aftersales.request"]
    assert record.user_id == person.pk


@pytest.mark.parametrize("path", ["/account/sign-in/", "/nothing-here/"])
def test_headers_that_keep_a_browser_on_the_safe_side(client, path):
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_a_page_for_somebody_is_not_stored_and_a_public_one_may_be(client, person):
    public = client.get("/styleguide/")
    client.force_login(person)
    own = client.get("/styleguide/")

    assert "Cache-Control" not in public.headers
    assert {"private", "no-store"} <= set(own.headers["Cache-Control"].split(", "))


def test_signing_out_clears_what_the_browser_keeps(client, person):
    client.force_login(person)
    before = client.get(reverse("accounts:profile"))

    after = client.post(reverse("accounts:logout"))

    assert "Clear-Site-Data" not in before
    assert after.headers["Clear-Site-Data"] == '"storage"'


@pytest.mark.parametrize("address", ["/account/sign-in/?next=%00", "/account/sign-in/?a=1&b=x%00y"])
def test_nul_in_a_query_is_a_bad_request(client, address):
    assert client.get(address).status_code == 400
    assert client.get(address.replace("%00", "%20")).status_code == 200
