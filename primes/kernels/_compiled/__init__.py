"""Functions that numba compiles into machine code, which takes raw pointers and no Python objects."""
