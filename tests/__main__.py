"""`python -m tests`: the whole suite in its parts, one pytest run each; the last line is pytest's own.

The suite runs on SQLite, then on a private PostgreSQL, then the journeys run through a real browser. A part
that cannot run here is announced loudly; the first part that fails ends the run.
"""

import os
import subprocess
import sys
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
    return [
        Part("the suite on SQLite", {"TEST_DB": "sqlite"}),
        Part(
            "the suite on PostgreSQL", {"TEST_DB": "postgres"}, missing=_reason(postgres_binaries, NoServer)
        ),
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


def main() -> int:
    everything = parts()
    possible = [part for part in everything if not part.missing]
    for part in possible:
        # At the end as well, where it is seen, but before pytest's closing line.
        if part in (possible[0], possible[-1]):
            for absent in everything:
                if absent.missing:
                    announce(f"NOT RUN: {absent.name}. Reason: {absent.missing}.")
        print(f"\n--- {part.name} ---\n", flush=True)
        command = [sys.executable, "-m", "pytest", *part.arguments, *sys.argv[1:]]
        code = subprocess.run(command, env={**os.environ, **part.environment}, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
