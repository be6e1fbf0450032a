"""Somebody of every role reads everything there is to read: by the matrix, and nothing of other places."""

import pytest

from aftersales.accounts import scoping
from aftersales.accounts.roles import ROLE_PERMISSIONS, Role
from claims.models import Claim
from tests.rights import readings as readings_of_roles
from tests.rights.examples import addresses
from tests.rights.heard import hearing, listens
from tests.rights.matrix import Matrix
from tests.rights.queries import autocompletes, beyond_the_list
from tests.rights.readings import FINE, leaks, questions, readings, tellings
from tests.rights.routes import model_page
from tests.rights.visitors import told
from tests.rights.world import ROLES

pytestmark = pytest.mark.walk

every_role = pytest.mark.parametrize("role", ROLES)
# The others do and reach the same as one of these.
QUESTIONED = ("agent", "township", "manager", "supervisor", "regulator")


@every_role
def test_reading_is_answered_by_the_matrix(role, world, visitors):
    assert not (wrong := list(readings(visitors[role], world, Matrix()))), told(wrong)


@every_role
def test_foreign_and_missing_look_alike(role, world, visitors):
    assert not (wrong := list(tellings(visitors[role], world, Matrix()))), told(wrong)


@pytest.mark.parametrize("role", QUESTIONED)
def test_searching_and_filtering_show_nothing_foreign(role, world, visitors):
    assert not (wrong := list(questions(visitors[role], world, Matrix()))), told(wrong)


@pytest.mark.parametrize("role", QUESTIONED)
def test_drop_downs_show_nothing_foreign(role, world, visitors):
    visitor = visitors[role]
    wrong = []
    for query in autocompletes():
        answer = visitor.get("/admin/autocomplete/", query)
        if answer.status not in FINE or (found := leaks(answer, world, role)):
            wrong.append((query, answer.status, found))
    assert not wrong, told(wrong)


@pytest.mark.parametrize("role", ["manager", "platform", "administrator"])
def test_lists_know_no_filter_for_hidden_columns(role, world, visitors):
    """Anything a list accepts as a filter could be read out of it, shown or not."""
    visitor, matrix = visitors[role], Matrix()
    accepted = []
    for route, url in addresses(world):
        about = model_page(route)
        if about is None or about[1] != "changelist" or matrix.expected(route, "GET", role) != {"ok"}:
            continue
        for query in beyond_the_list(world.places["ours"]):
            answer = visitor.get(url, query)
            if answer.status != 400 and not (answer.status == 302 and answer.location.endswith("?e=1")):
                accepted.append((route.name, query, answer.status))
    assert not accepted, told(accepted)


def test_the_crawl_notices_a_model_without_its_scope(world, visitors, monkeypatch):
    own = scoping.ScopedManager.get_queryset

    def unscoped_claims(manager):
        return (
            super(scoping.ScopedManager, manager).get_queryset() if manager.model is Claim else own(manager)
        )

    monkeypatch.setattr(scoping.ScopedManager, "get_queryset", unscoped_claims)

    read = " ".join(readings(visitors["agent"], world, Matrix()))
    told = " ".join(tellings(visitors["agent"], world, Matrix()))

    assert "GET claims:claim_list shows" in read
    assert world.places["theirs"].marks.stem in read
    assert "GET claims:claim_detail of theirs: 200, missing: 404" in told


def test_the_crawl_notices_a_page_that_opens_to_others(world, visitors, monkeypatch):
    regulator = Role.REGULATOR
    monkeypatch.setitem(ROLE_PERMISSIONS, regulator, ROLE_PERMISSIONS[regulator] | {"claims.view_claim_page"})

    read = list(readings(visitors["regulator"], world, Matrix()))

    assert any("GET claims:claim_list: ok instead of forbidden" in sentence for sentence in read)


def test_a_question_that_a_page_cannot_hear_is_not_asked(visitors):
    def heard(url):
        with hearing() as names:
            visitors["manager"].get(url)
        return names

    assert listens(heard("/claims/?page=2"), ["q"])
    assert not listens(heard("/claims/SH261120AAAAAAA3/"), ["q", "station"])
    assert listens(heard("/admin/claims/claim/"), ["anything"])


def test_the_questions_notice_a_list_that_finds_rows_of_others(world, visitors, monkeypatch):
    own = scoping.ScopedManager.get_queryset
    monkeypatch.setattr(
        scoping.ScopedManager,
        "get_queryset",
        lambda manager: (
            super(scoping.ScopedManager, manager).get_queryset() if manager.model is Claim else own(manager)
        ),
    )
    monkeypatch.setattr(
        readings_of_roles,
        "addresses",
        lambda world: [each for each in addresses(world) if each[1] == "/claims/"],
    )

    assert any("/claims/ {'q': " in each for each in questions(visitors["agent"], world, Matrix()))
