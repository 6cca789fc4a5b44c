"""primebench gate over a function of the user's: refs of their own repository, measured by this primebench."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.core import start
from bench.engine.virtual_environment import environment
from bench.store import record_file
from tests.support.repository import git

CHEAP = ["--workers", "2", "--phase", "map", "--items", "range(8)", "--pairs", "8"]
QUICK = ["--backend", "pool", *CHEAP]
SHORT = ["--values", "2", "--min-time", "0.001", "--control", "none", "--format", "json", "--force"]


def gate(place, *words, **variables):
    """Run the gate there, with more variables in its environment."""
    program = Path(sys.executable).with_name("primebench")
    command = [program, "gate", *words, "-o", "gate.json"]
    environ = {**os.environ, **variables}
    return subprocess.run(command, cwd=place, env=environ, capture_output=True, text=True, check=False, timeout=240)


@pytest.fixture
def repository(request, tmp_path):
    """A repository with a package at its top or in src, and commits: first, equal, wrong, without the function."""
    package = tmp_path / getattr(request, "param", "") / "mine"
    package.mkdir(parents=True)
    git(tmp_path, "init", "--quiet")
    (package / "__init__.py").write_text("")
    for tag, text in (
        ("first", "def work(n):\n    return sum(range(n))\n"),
        ("equal", "def work(n):\n    # the same\n    return sum(range(n))\n"),
        ("wrong", "def work(n):\n    return sum(range(n)) + (n == 5)\n"),
        ("without", "def other(n):\n    return n\n"),
    ):
        (package / "work.py").write_text(text)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--quiet", "-m", tag)
        git(tmp_path, "tag", tag)
    return tmp_path


@pytest.mark.parametrize("repository", ["", "src"], indirect=True)
def test_refs_of_the_users_repository_are_measured(repository):
    """Both sides have times of their own tree, by itself and in a pool where no member is chosen; what is recorded."""
    words = ["--function", "mine.work:work", *CHEAP, *SHORT]
    done = gate(repository, *words, "--base", "first", "--head", "equal")
    assert done.returncode in (0, 4), done.stderr
    cases = {case["id"].split()[0].split("/")[1] for case in json.loads(done.stdout)["cases"]}
    assert {"serial", "pool"} == cases
    record = record_file.load(repository / "gate.json")
    assert {"base", "head"} <= {result.side for result in record.results.values()}
    assert git(repository, "rev-parse", "first") == record.sides["base"].commit
    digests = {facts["source_sha256"] for facts in record.jobs.values()}
    assert 2 == len(digests)


def test_another_answer_is_a_failure(repository):
    """Base's results are the truth: the first item that differs is named, and the exit code is 1."""
    words = ["--function", "mine.work:work", *QUICK, *SHORT]
    done = gate(repository, *words, "--base", "first", "--head", "wrong")
    assert 1 == done.returncode, done.stderr
    assert "item 5 (5) gives 11; the plain loop gives 10" in json.loads(done.stdout)["reasons"][0]


def test_each_side_opens_files_of_its_own_tree(repository):
    """A path that is not absolute names a file of the side's commit, and not what lies where the user stands."""
    (path,) = repository.rglob("work.py")
    path.write_text("def work(n):\n    with open('table.txt') as file:\n        return file.read()\n")
    for text in ("one", "two", "three"):
        (repository / "table.txt").write_text(text)
        if text != "three":  # which only lies there
            git(repository, "add", ".")
            git(repository, "commit", "--quiet", "-m", text)
    words = ["--function", "mine.work:work", *QUICK, *SHORT]
    done = gate(repository, *words, "--base", "HEAD~1", "--head", "HEAD")
    assert 1 == done.returncode, done.stderr
    assert "item 0 (0) gives 'two'; the plain loop gives 'one'" in json.loads(done.stdout)["reasons"][0]


