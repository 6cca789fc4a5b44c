"""Which folders Python looks into, in which order, and which primebench is found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bench
from bench.core import start

LIBRARY = str(Path(os.__file__).parent)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Work in a folder of its own beside others; return a function that makes one, with packages if they are named."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def make(name, *packages):
        for package in packages or (".",):
            (tmp_path / name / package).mkdir(parents=True, exist_ok=True)
        return str(tmp_path / name)

    return make


def test_the_source_is_the_folder_of_this_bench():
    """What is measured unless something else is named is the primebench that runs."""
    assert Path(bench.__file__).parent.parent == Path(start.SOURCE)


@pytest.mark.parametrize("entry", ["", ".", "{here}", "../here"])
def test_the_current_folder_comes_last(place, entry):
    """However the current folder is written, it stands behind the standard library and all that is installed."""
    here, installed, source = place("here"), place("site-packages"), place("source", "bench", "primes")
    entry = entry.format(here=here)
    assert [LIBRARY, installed, source, entry] == start.arranged([entry, LIBRARY, installed, source], source)


def test_the_standard_library_comes_first(place):
    """PYTHONPATH and the script's folder stand behind the library, and the parts of the library keep their order."""
    named, scripts = place("named"), place("bin")
    packed = f"/usr/lib/python{sys.version_info.major}{sys.version_info.minor}.zip"
    library = [packed, LIBRARY, f"{LIBRARY}/lib-dynload"]
    source = place("source", "bench")
    assert [*library, scripts, named, source] == start.arranged([scripts, named, *library, source], source)


def test_an_installed_source_keeps_its_place(place):
    """Where no other primebench comes first, installed packages are found in the order in which they were."""
    source, behind = place("site-packages", "bench", "primes"), place("more")
    assert [LIBRARY, source, behind] == start.arranged([LIBRARY, source, behind], source)


@pytest.mark.parametrize("package", ["bench", "primes", "bench.py"])
def test_another_primebench_comes_after_the_source(place, package):
    """A folder with packages or modules of our names stands behind the source, also if only one of them is there."""
    other, source = place("other", package), place("source", "bench", "primes")
    assert [LIBRARY, source, other] == start.arranged([other, LIBRARY], source)


def test_who_works_in_site_packages_can_import_from_it(place, monkeypatch):
    """The folder of installed packages is not put last because somebody works in it."""
    installed, more = place("site-packages", "bench"), place("more")
    monkeypatch.chdir(installed)
    assert [LIBRARY, installed, more] == start.arranged([LIBRARY, installed, more], installed)


def test_a_current_folder_that_is_gone(place, tmp_path):
    """Whoever works in a folder that has been deleted has a path all the same."""
    source = place("source", "bench")
    (tmp_path / "here").rmdir()
    assert {LIBRARY, source, ""} == set(start.arranged(["", LIBRARY], source))


@pytest.mark.parametrize("flags", [[], ["-s"], ["-E"], ["-I"]], ids=str)
def test_what_python_was_told_holds_for_what_it_starts(flags):
    """An interpreter that ignores PYTHON* or the user's packages starts others that do."""
    code = "from bench.core import start; print(start.command('python', 'm'))"
    done = subprocess.run(
        [sys.executable, *flags, "-c", f"import sys; sys.path.append({start.SOURCE!r}); {code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    expected = {"-I": ["-P", "-E", "-s"]}.get("".join(flags), ["-P", *flags])
    assert ["python", *expected, start._FILE, start.SOURCE, "m"] == eval(done.stdout)


def test_the_interpreter_lock_is_as_it_was_told_in_the_same_python_alone():
    """A Python that was started with -X gil starts itself so, and another one, which may have no lock, without."""
    code = "from bench.core import start; print(start.command(sys.executable, 'm'), start.command('python', 'm'))"
    done = subprocess.run(
        [sys.executable, "-X", "gil=1", "-c", f"import sys; sys.path.append({start.SOURCE!r}); {code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [done.stdout.count("'-X', 'gil=1'"), done.stdout.index("-X") < done.stdout.index("'python'")] == [1, True]


def test_a_module_runs_with_its_arguments(tmp_path):
    """The started module is the main one, sees its arguments, and is taken from the source that was named."""
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "told.py").write_text("import sys, bench\nprint(__name__, sys.argv[1:], bench.__path__[0])\n")
    (tmp_path / "bench" / "__init__.py").write_text("")
    words = start.command(sys.executable, "bench.told", "a", "-b", source=str(tmp_path))
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert f"__main__ ['a', '-b'] {tmp_path / 'bench'}\n" == done.stdout


@pytest.mark.parametrize(("folder", "found"), [("site-packages", "none none"), ("checkout", "lib 1.0")])
def test_libraries_of_another_python_are_not_taken(tmp_path, folder, found):
    """A source among what another Python has installed gives primebench alone; a checkout gives all that is in it."""
    source = tmp_path / folder
    (source / "bench").mkdir(parents=True)
    (source / "bench" / "__init__.py").write_text("")
    (source / "bench" / "told.py").write_text(
        "from importlib import metadata\n"
        "try:\n    import primebench_foreign\n    print('lib', end=' ')\n"
        "except ModuleNotFoundError:\n    print('none', end=' ')\n"
        "try:\n    print(metadata.version('primebench_foreign'))\n"
        "except metadata.PackageNotFoundError:\n    print('none')\n"
    )
    (source / "primebench_foreign.py").write_text("")
    (source / "primebench_foreign-1.0.dist-info").mkdir()
    (source / "primebench_foreign-1.0.dist-info" / "METADATA").write_text("Name: primebench_foreign\nVersion: 1.0\n")
    words = start.command(sys.executable, "bench.told", source=str(source))
    assert f"{found}\n" == subprocess.run(words, capture_output=True, text=True, check=True).stdout
