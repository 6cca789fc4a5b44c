"""Thousands of calls on damaged records: ``python tests/audit/mutations.py [CALLS [SEED]]``.

Prints how many calls ended with a traceback, took more than 10 s or gave invalid output, and what these were. Every
committed record takes its turn, cropped and whole, with every command and format; beside the commands, each record that
can be read is written again, as ``run --resume`` does.
"""

from __future__ import annotations

import collections
import json
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.core.errors import PrimebenchError
from bench.store import record_file
from tests.support import mutations

SLOW_S = 10.0
SELFTEST = ("selftest", "--resume", "{file}", "--budget", "0")
_WHOLE = 0.03  # part of the calls on a record as large as it was committed


def main() -> int:
    """Make the calls, print the counts; 1 when there was a fault."""
    given = [int(word) for word in sys.argv[1:]]
    calls, seed = (*given, *(13_000, 1)[len(given) :])
    rng = random.Random(seed)
    paths = sorted(Path("results").glob("*.json*"))
    cropped = [mutations.small(path) for path in paths]
    for base in cropped[::3]:  # files of pyperf itself
        paths.append(Path("plain"))
        cropped.append({key: value for key, value in base.items() if key != "primebench"})
    whole = [mutations.whole(path) if path.exists() else base for path, base in zip(paths, cropped, strict=True)]
    codes: collections.Counter[str] = collections.Counter()
    faults: dict[str, str] = {}
    slow = broken = unsaved = 0
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="primebench-mutations-") as folder:
        file, other = Path(folder, "file.json"), Path(folder, "whole.json")
        for number in range(calls):
            place = rng.randrange(len(paths))
            base = (whole if rng.random() < _WHOLE else cropped)[place]
            file.unlink(missing_ok=True)  # to write over a file waits for the disk
            file.write_bytes(mutations.mutated(base, rng))
            other.unlink(missing_ok=True)
            other.write_text(json.dumps(cropped[place]))
            chosen = SELFTEST if rng.random() < 0.02 else rng.choice(mutations.COMMANDS)
            words = [word.format(file=file, whole=other) for word in chosen]
            words += ["--format", rng.choice(mutations.FORMATS)]
            answer = mutations.ask(words)
            codes[str(answer.code)] += 1
            slow += answer.took_s > SLOW_S
            fault = answer.fault or _unsaved(file)
            if fault and fault not in faults:
                faults[fault] = f"call {number}: {' '.join(chosen)} {words[-1]} of {paths[place].name}"
            unsaved += not answer.fault and bool(fault)
            broken += answer.code is None
            if number % 1000 == 999:
                print(f"{number + 1} calls, {time.monotonic() - start:.0f} s", file=sys.stderr)
    print(f"{calls} calls with seed {seed}: exit codes {dict(sorted(codes.items()))}")
    print(
        f"tracebacks: {broken}; over {SLOW_S:g} s: {slow}; not written again: {unsaved}; kinds of faults: {len(faults)}"
    )
    for fault, where in faults.items():
        print(f"  {where}: {fault}")
    return 1 if faults or slow else 0


def _unsaved(file: Path) -> str:
    try:
        record = record_file.load(file)
        record_file.to_json(record)
        record_file.to_json(record, anonymous=True)
    except PrimebenchError:
        return ""
    except Exception as error:
        return f"not written again: {error!r:.200}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
