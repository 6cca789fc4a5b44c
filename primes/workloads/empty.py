"""No numbers at all: what remains is the cost of asking."""

LO, HI = 1_000_000, 1_000_000
COUNT = 0
SOURCE = "An empty range holds no primes"