def test_both_sides_see_the_same_variables(repository):
    """Those that were named are handed on to each, and without that the first item says what helps."""
    (path,) = repository.rglob("work.py")
    path.write_text("import os\n\ndef work(n):\n    return n * len(os.environ['MODEL_DIR'])\n")
    git(repository, "commit", "--quiet", "-am", "variables")
    words = ["--function", "mine.work:work", *QUICK, *SHORT, "--base", "HEAD", "--head", "."]
    done = gate(repository, *words, MODEL_DIR="/x")
    assert 1 == done.returncode, done.stderr
    assert "--inherit-environ MODEL_DIR hands on yours" in json.loads(done.stdout)["reasons"][0]
    done = gate(repository, *words, "--inherit-environ", "MODEL_DIR", MODEL_DIR="/x")
    assert done.returncode in (0, 4), done.stderr


@pytest.fixture
def pythons(tmp_path_factory):
    """Two Pythons with primebench, and with a package that has been built for each."""
    scratch = tmp_path_factory.mktemp("pythons")
    found = []
    for _ in range(2):
        python, _, library = environment((start.SOURCE,), scratch)
        (library / "fast").mkdir()
        (library / "fast" / "__init__.py").write_text("from fast.built import work\n")
        (library / "fast" / "built.py").write_text("def work(n):\n    return n\n")
        found.append(python)
    return found


@pytest.mark.parametrize("function", ["fast:work", "json:dumps"])
def test_what_a_python_finds_is_its_own(repository, pythons, function):
    """What is installed for it, and what comes with it, is measured from a folder that holds no code."""
    base, head = pythons
    (repository / "elsewhere").mkdir()
    words = ["--function", function, *QUICK, *SHORT]
    done = gate(repository / "elsewhere", *words, "--base", base, "--head", head)
    assert done.returncode in (0, 4), done.stderr
    assert [8] == [case["n"] for case in json.loads(done.stdout)["cases"]]


def test_code_that_was_not_built_for_a_python_says_where_that_is(repository, pythons):
    """The package where the user stands is in front of the one that was built: neither option would change that."""
    base, head = pythons
    (repository / "fast").mkdir()
    (repository / "fast" / "__init__.py").write_text("from fast.built import work\n")
    words = ["--function", "fast:work", *QUICK, *SHORT, "--base", base, "--head", head]
    done = gate(repository, *words)
    assert 1 == done.returncode
    assert "was not built where it lies. What is installed there is found from another folder." in done.stderr
    done = gate(repository, *words, "--install")
    assert 2 == done.returncode
    assert "install the package there, stand in another folder, and leave out --install" in done.stderr


@pytest.mark.parametrize("head", ["HEAD", "."])
def test_below_the_top_both_sides_are_searched_alike(repository, head):
    """The package lies at the top, and the user stands below: the folder . has the function as a commit has it."""
    (repository / "below").mkdir()
    words = ["--function", "mine.work:other", *QUICK, *SHORT]
    done = gate(repository / "below", *words, "--base", "without", "--head", head)
    assert done.returncode in (0, 4), done.stderr
    assert "nothing to judge" != json.loads(done.stdout)["verdict"]


