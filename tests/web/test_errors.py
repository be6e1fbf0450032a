import json

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.template import loader
from django.test import Client, RequestFactory
from django.urls import path

from aftersales.web import errors

SECRET = "secret-inside-4711"


def broken(request):
    raise RuntimeError(SECRET)


def without_database(request):
    raise OperationalError(f"could not connect to server {SECRET}")


def fine(request):
    return HttpResponse("fine")


urlpatterns = [
    path("broken/", broken),
    path("api/broken/", broken),
    path("gone/", without_database),
    path("post/", fine),
]
handler400, handler403, handler404 = errors.bad_request, errors.permission_denied, errors.page_not_found
handler500 = errors.server_error


@pytest.fixture
def visitor(settings):
    settings.ROOT_URLCONF = __name__
    # Nothing that reads the database: the pages about errors have to do without it.
    settings.MIDDLEWARE = [
        "aftersales.web.middleware.RequestIdMiddleware",
        "aftersales.web.locale.CookieLocaleMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ]
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("get", "/broken/", 500), ("get", "/gone/", 503), ("get", "/nothing/", 404), ("post", "/post/", 403)],
)
def test_error_pages_say_what_to_do_and_nothing_of_the_inside(visitor, method, address, status):
    response = getattr(visitor, method)(address, headers={"x-request-id": "abcd12345678"})

    page = response.content.decode()
    assert response.status_code == status
    assert SECRET not in page
    assert "Traceback" not in page
    assert "abcd12345678" in page
    assert 'class="btn' in page


def test_an_unreachable_database_asks_to_come_back(visitor):
    assert visitor.get("/gone/").headers["Retry-After"] == "30"


def test_the_api_gets_a_problem_document_even_for_a_fault(visitor):
    response = visitor.get("/api/broken/")

    body = json.loads(response.content)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (body["status"], body["code"]) == (500, "server_error")
    assert SECRET not in response.content.decode()


def test_a_page_about_an_error_survives_an_error_of_its_own(visitor, monkeypatch):
    def fail(name):
        raise ValueError("no template")

    monkeypatch.setattr(loader, "get_template", fail)

    response = visitor.get("/broken/")

    assert response.status_code == 500
    assert response.content.decode() == errors.LAST_RESORT


def test_a_form_without_a_cookie_says_so(visitor):
    request = RequestFactory().post("/post/")
    request.request_id = "abcd12345678"

    without = errors.csrf_failure(request, reason="CSRF cookie not set.").content.decode()
    other = errors.csrf_failure(request, reason="Origin checking failed").content.decode()

    assert without != other
    assert "Cookie" in without
    assert "Cookie" not in other
