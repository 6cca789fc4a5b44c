"""What all faulty kernels share: they answer rightly, except at one number, and say on stderr what they do there."""

import os

from primes.kernels.trial_division import is_prime

__all__ = ["FATAL", "LIMIT", "SOURCE", "is_prime", "say"]

SOURCE = "A fault made on purpose; otherwise the textbook's trial division"
LIMIT = 2**106
FATAL = 1151  # a prime in the middle of the range that the tests search


def say(word: str) -> None:
    """Announce the harm in one write, so that it is told even by a process that ends the next moment."""
    os.write(2, f"faulty kernel: {word}\n".encode())
