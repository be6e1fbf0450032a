"""`python -m tests`: the whole suite in its parts, one pytest run each; the last line is pytest's own.

On one core the suite runs on a private PostgreSQL; on the other go the journeys through a real browser and
then the suite on SQLite. The long walks over all pages, which come last, are shared out as the two come to
them, so that both end at about the same time. A part that cannot run here is announced loudly; a part that
fails lets the others run to their end.
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


def parts(both: str) -> list[Part]:
    """`both` is a folder in which the two runs of the suite note which walks they have begun with."""
    no_server = _reason(postgres_binaries, NoServer)
    shared = {} if no_server else {"TEST_BOTH": both}
    return [
        Part("the suite on PostgreSQL", {"TEST_DB": "postgres", **shared}, missing=no_server),
        Part(
            "the journeys in a browser",
            {"TEST_DB": "sqlite"},
            ("-m", "browser"),
            missing=_reason(chromium, NoBrowser),
        ),
        Part("the suite on SQLite", {"TEST_DB": "sqlite", **shared}),
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
    """Run parts in this order, the next one as soon as one of two has ended.

    The first is seen as it goes, what the others say when they and those before them have ended.
    """
    with contextlib.ExitStack() as stack:
        outputs = [None, *(stack.enter_context(tempfile.TemporaryFile("w+")) for _part in queue[1:])]
        lanes = stack.enter_context(ThreadPoolExecutor(max_workers=2))
        print(f"\n--- {queue[0].name} ---\n", flush=True)
        runs = [lanes.submit(run, part, output) for part, output in zip(queue, outputs, strict=True)]
        codes = []
        for part, running, output in zip(queue, runs, outputs, strict=True):
            codes.append(running.result())
            if output is not None:
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
    with tempfile.TemporaryDirectory(prefix="aftersales-both-") as both:
        everything = parts(both)
        absent = [part for part in everything if part.missing]
        not_run(absent)
        return two_at_a_time([part for part in everything if not part.missing], absent)


if __name__ == "__main__":
    sys.exit(main())
