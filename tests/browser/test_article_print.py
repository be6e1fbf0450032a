"""What is printed of the handbook for the wall of a village point."""

import re

import pytest

from tests.browser.chromium import DESK
from tests.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("code", ["take-photos", "electronics"])
def test_a_short_article_fits_one_sheet(open_context, transactional_db, code):
    make_cast()
    page = open_context(DESK).new_page()
    page.goto(f"/handbook/{code}/print/")

    printed = page.pdf(format="A4", prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
