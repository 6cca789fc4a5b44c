"""primesieve as a kernel: its answers, its edges, and that it lets other threads run."""

from __future__ import annotations

import threading
import time

import pytest

from primes import truth
from primes.kernels import _primesieve
from primes.kernels import primesieve as kernel

if kernel.missing():
    pytest.skip(str(kernel.missing()), allow_module_level=True)


@pytest.mark.parametrize("power", [8, 9])
def test_pi_of_powers_of_ten(power):
    """pi(10**8) and pi(10**9) are the published ones; the contract of all kernels goes up to 10**7."""
    assert truth.PI_OF_POWERS_OF_TEN[power] == kernel.count(0, 10**power + 1)


def test_windows(agree_everywhere):
    """Windows up to 1e15 agree with an independent primality test."""
    agree_everywhere(kernel, 20_000, top=10**16)


def test_flags_over_several_pieces(monkeypatch):
    """Flags put together from pieces are those of the whole."""
    whole = kernel.flags(1001, 9000)
    monkeypatch.setattr(kernel, "_PIECE", 64)
    assert whole == kernel.flags(1001, 9000)
    assert kernel.flags(5, 5) == b""


def test_other_threads_run_meanwhile():
    """Through ctypes the GIL is released: another thread goes on counting during a call."""
    if _primesieve.library() is None:
        pytest.skip("only the binding is installed, which holds the GIL")
    kernel.warm()
    seen: list[float] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            seen.append(time.perf_counter())
            time.sleep(0.001)

    watcher = threading.Thread(target=watch)
    watcher.start()
    begin = time.perf_counter()
    kernel.count(10**12, 10**12 + 10**9)
    end = time.perf_counter()
    stop.set()
    watcher.join()
    assert sum(begin < moment < end for moment in seen) >= 3
