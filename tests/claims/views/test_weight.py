"""What pages weigh on a slow line: the first page with all it loads, and every later one."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from claims.models import Claim
from claims.services import compensation as service
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    make_line,
    make_policy,
    seeing_everything,
)

FIRST_PAGE, LATER_PAGE, MOST_REQUESTS = 60 * 1024, 15 * 1024, 6
# What a station with a full day shows.
FULL_DAY = 40
LOADED = re.compile(r'(?:src|href)="/static/([^"]+)"')
LOADED_BY_STYLE = re.compile(r'url\("([^"/]+)"\)')


@pytest.fixture
def full_day(cast):
    """A station with forty open claims, forty orders, and eight villagers who have not chosen yet."""
    make_policy(photos_required=0)
    for index in range(FULL_DAY):
        consumer = make_consumer(cast.guangcheng, name="欧阳小翠")
        line = make_line(
            cast.guangcheng, consumer=consumer, product=f"广城村阳山水蜜桃 {index} 号礼盒装 5 斤"
        )
        claim = make_claim(
            cast.guangcheng,
            filed_by=cast.agent,
            line=line,
            consumer=consumer,
            procedure="quality_proportional",
        )
        if index < 8:
            with acting_as(cast.agent):
                service.work_out(claim=claim, by=cast.agent, now=NOW)
    with seeing_everything():
        first = Claim.objects.order_by("id")[0]
    return first


@pytest.fixture
def phone(cast, door, settings):
    client = door(cast.agent)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    return client


def sent(client, path) -> tuple[int, str]:
    """The bytes of a page on the line, and its text."""
    answer = client.get(path, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "gzip"
    return len(answer.content), gzip.decompress(answer.content).decode()


def compressed(name: str) -> int:
    return len(gzip.compress(Path(finders.find(name)).read_bytes(), 6))


def loaded_by(html: str) -> set[str]:
    """The static files a page loads, with those its style sheet asks for."""
    names = set(LOADED.findall(html))
    for name in list(names):
        if name.endswith(".css"):
            style = Path(finders.find(name)).read_text()
            names |= {f"web/{each}" for each in LOADED_BY_STYLE.findall(style)}
    return names


def test_first_page_with_everything_it_loads(phone, full_day):
    size, html = sent(phone, "/")

    files = loaded_by(html)
    assert {"web/app.css", "web/app.js"} <= files
    assert size + sum(compressed(name) for name in files) <= FIRST_PAGE
    assert 1 + len(files) <= MOST_REQUESTS


def test_later_pages(phone, full_day):
    line = full_day.order_line_id
    with seeing_everything():
        order = full_day.order_line.order_id
    pages = [
        "/",
        "/claims/",
        "/claims/?status=any",
        "/claims/new/",
        f"/claims/new/{line}/",
        f"/claims/{full_day.number}/",
        f"/claims/{full_day.number}/clocks/",
        "/claims/queue/",
        f"/claims/{full_day.number}/choice/",
        f"/claims/{full_day.number}/choice/?choice=refund-cash",
        f"/claims/{full_day.number}/move/withdraw/",
        f"/claims/{full_day.number}/merge/",
        "/claims/orders/",
        "/claims/orders/new/",
        f"/claims/orders/{order}/",
    ]

    assert {path: size for path in pages if (size := sent(phone, path)[0]) > LATER_PAGE} == {}


def test_pages_load_nothing_from_elsewhere(phone, full_day):
    _size, html = sent(phone, f"/claims/new/{full_day.order_line_id}/")

    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', html) == []
    assert re.findall(r'<script(?![^>]*src=)[^>]*>|<style|\sstyle="|\son\w+="', html) == []
