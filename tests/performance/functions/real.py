"""Functions that need the standard library alone, each with items whose plain loop takes about a tenth of a second.

Nothing here depends on the machine or on the hour: the items of two records are the same, and so are the answers.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
import zlib
from pathlib import Path

FILES, FILE_BYTES = 12, 4 << 20
RESULT_BYTES = 512 << 10
_WORD = re.compile(r"(?P<key>[a-z]+)=(?P<value>\d+(?:\.\d+)?|'[^']*')")


# --- reading and parsing ------------------------------------------------------------------------------------------


def digest(name):
    """Return the SHA3-256 of a file: reading, and C code without the interpreter lock."""
    return hashlib.sha3_256((Path(__file__).parent / name).read_bytes()).hexdigest()


def files():
    """Return the names of the files, which are made beside this module if they are not there."""
    names = [f"file-{number:02}.bin" for number in range(FILES)]
    for name in names:
        path = Path(__file__).parent / name
        if not path.exists():
            path.write_bytes(random.Random(name).randbytes(FILE_BYTES))
    return names


def parse(text):
    """Return what the prices in a text of JSON add up to: C code that holds the interpreter lock."""
    return sum(row["price"] * row["count"] for row in json.loads(text))


def orders():
    """Return texts of JSON of 60 KiB each."""
    rng = random.Random("orders")
    rows = [{"id": rng.getrandbits(48), "price": rng.randrange(10_000), "count": rng.randrange(9)} for _ in range(900)]
    text = json.dumps(rows)
    return [text + " " * number for number in range(250)]  # alike, and no two the same object


def tokens(line):
    """Return how many values a line of a log has, and how much its numbers add up to: the regular expressions."""
    found = [match["value"] for match in _WORD.finditer(line)]
    return len(found), sum(float(value) for value in found if value[0] != "'")


def logs():
    """Return lines of a log of 12 KiB each."""
    rng = random.Random("logs")
    line = " ".join(f"field={rng.random() * 1000:.2f} name='{rng.getrandbits(40):x}'" for _ in range(400))
    return [f"{line} number={number}" for number in range(480)]


# --- number crunching ---------------------------------------------------------------------------------------------


def squeeze(block):
    """Return how many bytes zlib makes of a block: C code without the interpreter lock, on large items."""
    return len(zlib.compress(block, 6))


def blocks():
    """Return blocks of 128 KiB that can be compressed to less than half."""
    rng = random.Random("blocks")
    words = [rng.randbytes(rng.randrange(2, 9)) for _ in range(500)]
    block = b"".join(rng.choices(words, k=30_000))[: 128 << 10]
    return [block[number:] + block[:number] for number in range(42)]


# --- what workers see in other ways -------------------------------------------------------------------------------


def fetch(key):
    """Return the key after 5 ms: somebody else computes, and a worker only waits."""
    time.sleep(0.005)
    return key


def fib(number):
    """Return a Fibonacci number by the definition: calls of a Python function and nothing else."""
    return number if number < 2 else fib(number - 1) + fib(number - 2)


def numbers():
    """Return the same number for every call."""
    return [21] * 110


def simulate(steps):
    """Return where a walk of so many steps ends: Python code whose items differ a thousandfold."""
    place = 1
    for _ in range(steps):
        place = (place * 48271) % 2147483647
    return place


def walks():
    """Return numbers of steps whose tail is as heavy as that of sizes of files: Pareto's law with exponent 1.2."""
    steps = [int(1100 * (1 - (place + 0.5) / 300) ** (-1 / 1.2)) for place in range(300)]
    random.Random("walks").shuffle(steps)
    return steps


def noise(seed):
    """Return half a MiB: the answer costs more to send than to make."""
    return random.Random(seed).randbytes(RESULT_BYTES)
