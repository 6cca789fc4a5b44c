"""Faulty kernel: raises an exception that cannot be pickled."""

from faulty_kernels import _harm

SOURCE, LIMIT = _harm.SOURCE, _harm.LIMIT


def is_prime(n: int) -> bool:
    """Decide ``n``, or raise what nobody can send."""
    if n == _harm.FATAL:
        _harm.say("raises what cannot be pickled")
        raise ValueError(lambda: n)  # a function without a name that could be looked up
    return _harm.is_prime(n)
