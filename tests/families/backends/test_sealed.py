"""Tasks that somebody on the way unpickles and pickles again."""

from __future__ import annotations

import pickle

from bench.families.backends._sealed import Sealed, done, packed
from bench.families.backends._tasks import Batch
from bench.jobs._travel import travelling


def test_a_sealed_task_is_pickled_as_at_first():
    """What was unpickled is written again as the same bytes, which name the function as the user did."""
    once = pickle.dumps(Sealed(Batch(travelling("math:sqrt"))))
    opened = pickle.loads(once)
    assert once == pickle.dumps(opened)
    assert [3.0] == opened.task([9])


def test_items_are_unpickled_behind_the_task():
    """The roots of 4 and 9 come from bytes alone."""
    assert [2.0, 3.0] == done(packed(travelling("math:sqrt")), packed((4, 9)))
