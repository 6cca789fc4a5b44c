"""Faulty kernel: raises an ordinary exception."""

from faulty_kernels import _harm

SOURCE, LIMIT = _harm.SOURCE, _harm.LIMIT


def is_prime(n: int) -> bool:
    """Decide ``n``, or raise ValueError."""
    if n == _harm.FATAL:
        _harm.say("raises")
        raise ValueError(f"{n} is not liked here")
    return _harm.is_prime(n)
