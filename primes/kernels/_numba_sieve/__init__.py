"""The half of numba-sieve that is not compiled: what it keeps between calls, and what it calls the other half with."""