@pytest.mark.parametrize(("name", "lacks"), [("other", "base"), ("work", "head")])
def test_a_function_of_one_side_is_listed_and_not_judged(repository, name, lacks):
    """One that is new in head, or gone from it, is no alarm: which side has none is said, now and from the record."""
    words = ["--function", f"mine.work:{name}", *QUICK, *SHORT]
    done = gate(repository, *words, "--base", "first", "--head", "without")
    program = Path(sys.executable).with_name("primebench")
    again = subprocess.run(
        [program, "gate", "--again", "gate.json", "--format", "json"],
        cwd=repository, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    for one in (done, again):
        assert 0 == one.returncode, one.stderr
        told = json.loads(one.stdout)
        assert ("nothing to judge", ["no function exists on both sides"]) == (told["verdict"], told["reasons"])
        (case,) = told["cases"]
        assert "missing" == case["verdict"]
        assert case["reason"].startswith(f"{lacks} has none:") and f"defines no {name}" in case["reason"]


def test_items_are_not_read_for_a_function_of_one_side(repository):
    """Where the function is new, items that are new as well are no error of base's."""
    (path,) = repository.rglob("work.py")
    path.write_text("def fresh(n):\n    return n\n\nitems = [1, 2]\n")
    git(repository, "commit", "--quiet", "-am", "fresh")
    words = ["--function", "mine.work:fresh", *QUICK[:6], "--items", "mine.work:items", "--pairs", "8", *SHORT]
    assert 0 == gate(repository, *words, "--base", "first", "--head", "HEAD").returncode
    assert 0 == gate(repository, *words, "--base", "HEAD", "--head", "first").returncode


def test_a_copy_in_front_of_one_side_is_an_error(repository):
    """Head has a package of its own, and base finds an installed one of that name: nothing is judged or listed."""
    (repository / "pip").mkdir()
    (repository / "pip" / "__init__.py").write_text("def main(n):\n    return n\n")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "own pip")
    words = ["--function", "pip:main,mine.work:other", *QUICK, *SHORT]
    done = gate(repository, *words, "--base", "without", "--head", "HEAD")
    assert (2, "") == (done.returncode, done.stdout)
    assert "without: the function comes from" in done.stderr and "another copy is in front of it" in done.stderr


def over_objects(repository, function, code, base):
    """Commit a module with a class of its own and items of it, and return what the gate says of a function in it."""
    (path,) = repository.rglob("work.py")
    path.write_text(code)
    git(repository, "commit", "--quiet", "-am", "objects")
    words = ["--function", f"mine.work:{function}", *QUICK[:6], "--items", "mine.work:items", "--pairs", "8", *SHORT]
    return gate(repository, *words, "--base", base, "--head", "HEAD")


def test_items_that_base_cannot_read_are_an_error(repository):
    """Head's items are of a class that base does not have: that is said, and not that base lacks the function."""
    code = "class Item:\n    pass\n\ndef other(n):\n    return 1\n\nitems = [Item()]\n"
    done = over_objects(repository, "other", code, "without")
    assert (2, "") == (done.returncode, done.stdout)
    assert "the items mine.work:items of head cannot be read here" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--function", "mine.work:none", "--base", "first", "--head", "without"], "defines no none"),
        (["--function", "mine.work:work,mine.none:x", "--base", "first", "--head", "equal"], "no module mine.none"),
        (["--function", "math:sqrt", "--base", "first", "--head", "equal"], "and not from its own tree"),
        (["--function", "numpy:sqrt", "--base", "first", "--head", "equal"], "and not from its own tree"),
        (["--function", "mine.work:work", "--base", "nowhere", "--head", "first"], "nowhere is not a commit"),
        (["--function", "mine.work:work", "--source", "lib", "--base", "first", "--head", "first"], "no folder lib"),
        (["--source", "lib", "--base", "first", "--head", "first", "--kernel", "wheel6"], "--function"),
    ],
)
def test_wrong_words_are_one_line(repository, words, said):
    """Exit code 2 and what is wrong, before anything is timed."""
    quick = [word for word in QUICK if "--function" in words or word not in ("--items", "range(8)")]
    done = gate(repository, *words, *quick, *SHORT)
    assert (2, "") == (done.returncode, done.stdout), done.stderr
    assert said in done.stderr


def test_what_is_not_committed_is_pointed_out(repository):
    """A file of items that no commit has is not in HEAD, which is named by itself; a hint says where it is."""
    (repository / "fresh.txt").write_text("one\n")
    words = ["--function", "mine.work:other", *QUICK[:6], "--items", "fresh.txt", "--pairs", "8", *SHORT]
    done = gate(repository, *words, "--base", "HEAD", "--head", "HEAD")
    said = "HEAD: the items fresh.txt do not exist in HEAD. What is not committed is not in HEAD; the folder . has it."
    assert (2, f"primebench: {said}") == (done.returncode, done.stderr.splitlines()[-1])


