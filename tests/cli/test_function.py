"""primebench run and check with a function of the user's: the whole path, with real processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from bench.store import record_file

CODE = """
import os

def square(number):
    return number * number

def fails(number):
    if number == 3:
        raise ValueError("the secret of three")
    return number

def words(number):
    return ["x"] * number

def size(number):
    return number * len(os.environ["MODEL_DIR"])

def threads(number):
    return [number, os.environ["OMP_NUM_THREADS"], os.environ.get("MODEL_DIR")]

class Secret:
    number = 1

    def __reduce__(self):
        raise ValueError("the secret of two")

def number(item):
    return item.number

secrets = [Secret(), Secret()]
"""
QUICK = ["--rounds", "1", "--values", "1", "--warmups", "0", "--min-time", "0.001", "--workers", "2"]


@pytest.fixture
def place(tmp_path):
    """A folder of a user's with a package, and modules whose names would break a careless program."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").write_text("")
    (tmp_path / "mine" / "work.py").write_text(CODE)
    for name in ("random.py", "click.py", "statistics.py"):
        (tmp_path / name).write_text("raise SystemExit('a foreign module was run')\n")
    return tmp_path


def primebench(place, *words, **variables):
    """Run the command in that folder, as it is installed, with more variables in its environment."""
    program = Path(sys.executable).with_name("primebench")
    return subprocess.run(
        [program, *words], cwd=place, env={**os.environ, **variables},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_a_function_is_measured_in_front_of_the_user(place):
    """Processes, a shared array and threads do a user's function from the current folder; the record says which."""
    words = ["--function", "mine.work:square", "--items", "range(40)", "--backend", "pool,shared-array,thread-pool"]
    done = primebench(place, "run", *words, *QUICK, "--start", "spawn", "-o", "r.json")
    assert 0 == done.returncode, done.stderr
    record = record_file.load(place / "r.json")
    assert {"serial", "ceiling", "pool", "shared-array", "thread-pool"} == {
        result.case.member for result in record.results.values()
    }
    (facts,) = record.jobs.values()
    assert ("mine/work.py", 40) == (facts["file"], facts["count"])
    assert f"40 items, mine.work:square from mine/work.py ({facts['source_sha256'][:12]})" in done.stdout
    shown = json.loads(primebench(place, "show", "r.json", "--format", "json").stdout)
    params = next(case["params"] for case in shown["cases"] if case["member"] == "pool")
    assert {"function", "items", "chunksize", "workers", "check"} <= params.keys()


def test_a_failing_item_is_named_but_not_anonymously(place):
    """Each case has crashed with the item and the error's last line; an anonymous record keeps neither."""
    words = ["--function", "mine.work:fails", "--items", "range(6)", "--backend", "pool"]
    done = primebench(place, "run", *words, *QUICK, "-o", "r.json", "--format", "json")
    assert 1 == done.returncode
    cases = json.loads(done.stdout)["cases"]
    assert {"crashed"} == {case["status"] for case in cases}
    assert all("item 3 (3): ValueError: the secret of three" in case["reason"] for case in cases)
    primebench(place, "run", *words, *QUICK, "--anonymous", "-o", "a.json")
    assert "secret" not in (place / "a.json").read_text()


def test_what_cannot_be_pickled_is_shown_but_not_anonymously(place):
    """The error of an item that cannot be pickled stands in the facts of the job and in the reason of the skip."""
    words = ["--function", "mine.work:number", "--items", "mine.work:secrets", "--backend", "pool,thread-executor"]
    done = primebench(place, "run", *words, *QUICK, "-o", "r.json")
    assert 0 == done.returncode, done.stderr
    assert 2 <= (place / "r.json").read_text().count("the secret of two")
    primebench(place, "run", *words, *QUICK, "--anonymous", "-o", "a.json")
    told = (place / "a.json").read_text()
    assert "secret of two" not in told
    assert "the items of mine.work:number cannot be pickled (left out of an anonymous record" in told


@pytest.mark.parametrize("command", ["check", "advise"])
def test_a_variable_that_a_function_lacks_is_pointed_out(place, command):
    """Before anything is timed, in one line that names the option by which the function gets it; with that it does."""
    words = ["--function", "mine.work:size", "--items", "range(6)", "--backend", "pool"]
    done = primebench(place, command, *words, MODEL_DIR="/x")
    told = " ".join((done.stdout + done.stderr).split())
    assert 1 == done.returncode
    assert "KeyError: 'MODEL_DIR'. What is measured sees few variables; --inherit-environ MODEL_DIR hands on" in told
    done = primebench(place, command, *words, "--inherit-environ", "MODEL_DIR", MODEL_DIR="/x")
    assert 0 == done.returncode, done.stderr


def test_the_record_tells_which_variables_a_function_saw(place):
    """With how many threads, and the names of others, whose values may be secret; it goes on with the same only."""
    words = ["--function", "mine.work:threads", "--items", "range(6)", "--backend", "pool"]
    seen = {"OMP_NUM_THREADS": "1", "MODEL_DIR": "/secret"}
    done = primebench(place, "run", *words, *QUICK, "--inherit-environ", "MODEL_DIR", "-o", "r.json", **seen)
    assert 0 == done.returncode, done.stderr
    (facts,) = record_file.load(place / "r.json").jobs.values()
    assert {"OMP_NUM_THREADS=1", "MODEL_DIR"} <= set(facts["environ"].split(", "))
    assert f"({facts['source_sha256'][:12]}), with {facts['environ']}" in " ".join(done.stdout.split())
    assert "secret" not in (place / "r.json").read_text()
    again = ["run", "--resume", "r.json", "--inherit-environ", "MODEL_DIR"]
    assert 0 == primebench(place, *again, **seen).returncode
    done = primebench(place, *again, **{**seen, "OMP_NUM_THREADS": "2"})
    assert 5 == done.returncode
    assert f"was begun with {facts['environ']} of your variables, and now there is OMP" in done.stderr


# An extension as most were until 2017: it has no slots by which it could say that several interpreters may load it.
OLD = """
#include <Python.h>
static struct PyModuleDef old = {PyModuleDef_HEAD_INIT, "old", 0, -1, 0};
PyMODINIT_FUNC PyInit_old(void) { return PyModule_Create(&old); }
"""


@pytest.mark.skipif(sys.version_info < (3, 14), reason="only Python 3.14 and newer have executors of interpreters.")
@pytest.mark.skipif(shutil.which("cc") is None, reason="an extension has to be compiled.")
@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("import json", 0, "3 right, 0 failed"),
        ("import old", 1, "old does not support interpreters; choose processes, or do without it"),
    ],
    ids=["works", "refused"],
)
def test_check_names_the_module_that_interpreters_cannot_load(line, code, told, place):
    """A function whose module imports an extension made for one interpreter fails there; any other one is right."""
    include, ending = sysconfig.get_path("include"), sysconfig.get_config_var("EXT_SUFFIX")
    (place / "old.c").write_text(OLD)
    subprocess.run(["cc", "-shared", "-fPIC", f"-I{include}", "old.c", "-o", f"old{ending}"], cwd=place, check=True)
    (place / "loads.py").write_text(f"{line}\ndef double(number):\n    return 2 * number\n")
    words = ["--function", "loads:double", "--items", "range(40)", "--backend", "interpreter-executor"]
    done = primebench(place, "check", *words, "--workers", "2")
    assert (code, True) == (done.returncode, told in " ".join(done.stdout.split())), done.stdout + done.stderr


