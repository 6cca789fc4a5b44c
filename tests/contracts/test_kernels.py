"""What every kernel promises, checked for each public file in primes/kernels, whoever wrote it.

A kernel may offer is_prime, flags, count, or several of them. Whatever it offers is compared with `primes.truth`, and
so are the tasks that carry it to workers.

Some numbers are out of a kernel's reach, not because it would be wrong there but because it would take hours: a kernel
whose work grows with the square root of the number is asked only up to `ROOT`. Whether it does is found by counting the
lines it executes for a small and a large prime, not by timing it. A kernel without a single-number form counts as such.
"""

from __future__ import annotations

import functools
import importlib
import random
import re
import sys
import tomllib
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import primes.kernels
from primes import truth
from primes.flags import pack
from primes.tasks import ChunkCount, ChunkFlags
from tests.support import reference

if TYPE_CHECKING:
    from types import FrameType, ModuleType
    from typing import Any

NAMES = sorted(path.stem for path in Path(primes.kernels.__path__[0]).glob("*.py") if not path.stem.startswith("_"))
PROJECT = Path(__file__).parents[2] / "pyproject.toml"
ROOT = 2 * 10**6  # trial division by every number takes some 0.1 s per prime there
SINGLE_PRECISION = 16777259**2  # asked in spite of its root: see truth.ROOTS
UNCHANGED = {"trial_division"}  # the textbook's program is shown as it is; the caller keeps its range within LIMIT


@pytest.fixture(params=NAMES)
def kernel(request: pytest.FixtureRequest) -> ModuleType:
    """Each kernel in turn, skipped with its own words where it cannot run here."""
    module = importlib.import_module(f"primes.kernels.{request.param}")
    reason = module.missing() if hasattr(module, "missing") else None
    if reason is not None:
        pytest.skip(reason)
    return module


def stem(kernel: ModuleType) -> str:
    """Return the file name of a kernel."""
    return kernel.__name__.rpartition(".")[2]


def name(kernel: ModuleType) -> str:
    """Return the kernel's name as users write it."""
    return stem(kernel).replace("_", "-")


def within_limit(kernel: ModuleType, n: int) -> bool:
    """Say whether ``n`` is proven to be decided right."""
    return kernel.LIMIT is None or n <= kernel.LIMIT


def lines_of(kernel: ModuleType, n: int) -> int:
    """Return how many lines of Python the kernel executes for ``n``."""
    lines = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        kernel.is_prime(n)
    finally:
        sys.settrace(before)
    return lines


@functools.cache
def grows_with_the_root(kernel: ModuleType) -> bool:
    """Say whether a number a thousand times as large is at least ten times the work."""
    if not hasattr(kernel, "is_prime"):
        return True
    kernel.is_prime(1009)  # whatever is done once per process is not the work of a number
    return lines_of(kernel, 1_000_003) >= 10 * lines_of(kernel, 1009)


def in_reach(kernel: ModuleType, n: int) -> bool:
    """Say whether the kernel can decide ``n`` in a moment."""
    if not within_limit(kernel, n):
        return False
    return n < ROOT or isqrt(n) <= ROOT or n == SINGLE_PRECISION or not grows_with_the_root(kernel)


def decide(kernel: ModuleType, n: int) -> bool:
    """Return the kernel's answer for one number, from whichever form it has."""
    if hasattr(kernel, "is_prime"):
        answer = kernel.is_prime(n)
        assert type(answer) is bool, f"is_prime({n}) returned {answer!r}, not a bool"
        return bool(answer)
    if hasattr(kernel, "flags"):
        return bool(kernel.flags(n, n + 1) == b"\1")
    return bool(kernel.count(n, n + 1) == 1)


def check_range(kernel: ModuleType, lo: int, hi: int) -> None:
    """Compare every form that the kernel has with the truth about ``[lo, hi)``."""
    want = truth.expected_flags(lo, hi, name(kernel))
    if hasattr(kernel, "flags"):
        flags = kernel.flags(lo, hi)
        assert type(flags) is bytes, f"flags returned {type(flags).__name__}, not bytes"
        assert flags == want, f"flags of {lo}:{hi}"
    if hasattr(kernel, "count"):
        assert kernel.count(lo, hi) == truth.expected_count(lo, hi, name(kernel)), f"count of {lo}:{hi}"
    if hasattr(kernel, "is_prime"):
        assert pack(map(kernel.is_prime, range(lo, hi))) == want, f"is_prime on {lo}:{hi}"


