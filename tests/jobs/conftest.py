"""A folder of a user's with a package of functions, from which primebench was started."""

from __future__ import annotations

import sys
import textwrap

import pytest

from bench.jobs import _travel
from primes import user_code

CODE = """
    import dataclasses
    import functools
    import random

    def square(number):
        return number * number

    def fails_at_three(number):
        if number == 3:
            raise ValueError("three is a crowd")
        return number

    def ends(number):
        raise SystemExit(0)

    def chance(number):
        return random.random()

    def spoils(items):
        items.append(1)
        return len(items)

    def ready():
        ready.calls += 1
    ready.calls = 0

    def prepared(number):
        return ready.calls

    def exits():
        raise SystemExit(1)

    def broken_setup():
        raise OSError("no disk")

    def word(number):
        return b"x" * number

    def handle(number):
        return lambda: number

    class Tools:
        @staticmethod
        def twice(number):
            return 2 * number

    async def later(number):
        return number

    class Touchy:
        def __eq__(self, other):
            raise ValueError("do not look")
        __hash__ = None

    def touchy(number):
        return Touchy()

    class Plain:
        def __init__(self, number):
            self.number = number

    def plain(number):
        return Plain(number)

    def same_numbers(items, results):
        return [each.number for each in results] == list(items)

    def noisy(number):
        return 1 + 1e-4 * random.random()

    def near_one(items, results):
        return len(results) == len(items) and all(abs(each - 1) < 1e-3 for each in results)

    calls = []

    def late(number):
        calls.append(number)
        return 1.0 if len(calls) <= 6 else 2.0

    def in_other_order(number):
        calls.append(number)
        return [number if len(calls) <= 6 else 5 - number]

    def drawn():
        return [random.random() for _ in range(3)]

    def forever():
        while True:
            yield 1

    def counted_forever():
        while True:
            calls.append(1)
            yield 1

    def breaks_off():
        yield 1
        raise OSError("gone")

    class Lazy:
        def __init__(self, number):
            self.number = number

        @functools.cached_property
        def double(self):
            return 2 * self.number

    @dataclasses.dataclass
    class LazyFields(Lazy):
        number: int

    def lazy():
        return [Lazy(1), Lazy(2)]

    def lazy_fields():
        return [LazyFields(1), LazyFields(2)]

    def double(item):
        return item.double

    def renumbers(item):
        item.number = 1
        return item.double

    def generates(number):
        return (each for each in range(number))

    def maps(number):
        return map(str, range(number))

    def awaits(number):
        return later(number)

    base_two = functools.partial(int, base=2)
    binary = ["1", "10"]
    numbers = [3, 1, 2]
    lists = [[1], [2]]
    count = 5
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Such a folder; what was imported from it is forgotten behind the test."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").write_text("")
    (tmp_path / "mine" / "work.py").write_text(textwrap.dedent(CODE))
    monkeypatch.setenv(user_code.FOLDER, str(tmp_path))
    monkeypatch.delenv(user_code.FOLDERS, raising=False)
    _travel._worker.ready = None
    before, finders = set(sys.modules), list(sys.meta_path)
    places = list(user_code._places)
    yield tmp_path
    sys.meta_path[:] = finders
    user_code._places[:] = places
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("mine", "other") or name.startswith("file_"):
            del sys.modules[name]
