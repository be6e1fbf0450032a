"""Pages over HTTP, in turns with their floors."""

from __future__ import annotations

import re
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.measures import Measure
from bench.servers import Browser, Server
from bench.world import World

REPEATS = 5
REQUESTS = 30
WARM_UP = 15
DEEP = 100
ASSET = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
NEXT = re.compile(rb'href="(\?[^"]*cursor=[^"]+)"[^>]*rel="next"|rel="next"[^>]*href="(\?[^"]*cursor=[^"]+)"')


def measure(world: World, ours: Server, floor: Server) -> list[Measure]:
    """Time, processor time and statements of the list, a page deep in it, and one claim."""
    queue, anything = "/claims/", "/claims/?status=any"
    browser = Browser(ours, world.officer_session)
    pairs = {
        "queue page": ((ours, queue), (floor, f"/queue/{world.county_code}/"), (1.5, 0.7)),
        f"page {DEEP} / page 1": ((ours, _deep(browser, anything)), (ours, anything), (1.3, 1.1)),
        "claim page": (
            (ours, f"/claims/{world.claim_number}/"),
            (floor, f"/claim/{world.claim_number}/"),
            (None, 1.3),
        ),
    }
    browser.close()
    for sides in pairs.values():
        for server, path in sides[:2]:
            _block(server, path, world.officer_session, WARM_UP)
    found = {}
    for name, (left, _right, (must, goal)) in pairs.items():
        statements = f"statements {_statements(world, left[1])}"
        found[name] = (
            Measure(f"{name}, p50", "ms", must, goal, note=statements),
            Measure(f"{name}, processor", "ms", must, goal),
        )
    for _repeat in range(REPEATS):
        for name, sides in pairs.items():
            for side, (server, path) in zip(("ours", "floor"), sides[:2], strict=True):
                times = _block(server, path, world.officer_session, REQUESTS)
                for each, figure in zip(found[name], times, strict=True):
                    getattr(each, side).append(figure)
    memory = Measure("memory of the web tier", "MB", 1.5, 1.3)
    memory.ours, memory.floor = [ours.memory_bytes() / 1e6], [floor.memory_bytes() / 1e6]
    return [*(each for both in found.values() for each in both), memory]


def _block(server: Server, path: str, session: str, requests: int) -> tuple[float, float]:
    """Milliseconds of a request: the median of the whole way, and the mean of the workers' processor time."""
    browser = Browser(server, session)
    before = server.cpu_seconds()
    seconds = [browser.page(path).seconds for _request in range(requests)]
    used = server.cpu_seconds() - before
    browser.close()
    return median(seconds) * 1000, used / requests * 1000


def _deep(browser: Browser, path: str) -> str:
    """The address of the page so many pages further on, found as a person finds it."""
    base = path.partition("?")[0]
    for _page in range(DEEP - 1):
        found = NEXT.search(browser.page(path).body)
        if found is None:
            raise RuntimeError(f"The list has fewer than {DEEP} pages; BENCH_CLAIMS is too small.")
        path = base + (found[1] or found[2]).decode().replace("&amp;", "&")
    return path


def _statements(world: World, path: str) -> int:
    client = Client()
    client.cookies["sessionid"] = world.officer_session
    client.get(path)
    with CaptureQueriesContext(connection) as statements:
        client.get(path)
    return len(statements)


def weigh(world: World, ours: Server) -> list[Measure]:
    """What a phone loads: the first page with everything it needs, and any page after that."""
    browser = Browser(ours, world.agent_session)
    page = browser.page("/")
    assets = sorted(set(ASSET.findall(page.body)))
    sizes = [len(browser.page(asset.decode()).sent) for asset in assets]
    further = len(browser.page("/claims/").sent)
    browser.close()
    first = len(page.sent) + sum(sizes)
    requests = 1 + len(assets)
    return [
        Measure("first page on a phone", "KB", 60, 35, ours=[first / 1000], note=f"requests {requests} of 6"),
        Measure("next page on a phone", "KB", 15, 8, ours=[further / 1000]),
    ]
