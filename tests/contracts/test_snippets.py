"""What every backend's snippet promises: pasted into a file and run as it stands, it gives the results."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bench.app import snippet
from bench.contract.backend import Crew
from bench.core import catalog, jobs
from bench.core.case import Case
from bench.families.backends import _backend
from primes import user_code
from tests.support.cases import usual
from tests.support.skips import skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.core.case import Value

FUNCTION: dict[str, Value] = {"function": "text.py:pool", "items": "lines.jsonl"}


KNOWN: dict[str, Value] = {"count": 10, "form": "int64"}


def _case(name: str, job: str, **given: Value) -> Case:
    return usual(name, job, **{"workers": 2, "chunksize": 3} | given)


def _members() -> list[str]:
    return [name for name in catalog.names(_backend.PACKAGE) if _backend.load(name).snippet]


def _code(name: str, crew: Crew, chunksize: int | None) -> str:
    backend = _backend.load(name)
    return backend.snippet(crew, "parse", "items", chunksize, *(["q"] if backend.fixed_width else []))  # type: ignore[misc]


def _run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "pasted.py").write_text(program + "    print(results)\n", encoding="utf-8")
    path = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "pasted.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "ignore:Port"},  # 8787, where Dask runs already
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# What a spawned worker says that was still about to begin when all was done, as far as it came.
_LATE = re.compile(
    r'Traceback \(most recent call last\):\n  File "<string>", line 1, in <module>\n(?: .*\n?)*'
    r"(?:FileNotFoundError: \[Errno 2\] No such file or directory\n?)?"
)


def _printed(program: str, folder: Path) -> str:
    done = _run(program, folder)
    # A nanny of dask says that it has ended a worker which was slow to end.
    said = [line for line in _LATE.sub("", done.stderr).splitlines() if "Worker process still alive" not in line]
    assert (done.returncode, said) == (0, [])
    return done.stdout.strip()


def _program(
    name: str, folder: Path, code: str, facts: Mapping[str, Value] = MappingProxyType(KNOWN), /, **given: Value
) -> str:
    """Return the snippet for a function of a file, ``text.py:pool``, and ten items."""
    if why := _backend.load(name).missing:
        (skip if catalog.extra(_backend.PACKAGE, name) else pytest.skip)(why)
    (folder / "text.py").write_text(code, encoding="utf-8")
    lines = [json.dumps({"a": number}) for number in range(10)]
    (folder / "lines.jsonl").write_text("\n".join(lines), encoding="utf-8")
    program = snippet.program(_case(name, "function", **{**FUNCTION, **given}), facts)
    assert program is not None
    return program


def _squares(name: str, folder: Path, **given: Value) -> str:
    """Return what a snippet prints that squares ten numbers of a file, the first of which take longest."""
    code = "import time\n\ndef pool(item):\n    time.sleep((9 - item['a']) / 1000)\n    return item['a'] ** 2\n"
    return _printed(_program(name, folder, code, **given), folder)


SQUARES = "[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]"


@pytest.mark.parametrize("name", _members())
def test_snippet_gives_the_results_in_order(name: str, tmp_path: Path) -> None:
    """Chunks of three items, a function whose name the code uses itself, and processes that load the program anew."""
    assert _squares(name, tmp_path, start="spawn") == SQUARES


def _with_code_of_its_own_for_single_items() -> Iterator[str]:
    for name in _members():
        one, many = (_code(name, Crew(2), size) for size in (1, 3))
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
    if name == "serial":
        return
    code = _code(name, Crew(23, "forkserver"), 457)
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


SET_UP = """
import os
import threading

local = threading.local()

def {ready}:
    assert not hasattr(local, "worker"), "once is enough"
    local.worker = os.getpid()

def pool(item):
    assert local.worker == os.getpid(), "another one was set up"
    return item["a"] ** 2
