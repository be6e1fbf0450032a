"""Habits of the house that a linter does not know. Every exception is listed here with its reason."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ("aftersales", "stations", "claims", "training", "demo", "tests")
LONGEST_FILE_LINES = 400
VAGUE_NAMES = {"utils", "helpers", "common", "misc", "util", "helper"}
DOORS = {"views", "admin", "api", "forms", "tasks", "commands"}
WRITES = {
    "update",
    "bulk_create",
    "bulk_update",
    "delete",
    "save",
    "create",
    "get_or_create",
    "update_or_create",
}
# Any money in binary fractions loses fen sooner or later.
MONEY = re.compile(r"money|fund|compensation|recover|tariff|share|ledger|subsid", re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|Users|root|work|mnt|var/folders)/\w")
# path: what it may write, and why.
MAY_WRITE: dict[str, dict[str, str]] = {}


def files(*tops: str, suffix: str = ".py") -> list[Path]:
    found = [path for top in tops for path in sorted((ROOT / top).rglob(f"*{suffix}"))]
    return [path for path in found if "migrations" not in path.parts]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_door(path: Path) -> bool:
    return bool(DOORS & {path.stem, *path.relative_to(ROOT).parts})


def writes_in(source: str) -> set[str]:
    """Methods called on what may be rows: not a verb of an imported service, nor a dictionary's update."""
    tree = ast.parse(source)
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id in imported)
        if not (node.func.attr == "update" and node.args)
    }


def floats_in(source: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]


def calls_of(name: str, source: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name
    ]


def test_checks_can_fail():
    assert writes_in("Claim.objects.filter(pk=1).update(status='paid')") == {"update"}
    assert writes_in("claim.save()") == {"save"}
    assert writes_in("from claims.services import fund\nfund.create(amount_fen=5, by=user)") == set()
    assert writes_in("context.update({'claim': claim})") == set()
    assert floats_in("share = float(paid)") == [1]
    assert floats_in("share = paid * 0.5") == [1]
    assert calls_of("on_commit", "transaction.on_commit(send)") == [1]
    assert MACHINE_PATH.search("open('/home/somebody/data.csv')")
    assert not MACHINE_PATH.search("path('claims/work/', view)")


def test_every_file_has_a_noun_for_a_name():
    assert [named(path) for path in files(*CODE) if path.stem in VAGUE_NAMES] == []


def test_no_file_is_too_long_to_read():
    long = {
        named(path): lines
        for path in files(*CODE)
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE_LINES
    }
    assert long == {}


def test_what_must_happen_is_not_left_to_on_commit():
    """A process that dies after the commit forgets it: enqueue inside the transaction instead.

    Events for other systems are read from the trail every minute whatever happens; the call after the commit
    only has it done sooner, and would hold one row for as long as the transaction lasts if it came before.
    """
    tops = [top for top in CODE if top != "tests"]
    found = {named(path) for path in files(*tops) if calls_of("on_commit", path.read_text())}
    assert found == {"aftersales/integration/services/events.py"}


def test_doors_write_through_services():
    found = {
        named(path): unexpected
        for path in files("aftersales", "stations", "claims", "training")
        if is_door(path)
        if (unexpected := writes_in(path.read_text()) - MAY_WRITE.get(named(path), {}).keys())
    }
    assert found == {}


def test_money_is_never_a_binary_fraction():
    paths = [
        path for path in files("aftersales", "stations", "claims", "training") if MONEY.search(named(path))
    ]
    assert {named(path): lines for path in paths if (lines := floats_in(path.read_text()))} == {}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git work tree: nothing says which files belong to the project")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_knows_the_machine_it_was_written_on():
    kinds = {".py", ".html", ".js", ".css", ".md", ".toml", ".txt", ".yml", ".cfg", ".po", ""}
    found = [
        named(path)
        for path in tracked()
        if path.suffix in kinds
        and path != Path(__file__)
        and MACHINE_PATH.search(path.read_text(errors="replace"))
    ]
    assert found == []
