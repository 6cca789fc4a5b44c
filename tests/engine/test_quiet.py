"""How quiet the machine was."""

from __future__ import annotations

import os

import pytest

from bench.engine import quiet
from bench.engine.quiet import Reading, disturbance

TICKS = os.sysconf("SC_CLK_TCK")


def tree(root, files):
    """Write files under ``root``: path -> text."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_reading(tmp_path):
    """Stolen time is the eighth number in the first line of /proc/stat, in ticks; no group, no throttling."""
    user, nice, system, idle, iowait, irq, softirq, steal, guest = (TICKS * n for n in (1, 2, 3, 100, 50, 4, 5, 7, 1))
    stat = f"cpu  {user} {nice} {system} {idle} {iowait} {irq} {softirq} {steal} {guest} 0\ncpu0 9 9 9 9 9 9 9 9 9 9\n"
    reading = quiet.read(tree(tmp_path, {"proc/stat": stat}))
    assert reading.steal_s == pytest.approx(7)
    assert reading.throttled_s == 0


V2 = {"sys/fs/cgroup/cgroup.controllers": "cpu\n"}


@pytest.mark.parametrize(
    "files",
    [
        V2 | {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.stat": "nr_throttled 9\nthrottled_usec 2500000\n"},
        V2 | {"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/cpu.stat": "throttled_usec 2500000\n"},
        {"proc/self/cgroup": "3:cpu:/\n", "sys/fs/cgroup/cpu/cpu.stat": "nr_periods 4\nthrottled_time 2500000000\n"},
    ],
    ids=["version 2", "an outer group", "version 1"],
)
def test_throttled_time(tmp_path, files):
    """Time that a control group kept tasks waiting counts, in whichever group and version it is told."""
    assert quiet.read(tree(tmp_path, files)).throttled_s == pytest.approx(2.5)


@pytest.mark.parametrize("stat", ["", "cpu  1 2 3\n", "\xff\n"])
def test_nothing_known_is_nothing_seen(tmp_path, stat):
    """Where the system tells nothing, the values are zero."""
    reading = quiet.read(tree(tmp_path, {"proc/stat": stat}))
    assert (reading.steal_s, reading.throttled_s) == (0, 0)


def test_disturbance():
    """Stolen and throttled time are parts of the span between the readings; the load is the one from before."""
    before = Reading(at_s=10.0, steal_s=2.0, throttled_s=3.0, load=0.25)
    after = Reading(at_s=12.0, steal_s=2.5, throttled_s=3.1, load=9.0)
    expected = {"steal_ratio": 0.25, "throttled_ratio": 0.05, "load_before": 0.25}
    assert disturbance(before, after) == pytest.approx(expected)


def test_counters_that_go_back():
    """A counter that another hypervisor begins anew is no negative share, which no record may hold."""
    before = Reading(at_s=10.0, steal_s=2.0, throttled_s=3.0, load=0.25)
    after = Reading(at_s=12.0, steal_s=0.5, throttled_s=0.0, load=0.25)
    assert {"steal_ratio": 0, "throttled_ratio": 0, "load_before": 0.25} == disturbance(before, after)


def test_no_time_between():
    """Two readings at one moment are no division by zero."""
    reading = Reading(1.0, 1.0, 1.0, 0.0)
    assert disturbance(reading, reading)["steal_ratio"] == 0


def test_this_machine():
    """Counters of this machine only grow."""
    first, second = quiet.read(), quiet.read()
    assert second.at_s >= first.at_s
    assert second.steal_s >= first.steal_s >= 0