"""


@pytest.mark.parametrize("start", ["fork", "spawn"])
@pytest.mark.parametrize("name", [name for name in _members() if _backend.load(name).sets_up])
def test_each_worker_is_set_up_once(name: str, start: str, tmp_path: Path) -> None:
    """Neither a process that was forked nor a thread has what the set-up made in another one."""
    given: dict[str, Value] = {"setup": "text.py:ready", "start": start}
    program = _program(name, tmp_path, SET_UP.format(ready="ready()"), **given)
    assert _printed(program, tmp_path) == SQUARES


@pytest.mark.parametrize("name", [name for name in _members() if _backend.load(name).sets_up])
def test_set_up_that_pickle_does_not_take_by_name_is_called_by_one_that_it_does(name: str, tmp_path: Path) -> None:
    """A decorated set-up, and processes to which it is sent."""
    code = SET_UP.format(ready="begin()") + "\nready = lambda: begin()\n"
    given: dict[str, Value] = {"setup": "text.py:ready", "start": "spawn"}
    program = _program(name, tmp_path, code, KNOWN | {"unnamed_setup": 1}, **given)
    assert _printed(program, tmp_path) == SQUARES


@pytest.mark.parametrize("name", [name for name in _members() if not _backend.load(name).sets_up])
def test_snippet_is_not_given_where_workers_would_miss_the_set_up(name: str) -> None:
    """Interfaces by which no worker can be told to call it once; without a set-up they have code."""
    case = _case(name, "function", **FUNCTION, setup="text.py:ready")
    assert snippet.program(case, KNOWN) is None
    assert "set-up" in str(snippet.why_none(case))
    assert snippet.why_none(_case(name, "function", **FUNCTION), KNOWN) is None


def test_snippet_of_the_prime_search_counts_primes(tmp_path: Path) -> None:
    """Of the numbers 0 to 99, in chunks of 30, four counts come back, and 25 primes in all."""
    program = snippet.program(
        _case("pool", "primes", workload="0:100", answer="count", chunksize=30, kernel="wheel6"), {}
    )
    assert program is not None
    counts = json.loads(_printed(program, tmp_path))
    assert (len(counts), sum(counts)) == (4, 25)


@pytest.mark.parametrize(
    ("more", "printed"),
    [
        ({"items": "range(1e1)"}, list(range(10))),
        ({"items": "range(2, 10^1, 2)"}, [2, 4, 6, 8]),
        ({"items": "range(100)", "take": "::1e1"}, list(range(0, 100, 10))),
        ({"items": "range(100)", "take": "1e1"}, list(range(10))),
        ({"items": "range(100)", "take": ":6:2"}, [0, 2, 4]),
    ],
)
def test_items_are_those_that_were_measured(more: dict[str, Value], printed: list[int], tmp_path: Path) -> None:
    """Numbers may be written as 1e1 and 10^1, which Python takes for a fraction and for eleven."""
    (tmp_path / "text.py").write_text("def same(item):\n    return item\n", encoding="utf-8")
    program = snippet.program(_case("pool", "function", function="text.py:same", **more), {"count": 10})
    assert program is not None
    assert json.loads(_printed(program, tmp_path)) == printed


@pytest.mark.parametrize(("take", "printed"), [("3", [0, 1, 2]), (":6:2", [0, 2, 4])])
def test_items_that_never_end_are_read_as_far_as_they_are_taken(take: str, printed: list[int], tmp_path: Path) -> None:
    """An iterable without an end, of which a few were measured."""
    code = "from itertools import count\n\ndef same(item):\n    return item\n\ndef endless():\n    yield from count()\n"
    (tmp_path / "text.py").write_text(code, encoding="utf-8")
    given = {"function": "text.py:same", "items": "text.py:endless", "take": take}
    program = snippet.program(_case("pool", "function", **given), {"count": 3, "items_called": 1})
    assert json.loads(_printed(str(program), tmp_path)) == printed


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_file_whose_name_no_import_line_can_hold(start: str, tmp_path: Path) -> None:
    """A function of my-text.py, which is measured, and so has code."""
    (tmp_path / "my-text.py").write_text(
        "class Tool:\n    @staticmethod\n    def twice(item):\n        return 2 * item\n"
    )
    given = {"function": "my-text.py:Tool.twice", "items": "range(3)", "start": start}
    program = snippet.program(_case("pool", "function", **given), {"count": 3})
    assert _printed(str(program), tmp_path) == "[0, 2, 4]"


@pytest.mark.parametrize("name", ["loky", "joblib"])
def test_such_a_file_is_found_by_workers_that_do_not_carry_out_the_program(name: str, tmp_path: Path) -> None:
    """Only an import line cannot hold its name; pickle can."""
    _program(name, tmp_path, "")
    (tmp_path / "my-text.py").write_text("def twice(item):\n    return 2 * item\n", encoding="utf-8")
    given: dict[str, Value] = {"function": "my-text.py:twice", "items": "range(3)"}
    program = snippet.program(_case(name, "function", **given), {"count": 3})
    assert _printed(str(program), tmp_path) == "[0, 2, 4]"


def test_module_whose_name_its_package_gives_to_something_else(tmp_path: Path) -> None:
    """The package ``pool`` takes the function ``work`` out of its module ``work``, which holds a model as well."""
    (tmp_path / "pool").mkdir()
    (tmp_path / "pool/__init__.py").write_text("from pool.work import work\n", encoding="utf-8")
    (tmp_path / "pool/work.py").write_text("def work(item):\n    pass\n\n\nmodel = lambda item: 2 * item\n")
    given: dict[str, Value] = {"function": "pool.work:model", "items": "range(3)", "start": "spawn"}
    program = snippet.program(_case("pool", "function", **given), {"count": 3, "unnamed_function": 1})
    assert _printed(str(program), tmp_path) == "[0, 2, 4]"


def test_items_of_such_a_file_are_read_where_the_program_begins(tmp_path: Path) -> None:
    """They set nothing up in workers, so that loky, which does not carry out the program there, has code as well."""
    given = {"function": "math:sqrt", "items": "my-items.py:rows"}
    assert snippet.why_none(_case("loky", "function", **given), {"count": 3}) is None
    (tmp_path / "my-items.py").write_text("rows = [1, 4, 9]\n", encoding="utf-8")
    program = snippet.program(_case("pool", "function", **given), {"count": 3})
    assert _printed(str(program), tmp_path) == "[1.0, 2.0, 3.0]"


@pytest.mark.parametrize("ending", ["jsonl", "csv", "txt"])
def test_mark_of_the_byte_order_is_read_as_in_measuring(ending: str, tmp_path: Path) -> None:
    """Files of other systems begin with it, and it is no part of the first item."""
    (tmp_path / "text.py").write_text("def pool(item):\n    return item if isinstance(item, str) else item['a']\n")
    text = {"jsonl": '{"a": "x"}\n', "csv": "a\nx\n", "txt": "x\n"}[ending]
    (tmp_path / f"lines.{ending}").write_text(text, encoding="utf-8-sig")
    program = snippet.program(_case("pool", "function", **FUNCTION | {"items": f"lines.{ending}"}), KNOWN)
    assert _printed(str(program), tmp_path) == "['x']"


def test_module_in_src_is_found_by_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python looks in no ``src``; the workers of a pasted program look where it does."""
    (tmp_path / "src/inner").mkdir(parents=True)
    (tmp_path / "src/inner/work.py").write_text("ITEMS = [1, 2]\n\ndef twice(item):\n    return 2 * item\n")
    monkeypatch.setenv(user_code.FOLDER, str(tmp_path))
    monkeypatch.setenv(user_code.FOLDERS, f"{tmp_path}\n{tmp_path}/src")
    given: dict[str, Value] = {"function": "inner.work:twice", "items": "inner.work:ITEMS", "start": "spawn"}
    program = snippet.program(_case("pool", "function", **given), KNOWN)
    assert program is not None
    assert (program.count("sys.path.insert"), _printed(program, tmp_path)) == (1, "[2, 4]")


