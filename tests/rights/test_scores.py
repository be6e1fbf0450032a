"""Nobody records what consumers say of their own work: a walk through every door with everything it takes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import signing

from aftersales.lib.errors import Refused
from claims.models import Claim, FollowUp, FollowUpAttempt, Score
from claims.services import scores
from claims.views.scores import SALT
from tests.claims.follow_up_cases import called, first_of, settled
from tests.factories import NOW, make_consumer, seeing_everything
from tests.rights.examples import values_for
from tests.rights.routes import all_routes, model_page
from tests.rights.visitors import Visitor

pytestmark = pytest.mark.walk
HANDLERS = ("agent", "manager")
"""Who handles claims on a phone, and who may do most of all people in a county."""
PHONE = "17712345678"
CODE = ("aftersales", "claims", "stations", "training")
MAKING = {"create", "bulk_create", "get_or_create", "update_or_create"}
WRITTEN_BY = {"Score": "claims/services/scores.py", "FollowUpAttempt": "claims/services/follow_ups.py"}
DEMO = "aftersales/ops/demo/"


def settled_by(world, handler) -> Claim:
    """A settled claim of our village that this person handled, with a follow-up that waits."""
    station = world.cast.guangcheng
    return settled(station, handler=handler, consumer=make_consumer(station, phone=PHONE))


def second_of(claim: Claim, caller) -> FollowUp:
    """The second follow-up that opens when somebody else is given a low score."""
    called(claim, by=caller, stars=1, now=NOW)
    with seeing_everything():
        return FollowUp.objects.get(claim=claim, kind="second")


def said(claim: Claim) -> tuple[int, int]:
    """How many scores and attempts there are about a claim."""
    attempts = FollowUpAttempt._base_manager.filter(follow_up__claim=claim)
    return Score._base_manager.filter(claim=claim).count(), attempts.count()


def everything(claim: Claim, follow_up: FollowUp) -> Iterator[dict]:
    """What a form could want to know to keep a score: the one of an attempt, and that of the consumer."""
    whole = {
        "how": "phone",
        "outcome": "answered",
        "stars": "5",
        "attitude": "5",
        "comment": "很好",
        "answer": "已经处理好了",
        "note": "",
        "source": "interviewer",
        "by": str(claim.handler_id),
        "at_0": "2026-11-20",
        "at_1": "10:30",
        "round": "1",
        "claim": str(claim.pk),
        "follow_up": str(follow_up.pk),
        "county_code": claim.county_code,
        "token": signing.dumps([follow_up.pk, claim.number], salt=SALT),
        "last_four": PHONE[-4:],
        "version": str(claim.version),
        "reason": "a good reason",
        "to": str(claim.handler_id),
        "action": "delete_selected",
        "_selected_action": str(follow_up.pk),
        "_save": "1",
        "post": "yes",
    }
    yield {**whole, "number": "1"}
    yield {**whole, "number": claim.number, "source": "self"}


def urls(world, claim: Claim, follow_up: FollowUp) -> Iterator[tuple[str, str]]:
    """Every address there is, about this claim where it is about a claim."""
    ours = {Claim: claim.pk, FollowUp: follow_up.pk}
    place = world.places["ours"]
    for route in all_routes():
        values = values_for(route, place)
        if values is None:
            values = values_for(route, world.places["our_county"])
        if values is None:
            continue
        if "number" in values and not route.name.startswith(("training", "report_public")):
            values["number"] = claim.number
        if route.name.startswith("claims:follow_up") and "pk" in values:
            values["pk"] = follow_up.pk
        about = model_page(route)
        if about is not None and about[0] in ours and "object_id" in values:
            values["object_id"] = ours[about[0]]
        yield route.name, route.url(values)


def doors(visitor: Visitor, world, claim: Claim, follow_up: FollowUp) -> set[str]:
    """The addresses at which this visitor can have a score or an attempt written down."""
    before, found = said(claim), set()
    for name, url in urls(world, claim, follow_up):
        for sent in everything(claim, follow_up):
            visit = visitor.ask("POST", url, sent, look=lambda _written: said(claim))
            if visit.seen not in (None, before):
                found.add(name)
    return found


@pytest.mark.parametrize("role", HANDLERS)
def test_the_handler_finds_no_door_to_a_score(role, world, visitors):
    claim = settled_by(world, world.users[role])

    assert doors(visitors[role], world, claim, first_of(claim)) == set()


def test_neither_does_the_handler_find_one_to_the_second_call(world, visitors):
    claim = settled_by(world, world.users["agent"])
    second = second_of(claim, world.cast.officer)

    assert doors(visitors["agent"], world, claim, second) == set()


def test_nor_does_whoever_made_the_first_call(world, visitors):
    claim = settled_by(world, world.users["agent"])
    second = second_of(claim, world.cast.officer)

    assert doors(visitors["officer"], world, claim, second) == set()


def test_a_colleague_finds_one_door_and_the_consumer_another(world, visitors):
    """The walk finds doors where there are any."""
    claim = settled_by(world, world.users["agent"])
    follow_up = first_of(claim)

    assert doors(visitors["township"], world, claim, follow_up) == {"claims:follow_up"}
    assert doors(visitors["anonymous"], world, claim, follow_up) == {"public:score"}


@pytest.mark.parametrize("role", [*HANDLERS, "township", "officer", "platform", "administrator", "nobody"])
def test_the_consumers_door_is_shut_where_somebody_else_is_signed_in(role, world):
    claim = settled_by(world, world.users["agent"])
    follow_up = first_of(claim)

    with pytest.raises(Refused) as refused:
        scores.score_by_consumer(follow_up=follow_up, stars=5, signed_in=world.users[role], now=NOW)

    assert (refused.value.code, said(claim)) == ("staff_scores", (0, 0))


def test_a_consumer_with_an_account_of_their_own_scores(world):
    claim = settled_by(world, world.users["agent"])
    with seeing_everything():
        claim.consumer.user = world.users["nobody"]
        claim.consumer.save()

    given = scores.score_by_consumer(
        follow_up=first_of(claim), stars=2, signed_in=world.users["nobody"], now=NOW
    )

    assert (given.source, given.by) == ("self", None)


def writers(sources: dict[str, str]) -> set[tuple[str, str]]:
    """Models (Score, FollowUpAttempt) and the files whose code makes rows of them, also through a manager."""
    found = set()
    for file, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call):
                continue
            name, _dot, last = ast.unparse(node.func).partition(".")
            if name in WRITTEN_BY and (not last or last.rsplit(".", 1)[-1] in MAKING):
                found.add((name, file))
    return found


def test_scores_are_written_in_one_place():
    root = Path(__file__).resolve().parents[2]
    sources = {
        str(path.relative_to(root)): path.read_text()
        for folder in CODE
        for path in sorted((root / folder).rglob("*.py"))
        if not str(path.relative_to(root)).startswith(DEMO)
    }

    assert writers(sources) == set(WRITTEN_BY.items())
    assert writers({"a": "Score.objects.create(stars=5)", "b": "Score.objects.filter(stars=5)"}) == {
        ("Score", "a")
    }
