"""What a name of a user stands for: looked up where they are, but never in place of what others import."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from primes import user_code
from primes.user_code import BrokenCode, UnknownCode

ROOT = Path(user_code.__file__).parent.parent


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Work in a folder where files can be written; forget afterwards where imports have looked."""
    for name in [name for name in sys.modules if name.startswith("file_")]:
        del sys.modules[name]  # another test's, in another folder, whose file may have the same name
    before, finders, places = set(sys.modules), list(sys.meta_path), list(user_code._places)
    user_code._places.clear()
    user_code._meant.clear()
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, user_code._Folders)]
    for name in (user_code.FOLDER, user_code.FOLDERS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def write(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
        return tmp_path / path

    yield write
    for name in (user_code.FOLDER, user_code.FOLDERS):
        os.environ.pop(name, None)
    for name in set(sys.modules) - before:
        del sys.modules[name]
    sys.meta_path[:], user_code._places[:] = finders, places


@pytest.mark.parametrize(
    ("reference", "file"),
    [
        ("made_here", "made_here.py"),
        ("made_pkg.mod", "made_pkg/mod.py"),
        ("sub/made_file.py", "sub/made_file.py"),
        ("./random.py", "random.py"),
        ("{tmp}/far.py", "far.py"),
    ],
)
def test_a_name_is_found_in_the_current_folder(place, tmp_path, reference, file):
    """A module, a module of a package (without ``__init__.py`` too) and a path, relative or not, are found."""
    written = place(file, "VALUE = 41\n")
    found = user_code.load(reference.format(tmp=tmp_path))
    assert (41, str(written)) == (found.VALUE, os.path.realpath(found.__file__))
    assert found is user_code.load(reference.format(tmp=tmp_path))


def test_what_it_imports_is_found_beside_it(place):
    """A module finds its neighbours in the folder, and a file those in its own."""
    place("neighbour_a.py", "WORD = 'a'\n")
    place("deep/neighbour_b.py", "WORD = 'b'\n")
    place("deep/both.py", "import neighbour_a, neighbour_b\nWORDS = neighbour_a.WORD + neighbour_b.WORD\n")
    assert "ab" == user_code.load("deep/both.py").WORDS


def test_the_users_code_comes_before_what_is_installed(place, tmp_path, monkeypatch):
    """A module in the folder is taken in place of an installed one of the same name, which a data folder is not."""
    for name in ("twin", "plain"):
        place(f"site-packages/{name}.py", "WHERE = 'installed'\n")
    place("twin.py", "WHERE = 'here'\n")
    place("plain/data.csv", "1,2\n")
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    assert ("here", "installed") == (user_code.load("twin").WHERE, user_code.load("plain").WHERE)


def test_a_folder_of_modules_that_are_named_is_a_package(place, tmp_path, monkeypatch):
    """A module in ``checks`` is found without ``__init__.py``, although a package of that name is installed."""
    place("site-packages/checks/__init__.py", "")
    written = place("checks/cases.py", "")
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    assert str(written) == user_code.load("checks.cases").__file__


@pytest.mark.parametrize("name", ["statistics", "numpy", "click", "primes", "bench", "gmpy2"])
def test_nothing_stands_before_the_library_and_ours(place, name):
    """What has a name of the standard library, of ours or of our dependencies is not imported from the folder."""
    place(f"{name}.py", "raise SystemError('executed')\n")
    place("user.py", f"import {name}\n")
    assert user_code.load("user")


def test_the_guarded_names_are_those_of_our_dependencies():
    """Each package that pyproject.toml names, but for tests and lint, is among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [
        *project["dependencies"],
        *(one for name in extras.keys() - {"test", "lint", "all"} for one in extras[name]),
    ]
    names = {text.partition(">")[0].strip() for text in wanted}
    assert names == names & user_code.DEPENDENCIES
    assert {"dask", "llvmlite", "mpmath"} <= user_code.DEPENDENCIES - names  # what some of them bring along


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("no_such_module", "no module no_such_module, neither in {tmp} nor among what is installed"),
        ("empty_pkg.no_such", "no module empty_pkg.no_such, neither in {tmp}"),
        ("nowhere.mod", r"(there is no nowhere)"),
        ("statistics.mean", "statistics.py in the folder {tmp} is not meant by it"),
        ("bench.work", "for bench is a module that Python or primebench uses; bench/work.py names yours."),
        ("no/such.py", "there is no file {tmp}/no/such.py"),
        ("pipe.py", "there is no file {tmp}/pipe.py"),
        ("a/path", "there is no file {tmp}/a/path"),
        ("text/notes.txt", "notes.txt is not the path of a file that ends with .py"),
        ("two words", "two words is neither the name of a module nor the path of a file"),
    ],
)
def test_what_is_not_found_says_where_it_was_looked_up(place, tmp_path, reference, said):
    """The message names module or file and the folder, and a pipe is no reason to wait."""
    place("empty_pkg/__init__.py", "")
    place("statistics.py", "")
    place("bench/work.py", "")
    place("text/notes.txt", "")
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(UnknownCode) as refused:
        user_code.load(reference)
    assert said.format(tmp=tmp_path) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("raise GeneratorExit", "(GeneratorExit)."),
        ("raise ValueError('no.\\nmore.')", "(ValueError: no. more)."),
        ("def broken(", "SyntaxError: '(' was never closed"),
        ("import importlib.metadata as m; m.version('fails')", "PackageNotFoundError: No package metadata was found"),
        ("import no_such_library", "ModuleNotFoundError: No module named 'no_such_library'"),
    ],
)
@pytest.mark.parametrize("reference", ["fails", "fails.py"])
def test_what_fails_on_import_says_why_in_one_line(place, reference, text, said):
    """Whatever is raised on import becomes one sentence with one full stop, and leaves no half of a module."""
    place("fails.py", text)
    for _ in range(2):
        with pytest.raises(BrokenCode) as refused:
            user_code.load(reference)
        assert said in str(refused.value)
        assert "\n" not in str(refused.value) and ".." not in str(refused.value)


@pytest.mark.parametrize(
    ("file", "text", "reference", "said"),
    [
        (
            "bench/work.py",
            "from bench.mine import x",
            "bench/work.py",
            "No module named 'bench.mine'); bench in the folder {tmp} is not meant by it, for bench is a module that "
            "Python or primebench uses: no import finds yours until it has another name.",
        ),
        (
            "bench/work.py",
            "from bench import mine",
            "bench/work.py",
            "; bench in the folder {tmp} is not meant by it, for",
        ),
        (
            "bench/work.py",
            "from .mine import x",
            "bench/work.py",
            "; a file that is named by its path belongs to no package, and bench is a module that Python or primebench "
            "uses: give that package another name, or let the file import nothing from it.",
        ),
        (
            "deep/made_pkg/work.py",
            "from .mine import x",
            "deep/made_pkg/work.py",
            "belongs to no package: name it as made_pkg.work, in the folder {tmp}/deep.",
        ),
        (
            "loose.py",
            "from .mine import x",
            "loose.py",
            "with no known parent package); a file that is named by its path belongs to no package.",
        ),
        (
            "user.py",
            "from random import mine",
            "user",
            "; random.py in the folder {tmp} is not meant by it, for random",
        ),
    ],
)
def test_what_code_imports_under_a_name_that_is_taken_is_explained(place, tmp_path, file, text, reference, said):
    """A package called as ours, a relative import in a file, and a module called as one of Python's."""
    place(file, f"{text}\nx = 1\n")
    place("random.py", "mine = 1\n")
    if "/" in file:
        place(Path(file).with_name("__init__.py"), "")
        place(Path(file).with_name("mine.py"), "x = 1\n")
    with pytest.raises(BrokenCode) as caught:
        user_code.load(reference)
    assert said.format(tmp=tmp_path) in str(caught.value)


def test_an_interrupt_is_no_fault_of_the_code(place):
    """Ctrl-C while a user's module is imported ends what was asked for."""
    place("broken_off.py", "raise KeyboardInterrupt")
    for reference in ("broken_off", "broken_off.py"):
        with pytest.raises(KeyboardInterrupt):
            user_code.load(reference)


def elsewhere(code):
    """Run code in a process that was started in another folder."""
    return subprocess.run(
        [sys.executable, "-P", "-c", code], cwd="/", env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_folder_is_the_first_one_wherever_a_process_runs(place):
    """Names are looked up where primebench was started, also in a process that was started elsewhere."""
    place("anchored.py", "VALUE = 1\n")
    user_code.remember_folder()
    code = "from primes import user_code; print(user_code.load('anchored').VALUE, user_code.load('anchored.py').VALUE)"
    done = elsewhere(code)
    assert ("1 1\n", "") == (done.stdout, done.stderr)


def test_objects_of_a_file_travel(place):
    """What a file defines can be pickled, under a name that another process gives the file as well."""
    place("shapes.py", "class Point:\n    def __init__(self, x):\n        self.x = x\n")
    point = user_code.load("shapes.py").Point(3)
    assert 3 == pickle.loads(pickle.dumps(point)).x


def test_objects_of_a_file_that_nobody_has_named_are_found(place):
    """Another process unpickles them once it looks into the folder: their module's name says where they come from."""
    place(
        "deep_er/sha-pes.py", "import beside\nclass Point:\n    def __init__(self, x):\n        self.x = beside.ONE\n"
    )
    place("deep_er/beside.py", "ONE = 1\n")
    user_code.remember_folder()
    pickled = pickle.dumps(user_code.load("deep_er/sha-pes.py").Point(1))
    code = f"import pickle; from primes import user_code; user_code.look_there(); print(pickle.loads({pickled}).x)"
    done = elsewhere(code)
    assert ("1\n", "") == (done.stdout, done.stderr)


def test_two_files_are_two_modules(place):
    """Paths that differ only in what no name of a module can hold are told apart, and stay the same in another tree."""
    for at, name in enumerate(("deep/cut.py", "deep_cut.py", "deep-cut.py")):
        place(name, f"VALUE = {at}\n")
    assert [0, 1, 2] == [user_code.load(name).VALUE for name in ("deep/cut.py", "deep_cut.py", "deep-cut.py")]
    assert "file_deep_cut_py_2f2e" == user_code.name_of(f"{user_code.folder()}/deep/cut.py")


def test_without_a_folder_names_are_looked_up_among_what_is_installed(place, tmp_path):
    """In a folder that was deleted, installed modules are found, and what is not found says so."""
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert user_code.load("pytest") is pytest
    with pytest.raises(UnknownCode, match="deleted"):
        user_code.load("no_such_module")


def test_what_only_primebench_finds_has_a_folder(place, monkeypatch):
    """Code to paste needs the path of src, where nothing else looks, and no other."""
    place("src/inner/parts/one.py", "")
    place("src/inner/__init__.py", "")
    place("outer.py", "")
    user_code.remember_folder()
    place("src/p.py", "")
    place("src/t/__init__.py", "")
    names = ["inner.parts.one", "inner", "p", "t", "outer", "json", "no_such_module"]
    assert ["src", "src", "src", "src", "", "", ""] == [user_code.found_only_here(name) for name in names]
    monkeypatch.syspath_prepend("src")  # as an installed link to it does
    assert "" == user_code.found_only_here("inner")


def test_file_that_only_primebench_finds_is_named_with_its_folder(place, tmp_path):
    """Code to paste opens it from the folder in which primebench was started."""
    place("src/inner.py", "")
    place("src/both.py", "")
    place("both.py", "")
    user_code.remember_folder()
    named = ["inner.py", "both.py", "nowhere.py", "src/inner.py", str(tmp_path / "src/inner.py")]
    assert ["src/inner.py", *named[1:]] == [user_code.as_found(name) for name in named]


def test_what_lies_in_src_is_found_as_well(place, tmp_path):
    """A package in src is found behind what lies in the folder itself, unless src is a package."""
    place("src/inner/__init__.py", "")
    place("src/outer.py", "WHERE = 'src'\n")
    place("outer.py", "WHERE = 'top'\n")
    user_code.remember_folder()
    assert "top" == user_code.load("outer").WHERE
    assert str(tmp_path / "src/inner/__init__.py") == user_code.load("inner").__file__
    place("src/__init__.py", "")
    assert [str(tmp_path)] == user_code.with_source(str(tmp_path))


def test_a_package_that_was_not_built_is_told(place):
    """Its source lies in front of an installed copy, and lacks what a compiler makes."""
    place("src/compiled/__init__.py", "from compiled._speed import twice\n")
    user_code.remember_folder()
    with pytest.raises(
        BrokenCode, match=r"'compiled\._speed'\); src/compiled/__init__.py is found before any installed copy"
    ):
        user_code.load("compiled")