def test_files_in_src_are_found_by_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function and items that are named by their paths, as they are below ``src``, and one that lies elsewhere."""
    (tmp_path / "src/inner").mkdir(parents=True)
    (tmp_path / "src/inner/job.py").write_text("def twice(item):\n    return 2 * int(item)\n", encoding="utf-8")
    (tmp_path / "src/lines.txt").write_text("1\n2\n", encoding="utf-8")
    (tmp_path / "more.txt").write_text("3\n", encoding="utf-8")
    monkeypatch.setenv(user_code.FOLDER, str(tmp_path))
    monkeypatch.setenv(user_code.FOLDERS, f"{tmp_path}\n{tmp_path}/src")
    for items, printed in (("lines.txt", "[2, 4]"), ("more.txt", "[6]")):
        given: dict[str, Value] = {"function": "inner/job.py:twice", "items": items, "start": "spawn"}
        program = snippet.program(_case("pool", "function", **given), KNOWN)
        assert _printed(str(program), tmp_path) == printed


def _two_of_one_name(name: str, folder: Path) -> None:
    _program(name, folder, "")  # skips what cannot run here
    for place in ("a", "b"):
        (folder / place).mkdir()
    (folder / "a/job.py").write_text("import beside\n\ndef pool(item):\n    return item.a ** beside.TWO\n")
    (folder / "a/beside.py").write_text("TWO = 2\n", encoding="utf-8")
    code = (
        "class Row:\n    def __init__(self, a):\n        self.a = a\n\n\nROWS = [Row(number) for number in range(10)]\n"
    )
    (folder / "b/job.py").write_text(code, encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in _members() if _backend.load(name).loads_program])
def test_files_of_one_name_in_two_folders_are_both_found(name: str, tmp_path: Path) -> None:
    """By processes that load the program anew as well, where pickle looks for a function and for a class of items."""
    _two_of_one_name(name, tmp_path)
    given: dict[str, Value] = {"function": "a/job.py:pool", "items": "b/job.py:ROWS", "start": "spawn"}
    program = snippet.program(_case(name, "function", **given), KNOWN)
    assert _printed(str(program), tmp_path) == SQUARES


@pytest.mark.parametrize("name", [name for name in _members() if not _backend.load(name).loads_program])
def test_code_is_not_given_where_workers_would_not_load_a_file(name: str) -> None:
    """Only the program knows under which name such a file is loaded."""
    case = _case(name, "function", function="a/job.py:pool", items="b/job.py:ROWS")
    assert snippet.program(case, KNOWN) is None
    assert "loads" in str(snippet.why_none(case))


@pytest.mark.parametrize("name", [name for name in _members() if _backend.load(name).loads_program])
def test_file_that_is_called_like_a_module_of_python_is_found_and_is_not_what_others_import(
    name: str, tmp_path: Path
) -> None:
    """A ``random.py`` in a folder; multiprocessing imports the one of Python when it looks for a folder of its own."""
    _program(name, tmp_path, "")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/random.py").write_text("import beside\n\ndef pool(item):\n    return item['a'] ** beside.TWO\n")
    (tmp_path / "sub/beside.py").write_text("TWO = 2\n", encoding="utf-8")
    case = _case(name, "function", function="sub/random.py:pool", items="lines.jsonl", start="spawn")
    assert _printed(str(snippet.program(case, KNOWN)), tmp_path) == SQUARES


def test_file_that_is_loaded_by_its_path_is_loaded_once(tmp_path: Path) -> None:
    """Function, set-up and items of one file that another one shares its name with: they know of each other."""
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
    code = (
        "held = []\n\ndef ready():\n    held.append(1)\n\ndef same(item):\n    return item * held[0]\n\nROWS = [4, 5]\n"
    )
    (tmp_path / "a/job.py").write_text(code, encoding="utf-8")
    (tmp_path / "b/job.py").write_text(code.replace("held[0]", "2 * held[0]"), encoding="utf-8")
    for other in ("a", "b"):
        given: dict[str, Value] = {
            "function": "a/job.py:same",
            "setup": "a/job.py:ready",
            "items": f"{other}/job.py:ROWS",
        }
        program = str(snippet.program(_case("pool", "function", **given), KNOWN))
        assert _printed(program, tmp_path) == "[4, 5]"
        assert program.count('load_file("') == (2 if other == "b" else 0)


def test_function_and_items_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Two files that both define ``run``, and a function called as what opens the file of the items."""
    (tmp_path / "parse.py").write_text("def run(item):\n    return item + 1\n", encoding="utf-8")
    (tmp_path / "data.py").write_text("def run():\n    return [1, 2, 3]\n", encoding="utf-8")
    (tmp_path / "unpack.py").write_text("def open(item):\n    return item * 2\n", encoding="utf-8")
    (tmp_path / "lines.txt").write_text("a\nb\n", encoding="utf-8")
    given = {"function": "parse.py:run", "items": "data.py:run"}
    program = snippet.program(_case("pool", "function", **given), {"count": 3, "items_called": 1})
    assert _printed(str(program), tmp_path) == "[2, 3, 4]"
    given = {"function": "unpack.py:open", "items": "lines.txt"}
    assert _printed(str(snippet.program(_case("pool", "function", **given), {"count": 2})), tmp_path) == "['aa', 'bb']"


