"""A sample of the plain loop: which items it sees, and what is said of those that fail."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from bench.core.errors import UsageError
from bench.engine.worker import sampling
from bench.engine.worker.sampling import ItemFailed, survey
from tests.support.cases import usual

if TYPE_CHECKING:
    from pathlib import Path


def test_item_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the numbers from 100 on, the one at place 41 is refused."""
    code = "def half(number):\n    if number == 141:\n        raise ValueError('odd')\n    return number / 2\n"
    (tmp_path / "halves.py").write_text(code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    case = usual("pool", "function", workers=2, function="halves.py:half", items="range(100, 200)")
    with pytest.raises(ItemFailed, match=r"^item 41 \(141\): ValueError: odd\.$"):
        survey(case, 0.2)


def sampled(code: str, seconds: float, count: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what a sample of a function ``work`` of so many numbers tells."""
    file = f"{folder.name}.py"  # what is imported once in this process is not read again
    (folder / file).write_text(code, encoding="utf-8")
    monkeypatch.chdir(folder)
    return survey(usual("pool", "function", workers=2, function=f"{file}:work", items=f"range({count})"), seconds)


@pytest.mark.parametrize(
    ("item_s", "sample_s", "known"),
    [
        pytest.param(0.1, 0.5, True, id="an item takes as long as both threads should"),
        pytest.param(0.3, 0.05, False, id="it takes too long to be done again"),
    ],
)
def test_long_items_are_done_in_threads_once(
    item_s: float, sample_s: float, *, known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quarter of a sample is for threads: an item may take five times that, or nothing is said of them."""
    if known:
        monkeypatch.setattr(sampling, "_LATE_S", 20.0)
    code = f"import time\ndef work(number):\n    time.sleep({item_s})\n"
    found = sampled(code, sample_s, 3, tmp_path, monkeypatch)
    assert (known, "") == (found["threads"] is not None, found["threads_fail"])


def test_function_that_fails_in_threads_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signal handlers can be set in the main thread alone, which says nothing of the interpreter lock."""
    code = "import signal\ndef work(number):\n    signal.signal(signal.SIGUSR2, signal.SIG_DFL)\n"
    found = sampled(code, 0.2, 50, tmp_path, monkeypatch)
    assert found["threads"] is None
    assert "ValueError: signal only works in main thread" in found["threads_fail"]


def test_no_item_is_done_by_two_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No backend does that either; a function that changes its item would fail, or wait for the other thread."""
    code = "import threading\nseen = {}\ndef work(number):\n"
    code += "    who = threading.current_thread()\n    seen.setdefault(number, set()).add(who.name)\n"
    code += "    others = seen[number] - {'MainThread'}\n    assert len(others) < 2, others\n"
    found = sampled(code, 0.2, 7, tmp_path, monkeypatch)
    assert (found["threads"] is not None, found["threads_fail"]) == (True, "")


def test_function_that_is_slow_in_threads_may_hold_the_lock_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In threads the first item is soon done, and the next ones are not while one waits: they may well end."""
    monkeypatch.setattr(sampling, "_LATE_S", 1.0)
    code = "import os, threading, time\nbegun = set()\ndef work(number):\n    time.sleep(0.0001)\n"
    code += "    who = threading.current_thread()\n    if who is threading.main_thread():\n        return\n"
    code += "    while who in begun and not os.path.exists('enough'):\n        time.sleep(0.05)\n    begun.add(who)\n"
    found = sampled(code, 0.1, 1000, tmp_path, monkeypatch)
    (tmp_path / "enough").touch()
    assert (found["threads"], found["threads_fail"]) == (None, "")


@pytest.mark.parametrize("period", [2, 3, 4, 8, 10, 16])
def test_sample_sees_each_class_of_costs_that_repeat(period: int) -> None:
    """Of 200 among 3000 each class has its share; a count by chance differs by four standard deviations at most."""
    classes = Counter(at % period for at in islice(sampling._spread(3000), 200))
    share = 200 / period
    assert all(abs(classes[one] - share) <= 4 * (share * (1 - 1 / period)) ** 0.5 for one in range(period)), classes


@pytest.mark.parametrize("ended", [1, 2, 3, 5, 8, 16, 50, 64, 200])
def test_sample_is_spread_whenever_it_ends(ended: int) -> None:
    """Of 1024 items, so many parts as there have been items, rounded down to a power of two, hold at least one each."""
    parts = 1 << (ended.bit_length() - 1)
    seen = {at * parts // 1024 for at in islice(sampling._spread(1024), ended)}
    assert seen == set(range(parts))


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64, 1000])
def test_sample_that_does_not_end_has_each_item_once(count: int) -> None:
    """All of them, the first first: it is timed already."""
    found = list(sampling._spread(count))
    assert (found[0], sorted(found)) == (0, list(range(count)))


def test_sample_is_the_same_each_time() -> None:
    """What is by chance has a seed."""
    assert list(sampling._spread(100)) == list(sampling._spread(100))


@pytest.mark.parametrize("many", [20, 50, 100])
def test_threads_share_dear_items_that_are_every_other_one(many: int) -> None:
    """Of 200 items each thread does odd and even ones, and none twice; one with all the dear ones would be alone."""
    one, other = sampling._divided(100, many)
    assert (many, many, 2 * many) == (len(one), len(other), len({*one, *other}))
    assert {0, 1} == {at % 2 for at in one} == {at % 2 for at in other}
    assert max(*one, *other) < 200


def test_function_that_hangs_in_threads_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for ever in every thread but the main one; the sample of the plain loop is told all the same."""
    monkeypatch.setattr(sampling, "_LATE_S", 0.1)
    code = "import threading\ndef work(number):\n    if threading.current_thread() is not threading.main_thread():\n"
    code += "        threading.Event().wait()\n"
    found = sampled(code, 0.05, 7, tmp_path, monkeypatch)
    assert (found["threads"], found["threads_fail"], found["count"]) == (None, "it does not end in threads", 7)


@pytest.mark.parametrize(
    ("count", "calls"),
    [
        pytest.param(1, [0], id="a single item"),
        pytest.param(3, [0, 0], id="the first of several loads what others find"),
    ],
)
def test_long_items_are_not_done_again(
    count: int, calls: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one item takes longer than the whole sample should, no further one is done."""
    code = "import time\ndef work(number):\n    time.sleep(0.1)\n"
    code += "    with open('calls', 'a') as file:\n        file.write(f'{number} ')\n"
    found = sampled(code, 0.01, count, tmp_path, monkeypatch)
    assert calls == [int(text) for text in (tmp_path / "calls").read_text().split()]
    (cost_s,) = found["costs_s"]
    assert 0.02 < cost_s < 30  # it may wait longer, and what it was kept from a CPU for is taken off by a share


def test_job_without_items_is_refused() -> None:
    """A range of no numbers has nothing to sample."""
    with pytest.raises(UsageError, match="no items"):
        survey(usual("pool", workers=2, workload="empty"), 0.2)
