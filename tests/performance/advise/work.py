"""Functions and items of the jobs that advice is measured on; the plain loop of most takes about half a second.

Nothing depends on the machine or on the hour but how long it takes. A turn of the loop takes some 25 ns.
"""

from __future__ import annotations

import hashlib
import random
import time
import zlib

TURNS_PER_S = 40_000_000
TOTAL_S = 0.5


# --- functions ----------------------------------------------------------------------------------------------------


def spin(item):
    """Compute for as many turns as the item says, holding the lock; return as many bytes as it says."""
    turns, size, _ = item
    value = 1
    for _ in range(turns):
        value = value * 3 & 0xFFFF
    return bytes(size) if size else value


def turn(turns):
    """Compute for so many turns; the item and the result are numbers."""
    value = 1
    for _ in range(turns):
        value = value * 3 & 0xFFFF
    return value


def digest(number):
    """Hash 4 MiB without the interpreter lock."""
    return hashlib.sha256(number.to_bytes(8, "big") * (1 << 19)).hexdigest()


def squeeze(seed):
    """Compress a block without the interpreter lock."""
    return len(zlib.compress(random.Random(seed).randbytes(1 << 14) * 24, 6))


def order(seed):
    """Sort numbers with numpy, which lets go of the interpreter lock."""
    import numpy as np

    return float(np.sort(np.random.default_rng(seed).standard_normal(60_000))[::1000].sum())


def wait(seconds):
    """Wait, as for an answer from elsewhere."""
    time.sleep(seconds)
    return seconds


def ask(item):
    """Wait, and compute with what came."""
    seconds, turns = item
    time.sleep(seconds)
    return turn(turns)


# --- items --------------------------------------------------------------------------------------------------------


def even(each_s, total_s=TOTAL_S):
    """Return turns of equal items."""
    return [round(each_s * TURNS_PER_S)] * max(1, round(total_s / each_s))


def shaped(each_s, shape, total_s=TOTAL_S):
    """Return turns of items that cost so much on average."""
    count = round(total_s / each_s)
    weights = [shape(at / count) for at in range(count)]
    scale = total_s * TURNS_PER_S / sum(weights)
    return [max(1, round(weight * scale)) for weight in weights]


def heavy(each_s):
    """Return turns of which a few make up most, in no order."""
    rng = random.Random(f"heavy {each_s}")
    return shaped(each_s, lambda _place: rng.lognormvariate(0, 1.3))


def huge(each_s):
    """Return turns of equal items with one in their midst that costs as much as two fifths of all."""
    items = even(each_s, 0.6 * TOTAL_S)
    items[len(items) // 2] += round(0.4 * TOTAL_S * TURNS_PER_S)
    return items


def sized(each_s, bytes_in, bytes_out):
    """Return items with so many bytes, for results with so many."""
    return [(turns, bytes_out, at.to_bytes(8, "big") * (bytes_in // 8)) for at, turns in enumerate(even(each_s))]


def _named():
    kib, mib = 1 << 10, 1 << 20
    for name, each_s in {"10us": 1e-5, "100us": 1e-4, "1ms": 1e-3, "10ms": 1e-2, "50ms": 5e-2}.items():
        yield f"even_{name}", lambda each_s=each_s: even(each_s)
    yield "even_1us", lambda: even(1e-6, 0.25)
    yield "rising_100us", lambda: shaped(1e-4, lambda place: place)
    yield "rising_5ms", lambda: shaped(5e-3, lambda place: place)
    yield "falling_1ms", lambda: shaped(1e-3, lambda place: 1 - place)
    yield "heavy_100us", lambda: heavy(1e-4)
    yield "heavy_5ms", lambda: heavy(5e-3)
    yield "sorted_up_1ms", lambda: sorted(heavy(1e-3))
    yield "sorted_down_1ms", lambda: sorted(heavy(1e-3), reverse=True)
    yield "huge_1ms", lambda: huge(1e-3)
    yield "in_1kib", lambda: sized(1e-4, kib, 0)
    yield "in_64kib", lambda: sized(1e-3, 64 * kib, 0)
    yield "in_1mib", lambda: sized(1e-2, mib, 0)
    yield "out_1kib", lambda: sized(1e-4, 0, kib)
    yield "out_64kib", lambda: sized(1e-3, 0, 64 * kib)
    yield "out_1mib", lambda: sized(1e-2, 0, mib)
    yield "both_1mib", lambda: sized(1e-2, mib, mib)
    yield "wait_1ms", lambda: [1e-3] * 500
    yield "wait_20ms", lambda: [2e-2] * 50
    yield "ask_2ms", lambda: [(1e-3, round(1e-3 * TURNS_PER_S))] * 300


ITEMS = dict(_named())
globals().update(ITEMS)  # so that each has a name by which processes import it
