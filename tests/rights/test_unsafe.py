"""Nobody changes anything of another place, whatever they send and wherever they send it to."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import RequestFactory

from claims.models import Claim
from tests.rights.baits import bait
from tests.rights.damage import harm, hidden_rows, pointing_away
from tests.rights.examples import Nowhere, addresses, facts, key_of
from tests.rights.matrix import REFUSALS, Matrix, outcome_of
from tests.rights.page_forms import PageForm, fillable_forms
from tests.rights.readings import FINE, leaks, tellings
from tests.rights.routes import Route, model_page
from tests.rights.visitors import Visitor, told
from tests.rights.world import ROLES, World

pytestmark = pytest.mark.walk

every_role = pytest.mark.parametrize("role", ROLES)
# The others fill in the same forms as one of these, or reach everything.
# With a reason it shows what it is there to show; tests/rights/test_masking.py looks after it.
REVEALS = frozenset({"claims:consumer_reveal", "training:class_names_show"})
CHOICES = {
    "agent": {"claims:claim_merge into"},
    "manager": {
        "claims:order_new station",
        "stations:hand_over to",
        "stations:station_edit parent",
        "admin:stations_grant_add user",
        "admin:stations_grant_add station",
        "admin:accounts_user_add station",
    },
}
CODE_DIGITS = 12
KEY = re.compile(r"4\d{8}|\d{12}|SH\w{14}")


IN_THE_CLEAR = {"claims:payout_batch_file": lambda world: accounts_of_our_county(world)}
"""What the bank has to read: accounts of one's own county, in a file whose every download is in the trail."""


def accounts_of_our_county(world: World) -> set[str]:
    county = world.places["ours"].county_code
    return set().union(
        *(each.marks.secret_marks for each in world.places.values() if each.county_code == county)
    )


def sendings(visitor: Visitor, world: World, matrix: Matrix) -> Iterator[str]:
    """What is wrong with the answers to a role that sends the keys of a hidden place to every address."""
    role = visitor.role
    before = hidden_rows(world, role)
    baits = bait((world.foreign_to(role) or [world.places["theirs"]])[0])

    def look(written):
        return hidden_rows(world, role, written)

    for route, url in addresses(world):
        for method in methods_for(route, role, matrix):
            data = {**baits, "reason": ""} if route.name in REVEALS else baits
            visit = visitor.ask(method, url, data if method == "POST" else "", look=look)
            question = f"{method} {route.name}"
            outcome = outcome_of(visit.answer)
            expected = matrix.expected(route, method, role)
            if (method != "POST" or expected <= REFUSALS) and outcome not in expected:
                yield f"{question}: {outcome} instead of {expected}"
            if visit.answer.status not in FINE:
                yield f"{question}: {outcome} {visit.answer.fault}"
            if damage := harm(before, visit.seen):
                yield f"{question} changes {damage}"
            own = IN_THE_CLEAR.get(route.name, lambda _world: set())(world)
            asked = " ".join([url, *baits.values(), *own])
            if found := leaks(visit.answer, world, role, asked=asked):
                yield f"{question} shows {found}"


def methods_for(route: Route, role: str, matrix: Matrix) -> tuple[str, ...]:
    """Where one right answers every method, one of them speaks for the others."""
    if model_page(route) is not None:
        return ("POST",)
    is_closed = matrix.expected(route, "GET", role) | matrix.expected(route, "POST", role) <= REFUSALS
    return ("POST", "PUT") if is_closed else ("POST", "PUT", "PATCH", "DELETE")


@every_role
def test_an_empty_sending_is_answered_by_the_matrix(role, world, visitors):
    """Where somebody is refused, test_keys_of_hidden_places_change_nothing sends more than nothing."""
    matrix = Matrix()
    wrong = []
    for route, url in addresses(world):
        expected = matrix.expected(route, "POST", role)
        if expected <= REFUSALS:
            continue
        answer = visitors[role].post(url)
        if outcome_of(answer) not in expected:
            wrong.append(f"POST {route.name}: {outcome_of(answer)} instead of {expected} {answer.fault}")
    assert not wrong, told(wrong)


@every_role
def test_keys_of_hidden_places_change_nothing(role, world, visitors):
    assert not (wrong := list(sendings(visitors[role], world, Matrix()))), told(wrong)


@every_role
def test_sending_to_foreign_and_missing_looks_alike(role, world, visitors):
    assert not (wrong := list(tellings(visitors[role], world, Matrix(), "POST", bait))), told(wrong)


