"""What a command starts ends with it, whole, whoever ends the command and however."""

import os
import signal
import subprocess
import sys
import time

import pytest

from emigrate.ops.processes import child, ended_by_signals, living_in

BREEDS = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN if sys.argv[1] == "deaf" else signal.SIG_DFL)
subprocess.Popen([sys.executable, "-c", "import signal, time;"
                  "signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True);"
                  "time.sleep(60)"])
print(1, flush=True)
time.sleep(60)
"""


def breeding(*words):
    return child([sys.executable, "-c", BREEDS, *words], stdout=subprocess.PIPE, text=True)


def both_began(process):
    return [process.stdout.readline() for _ in range(2)]


def test_a_child_ends_with_what_it_started():
    with breeding("quick") as process:
        both_began(process)
        during = living_in(process.pid)

    assert (len(during), living_in(process.pid), process.returncode) == (2, [], -signal.SIGTERM)


def test_a_child_that_does_not_listen_is_killed(monkeypatch):
    monkeypatch.setattr("emigrate.ops.processes.PATIENCE_SECONDS", 0.3)

    with breeding("deaf") as process:
        both_began(process)

    assert (living_in(process.pid), process.returncode) == ([], -signal.SIGKILL)


def test_what_a_dead_child_left_behind_is_ended():
    with breeding("quick") as process:
        both_began(process)
        process.kill()
        process.wait()
        orphans = living_in(process.pid)

    assert (len(orphans), living_in(process.pid)) == (1, [])


def test_a_childs_error_in_the_block_still_ends_it():
    started = []

    def fail():
        with breeding("quick") as process:
            started.append(process)
            both_began(process)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert living_in(started[0].pid) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_unwinds_the_block(number):
    before = signal.getsignal(number)

    def told():
        with ended_by_signals():
            os.kill(os.getpid(), number)
            time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        told()
    assert signal.getsignal(number) is before


def test_a_hang_up_that_was_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_signals():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_sandbox_that_is_told_to_end_while_it_reads_ends_in_good_order(number, tmp_path):
    """Its thread waits for the end of standard input, which must not trip Python up at its end."""
    command = [sys.executable, "-m", "sandbox", "--data", str(tmp_path), "--while-stdin"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        time.sleep(0.2)
        process.send_signal(number)
        said = process.stderr.read()
        ended = process.wait(timeout=10)

    assert (ended, said) == (0, "")
