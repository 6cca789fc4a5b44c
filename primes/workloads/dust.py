"""Small numbers, each decided in about a microsecond: whatever a task costs beside its work is seen here first."""

LO, HI = 0, 10_000
COUNT = 1229
SOURCE = "pi(10**4), OEIS A006880; no prime ends in 0000"