def test_the_folder_holds_the_promised_kernels() -> None:
    """The files are found: the tests below are not silently empty."""
    assert {"trial_division", "wheel6", "miller_rabin", "baillie_psw", "sieve"} <= set(NAMES)


@pytest.mark.parametrize("stem", NAMES)
def test_it_says_what_it_is(stem: str) -> None:
    """Each file has a summary line, a source, a limit and at least one form, even where it cannot run."""
    module = importlib.import_module(f"primes.kernels.{stem}")
    summary = (module.__doc__ or "").splitlines()[0]
    assert summary.endswith("."), f"the first line of {stem} is no sentence: {summary!r}"
    assert isinstance(module.SOURCE, str)
    assert len(module.SOURCE) > 10
    assert module.LIMIT is None or (isinstance(module.LIMIT, int) and module.LIMIT >= 10**9)
    assert any(hasattr(module, form) for form in ("is_prime", "flags", "count"))
    if hasattr(module, "missing"):
        reason = module.missing()
        assert reason is None or (isinstance(reason, str) and reason)


def test_every_known_number_is_decided_right(kernel: ModuleType) -> None:
    """Pseudoprimes, Carmichael numbers, squares and large primes of primes.truth, as far as the kernel reaches."""
    asked = [(n, prime) for n, prime in truth.decided() if n >= 0 and in_reach(kernel, n)]
    assert len(asked) > 100
    wrong = [n for n, prime in asked if decide(kernel, n) != prime]
    assert wrong == []


def test_the_square_that_single_precision_misses_is_composite(kernel: ModuleType) -> None:
    """281476419553081 = 16777259**2 is composite; a square root in 32-bit floating point would call it prime."""
    if not within_limit(kernel, SINGLE_PRECISION):
        pytest.skip(f"exact only up to {kernel.LIMIT}")
    assert decide(kernel, SINGLE_PRECISION) is False


def test_numbers_below_two_are_not_prime(kernel: ModuleType) -> None:
    """Negative numbers, 0 and 1 are no primes; a kernel that knows only ranges refuses the negative ones."""
    for n in truth.NO_PRIMES:
        if n >= 0 or hasattr(kernel, "is_prime"):
            assert decide(kernel, n) is False
        else:
            with pytest.raises(ValueError, match=str(n)):
                decide(kernel, n)


def test_scattered_numbers_are_decided_right(kernel: ModuleType) -> None:
    """Seeded random odd numbers of every length up to 64 bits agree with a Miller-Rabin test to twelve bases."""
    draw = random.Random(11)
    asked = [draw.getrandbits(bits) | 1 for bits in range(3, 65) for _ in range(40)]
    reached = [n for n in asked if in_reach(kernel, n)]
    assert len(reached) > 500
    wrong = [n for n in reached if decide(kernel, n) != reference.is_prime(n)]
    assert wrong == []


def test_all_small_numbers_are_decided_right(kernel: ModuleType) -> None:
    """Every number from 0 to 5000, in whichever forms the kernel has."""
    check_range(kernel, 0, 5000)


@pytest.mark.parametrize(("start", "width", "narrow"), [(10**6, 1000, 1000), (10**9, 1000, 300), (10**12, 1000, 70)])
def test_windows_are_right(kernel: ModuleType, start: int, width: int, narrow: int) -> None:
    """Windows at 1e6, 1e9 and 1e12 (narrower ones for slow kernels) hold the primes that the truth names."""
    if not within_limit(kernel, start + width):
        pytest.skip(f"exact only up to {kernel.LIMIT}")
    slow = hasattr(kernel, "is_prime") and grows_with_the_root(kernel)
    check_range(kernel, start, start + (narrow if slow else width))


def test_the_last_numbers_below_two_to_the_64_are_right(kernel: ModuleType) -> None:
    """The window that ends with 2**64 - 1 (nothing may overflow), for kernels that reach so far at once."""
    if not within_limit(kernel, 2**64 - 1) or grows_with_the_root(kernel):
        pytest.skip("out of reach within a moment")
    lo = 2**64 - 300
    want = truth.expected_flags(lo, 2**64, name(kernel))
    assert pack(kernel.is_prime(n) for n in range(lo, 2**64)) == want


