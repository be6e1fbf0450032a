"""What every answer says to the browser: nothing from elsewhere, nothing kept, nothing guessed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from claims.models import Photo
from tests.architecture.test_settings import production  # noqa: F401 - a fixture
from tests.rights.answers import Answer
from tests.rights.examples import addresses
from tests.rights.matrix import Matrix
from tests.rights.visitors import told

ROOT = Path(__file__).resolve().parents[2]
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>|<style[\s>]|\sstyle=|\son[a-z]+=\"|javascript:", re.IGNORECASE
)
ELSEWHERE = re.compile(r"(?:src|action|data-src)=\"(?:https?:)?//|url\((?:https?:)?//", re.I)
POLICY = {
    "default-src": "'self'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}
COOKIES = (
    "import json, aftersales.settings as s; print(json.dumps([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
    " s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.SECURE_SSL_REDIRECT,"
    " s.SECURE_HSTS_SECONDS > 0]))"
)


def lacking(answer: Answer, *, is_signed_in: bool) -> list[str]:
    """What is wrong with the headers and the markup of an answer."""
    headers, found = answer.headers, []
    for name, value in (
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
    ):
        if headers.get(name) != value:
            found.append(f"{name}: {headers.get(name)}")
    policy = headers.get("content-security-policy", "")
    if "unsafe" in policy or "*" in policy:
        found.append(policy)
    if answer.kind == "text/html":
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if " " in rule.strip())
        found += [f"{name}: {rules.get(name)}" for name, value in POLICY.items() if rules.get(name) != value]
        found += INLINE.findall(answer.page) + ELSEWHERE.findall(answer.page)
    cached = headers.get("cache-control", "")
    if is_signed_in and answer.kind == "text/html" and not ("no-store" in cached and "private" in cached):
        found.append(f"cache-control: {cached}")
    return found


@pytest.mark.walk
@pytest.mark.parametrize("role", ["agent", "manager", "regulator", "anonymous"])
def test_every_answer_has_its_headers(role, world, visitors):
    matrix, wrong = Matrix(), []
    for route, url in addresses(world):
        expected = matrix.expected(route, "GET", role)
        if expected & {"ok", "absent", "method"} or route.name in ("reports:index", "claims:claim_list"):
            answer = visitors[role].get(url)
            is_photo = answer.kind == "image/jpeg"
            if not is_photo and (found := lacking(answer, is_signed_in=role != "anonymous")):
                wrong.append(f"{route.name}: {sorted(set(found))}")
    assert not wrong, told(wrong)


def test_pages_about_errors_have_them_too(visitors):
    answers = {
        400: visitors["agent"].get("/claims/?q=%00"),
        403: visitors["agent"].get("/reports/"),
        404: visitors["agent"].get("/claims/SH000000/"),
        405: visitors["agent"].post("/claims/"),
    }

    assert {status: answer.status for status, answer in answers.items()} == {each: each for each in answers}
    assert {status: lacking(answer, is_signed_in=True) for status, answer in answers.items()} == {
        status: [] for status in answers
    }


def test_missing_headers_are_noticed():
    bare = Answer(200, {"content-type": "text/html; charset=utf-8"}, b'<p style="x"><script>1</script></p>')

    found = lacking(bare, is_signed_in=True)

    assert [each for each in found if "None" not in each] == [" style=", "<script>", "cache-control: "]
    assert len(found) == 10


def test_photos_are_pictures_and_nothing_else(world, visitors):
    place, foreign = world.places["ours"], world.places["theirs"]
    url = f"/claims/photos/{place.row(Photo).pk}/"

    answer = visitors["agent"].get(url)

    assert (answer.status, answer.kind, answer.body[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"].startswith("private")
    assert visitors["agent"].get(f"/claims/photos/{foreign.row(Photo).pk}/").status == 404
    assert visitors["anonymous"].get(url).status == 302


@pytest.mark.parametrize("path", ["/media/", "/pictures/", "/static/../media/", "/var/media/"])
def test_photos_have_no_address_of_their_own(world, visitors, path):
    name = world.places["ours"].row(Photo).file_name

    for url in (f"{path}{name}.jpg", f"{path}{name[:2]}/{name[2:4]}/{name}.jpg"):
        assert visitors["agent"].get(url).status == 404


def test_cookies_of_production_are_for_https_alone(production):  # noqa: F811
    done = subprocess.run(
        [sys.executable, "-c", COOKIES],
        cwd=ROOT,
        env={**production, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == '[true, true, true, "Lax", true, true]', done.stderr


def test_the_session_cookie_is_out_of_reach_of_scripts(world):
    from django.test import Client

    from tests.factories import PASSWORD

    cookie = (
        Client().post("/account/sign-in/", {"username": "agent", "password": PASSWORD}).cookies["sessionid"]
    )

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
