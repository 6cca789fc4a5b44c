"""The half of numpy-sieve that needs numpy: planes of bytes, one for each residue of a wheel."""
