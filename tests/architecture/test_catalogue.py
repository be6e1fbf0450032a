"""Every text a person may read is in the Chinese catalogue, and the compiled catalogue is the written one."""

import ast
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
OURS = ("aftersales", "stations", "claims", "training", "templates")
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
TRANSLATE = re.compile(r"""\{%-?\s*(?:translate|trans)\s+(?:"([^"]*)"|'([^']*)')""")
UNDERSCORE = re.compile(r"""\b_\(\s*(?:"([^"]*)"|'([^']*)')\s*\)""")
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
VARIABLE = re.compile(r"\{\{\s*([\w.]+)[^}]*\}\}")
PLACEHOLDER = re.compile(r"%\((\w+)\)")


def texts_in_python(source: str) -> set[str]:
    """Constant arguments of the gettext functions, under whatever name they were imported."""
    tree = ast.parse(source)
    position = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for alias in node.names:
                if alias.name in PLAIN | WITH_CONTEXT:
                    position[alias.asname or alias.name] = int(alias.name in WITH_CONTEXT)
    return {
        node.args[position[name]].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in position
        if len(node.args) > position[name] and isinstance(node.args[position[name]], ast.Constant)
    }


def texts_in_template(source: str) -> set[str]:
    """Texts of the translation tags and of `_("…")` in a template, as gettext names them."""
    found = {one or other for pattern in (TRANSLATE, UNDERSCORE) for one, other in pattern.findall(source)}
    for options, text in BLOCK.findall(source):
        if "trimmed" in options.split():
            text = " ".join(line.strip() for line in text.strip().splitlines())
        found.add(VARIABLE.sub(r"%(\1)s", text.replace("%", "%%")))
    return found


def texts_in_source() -> set[str]:
    found = set()
    for top in OURS:
        for path in (ROOT / top).rglob("*.*"):
            if path.suffix == ".py":
                found |= texts_in_python(path.read_text())
            elif path.suffix in (".html", ".txt"):
                found |= texts_in_template(path.read_text())
    return found


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(CATALOGUE), wrapwidth=0)


def test_texts_are_found_in_every_form():
    code = """
        from django.utils.translation import gettext as say, pgettext
        say("one " "text"); pgettext("place", "county"); gettext("not imported")
    """
    page = """
        {% translate "Claims" %} {% trans 'Fund' as fund %} {{ _("Paid") }}
        {% blocktranslate trimmed with n=claims.count %}
            claims: {{ n }},
            100% settled
        {% endblocktranslate %}
    """

    assert texts_in_python(textwrap.dedent(code)) == {"one text", "county"}
    assert texts_in_template(page) == {"Claims", "Fund", "Paid", "claims: %(n)s, 100%% settled"}


def test_every_text_in_the_source_is_in_the_catalogue(catalogue):
    assert sorted(texts_in_source() - {entry.msgid for entry in catalogue}) == []


def test_every_text_is_translated_and_looked_over(catalogue):
    assert [entry.msgid for entry in catalogue if entry.fuzzy or not entry.translated()] == []


def test_translations_keep_the_placeholders(catalogue):
    changed = {
        entry.msgid: entry.msgstr
        for entry in catalogue
        if entry.msgstr
        if sorted(set(PLACEHOLDER.findall(entry.msgid))) != sorted(set(PLACEHOLDER.findall(entry.msgstr)))
    }
    assert changed == {}


def test_compiled_catalogue_is_the_written_one(catalogue):
    def contents(entries):
        return {
            (entry.msgctxt, entry.msgid, entry.msgstr, tuple(entry.msgstr_plural.items()))
            for entry in entries
        }

    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))

    assert contents(compiled) == contents(entry for entry in catalogue if entry.translated())


def test_catalogue_is_what_gettext_extracts(catalogue, tmp_path):
    if not shutil.which("xgettext"):
        pytest.skip("gettext is not installed; the texts were looked up without it")
    for top in OURS:
        shutil.copytree(ROOT / top, tmp_path / top, ignore=shutil.ignore_patterns("__pycache__", "static"))
    extracted = tmp_path / CATALOGUE.relative_to(ROOT)
    extracted.parent.mkdir(parents=True)
    shutil.copy(CATALOGUE, extracted)

    done = subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-obsolete", "--no-location"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    expected = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(extracted))}
    assert {(entry.msgctxt, entry.msgid) for entry in catalogue} == expected
