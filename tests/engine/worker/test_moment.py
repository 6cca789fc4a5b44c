"""What a process tells of itself, without asking for long."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from bench.engine.worker.moment import ranges

# Counts the files that are opened in /proc and /sys.
COUNTED = """
import json, sys
opened = []
sys.addaudithook(lambda event, about: event == "open" and opened.append(str(about[0])))
from bench.engine.worker.moment import moment
told = moment()
print(json.dumps([told, [path for path in opened if path.startswith(("/proc", "/sys"))]]))
"""


@pytest.mark.parametrize(
    ("numbers", "text"), [({3}, "3"), ({0, 1, 2, 3, 6}, "0-3,6"), ({2, 0}, "0,2"), ({10, 9, 1, 4, 5}, "1,4-5,9-10")]
)
def test_ranges(numbers, text):
    """Neighbours are written as a range, in the order of numbers and not of texts."""
    assert text == ranges(numbers)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these folders")
def test_nothing_is_read_for_each_cpu():
    """One file tells the load, and no other is opened in /proc and /sys, however many CPUs there are."""
    done = subprocess.run([sys.executable, "-c", COUNTED], capture_output=True, text=True, check=True)
    told, opened = json.loads(done.stdout)
    assert opened == ["/proc/loadavg"]
    assert ("cpu_affinity" in told) == (len(os.sched_getaffinity(0)) < os.sysconf("SC_NPROCESSORS_ONLN"))
