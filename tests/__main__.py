"""`python -m tests`: the whole suite in its parts, one pytest run each; the last line is pytest's own.

The suite runs on SQLite and, beside it on the second core, on a private PostgreSQL; then the journeys run
through a real browser. A part that cannot run here is announced loudly; a part that fails ends the run.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from tests.browser.chromium import NoBrowser, chromium
from tests.postgres import NoServer, postgres_binaries


@dataclass(frozen=True)
class Part:
    """One run of pytest; `missing` says in a sentence why it cannot take place."""

    name: str
    environment: dict[str, str]
    arguments: tuple[str, ...] = ()
    missing: str = ""


def _reason(look, excuse: type[Exception]) -> str:
    try:
        look()
    except excuse as reason:
        return str(reason)
    return ""


def parts() -> list[Part]:
    no_server = _reason(postgres_binaries, NoServer)
    both = {} if no_server else {"TEST_BOTH": "1"}
    return [
        Part("the suite on SQLite", {"TEST_DB": "sqlite", **both}),
        Part("the suite on PostgreSQL", {"TEST_DB": "postgres", **both}, missing=no_server),
        Part(
            "the journeys in a browser",
            {"TEST_DB": "sqlite"},
            ("-m", "browser"),
            missing=_reason(chromium, NoBrowser),
        ),
    ]


def announce(sentence: str) -> None:
    line = "*" * 100
    print(f"\n{line}\n*** {sentence}\n{line}\n", flush=True)


def started(part: Part, output=None) -> subprocess.Popen:
    command = [sys.executable, "-m", "pytest", *part.arguments, *sys.argv[1:]]
    return subprocess.Popen(
        command, env={**os.environ, **part.environment}, stdout=output, stderr=output and subprocess.STDOUT
    )


def side_by_side(beside: list[Part]) -> int:
    """Run parts at once: the first one is seen as it goes, the output of the others when they end."""
    with contextlib.ExitStack() as files:
        outputs = [files.enter_context(tempfile.TemporaryFile("w+")) for _part in beside[1:]]
        others = [started(part, output) for part, output in zip(beside[1:], outputs, strict=True)]
        print(f"\n--- {beside[0].name} ---\n", flush=True)
        codes = [started(beside[0]).wait()]
        for part, run, output in zip(beside[1:], others, outputs, strict=True):
            codes.append(run.wait())
            output.seek(0)
            print(f"\n--- {part.name} ---\n\n{output.read()}", flush=True)
    return next((code for code in codes if code), 0)


def main() -> int:
    everything = parts()
    absent = [part for part in everything if part.missing]
    groups = [[part for part in group if not part.missing] for group in (everything[:2], everything[2:])]
    groups = [group for group in groups if group]
    for group in groups:
        # At the end as well, where it is seen, but before pytest's closing line.
        if group in (groups[0], groups[-1]):
            for part in absent:
                announce(f"NOT RUN: {part.name}. Reason: {part.missing}.")
        code = side_by_side(group)
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
