"""The look: what every page gets, without inline style or script, within its weight."""

import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template, engines
from django.template.loader import render_to_string

from aftersales.web.paging import CappedCount, Page
from aftersales.web.service_forms import LineField, ServiceForm

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
STATIC = Path(settings.BASE_DIR) / "aftersales/web/static/web"
HOSTILE = "<img src=x onerror=alert(1)>"
INLINE = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)
FOREIGN = re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//", re.IGNORECASE)


def test_the_search_for_inline_code_finds_it():
    assert all(
        INLINE.search(bad) for bad in ('<p style="x">', "<a onclick='x'>", "<style>", "<script>x</script>")
    )
    assert not INLINE.search('<script src="/a.js" defer></script><svg stroke-width="2">')


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_code_or_leans_on_a_foreign_host(template):
    source = template.read_text()

    assert not INLINE.search(source)
    assert not FOREIGN.search(source)
    assert "|safe" not in source
    assert "autoescape off" not in source


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_template_can_be_read(template):
    name = str(template.relative_to(Path(settings.BASE_DIR) / "templates"))

    assert engines["django"].get_template(name)


@pytest.mark.parametrize(
    ("name", "raw", "packed"),
    [("app.css", 24_000, 6_500), ("app.js", 11_000, 4_000), ("admin.css", 12_000, 4_000)],
)
def test_static_files_stay_light_for_a_slow_network(name, raw, packed):
    content = (STATIC / name).read_bytes()

    assert len(content) <= raw
    assert len(gzip.compress(content)) <= packed


@pytest.mark.django_db
def test_every_component_is_shown_without_inline_code_and_fits_the_first_page(client):
    page = client.get("/styleguide/").content.decode()

    assert not INLINE.search(page)
    assert "<style" not in page
    assert len(gzip.compress(page.encode())) < 15_000
    assert page.count("<h1") == 1
    assert 'lang="zh-hans"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("frame", ["agent", "board", "public", "print"])
def test_every_frame_has_its_landmarks(client, frame):
    page = client.get("/styleguide/", {"frame": frame}).content.decode()

    assert page.count("<main") == 1
    assert 'class="skip" href="#content"' in page
    assert "viewport" in page


class SampleForm(ServiceForm):
    name = LineField(label=HOSTILE, max_length=5, help_text="h")
    choice = forms.ChoiceField(label="choice", widget=forms.RadioSelect, choices=[("a", HOSTILE)])


def test_a_field_ties_its_label_help_and_error_together_and_escapes_them():
    form = SampleForm({"name": HOSTILE, "choice": "a"})
    form.is_valid()

    drawn = Template("{% load web %}{% field form.name %}{% field form.choice %}").render(
        Context({"form": form})
    )

    assert HOSTILE not in drawn
    assert '<label for="id_name">' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'id="id_name_helptext"' in drawn
    assert 'id="id_name_error"' in drawn
    assert "<fieldset" in drawn
    assert "<legend>choice" in drawn


def test_the_errors_on_top_link_to_the_fields_and_say_when_a_rule_refused():
    form = SampleForm({"name": "toolong", "choice": ""})
    form.is_valid()

    drawn = render_to_string("components/form_errors.html", {"form": form})

    assert set(re.findall(r'href="(#[^"]+)"', drawn)) == {"#id_name", "#id_choice"}
    assert HOSTILE not in drawn
    assert render_to_string("components/form_errors.html", {"form": SampleForm()}).strip() == ""


@pytest.mark.parametrize(
    ("page", "links"),
    [
        (Page([1], previous="p", next="n"), ["?q=a&amp;cursor=p", "?q=a&amp;cursor=n"]),
        (Page([1], next="n"), ["?q=a&amp;cursor=n"]),
        (Page([1]), []),
    ],
)
def test_the_pager_links_the_neighbours_there_are(rf, page, links):
    request = rf.get("/", {"q": "a"})

    drawn = render_to_string(
        "components/pager.html", {"page": page, "count": CappedCount(1000, True)}, request
    )

    assert re.findall(r'href="([^"]+)"', drawn) == links
    assert "1000+" in drawn


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("empty", {"title": HOSTILE, "text": HOSTILE, "url": "/x/", "action": HOSTILE}),
        ("stat", {"label": HOSTILE, "value": HOSTILE, "unit": HOSTILE, "hint": HOSTILE}),
        ("steps", {"steps": [{"label": HOSTILE, "state": "now"}]}),
        ("timeline", {"events": [{"title": HOSTILE, "text": HOSTILE, "who": HOSTILE}]}),
        ("photo_grid", {"photos": [{"url": "/p/", "thumbnail_url": "/t/", "alt": HOSTILE}]}),
        ("money_formula", {"bad": HOSTILE, "total": HOSTILE, "paid_fen": 5000, "amount_fen": 1500}),
        ("confirm", {"title": HOSTILE, "text": HOSTILE, "action": HOSTILE, "cancel_url": "/"}),
        ("map", {"title": HOSTILE, "drawing": HOSTILE, "note": HOSTILE}),
    ],
)
def test_no_component_lets_markup_through(name, context):
    drawn = render_to_string(f"components/{name}.html", context)

    assert HOSTILE not in drawn
    assert "&lt;img" in drawn


def test_the_formula_has_the_numbers_in_it():
    context = {"bad": "3", "total": "10", "paid_fen": 5000, "amount_fen": 1500}

    drawn = render_to_string("components/money_formula.html", context)

    assert re.search(r"3.*÷.*10.*×.*¥50\.00.*=.*¥15\.00", drawn, re.DOTALL)


def brightness(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """The contrast of WCAG 2.2, from 1 to 21."""
    dark, light = sorted((brightness(one), brightness(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_of_contrast_knows_its_ends():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("ink", "paper", 7),
        ("muted", "paper", 4.5),
        ("muted", "card", 4.5),
        ("brand", "paper", 4.5),
        ("brand", "brand-soft", 4.5),
        ("card", "action", 4.5),
        ("action-deep", "action-soft", 4.5),
        ("muted", "action-soft", 4.5),
        ("card", "brand", 4.5),
        ("card", "brand-deep", 7),
        ("good", "good-soft", 4.5),
        ("warn", "warn-soft", 4.5),
        ("bad", "bad-soft", 4.5),
        ("info", "info-soft", 4.5),
        ("muted", "neutral-soft", 4.5),
        ("action", "paper", 3),
        ("peach", "brand-deep", 3),
    ],
)
def test_words_stand_out_from_their_ground(text, ground, least):
    style = (STATIC / "app.css").read_text()
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", style))
    colours["card"] = "#ffffff"

    assert contrast(colours[text], colours[ground]) >= least
