"""Words on the pages of visits: an error is said once, leads to its place, and names the field in words."""

import re

import pytest

from tests.claims.visits.visit_cases import MONDAY, make_visit, shanghai
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_window_that_was_not_chosen_is_named_once_and_the_error_leads_to_the_windows(cast, door, visit):
    page = door(cast.technician).post(f"/claims/visits/{visit.pk}/move/", {"version": 1, "step": "plan"})

    html = page.content.decode()
    assert html.count("Choose one of the windows on the page.") == 1
    assert re.findall(r'<a href="#(id_window)">([^<]+)</a>', html) == [("id_window", "When")]
    assert html.count('id="id_window"') == 1


def test_without_a_free_window_the_error_leads_to_the_times_alone(cast, door, claim):
    visit = make_visit(claim, starts_at=shanghai(MONDAY, 10), kind="repair", task="不脱水")

    answer = door(cast.manager).post(
        f"/claims/visits/{visit.pk}/move/", {"version": 1, "step": "plan", "first": "2027-06-01"}
    )

    assert answer.content.decode().count('id="id_window"') == 1


def test_whoever_says_another_reason_is_told_that_a_word_is_needed(cast, door, claim):
    visit = make_visit(claim, starts_at=NOW, kind="repair", task="不脱水", technician=cast.agent)

    page = door(cast.agent).get(f"/claims/visits/{visit.pk}/fail/")

    assert "Needed with “another reason”." in page.content.decode()
