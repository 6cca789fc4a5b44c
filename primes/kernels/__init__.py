"""One file is one kernel: an exact way to decide whether a number is prime."""