def test_what_has_no_fixed_width_is_not_for_shared_memory(place):
    """Lists are skipped there with the reason, and measured elsewhere."""
    words = ["--function", "mine.work:words", "--items", "range(6)", "--backend", "pool,shared-memory"]
    done = primebench(place, "check", *words, "--format", "json")
    assert 0 == done.returncode, done.stderr
    status = {case["member"]: case["status"] for case in json.loads(done.stdout)["cases"]}
    assert ("ok", "skipped") == (status["pool"], status["shared-memory"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--function", "mine.work:absent", "--items", "range(3)"], 2, "defines no absent"),
        (["--function", "nowhere:f", "--items", "range(3)"], 2, "there is no module nowhere"),
        (["--function", "mine.work:square"], 2, "nothing says what mine.work:square is called with; write --items"),
        (["--function", "mine.work:square", "--items", "absent.jsonl"], 2, "absent.jsonl do not exist"),
        (["--function", "mine.work:square", "--items", "range(0)"], 2, "holds no items"),
        (["--function", "random:square", "--items", "range(3)"], 2, "random"),
        (["--function", "mine.work:square", "--items", "range(3)", "--kernel", "sieve"], 2, "--kernel means nothing"),
    ],
)
def test_wrong_words_are_one_line(place, words, code, said):
    """Exit code and one line that holds what was named."""
    done = primebench(place, "run", *words, "--backend", "pool", "-o", "r.json")
    assert (code, "") == (done.returncode, done.stdout)
    assert said in done.stderr and 1 == len(done.stderr.strip().splitlines())


