"""What every backend's snippet promises: pasted into a file and run as it stands, it gives the results."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.app import snippet
from bench.core import catalog, families, jobs
from bench.core.case import Case
from bench.families.backends import _backend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.core.case import Value

STARTS = multiprocessing.get_all_start_methods()
FUNCTION: dict[str, Value] = {"function": "text.py:parse", "items": "lines.jsonl"}


def _case(name: str, start: str, job: str, **given: Value) -> Case:
    family, kind = families.load("backends"), jobs.load(job)
    params = {axis.name: axis.default() for axis in (*family.axes, *kind.axes)} | {"workers": 2, "chunksize": 3}
    return Case.of("backends", name, family.fit(name, {**params, "start": start, **given}, kind))


def _ways() -> Iterator[tuple[str, str]]:
    for name in catalog.names(_backend.PACKAGE):
        backend = _backend.load(name)
        if backend.snippet is None:
            continue
        started = backend.parallelism == "processes" and "start" not in backend.fixed
        yield from ((name, start) for start in (STARTS if started else STARTS[:1]))


def _printed(program: str, folder: Path) -> str:
    (folder / "pasted.py").write_text(program + "    print(len(results), sum(results))\n", encoding="utf-8")
    path = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "pasted.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


@pytest.mark.parametrize(("name", "start"), list(_ways()))
def test_snippet_gives_the_results(name: str, start: str, tmp_path: Path) -> None:
    """A function that squares ten numbers of a file of JSON lines gives ten results whose sum is 285."""
    backend = _backend.load(name)
    if backend.missing:
        pytest.skip(backend.missing)
    (tmp_path / "text.py").write_text("def parse(item):\n    return item['a'] ** 2\n", encoding="utf-8")
    lines = [json.dumps({"a": number}) for number in range(10)]
    (tmp_path / "lines.jsonl").write_text("\n".join(lines), encoding="utf-8")
    program = snippet.program(_case(name, start, "function", **FUNCTION), {"count": 10})
    assert program is not None
    assert _printed(program, tmp_path) == "10 285"


def test_snippet_of_the_prime_search_counts_primes(tmp_path: Path) -> None:
    """Of the numbers 0 to 99, in chunks of 30, four counts come back, and 25 primes in all."""
    program = snippet.program(
        _case("pool", STARTS[0], "primes", workload="0:100", answer="count", chunksize=30, kernel="wheel6"), {}
    )
    assert program is not None
    assert _printed(program, tmp_path) == "4 25"


def test_names_of_one_module_are_imported_together() -> None:
    """Function and items of the same module stand in one line."""
    case = _case("pool", STARTS[0], "function", function="mine.text:parse", items="mine.text:lines")
    program = snippet.program(case, {"count": 10, "items_called": 1})
    assert program is not None
    assert "from mine.text import parse, lines\n" in program
    assert "items = list(lines())" in program
