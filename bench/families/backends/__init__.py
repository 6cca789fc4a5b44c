"""One file is one backend: a way to have a job done in parallel."""
