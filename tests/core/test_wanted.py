"""Which cases are wanted: by family, by member, by patterns."""

from __future__ import annotations

import pytest

from bench.core.errors import UnknownName, UsageError
from bench.core.wanted import Wanted

SERIAL, POOL, POOL_4 = "backends/serial workers=1", "backends/pool workers=2", "backends/pool workers=4"
IMAP, PIPE = "backends/pool-imap workers=4", "channels/pipe size=8"
KEYS = (SERIAL, POOL, POOL_4, IMAP, PIPE)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), KEYS),
        (Wanted(("pool",)), (POOL, POOL_4)),
        (Wanted(("*workers=4*", "pipe")), (POOL_4, IMAP, PIPE)),
        (Wanted(families=("chan*",)), (PIPE,)),
        (Wanted(members={"backends": ("pool*",)}), (POOL, POOL_4, IMAP)),
        (Wanted(("*workers=4*",), ("backends",), {"backends": ("pool",)}), (POOL_4,)),
    ],
)
def test_a_case_fits_each_kind_of_pattern(wanted, found):
    """Patterns of one kind add up, and kinds narrow each other."""
    assert frozenset(found) == wanted.among(KEYS)
    assert bool(wanted) == (len(found) < len(KEYS))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(("pol",)), "pol is no case of this record; did you mean pool?"),
        (Wanted(families=("chanels",)), "chanels is no family of this record; did you mean channels?"),
        (Wanted(members={"backends": ("pool", "pipe*")}), r"pipe\* is no backend of this record"),
        (Wanted(members={"primitives": ("lock",)}), "lock is no primitive of this record. It holds none."),
    ],
)
def test_a_pattern_that_fits_nothing_is_wrong_usage(wanted, said):
    """The message offers what is near, and says what there is."""
    with pytest.raises(UnknownName, match=said):
        wanted.among(KEYS)


def test_patterns_may_exclude_each_other():
    """Each fits something, and nothing fits both: that is said with their names."""
    with pytest.raises(UsageError, match="no case of this record fits pipe and backends"):
        Wanted(("pipe",), ("backends",)).among(KEYS)