def fillings(visitor: Visitor, world: World, matrix: Matrix, tried: set[str]) -> Iterator[str]:
    """What happens when a form of our village is filled in rightly but for one key of another place.

    Every control that was tried is noted in `tried`. What a form offers by itself, such as the villages
    around, is a choice.
    """
    role = visitor.role
    before = hidden_rows(world, role)
    place = world.foreign_to(role)[0]
    known, nowhere = facts(place), facts(Nowhere())

    def look(written):
        return hidden_rows(world, role, written), pointing_away()

    for route, url, form in fillable_forms(visitor, world, matrix):
        for name, source in choices_of(form):
            tried.add(f"{route.name} {name}")
            if str(known[source]) in form.fields[name].options:
                continue
            question = f"{route.name} with {name} = {source} of {place.name}"
            of_place, of_nowhere = (form.filled(**{name: str(there[source])}) for there in (known, nowhere))
            visit, missing = visitor.ask("POST", url, of_place, look=look), visitor.post(url, of_nowhere)
            if visit.answer.alike(of_place) != missing.alike(of_nowhere):
                yield f"{question}: {visit.answer.status}, missing: {missing.status} {visit.answer.fault}"
            if visit.seen and (damage := harm(before, visit.seen[0]) or visit.seen[1]):
                yield f"{question} changes {damage}"
            if found := leaks(visit.answer, world, role, asked=str(known[source])):
                yield f"{question} shows {found}"


def choices_of(form: PageForm) -> Iterator[tuple[str, str]]:
    """Controls that hold keys, each with every kind of key that might fit."""
    for each in form.fields.values():
        held = next((value for value in [each.value, *each.options] if KEY.fullmatch(value)), "")
        if held.startswith("SH"):
            kinds = ("claim:chosen",)
        elif len(held) == CODE_DIGITS:
            kinds = ("region", "county")
        elif held or (each.kind == "select" and each.name in bait(Nowhere())):
            kinds = ("station", "agent", "user", "party", "line")
        else:
            kinds = ()
        for kind in kinds:
            yield each.name, kind


@pytest.mark.parametrize(("role", "among"), CHOICES.items())
def test_one_key_of_a_hidden_place_in_a_form_is_no_choice(role, among, world, visitors):
    tried = set()

    assert not (wrong := list(fillings(visitors[role], world, Matrix(), tried))), told(wrong)
    assert tried >= among


def actions(visitor: Visitor, world: World, matrix: Matrix) -> Iterator[str]:
    """What every action of the admin does to a row of a hidden place, and to all rows at once."""
    role, nowhere = visitor.role, Nowhere()
    before = hidden_rows(world, role)

    def look(written):
        return hidden_rows(world, role, written)

    request = RequestFactory().get("/")
    request.user = visitor.user
    for route, url in addresses(world):
        about = model_page(route)
        if about is None or about[1] != "changelist" or matrix.expected(route, "GET", role) != {"ok"}:
            continue
        model, model_admin = about[0], admin.site._registry[about[0]]
        request.resolver_match = type("Match", (), {"url_name": route.name})()
        for name in model_admin.get_actions(request):
            for place in (*world.foreign_to(role), nowhere):
                key = key_of(model, place)
                if key is None:
                    continue
                for across in ("0", "1"):
                    sent = {**bait(place), "action": name, "index": "0", "select_across": across}
                    sent["_selected_action"] = str(key)
                    visit = visitor.ask("POST", url, sent, look=look)
                    what = f"{name} on {route.name}"
                    if visit.answer.status not in FINE or (across == "0" and visit.changed):
                        yield f"{what}: {visit.answer.status} {visit.answer.fault} {set(visit.changed)}"
                    if damage := harm(before, visit.seen):
                        yield f"{what} changes {damage}"
                    if found := leaks(visit.answer, world, role, asked=" ".join(sent.values())):
                        yield f"{what} shows {found}"


@pytest.mark.parametrize("role", ["officer", "manager", "supervisor", "sibling"])
def test_actions_of_the_admin_stay_inside_the_scope(role, world, visitors):
    assert not (wrong := list(actions(visitors[role], world, Matrix()))), told(wrong)


def test_the_sending_notices_a_row_that_moves_away(world, visitors):
    """The comparison itself: a claim of the hidden village that changes is seen, and so is a crossed key."""
    before = hidden_rows(world, "agent")
    claim, ours = world.places["theirs"].claims["proposed"], world.places["ours"].claims["proposed"]

    Claim._base_manager.filter(pk=claim.pk).update(description="changed")
    damage = harm(before, hidden_rows(world, "agent"))
    narrower = harm(before, hidden_rows(world, "agent", {"claims_claim", "notices_notice"}))
    Claim._base_manager.filter(pk=ours.pk).update(station=claim.station)
    crossed = pointing_away()

    assert narrower == damage == ["theirs: ['claims_claim']", "their_county: ['claims_claim']"]
    assert crossed == ["claims.Claim.station"]


def test_who_writes_to_stations_is_looked_at_everywhere(world):
    """Whether a row belongs to a place may hang on its station: then no table is left out."""
    by_station = hidden_rows(world, "agent", {"stations_station"})
    by_consumer = hidden_rows(world, "agent", {"claims_consumer"})

    assert by_station == hidden_rows(world, "agent")
    assert {table for found in by_consumer.values() for table in found} == {"claims_consumer"}