def test_preloaded_fork_server_is_a_fork_server_in_code() -> None:
    """Python knows no start method of the name that a record has for it."""
    case = _case("pool", "function", **FUNCTION, start="forkserver-preload")
    assert 'get_context("forkserver")' in str(snippet.program(case, KNOWN))


def test_names_of_one_module_are_imported_together() -> None:
    """Function and items of the same module stand in one line."""
    case = _case("pool", "function", function="mine.text:parse", items="mine.text:lines")
    program = snippet.program(case, {"count": 10, "items_called": 1})
    assert program is not None
    assert "from mine.text import parse, lines\n" in program
    assert "items = list(lines())" in program


@pytest.mark.parametrize("name", _members())
def test_error_of_the_function_ends_the_program(name: str, tmp_path: Path) -> None:
    """The sixth of ten items fails: nobody is left waiting for its result, and no list without it is printed."""
    code = "def pool(item):\n    assert item['a'] != 5, 'not this one'\n    return item['a']\n"
    done = _run(_program(name, tmp_path, code, start="fork"), tmp_path)
    assert (done.returncode != 0, done.stdout, "not this one" in done.stderr) == (True, "", True)


OWN = ("process", "process-pipe", "process-queue", "manager-list", "manager-queue", "shared-array", "shared-memory")


