"""Pages of learning load the stylesheet whose classes they and their parts use."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
CLASSES = re.compile(r'class="[^"]*\b(?:areas|columns|people|progress|prose)\b')
PAGES = sorted((TEMPLATES / "training").glob("*.html"))


def parts_of(text: str) -> str:
    """The text with everything it includes, partials of partials as well."""
    names = re.findall(r'{% include "([^"]+)"', text)
    return text + "".join(parts_of((TEMPLATES / name).read_text()) for name in names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_that_uses_the_classes_of_learning_loads_their_stylesheet(page):
    text = page.read_text()
    if not text.startswith("{% extends"):
        return
    whole = parts_of(text)

    assert not CLASSES.search(whole) or "training/training.css" in whole
