"""What tells items from others."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys

import pytest

from bench.jobs._digest import digest, fingerprint

PRINT = "from bench.jobs._digest import digest; print(digest({}))"


@pytest.mark.parametrize(
    "items",
    [
        "[set('abcdefgh')]",
        "[frozenset('abcdefgh')]",
        "[({'x': [set('abcdefgh')]},)]",
        "[{frozenset(word) for word in ('abc', 'def', 'gh', 'ijkl')}]",
        "[__import__('types').SimpleNamespace(names=set('abcdefgh'))]",
    ],
)
def test_sets_have_one_digest_in_all_processes(items):
    """The order of texts in a set changes with the seed of their hashes, the digest does not, however deep they lie."""
    told = {
        subprocess.run(
            [sys.executable, "-c", PRINT.format(items)],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(3)
    }
    assert 1 == len(told)


@pytest.mark.parametrize(
    ("one", "other"), [({"a", "b"}, {"a", "c"}), ({"a"}, frozenset("a")), ({1, 2}, [1, 2]), (({"a"}, 1), ({"a"}, 2))]
)
def test_unlike_sets_have_unlike_digests(one, other):
    """What is in a set, whether it can be changed, and what stands beside it, all count."""
    assert digest([one]) != digest([other])


@pytest.mark.parametrize("items", [[1, "a", b"\x8f\x91"], range(10), ["\x91"]])
def test_items_without_sets_keep_the_digest_of_their_pickle(items):
    """Records that exist are found again, also where items hold the bytes with which a set begins."""
    assert hashlib.sha256(pickle.dumps(items, 4)).hexdigest() == digest(items)


def test_what_cannot_be_pickled_is_told_apart_by_all_it_shows():
    """Addresses do not count, and what stands behind the sixtieth letter does."""

    class Item:
        def __init__(self, text):
            self.text, self.call = text, lambda: 0

        def __repr__(self):
            return f"{self.text} {self.call!r}"

    assert digest([Item("x" * 100)]) == digest([Item("x" * 100)])
    assert digest([Item("x" * 100)]) != digest([Item("x" * 99 + "y")])
    assert fingerprint(Item("x")) == fingerprint(Item("x"))
