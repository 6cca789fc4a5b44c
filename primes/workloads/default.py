"""A hundred times the textbook's range: enough work for parallelism to pay, little enough to wait for."""

LO, HI = 1_000_000, 1_100_000
COUNT = 7216
SOURCE = "pi(1100000) - pi(1000000) = 85714 - 78498, counted by primesieve 12.16"
