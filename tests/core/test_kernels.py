"""Kernels of a user: what they must define, and what is said about those that do not work."""

from __future__ import annotations

import sys

import pytest

from bench.core import kernels
from bench.core.errors import BrokenPlugin, UnknownName
from primes import tasks, user_code

HONEST = "def is_prime(n):\n    return n > 1 and all(n % i for i in range(2, int(n**0.5) + 1))\n"


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Work in a folder with a kernel in it; return what makes one."""
    before, finders, places = set(sys.modules), list(sys.meta_path), list(user_code._places)
    user_code._places.clear()
    monkeypatch.chdir(tmp_path)

    def make(text):
        (tmp_path / "made_kernel.py").write_text(text)
        return "made_kernel.py"

    yield make
    for name in set(sys.modules) - before:
        del sys.modules[name]
    sys.meta_path[:], user_code._places[:] = finders, places


def test_is_prime_is_enough(made):
    """A module with an ``is_prime`` is a kernel: its source and its limit are unknown then."""
    found = kernels.load(made(HONEST))
    assert ("", None, None) == (found.source, found.limit, found.missing)
    assert found.reaches(10**30)
    assert found.is_prime(101)
    assert found.name == "made_kernel.py"
    assert kernels.load("made_kernel").is_prime(101)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SOURCE = 'x'", "made_kernel.py defines neither is_prime, flags nor count"),
        ("is_prime = 3", "is_prime is 3, and no function."),
        (HONEST + "LIMIT = '100'", "LIMIT is '100'; it must be a whole number"),
        (HONEST + "LIMIT = True", "LIMIT is True; it must be a whole number"),
        (HONEST + "LIMIT = 1e9", "LIMIT is 1000000000.0; it must be a whole number"),
        (HONEST + "SOURCE = 3", "SOURCE is 3, and no text."),
        (HONEST + "def missing():\n    raise OSError('no.')", "missing() fails (OSError: no)."),
        (HONEST + "def missing():\n    raise SystemExit(0)", "missing() fails (SystemExit: 0)."),
        (HONEST + "def missing():\n    return 0", "missing() returns 0; it must be a reason, or None."),
        ("raise SystemExit(0)", "made_kernel.py cannot be imported (SystemExit: 0)."),
    ],
)
def test_a_kernel_that_does_not_work_is_one_sentence(made, text, said):
    """Whatever is wrong with a kernel ends the program with 1, with one line that names its file."""
    with pytest.raises(BrokenPlugin) as refused:
        kernels.load(made(text))
    assert said in str(refused.value)
    assert str(refused.value).endswith(".") and ".." not in str(refused.value) and "\n" not in str(refused.value)
    assert 1 == refused.value.exit_code


def test_a_name_that_stands_for_nothing(made, tmp_path):
    """A wrong name offers the nearest of ours and says where else it was looked up."""
    with pytest.raises(UnknownName) as refused:
        kernels.load("siev")
    assert "did you mean sieve?" in str(refused.value) and f"neither in {tmp_path}" in str(refused.value)


def test_private_files_of_ours_are_no_kernels(made):
    """What begins with an underscore in our folder is no kernel by that name."""
    with pytest.raises(UnknownName):
        kernels.load("_slowed")


@pytest.mark.parametrize("task", [tasks.ChunkFlags, tasks.ChunkCount])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def is_prime(n):\n    return 2 if n == 7 else n in (2, 3, 5)", r"is_prime\(7\) is 2, and neither True nor"),
        ("def is_prime(n):\n    return None if n == 4 else n in (2, 3, 5, 7)", r"is_prime\(4\) is None"),
        ("def is_prime(n):\n    return n if n == 300 else False", r"is_prime\(300\) is 300"),
        ("def flags(lo, hi):\n    return b'\\0'", "the flags of 1000 numbers have 1 bytes, and not 125"),
    ],
)
def test_answers_of_a_wrong_kind_never_become_primes(made, task, text, said):
    """Answers that are neither True nor False, and flags of a wrong length, are errors wherever a task is run."""
    with pytest.raises(ValueError, match=said):
        task(made(text))((0, 1000))


def test_marks_behind_the_end_are_no_primes(made):
    """Flags that mark numbers behind the range would count primes that are not in it."""
    with pytest.raises(ValueError, match="mark numbers behind their end"):
        tasks.ChunkCount(made("def flags(lo, hi):\n    return b'\\xff'"))((0, 4))


@pytest.mark.parametrize(("hi", "expected"), [(0, 0), (1, 0), (100, 25), (2 * 10**5, 17984)])
def test_single_numbers_are_counted(made, hi, expected):
    """The count of a kernel with nothing but ``is_prime`` is that of the published tables, in several pieces too."""
    assert expected == tasks.ChunkCount("miller-rabin" if hi > 1000 else made(HONEST))((0, hi))
