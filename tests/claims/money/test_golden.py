"""Every agreed example of proportional compensation through the form and through the service: no difference.

The pure rule reads the same file in tests/claims/rules/test_compensation.py.
"""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from aftersales.lib.money import fen_to_yuan, parse_milli, yuan_to_fen
from claims.forms.filing import FilingForm
from claims.models import Compensation
from claims.services import compensation
from claims.views.filing import estimate
from tests.factories import NOW, acting_as, make_claim, make_line

EXAMPLES = Path(__file__).parents[2] / "golden" / "proportional_rounding.csv"
PRICED = [row for row in csv.DictReader(EXAMPLES.open(encoding="utf-8")) if Decimal(row["bad"]) > 0]


@pytest.fixture
def lines(cast):
    def line_for(row):
        return make_line(
            cast.guangcheng,
            paid_fen=yuan_to_fen(row["amount_cny"]),
            quantity_milli=parse_milli(row["total"]),
            unit="kg",
        )

    return line_for


def test_the_file_has_examples_to_speak_of():
    assert len(PRICED) > 250


def test_form_shows_the_agreed_amount(cast, lines):
    shown = {}
    with acting_as(cast.agent):
        for row in PRICED:
            line = lines(row)
            form = FilingForm({"bad_milli": row["bad"]}, line=line)
            form.is_valid()
            shown[row["id"]] = fen_to_yuan(estimate(line, form)["award"].amount_fen)

    assert shown == {row["id"]: Decimal(row["expected_cny"]) for row in PRICED}


def test_service_works_out_the_agreed_amount(cast, lines):
    worked_out = {}
    for row in PRICED:
        claim = make_claim(
            cast.guangcheng, filed_by=cast.agent, line=lines(row), bad_milli=parse_milli(row["bad"])
        )
        with acting_as(cast.agent):
            proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
        worked_out[row["id"]] = fen_to_yuan(proposal.amount_fen)

    assert worked_out == {row["id"]: Decimal(row["expected_cny"]) for row in PRICED}
    assert Compensation._base_manager.count() == len(PRICED)
