"""Several processes that start at the same moment, for tests of what happens when people act at once."""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.urls import get_resolver

from aftersales.lib.errors import Refused
from tests.factories import acting_as

LONGEST_RUN_SECONDS = 120


@dataclass(frozen=True)
class Outcome:
    """What one process came back with: a value, or the name of the exception's class and its text."""

    value: Any = None
    error: str = ""
    message: str = ""


def _run_one(call, arguments, barrier, pipe):
    try:
        barrier.wait(LONGEST_RUN_SECONDS)
        outcome = Outcome(value=call(*arguments))
    except Exception as error:
        outcome = Outcome(error=type(error).__name__, message=str(error))
    finally:
        connections.close_all()
    pipe.send(outcome)


def at_once(call: Callable, arguments: Sequence[tuple]) -> list[Outcome]:
    """Call a function once for each tuple of arguments, each in a process of its own, all let go together.

    Returns the outcomes in the order of the arguments. Needs a test that commits
    (`pytest.mark.django_db(transaction=True)`), since another process sees only what is committed. The
    processes are forks: the function may be local, what it returns must pickle.
    """
    # A server has its pages loaded before it works. A fork would load them, for seconds, in the middle of
    # the first transaction that names an address, while the others wait for its locks.
    _ = get_resolver().namespace_dict
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(len(arguments))
    # A connection that two processes share breaks in both.
    connections.close_all()
    running = []
    for given in arguments:
        ours, theirs = fork.Pipe(duplex=False)
        process = fork.Process(target=_run_one, args=(call, given, barrier, theirs))
        process.start()
        theirs.close()
        running.append((process, ours))
    outcomes = [_outcome_of(process, pipe) for process, pipe in running]
    for process, _pipe in running:
        process.join(LONGEST_RUN_SECONDS)
    return outcomes


def _outcome_of(process, pipe) -> Outcome:
    try:
        if pipe.poll(LONGEST_RUN_SECONDS):
            return pipe.recv()
    except EOFError:
        return Outcome(error="Died", message=f"exit code {process.exitcode}")
    process.kill()
    return Outcome(error="Hung", message=f"no answer in {LONGEST_RUN_SECONDS} seconds")


def codes_at_once(call, arguments) -> Counter:
    """How often calls at once, each by the first of its arguments, were "done" or refused with a code."""

    def answered(by, *given):
        with acting_as(by):
            try:
                call(by, *given)
            except Refused as refused:
                return refused.code
        return "done"

    return Counter(
        outcome.value if not outcome.error else outcome.message for outcome in at_once(answered, arguments)
    )
