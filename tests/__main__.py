"""`python -m tests`: the whole suite in its parts, one pytest run each; the last line is pytest's own.

The suite runs on SQLite and, beside it on the second core, on a private PostgreSQL; whichever ends first
makes room for the journeys through a real browser. A part that cannot run here is announced loudly; after a
part that failed no other begins.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
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


def run(part: Part, output=None) -> int:
    """Run one part to its end; without `output` it is seen as it goes. The code that pytest ended with."""
    command = [sys.executable, "-m", "pytest", *part.arguments, *sys.argv[1:]]
    environment = {**os.environ, **part.environment}
    return subprocess.run(
        command, env=environment, stdout=output, stderr=output and subprocess.STDOUT, check=False
    ).returncode


def two_at_a_time(queue: list[Part], absent: list[Part]) -> int:
    """Run parts in this order, the next one as soon as one of two has ended; none after one that failed.

    The first is seen as it goes, what the others say when they and those before them have ended.
    """
    codes: list[int] = []

    def in_turn(part: Part, output) -> bool:
        if any(codes):
            return False
        codes.append(run(part, output))
        return True

    with contextlib.ExitStack() as stack:
        outputs = [None, *(stack.enter_context(tempfile.TemporaryFile("w+")) for _part in queue[1:])]
        lanes = stack.enter_context(ThreadPoolExecutor(max_workers=2))
        print(f"\n--- {queue[0].name} ---\n", flush=True)
        runs = [lanes.submit(in_turn, part, output) for part, output in zip(queue, outputs, strict=True)]
        for part, running, output in zip(queue, runs, outputs, strict=True):
            if running.result() and output is not None:
                if part is queue[-1]:
                    # At the end as well, where it is seen, but before pytest's closing line.
                    not_run(absent)
                output.seek(0)
                print(f"\n--- {part.name} ---\n\n{output.read()}", flush=True)
    return next((code for code in codes if code), 0)


def not_run(absent: list[Part]) -> None:
    for part in absent:
        announce(f"NOT RUN: {part.name}. Reason: {part.missing}.")


def main() -> int:
    everything = parts()
    absent = [part for part in everything if part.missing]
    not_run(absent)
    return two_at_a_time([part for part in everything if not part.missing], absent)


if __name__ == "__main__":
    sys.exit(main())
