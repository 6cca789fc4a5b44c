"""Visits that take turns, with visits made of a few lines in the place of measuring processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from functools import partial

import pytest

from bench.core.case import Case
from bench.core.record import Failure, Process, Result
from bench.engine.round_robin import run
from bench.engine.turns import END, ENVIRON, VALUE, Abandoned, Turns, turns

CASE = Case.of("backends", "pool", {"workers": 1})
RESULT = Result(CASE, (Process((1.0,), (), {}),))
SOON_S = 30.0  # a deadline that is not meant to be met


@pytest.fixture(autouse=True)
def nobody_left():
    """See that no process of a visit outlives the test."""
    yield
    assert [] == multiprocessing.active_children()


def tell(log, words):
    """Append a line to a file that several processes share, in one write."""
    with log.open("a") as file:
        file.write(f"{words}\n")


def measured(log, name, values, folder):
    """Visit: take turns, and tell when each value begins and ends, and when all is over."""
    place = Turns(folder)
    for _ in range(values):
        place.wait(VALUE)
        tell(log, f"{name} begins")
        time.sleep(0.01)
        tell(log, f"{name} ends")
    place.wait(END)
    tell(log, f"{name} leaves")
    return RESULT


def ignorant(log, folder):
    """Visit of a version that knows nothing of turns."""
    time.sleep(0.1)
    tell(log, "old")
    return RESULT


def failing(folder):
    """Visit that fails in its first turn."""
    Turns(folder).wait(VALUE)
    return Failure(CASE, "crashed", "on request")


def hanging(folder):
    """Visit that never comes to its end."""
    Turns(folder).wait(VALUE)
    time.sleep(SOON_S)
    return RESULT


def killed(folder):
    """Visit whose process is killed."""
    Turns(folder).wait(VALUE)
    os.kill(os.getpid(), signal.SIGKILL)


def test_values_take_turns(tmp_path):
    """No value begins before the one before has ended, and the order turns around in every second round."""
    log = tmp_path / "log"
    found = run([partial(measured, log, name, 4) for name in "ab"], SOON_S)
    assert (RESULT, RESULT) == found.outcomes
    assert found.in_turns
    assert {} == found.broken
    expected = [f"{name} {what}" for name in "abbaabba" for what in ("begins", "ends")]
    *values, first, second = log.read_text().splitlines()
    assert expected == values
    assert {"a leaves", "b leaves"} == {first, second}


def test_nobody_leaves_before_the_last_value(tmp_path):
    """A visit with fewer values waits with its end, which takes time as well, until all others have theirs."""
    log = tmp_path / "log"
    run([partial(measured, log, "short", 1), partial(measured, log, "long", 3)], SOON_S)
    lines = log.read_text().splitlines()
    assert lines.index("short leaves") > max(at for at, line in enumerate(lines) if line == "long ends")


def test_one_that_knows_no_turns_is_waited_for(tmp_path):
    """A side of an older version measures alone, before all others, and the record tells that there were no turns."""
    log = tmp_path / "log"
    found = run([partial(measured, log, "new", 2), partial(ignorant, log)], SOON_S)
    assert (RESULT, RESULT) == found.outcomes
    assert not found.in_turns
    assert "old" == log.read_text().splitlines()[0]


def test_a_failure_breaks_the_others_off(tmp_path):
    """Half a pair is of no use: the other visit is ended, and is not blamed."""
    found = run([partial(measured, tmp_path / "log", "a", 1000), failing], SOON_S)
    assert (None, "on request") == (found.outcomes[0], found.outcomes[1].message)
    assert {} == found.broken


def test_who_hangs_is_named(tmp_path):
    """A visit that does not come to its next value within the deadline is the one that timed out."""
    found = run([partial(measured, tmp_path / "log", "a", 1000), hanging], 15.0)
    assert {1: ("timed-out", "no answer within 15 s")} == found.broken
    assert (None, None) == found.outcomes


def test_who_is_killed_is_named(tmp_path):
    """A visit whose process is killed has crashed."""
    found = run([killed, partial(measured, tmp_path / "log", "a", 1000)], SOON_S)
    assert {0} == set(found.broken)
    assert "crashed" == found.broken[0][0]


def test_an_interrupt_ends_all_visits(tmp_path):
    """KeyboardInterrupt passes through, and no visit goes on (see `nobody_left`)."""
    log = tmp_path / "log"
    log.touch()

    def interrupt(_signal, _frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(KeyboardInterrupt):
            run([partial(measured, log, name, 10_000) for name in "ab"], SOON_S)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert "leaves" not in log.read_text()


def test_without_a_folder_nobody_waits(monkeypatch):
    """A measuring process that was told of no turns takes its values at once."""
    monkeypatch.delenv(ENVIRON, raising=False)
    assert turns() is None


@pytest.fixture
def pipes(tmp_path):
    """Both pipes, held open as by whoever hands out the turns."""
    for name in ("waits", "goes"):
        os.mkfifo(tmp_path / name)
    return [os.open(tmp_path / name, os.O_RDWR) for name in ("waits", "goes")]


def test_whoever_waits_hears_that_nobody_hands_out_turns_any_more(tmp_path, pipes):
    """When the process that hands out the turns has been killed, nobody waits for ever, and nobody measures on."""
    place = Turns(tmp_path)
    for end in pipes:
        os.close(end)
    with pytest.raises(Abandoned):
        place.wait(VALUE)


def test_nobody_waits_for_a_partner_at_the_door(tmp_path, pipes):
    """Opening a pipe whose other end nobody holds does not wait for somebody to come."""
    for end in pipes:
        os.close(end)
    with pytest.raises(Abandoned):
        Turns(tmp_path)
