import os
import signal
import subprocess
import sys
from select import select

import pytest

from aftersales.ops.process_groups import ROOT, Group

STUBBORN = """
import signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
held_until_death = open(sys.argv[1], "w")
print("ready", file=held_until_death, flush=True)
signal.pause()
"""
PARENT = """
import signal, subprocess, sys
subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1]])
signal.pause()
"""
WAITING = """
import signal, sys
held_until_death = open(sys.argv[1], "w")
print("ready", file=held_until_death, flush=True)
signal.pause()
"""
LAUNCHER = """
import os, signal, sys
from aftersales.ops.process_groups import Group
Group("sample", [sys.executable, "-c", sys.argv[2], sys.argv[1]], dict(os.environ))
signal.pause()
"""
LONGEST_WAIT_SECONDS = 30


@pytest.fixture
def life(tmp_path):
    """The path of a pipe; whoever holds its other end says "ready", and its end is seen when they die."""
    path = tmp_path / "life"
    os.mkfifo(path)
    return path


def test_group_stops_with_its_children_even_stubborn_ones(life):
    group = Group("sample", [sys.executable, "-c", PARENT, str(life), STUBBORN], dict(os.environ))
    with life.open() as child:
        assert child.readline() == "ready\n"
        assert not group.has_ended()

        assert group.stop()

        assert group.process.returncode == -signal.SIGTERM
        assert select([child], [], [], LONGEST_WAIT_SECONDS)[0] == [child]
        assert child.read() == ""


def test_group_that_does_not_stop_by_itself_is_ended(life):
    group = Group("sample", [sys.executable, "-c", STUBBORN, str(life)], dict(os.environ))
    with life.open() as child:
        assert child.readline() == "ready\n"

        assert not group.stop(within_seconds=0)

    assert group.process.returncode == -signal.SIGKILL


def test_group_can_be_started_again():
    group = Group("sample", [sys.executable, "-c", "import signal; signal.pause()"], dict(os.environ))
    first = group.process.pid

    group.restart()

    assert group.process.pid != first
    assert not group.has_ended()
    group.stop()


def test_what_the_first_process_leaves_behind_is_ended_with_the_group(life):
    group = Group("sample", [sys.executable, "-c", PARENT, str(life), STUBBORN], dict(os.environ))
    with life.open() as child:
        assert child.readline() == "ready\n"
        group.process.kill()
        group.process.wait()
        assert group.has_ended()
        assert select([child], [], [], 0)[0] == []

        group.end()

        assert select([child], [], [], LONGEST_WAIT_SECONDS)[0] == [child]
        assert child.read() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel to be told")
def test_group_is_asked_to_stop_when_what_started_it_is_killed(life):
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(life), WAITING], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    with life.open() as child:
        assert child.readline() == "ready\n"

        launcher.kill()
        launcher.wait()

        assert select([child], [], [], LONGEST_WAIT_SECONDS)[0] == [child]
        assert child.read() == ""
