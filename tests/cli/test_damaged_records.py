"""Whatever a file holds: one line or a valid answer, and never a traceback."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

from bench.core.observation import Sample
from bench.store import record_file
from tests.support import mutations
from tests.support.observations import observation
from tests.support.records import backend, record

FILES = [Path("results", f"{name}.json").resolve() for name in ("two-cpus", "metg-2cpu", "ipc-cost-2cpu")]
CALLS = 2000


def observed():
    """A record with an observed body."""
    case = backend("pool", 2)
    told = {"whole": True, "begun": 0.0, "gone": 1.5, "samples": (Sample(0.0, 0.0, 1), Sample(1.0, 0.5, 2))}
    return replace(
        record({case: 1.0}), observations={case.id: observation([(0.1, 1)], [(0.2, 0.4, 0.1, 0.1)], called=0.1, **told)}
    )


def test_two_thousand_damaged_records(tmp_path, monkeypatch):
    """Fields of any wrong kind, broken bytes: every command answers with an exit code and with output that is valid."""
    monkeypatch.chdir(tmp_path)
    rng = random.Random(20_260_131)
    bases = [mutations.small(path, 6, 3) for path in FILES]
    Path("whole.json").write_text(json.dumps(bases[0]))
    bases.append(json.loads(record_file.to_json(observed())))
    bases.append({key: value for key, value in bases[0].items() if key != "primebench"})  # a file of pyperf itself
    for _ in range(CALLS):
        Path("file.json").unlink(missing_ok=True)  # to write over a file waits for the disk
        Path("file.json").write_bytes(mutations.mutated(rng.choice(bases), rng))
        words = [word.format(file="file.json", whole="whole.json") for word in rng.choice(mutations.COMMANDS)]
        words += ["--format", rng.choice(mutations.FORMATS)]
        answer = mutations.ask(words)
        if answer.fault:
            Path("file.json").rename(kept := Path("faulty.json").resolve())
            raise AssertionError(f"{' '.join(words)}: {answer.fault} ({kept})")
