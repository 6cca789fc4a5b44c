"""Few large primes: nearly all of the time goes into ten numbers, which no chunk can share out more finely."""

LO, HI = 1_000_000_000_000, 1_000_000_000_200
COUNT = 10
SOURCE = "Counted by primesieve 12.16"
