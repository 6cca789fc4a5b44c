"""What every backend's snippet promises: pasted into a file and run as it stands, it gives the results."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.app import snippet
from bench.contract.backend import Crew
from bench.core import catalog
from bench.core.case import Case
from bench.families.backends import _backend
from tests.support.cases import usual
from tests.support.skips import skip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.core.case import Value

FUNCTION: dict[str, Value] = {"function": "text.py:pool", "items": "lines.jsonl"}


def _case(name: str, job: str, **given: Value) -> Case:
    return usual(name, job, **{"workers": 2, "chunksize": 3} | given)


def _members() -> list[str]:
    return [name for name in catalog.names(_backend.PACKAGE) if _backend.load(name).snippet]


def _printed(program: str, folder: Path) -> str:
    (folder / "pasted.py").write_text(program + "    print(results)\n", encoding="utf-8")
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


def _squares(name: str, folder: Path, **given: Value) -> str:
    """Return what a snippet prints that squares ten numbers of a file, the first of which take longest."""
    if why := _backend.load(name).missing:
        (skip if catalog.extra(_backend.PACKAGE, name) else pytest.skip)(why)
    code = "import time\n\ndef pool(item):\n    time.sleep((9 - item['a']) / 1000)\n    return item['a'] ** 2\n"
    (folder / "text.py").write_text(code, encoding="utf-8")
    lines = [json.dumps({"a": number}) for number in range(10)]
    (folder / "lines.jsonl").write_text("\n".join(lines), encoding="utf-8")
    program = snippet.program(_case(name, "function", **{**FUNCTION, **given}), {"count": 10})
    assert program is not None
    return _printed(program, folder)


SQUARES = "[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]"


@pytest.mark.parametrize("name", _members())
def test_snippet_gives_the_results_in_order(name: str, tmp_path: Path) -> None:
    """Chunks of three items, a function whose name the code uses itself, and processes that load the program anew."""
    assert _squares(name, tmp_path, start="spawn") == SQUARES


def _with_code_of_its_own_for_single_items() -> Iterator[str]:
    for name in _members():
        one, many = (_backend.load(name).snippet(Crew(2), "parse", "items", size) for size in (1, 3))  # type: ignore[misc]
        if one.count("\n") != many.count("\n"):
            yield name


@pytest.mark.parametrize("name", list(_with_code_of_its_own_for_single_items()))
def test_snippet_of_single_items_gives_the_results_in_order(name: str, tmp_path: Path) -> None:
    """One item per message, whose code is another one, and processes that are copies of the program."""
    assert _squares(name, tmp_path, start="fork", chunksize=1) == SQUARES


@pytest.mark.parametrize("name", _members())
def test_snippet_says_what_was_measured(name: str) -> None:
    """The number of workers, the chunk size and the start method of a case are words of its code."""
    backend = _backend.load(name)
    if backend.snippet is None or name == "serial":
        return
    code = backend.snippet(Crew(23, "forkserver"), "parse", "items", 457)
    said = {
        "23",
        "457",
        *(["forkserver"] if backend.parallelism == "processes" and "start" not in backend.fixed else []),
    }
    assert said <= set(re.findall(r"\w+", code))


def test_members_without_a_snippet_say_why_in_a_sentence() -> None:
    """What is left out of advice for lack of code is told by the member itself."""
    without = [backend for name in catalog.names(_backend.PACKAGE) if (backend := _backend.load(name)).snippet is None]
    assert [backend.name for backend in without if not re.fullmatch(r"[a-z].{20,}\.", backend.no_snippet)] == []


def test_snippet_is_not_given_where_workers_would_miss_the_set_up() -> None:
    """A function that is set up at the top of the program; loky's workers do not carry that out, pool's do."""
    given = {**FUNCTION, "setup": "text.py:ready"}
    with_setup = {name: _case(name, "function", **given) for name in ("loky", "pool")}
    assert snippet.program(with_setup["loky"], {"count": 10}) is None
    assert "\nready()\n" in str(snippet.program(with_setup["pool"], {"count": 10}))
    assert "set" in str(snippet.why_none(with_setup["loky"]))


def test_snippet_of_the_prime_search_counts_primes(tmp_path: Path) -> None:
    """Of the numbers 0 to 99, in chunks of 30, four counts come back, and 25 primes in all."""
    program = snippet.program(
        _case("pool", "primes", workload="0:100", answer="count", chunksize=30, kernel="wheel6"), {}
    )
    assert program is not None
    counts = json.loads(_printed(program, tmp_path))
    assert (len(counts), sum(counts)) == (4, 25)


def test_names_of_one_module_are_imported_together() -> None:
    """Function and items of the same module stand in one line."""
    case = _case("pool", "function", function="mine.text:parse", items="mine.text:lines")
    program = snippet.program(case, {"count": 10, "items_called": 1})
    assert program is not None
    assert "from mine.text import parse, lines\n" in program
    assert "items = list(lines())" in program
