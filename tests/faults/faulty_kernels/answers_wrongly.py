"""Faulty kernel: calls one prime composite."""

from faulty_kernels import _harm

SOURCE, LIMIT = _harm.SOURCE, _harm.LIMIT


def is_prime(n: int) -> bool:
    """Decide ``n``, wrongly for one."""
    return n != _harm.FATAL and _harm.is_prime(n)
