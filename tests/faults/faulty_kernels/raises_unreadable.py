"""Faulty kernel: raises an exception that can be pickled, but not unpickled."""

from faulty_kernels import _harm

SOURCE, LIMIT = _harm.SOURCE, _harm.LIMIT


class Unreadable(Exception):
    """Pickles as a call with one argument, and needs two."""

    def __init__(self, number: int, reason: str) -> None:
        """Keep one of the two."""
        super().__init__(f"{number}: {reason}")


def is_prime(n: int) -> bool:
    """Decide ``n``, or raise what nobody can read."""
    if n == _harm.FATAL:
        _harm.say("raises what cannot be unpickled")
        raise Unreadable(n, "not liked here")
    return _harm.is_prime(n)
