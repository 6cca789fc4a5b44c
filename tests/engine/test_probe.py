"""Finding out what machine this is."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from importlib import metadata

from bench.engine.probe import probe


def test_what_python_says_too():
    """What Python's own modules tell of this machine is what the record tells."""
    machine = probe()
    assert machine.python_version == platform.python_version()
    assert machine.python_implementation == platform.python_implementation()
    assert machine.architecture == platform.machine()
    assert machine.logical_cpus == os.cpu_count()
    assert machine.host_name == platform.node()
    assert machine.libraries["pyperf"] == metadata.version("pyperf")


def test_usable_is_never_more_than_there_is():
    """At least a part of a CPU is usable, and never more than are there or than a run is given."""
    assert 0 < probe().usable_cpus <= os.cpu_count()
    assert probe(affinity=1).usable_cpus <= 1
    assert probe(affinity=1).affinity_cpus == 1


def test_a_machine_can_be_written():
    """Every field is what JSON knows, and strings that are empty are None instead."""
    machine = asdict(probe())
    assert machine == json.loads(json.dumps(machine))
    assert "" not in machine.values()