def test_ranges_begin_at_every_residue(kernel: ModuleType) -> None:
    """Chunks that begin at each residue modulo 30, narrower than one byte of flags, one byte, and a little more."""
    flags, count = ChunkFlags(name(kernel)), ChunkCount(name(kernel))
    for base in (0, 10**6 - 10**6 % 30, 2**32 - 2**32 % 30):
        whole = truth.expected_flags(base, base + 80, name(kernel))
        marks = [whole[i // 8] >> i % 8 & 1 for i in range(80)]
        for lo in range(30):
            for width in (1, 2, 3, 7, 8, 9, 31):
                chunk, want = (base + lo, base + lo + width), marks[lo : lo + width]
                assert flags(chunk) == pack(want), f"flags of {chunk}"
                assert count(chunk) == sum(want), f"count of {chunk}"


def test_empty_ranges_hold_nothing(kernel: ModuleType) -> None:
    """A chunk that ends where it begins has no flags and no primes."""
    for at in (0, 1, 2, 31, 10**6, 10**9):
        assert ChunkFlags(name(kernel))((at, at)) == b""
        assert ChunkCount(name(kernel))((at, at)) == 0


def test_pi_of_powers_of_ten_is_counted(kernel: ModuleType) -> None:
    """pi(10**k) comes out as published: to 10**4 number by number, to 10**7 by flags or count."""
    ranged = hasattr(kernel, "flags") or hasattr(kernel, "count")
    for power in range(8 if ranged else 5):
        end = 10**power + 1
        if hasattr(kernel, "count"):
            counted = kernel.count(0, end)
        elif hasattr(kernel, "flags"):
            counted = int.from_bytes(kernel.flags(0, end), "little").bit_count()
        else:
            counted = sum(map(kernel.is_prime, range(end)))
        assert counted == truth.PI_OF_POWERS_OF_TEN[power], f"pi(10**{power})"


def test_flags_of_a_wide_range_agree_with_the_truth(kernel: ModuleType) -> None:
    """Three million numbers from an odd start, so that segments are cut within the range."""
    if not hasattr(kernel, "flags"):
        pytest.skip("has no flags")
    lo, hi = 10**7 + 13, 13 * 10**6 + 8
    assert kernel.flags(lo, hi) == truth.expected_flags(lo, hi, name(kernel))


def test_numbers_beyond_the_limit_are_refused(kernel: ModuleType) -> None:
    """Above LIMIT a kernel names the number and the limit, whichever form is asked; it never guesses."""
    if kernel.LIMIT is None or stem(kernel) in UNCHANGED:
        pytest.skip("has no limit of its own")
    beyond = kernel.LIMIT + 1
    calls: list[tuple[str, int, tuple[int, ...]]] = []
    if hasattr(kernel, "is_prime"):
        calls += [("is_prime", n, (n,)) for n in (beyond, beyond + 1, 10**40)]
    calls += [(form, beyond, (beyond - 1, beyond + 1)) for form in ("flags", "count") if hasattr(kernel, form)]
    calls += [(form, beyond, (0, beyond + 1)) for form in ("flags", "count") if hasattr(kernel, form)]
    for form, n, arguments in calls:
        with pytest.raises(ValueError, match=rf"\b{n}\b.* exact up to {kernel.LIMIT}\b.* \w+"):
            getattr(kernel, form)(*arguments)


def test_what_is_no_range_is_refused(kernel: ModuleType) -> None:
    """A range that begins below zero, or ends before it begins, raises ValueError and says which it was."""
    forms = [getattr(kernel, form) for form in ("flags", "count") if hasattr(kernel, form)]
    if not forms:
        pytest.skip("knows single numbers only, and has no range to refuse")
    for form in forms:
        for lo, hi, words in (
            (-1, 5, "starts at -1; "), (-10, -5, "starts at -10; "),
            (5, 4, "5:4 ends before"), (10**6, 0, "1000000:0 ends before"),
        ):  # fmt: skip
            with pytest.raises(ValueError, match=words):
                form(lo, hi)


@pytest.mark.parametrize("stem", NAMES)
def test_a_missing_library_is_named(stem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library is not found, the kernel says what to install: an extra, or a dependency, of this project."""
    module = importlib.import_module(f"primes.kernels.{stem}")
    if not hasattr(module, "find_spec"):
        pytest.skip("needs no library, or looks for it in a way of its own")
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    library, _, cure = module.missing().partition(" is not installed: pip install ")
    assert library in stem
    assert library in cure
    project = tomllib.loads(PROJECT.read_text())["project"]
    dependencies = {re.split(r"\W", line)[0] for line in project["dependencies"]}
    extras = {f'"primebench[{extra}]"' for extra in project["optional-dependencies"]}
    assert cure in dependencies | extras
