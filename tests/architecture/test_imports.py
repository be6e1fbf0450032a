"""Arrows between the parts point one way: docs/architecture.md, "Who may import whom"."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# From the bottom up; a row imports the rows before it, units of one row never each other.
ROWS = (
    {"aftersales.lib"},
    {"aftersales.web"},
    {"aftersales.accounts"},
    {"aftersales.audit"},
    {"aftersales.notices"},
    {"stations"},
    {"claims", "training"},
    {"aftersales.dashboards", "aftersales.reports", "aftersales.integration", "aftersales.imports"},
    {"aftersales.ops"},
    {"aftersales.urls", "aftersales.api", "aftersales.admin_site", "aftersales.settings", "aftersales.wsgi"},
)
RANK = {unit: number for number, row in enumerate(ROWS) for unit in row}
DOMAIN = {"stations", "claims", "training"}
# Inside a domain app; what is not named here is a door and sees everything.
KINDS = {"rules": 0, "models": 1, "queries": 2, "services": 3}
FRAMEWORKS = ("django", "rest_framework")
OPEN_TO_OTHERS = {"rules", "models", "queries", "services", "access"}


def unit_of(module: str) -> str:
    parts = module.split(".")
    return parts[0] if parts[0] in DOMAIN else ".".join(parts[:2])


def kind_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imports_of(module: str, source: str) -> list[str]:
    """Every module that the source imports anywhere in it, relative ones resolved."""
    package = module.split(".")[:-1]
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *filter(None, [node.module])])
            found += [f"{base}.{alias.name}" for alias in node.names]
    return found


def complaint(module: str, target: str) -> str | None:
    """Why this module may not import that one, or None."""
    ours, theirs = unit_of(module), unit_of(target)
    mine, kind = kind_of(module), kind_of(target)
    pure = theirs == "aftersales.lib" or (theirs in DOMAIN and kind in ("rules", ""))
    if ours in DOMAIN and mine == "rules" and not pure and (target.startswith(FRAMEWORKS) or theirs in RANK):
        return "rules are pure: standard library, aftersales.lib and other rules"
    if theirs not in RANK or ours not in RANK:
        return None
    if ours != theirs:
        if RANK[ours] <= RANK[theirs]:
            return f"{ours} stands below or beside {theirs}"
        is_door = theirs in DOMAIN and kind not in OPEN_TO_OTHERS
        return f"{kind} is a door of {theirs}" if is_door and ours not in ROWS[-1] else None
    if ours in DOMAIN and KINDS.get(mine, 4) < KINDS.get(kind, 4):
        return f"{mine} may not know {kind}"
    return None


def modules():
    for top in ("aftersales", *sorted(DOMAIN)):
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ".".join(path.relative_to(ROOT).with_suffix("").parts)


SAMPLES = [
    ("claims.rules.fund", "from django.db import models"),
    ("claims.models.fund", "def late():\n    from ..services import fund"),
    ("claims.services.fund", "from claims import views"),
    ("claims.services.fund", "import training.models"),
    ("stations.queries", "from claims.models import Claim"),
    ("aftersales.reports.views", "from claims.views import fund"),
    ("aftersales.reports.exporting", "from aftersales.ops.jobs import job"),
    ("aftersales.web.paging", "from aftersales import accounts"),
    ("aftersales.accounts.models", "from ..audit.trail import record"),
]


@pytest.mark.parametrize(("module", "source"), SAMPLES)
def test_forbidden_arrow_is_found(module, source):
    assert [complaint(module, target) for target in imports_of(module, source)] != [None]


def test_every_arrow_points_down():
    complaints = [
        f"{path.relative_to(ROOT)} imports {target}: {why}"
        for path, module in modules()
        for target in imports_of(module, path.read_text())
        if (why := complaint(module, target))
    ]
    assert complaints == []