@pytest.mark.parametrize("command", ["run", "check", "advise"])
def test_variables_are_for_functions(cli, command):
    """The prime search sees no variable of the user's, so that handing one on says nothing."""
    done = cli(command, "--inherit-environ", "HOME", "--backend", "pool")
    assert 2 == done.code
    assert "--inherit-environ" in done.err


def test_unlike_jobs_are_not_compared(place):
    """Records of a function with other items, or compared in another way, are not comparable; the same job is."""
    words = ["--function", "mine.work:square", "--backend", "pool"]
    for name, more in (("a", ["range(40)"]), ("b", ["range(40)"]), ("c", ["range(41)"])):
        primebench(place, "run", *words, "--items", *more, *QUICK, "-o", f"{name}.json")
    assert 5 == primebench(place, "compare", "a.json", "c.json").returncode
    assert 5 != primebench(place, "compare", "a.json", "b.json").returncode


@pytest.fixture
def begun(place, cli, launch):
    """A record of the squares of what stands in a file, interrupted after the first of three rounds."""
    (place / "items.jsonl").write_text("1\n2\n")
    launch.interrupt_after = 3
    words = ["--function", "mine/work.py:square", "--items", "items.jsonl", "--backend", "serial,pool", "--rounds", "3"]
    assert 130 == cli("run", *words, "--workers", "2", "-o", "r.json").code
    launch.interrupt_after = None
    return Path("r.json")


def test_a_run_goes_on_with_the_same_code_and_items(begun, cli, launch):
    """What nobody has edited meanwhile is completed."""
    assert 0 == cli("run", "--resume", "r.json").code
    assert 9 == len(launch.visits)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("mine/work.py", f"{CODE}# edited", "the code of mine/work.py:square changed after the record was begun"),
        ("items.jsonl", "1\n2\n3\n", "the items of mine/work.py:square changed after"),
        ("items.jsonl", '1\n"2"\n', "was measured before, and its job fails now: item 1"),
    ],
    ids=["code", "items", "items that fail"],
)
def test_a_run_does_not_go_on_with_other_code_or_items(place, begun, cli, launch, name, text, said):
    """An edited function or another line in the file of items: exit code 5, and the times so far stay."""
    before = begun.read_text()
    (place / name).write_text(text)
    done = cli("run", "--resume", "r.json")
    assert (5, 3, before) == (done.code, len(launch.visits), begun.read_text())
    assert said in done.err


def test_commas_of_a_range_do_not_divide_it(cli) -> None:
    """Two ranges, one of which has three numbers in its parentheses, are two jobs."""
    ranges = "range(0, 40, 2),range(5)"
    done = cli("run", "--function", "mine.work:square", "--items", ranges, "--backend", "serial", "--dry-run")
    assert (done.code, done.err) == (0, "")
    assert all(text in done.out for text in ("range(0, 40, 2)", "range(5)"))
