"""One file is one backend: a way to run the prime search in parallel."""
