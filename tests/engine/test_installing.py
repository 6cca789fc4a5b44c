"""Building a side that has to be compiled: from its own tree, into an environment of its own, without an index."""

from __future__ import annotations

import json
import shutil
import venv
from importlib.util import find_spec

import pytest

from bench.core.errors import UsageError
from bench.engine import installing, own_sides
from primes import user_code
from tests.support.repository import git
from tests.support.sides import said_of_code

COMPILED = pytest.mark.skipif(not shutil.which("cc"), reason="there is no compiler")
FILES = {
    "pyproject.toml": '[build-system]\nrequires = ["setuptools>=61"]\nbuild-backend = "setuptools.build_meta"\n',
    "setup.py": """
import os
from setuptools import Extension, setup
setup(
    name="fastpkg",
    version=os.environ["SETUPTOOLS_SCM_PRETEND_VERSION"],  # as setuptools-scm does, which is not installed
    packages=["fastpkg"],
    package_dir={"": "src"},
    ext_modules=[Extension("fastpkg._speed", ["src/fastpkg/_speed.c"])],
)
""",
    "src/fastpkg/__init__.py": """
from importlib.metadata import version
from fastpkg._speed import twice
VERSION = version("fastpkg")
""",
    "src/fastpkg/_speed.c": """
#include <Python.h>
static PyObject *twice(PyObject *self, PyObject *arg) { return PyLong_FromLong(2 * PyLong_AsLong(arg)); }
static PyMethodDef methods[] = {{"twice", twice, METH_O, ""}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_speed", 0, -1, methods};
PyMODINIT_FUNC PyInit__speed(void) { return PyModule_Create(&module); }
""",
}
TRY = """
import json, sys
from primes import user_code
found = user_code.load("fastpkg")
print(json.dumps([found.twice(21), found.VERSION, sys.modules["fastpkg._speed"].__file__]))
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with a package that is compiled, tagged 1.2; the user stands in it, and pip has no index."""
    place = tmp_path / "project"
    for name, text in FILES.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    monkeypatch.chdir(place)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"], ["tag", "v1.2"]):
        git(place, *words)
    (tmp_path / "scratch").mkdir()
    return place


def built(place, label):
    """Build a side."""
    return own_sides.build(label, place.parent / "scratch", source=None, install=True)


@COMPILED
@pytest.mark.parametrize("label", ["v1.2", "."])
def test_a_compiled_package_is_built_into_an_environment_of_its_own(project, label):
    """It computes, knows its version, comes from its own environment, and nothing is left where the user stands."""
    side = built(project, label)
    answer, version, file = json.loads(said_of_code(side, TRY))
    assert (42, "1.2") == (answer, version)
    assert file.startswith(dict(side.environ)[user_code.FOLDER])
    assert not git(project, "status", "--porcelain", "--ignored")


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        pytest.param(
            "src/fastpkg/_speed.c", "#error not today\n", r"and installed \(.*#error not today\)", marks=COMPILED
        ),
        (
            "pyproject.toml",
            '[build-system]\nrequires = ["pb-none"]\n',
            r"it needs '?pb-none'? beside primebench, and pip finds no index",
        ),
        ("setup.py", "raise ValueError('no luck')\n", r"cannot be built and installed \(ValueError: no luck\)"),
    ],
)
def test_what_cannot_be_built_is_one_line(project, file, text, said):
    """An error of the compiler, a build tool that cannot be had, and a broken setup."""
    (project / file).write_text(text)
    git(project, "commit", "--quiet", "-am", "broken")
    with pytest.raises(UsageError, match=said) as caught:
        built(project, "HEAD")
    assert "\n" not in str(caught.value)
    assert str(project.parent) not in str(caught.value)


@pytest.mark.skipif(not find_spec("ensurepip"), reason="this Python comes without its pip")
def test_an_environment_without_pip_gets_that_of_python(tmp_path):
    """It is brought along without the old build tools that come with it on some Pythons."""
    venv.create(tmp_path, symlinks=True)
    (library,) = tmp_path.glob("lib/python*/site-packages")
    installing._bring_pip("HEAD", str(tmp_path / "bin/python"), library)
    there = {path.name.partition("-")[0] for path in library.iterdir()}
    assert {"pip"} <= there and not {"setuptools", "pkg_resources"} & there
