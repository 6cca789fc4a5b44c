"""How found primes are written into a file: one file per format, named after the suffix."""