@pytest.mark.parametrize("name", [name for name in OWN if not _backend.load(name).fixed_width])
def test_error_at_the_first_of_many_large_items_ends_the_program(name: str, tmp_path: Path) -> None:
    """Megabytes are on their way then, which nobody will read: that keeps no program from ending."""
    code = "def pool(item):\n    assert item != 0, 'not this one'\n    return item\n\n\n"
    code += "ITEMS = [0, *(bytes(100_000) for _ in range(40))]\n"
    (tmp_path / "text.py").write_text(code, encoding="utf-8")
    case = _case(name, "function", function="text.py:pool", items="text.py:ITEMS", chunksize=1, start="fork")
    program = snippet.program(case, {"count": 41})
    assert program is not None
    done = _run(program, tmp_path)
    assert (done.returncode != 0, done.stdout, "not this one" in done.stderr) == (True, "", True)


@pytest.mark.parametrize("end", ["sys.exit()", "os._exit(0)", "os.kill(os.getpid(), 9)"])
@pytest.mark.parametrize("name", OWN)
def test_worker_that_ends_early_ends_the_program(name: str, end: str, tmp_path: Path) -> None:
    """Processes of one's own: neither is a missing result taken for one, nor is it waited for."""
    code = f"import os, sys\n\ndef pool(item):\n    if item['a'] == 5:\n        {end}\n    return item['a']\n"
    done = _run(_program(name, tmp_path, code, start="fork"), tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.rstrip().splitlines()[-1].startswith(("EOFError", "RuntimeError", "ConnectionResetError"))


@pytest.mark.parametrize("name", [name for name in _members() if _backend.load(name).parallelism == "processes"])
def test_more_workers_than_items_give_the_results_in_order(name: str, tmp_path: Path) -> None:
    """Twelve workers, of whom two at least have nothing to do, and chunks as the interface cuts them."""
    assert _squares(name, tmp_path, start="fork", workers=12, chunksize="api") == SQUARES


@pytest.mark.parametrize(("form", "result"), [("bool", "None"), ("float64", "7"), ("int64", "0.5")])
@pytest.mark.parametrize("name", [name for name in _members() if _backend.load(name).fixed_width])
def test_result_of_another_kind_is_an_error(name: str, form: str, result: str, tmp_path: Path) -> None:
    """Only a part of the items may have been measured; what comes out of another one is not turned into that form."""
    (tmp_path / "lines.jsonl").write_text("\n".join('{"a": 1}' for _ in range(10)), encoding="utf-8")
    (tmp_path / "text.py").write_text(f"def pool(item):\n    return {result}\n", encoding="utf-8")
    program = snippet.program(_case(name, "function", **FUNCTION), {"count": 10, "form": form})
    assert program is not None
    done = _run(program, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")


FORMS = {
    "bool": ("item['a'] % 2 == 0", {}, "[True, False, True, False, True, False, True, False, True, False]"),
    "float64": ("item['a'] / 2", {}, "[0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5]"),
    "bytes": ("bytes(item['a'] % 3)", {"result_bytes": 2}, repr([bytes(number % 3) for number in range(10)])),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [name for name in _members() if _backend.load(name).fixed_width])
def test_slots_of_shared_memory_take_each_form_of_results(name: str, form: str, tmp_path: Path) -> None:
    """Yes or no, fractions, and bytes that are shorter than their slot."""
    expression, more, printed = FORMS[form]
    (tmp_path / "text.py").write_text(f"def pool(item):\n    return {expression}\n", encoding="utf-8")
    (tmp_path / "lines.jsonl").write_text("\n".join(f'{{"a": {number}}}' for number in range(10)), encoding="utf-8")
    program = snippet.program(_case(name, "function", **FUNCTION, **more), {"count": 10, "form": form})
    assert program is not None
    assert _printed(program, tmp_path) == printed


@pytest.mark.parametrize("name", [name for name in _members() if _backend.load(name).fixed_width])
def test_result_that_is_longer_than_its_slot_is_an_error(name: str, tmp_path: Path) -> None:
    """Nine bytes where there is room for eight are not cut."""
    code = "def pool(item):\n    return bytes(item['a'])\n"
    _program(name, tmp_path, code)
    program = snippet.program(_case(name, "function", **FUNCTION, result_bytes=8), {"count": 10, "form": "bytes"})
    assert program is not None
    done = _run(program, tmp_path)
    assert (done.returncode, done.stdout, "9 bytes; there is room for 8" in done.stderr) == (1, "", True)


@pytest.mark.parametrize("name", [name for name in _members() if _backend.load(name).fixed_width])
def test_snippet_is_not_given_where_the_width_of_results_is_unknown(name: str) -> None:
    """A record of an older version does not tell the form; before anybody has looked nothing is ruled out."""
    case = _case(name, "function", **FUNCTION)
    assert snippet.program(case, {"count": 10}) is None
    assert "not known" in str(snippet.why_none(case, {"count": 10}))
    assert snippet.why_none(case) is None


@pytest.mark.parametrize("name", _members())
def test_names_that_the_code_uses_are_kept_from_what_is_imported(name: str) -> None:
    """A function of the user's that is called like a variable of the code gets another name in it."""
    used = set()
    for size in (None, 1, 3):
        for node in ast.walk(ast.parse(_code(name, Crew(2, "spawn"), size))):
            if isinstance(node, ast.Name):
                used.add(node.id)
            elif isinstance(node, ast.arg):
                used.add(node.arg)
            elif isinstance(node, (ast.FunctionDef, ast.alias)):
                used.add(node.name.partition(".")[0])
    for own in used - {"parse"}:
        source = jobs.load("function").source
        assert source is not None
        params = dict(_case("pool", "function", function=f"text.py:{own}", items="lines.jsonl").params)
        assert source(params, 2, KNOWN).function != own, own


PRIMES = (
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
)  # fmt: skip
FLAGS = [number in PRIMES for number in range(100)]
SEARCHES = {
    ("number", "flags"): FLAGS,
    ("chunk", "count"): [10, 7, 7, 1],
    ("chunk", "flags"): [np.packbits(FLAGS[at : at + 30], bitorder="little").tobytes() for at in range(0, 100, 30)],
}


@pytest.mark.parametrize(("task", "kept"), SEARCHES)
@pytest.mark.parametrize("name", ["process", "shared-array", "shared-memory", "manager-list"])
def test_prime_search_by_processes_of_ones_own(name: str, task: str, kept: str, tmp_path: Path) -> None:
    """Yes or no per number, and per 30 numbers how many, or a bit for each, of the 25 primes below 100."""
    given: dict[str, Value] = {"workload": "0:100", "task": task, "answer": kept, "kernel": "wheel6", "chunksize": 30}
    program = snippet.program(_case(name, "primes", **given), {})
    assert program is not None
    assert ast.literal_eval(_printed(program, tmp_path)) == SEARCHES[task, kept]


UNNAMED = {
    "decorated": "def decorated(function):\n    return lambda item: function(item)\n\n\n@decorated\n"
    "def pool(item):\n    return item['a'] ** 2\n",
    "lambda": "pool = lambda item: item['a'] ** 2\n",
    "method": "class Model:\n    def __reduce__(self):\n        raise ValueError('all of it is on its way')\n\n"
    "    def pool(self, item):\n        return item['a'] ** 2\n\n\nmodel = Model()\n",
}


_KINDS = [
    *((name, "method", 3) for name in _members()),
    *((name, "lambda", 1) for name in _with_code_of_its_own_for_single_items()),
    ("pool", "decorated", 3),
]


@pytest.mark.parametrize(("name", "kind", "size"), _KINDS)
def test_function_that_pickle_does_not_take_by_name_is_called_by_one_that_it_does(
    name: str, kind: str, size: int, tmp_path: Path
) -> None:
    """Workers have been sent the name when they were measured; to send what it stands for fails, or takes its time."""
    reference = "text.py:model.pool" if kind == "method" else "text.py:pool"
    given: dict[str, Value] = {"function": reference, "chunksize": size, "start": "spawn"}
    program = _program(name, tmp_path, UNNAMED[kind], KNOWN | {"unnamed_function": 1}, **given)
    assert _printed(program, tmp_path) == SQUARES
