"""Two hundred people in one exam, each saving answers as fast as they are taken."""

from __future__ import annotations

import http.client
import secrets
import threading
import time
from dataclasses import dataclass
from statistics import quantiles
from urllib.parse import urlencode

from django.test import Client
from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.audit.trail import system_scope
from bench.measures import Measure
from bench.servers import Browser, Server
from bench.world import World
from tests.training.exams.cases import make_candidates
from training.models import Exam, Sitting, SittingAnswer
from training.queries.sittings import paper_of
from training.rules.exams import Purpose, QuestionKind
from training.services import sittings

PEOPLE = 200
REPEATS = 5
ANSWERS_EACH = 3
LONGEST_WAIT_SECONDS = 120


@dataclass
class Candidate:
    """One person with a session, and what to post where."""

    session: str
    posts: list[tuple[str, bytes]]


def measure(world: World, ours: Server, floor: Server) -> list[Measure]:
    """The slowest twentieth of all savings, beside the slowest twentieth of a bare page asked for alike.

    Raises RuntimeError when an answer that was taken is not there afterwards.
    """
    with system_scope("an exam of the measurement"):
        people = _candidates(world)
    found = Measure("saving an answer, 200 people at once, p95", "ms", 1.5, 1)
    queue = f"/queue/{world.county_code}/"
    for repeat in range(REPEATS):
        first = repeat * ANSWERS_EACH
        shares = [(ours, person, person.posts[first : first + ANSWERS_EACH]) for person in people]
        found.ours.append(_p95(_save, shares))
        asked = [(floor, world.officer_session, queue) for _person in people]
        found.floor.append(_p95(_ask, asked))
    with system_scope("what was saved"):
        kept = SittingAnswer.objects.filter(sent__gt=0).count()
    if kept != PEOPLE * REPEATS * ANSWERS_EACH:
        raise RuntimeError(f"{kept} answers are there")
    found.note = f"{kept} answers, none lost; beside a bare page, {PEOPLE} at once"
    return [found]


def _candidates(world: World) -> list[Candidate]:
    exam = Exam.objects.filter(purpose=Purpose.SKILLS_CHECK, retired_at__isnull=True)[0]
    now = timezone.now()
    made = []
    for user in make_candidates(world.station, PEOPLE):
        sitting = sittings.start(exam, user=user, now=now)
        made.append(Candidate(_session(user), _posts(sitting)))
    return made


def _posts(sitting: Sitting) -> list[tuple[str, bytes]]:
    """Right answers to the first places of a paper, as the script of the page posts them."""
    posts = []
    for asked in paper_of(sitting, with_pictures=False)[: REPEATS * ANSWERS_EACH]:
        shown = [asked.order.index(position) for position in asked.question.answer]
        if asked.question.kind == QuestionKind.ORDERING:
            fields = [(f"rank_{position}", rank) for rank, position in enumerate(shown, start=1)]
        else:
            fields = [("answer", position) for position in shown]
        address = f"/training/sittings/{sitting.pk}/{asked.place}/"
        posts.append((address, urlencode([*fields, ("sent", asked.place)]).encode()))
    return posts


def _session(user: User) -> str:
    client = Client()
    client.force_login(user, backend="stations.access.backend.GrantBackend")
    return client.cookies["sessionid"].value


def _p95(call, shares: list[tuple]) -> float:
    """Milliseconds within which 95 of 100 calls were answered, everybody starting at once."""
    barrier = threading.Barrier(len(shares))
    times: list[float] = []
    faults: list[str] = []

    def work(arguments: tuple) -> None:
        try:
            barrier.wait(LONGEST_WAIT_SECONDS)
            times.extend(call(*arguments))
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=work, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(f"{len(faults)} people had trouble, such as {faults[0]}")
    return quantiles(times, n=20)[-1] * 1000


def _save(server: Server, person: Candidate, posts: list[tuple[str, bytes]]) -> list[float]:
    token = secrets.token_hex(16)
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={person.session}; csrftoken={token}",
        "X-CSRFToken": token,
    }
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LONGEST_WAIT_SECONDS)
    times = []
    for address, body in posts:
        started = time.perf_counter()
        connection.request("POST", address, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - started)
        if answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status}")
    connection.close()
    return times


def _ask(server: Server, session: str, address: str) -> list[float]:
    browser = Browser(server, session)
    times = [browser.page(address).seconds for _answer in range(ANSWERS_EACH)]
    browser.close()
    return times
