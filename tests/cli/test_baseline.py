"""Tests of `bench.cli.baseline`."""

from __future__ import annotations

import subprocess
import sys


def test_a_member_that_nobody_is_measured_against_is_refused(cli):
    """Exit code 2, and the name that was meant."""
    done = cli("compare", "a.json", "b.json", "--normalise", "seril")
    assert (2, "") == (done.code, done.out)
    assert "seril is no member that others are measured against; did you mean serial?" in done.err


def test_families_are_loaded_only_when_it_is_given():
    """The command starts without the families, which takes twice as long."""
    code = "import sys, bench.cli.commands.compare; print('bench.families.backends._family' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False\n" == done.stdout