def test_a_link_out_of_the_tree_is_one_line(repository):
    """A commit that links to an absolute path is refused with the name of what leads out."""
    (repository / "outside").symlink_to("/etc/hostname")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "link")
    done = gate(repository, "--function", "mine.work:other", *QUICK, *SHORT, "--base", "HEAD", "--head", "HEAD")
    assert (2, "") == (done.returncode, done.stdout)
    assert "holds a file that leads out of its tree" in done.stderr and "outside" in done.stderr
    assert 1 == len([line for line in done.stderr.splitlines() if line.startswith("primebench:")])


def test_answers_that_may_differ_are_shown(repository):
    """The first item for which head gives something else is named with both answers, and is no failure."""
    words = ["--function", "mine.work:work", *QUICK, *SHORT, "--answers-may-differ"]
    done = gate(repository, *words, "--base", "first", "--head", "wrong")
    assert done.returncode in (0, 4), done.stderr
    said = "head's answers are not base's, as is allowed: item 5 (5) gives 11; base gives 10."
    assert said in done.stderr and said in json.loads(done.stdout)["warnings"]


def test_a_function_that_fails_is_told_with_its_item(repository):
    """The item and the error's last line stand in the reason."""
    (repository / "mine.jsonl").write_text('1\n"x"\n')
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "items")
    words = ["--function", "mine.work:other", *QUICK[:6], "--items", "mine.jsonl", "--pairs", "8", *SHORT]
    (path,) = repository.rglob("work.py")
    path.write_text("def other(n):\n    return 1 // n\n")
    git(repository, "commit", "--quiet", "-am", "fails")
    done = gate(repository, *words, "--base", "HEAD", "--head", "HEAD")
    assert 1 == done.returncode, done.stderr
    assert "head crashed: item 1 ('x'): TypeError: unsupported operand" in json.loads(done.stdout)["reasons"][0]


def test_of_several_functions_those_of_one_side_are_listed(repository):
    """What head has lost and what base has not yet are named and not judged; what both have is measured."""
    (path,) = repository.rglob("work.py")
    for name in ("old", "new"):
        path.write_text(f"def same(n):\n    return n\n\ndef {name}(n):\n    return n\n")
        git(repository, "commit", "--quiet", "-am", name)
    functions = ",".join(f"mine.work:{name}" for name in ("same", "old", "new"))
    words = ["--function", functions, *QUICK, "--pairs", "10", *SHORT]
    done = gate(repository, *words, "--base", "HEAD~1", "--head", "HEAD")
    assert done.returncode in (0, 4), done.stderr
    verdicts = {
        case["id"].partition("function=mine.work:")[2].split()[0]: case for case in json.loads(done.stdout)["cases"]
    }
    assert ("missing", "missing") == (verdicts["old"]["verdict"], verdicts["new"]["verdict"])
    assert "head has none" in verdicts["old"]["reason"] and "base has none" in verdicts["new"]["reason"]
    assert 10 == verdicts["same"]["n"]


def test_code_that_is_edited_meanwhile_is_a_failure(repository):
    """A folder whose code changes while it is measured is neither what it was nor what it is; its file is named."""
    (path,) = repository.rglob("work.py")
    path.write_text(
        "def work(n):\n    with open(__file__, 'a') as file:\n        file.write('#\\n')\n    return sum(range(n))\n"
    )
    words = ["--function", "mine.work:work", *QUICK, *SHORT]
    done = gate(repository, *words, "--base", "equal", "--head", ".")
    assert 1 == done.returncode, done.stderr
    assert "head edited: mine/work.py has changed while . was measured" in json.loads(done.stdout)["reasons"][0]
    assert {"edited"} == {failure.kind for failure in record_file.load(repository / "gate.json").failures.values()}


def test_items_may_be_objects_of_the_users_own(repository):
    """Head's items are read on both sides and in each measuring process, where nothing else of the package is yet."""
    code = "class Item:\n    size = 3\n\ndef use(item):\n    return item.size\n\nitems = [Item(), Item()]\n"
    done = over_objects(repository, "use", code, "HEAD")
    assert done.returncode in (0, 4), done.stdout
