"""The textbook's own range: so little work (a few milliseconds) that it measures what parallelism costs to start."""

LO, HI = 1_000_000, 1_001_000
COUNT = 75
SOURCE = "pi(1001000) - pi(1000000) = 78573 - 78498, counted by primesieve 12.16"
