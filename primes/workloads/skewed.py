"""A prime gap and then primes: two thirds of the work lie in the last quarter, so equal blocks are unequal work."""

LO, HI = 10_726_904_660, 10_726_905_240  # begins behind 10726904659, after which the next 381 numbers are composite
COUNT = 10
SOURCE = (
    "Counted by primesieve 12.16; the gap of 382 after 10726904659 is the 36th maximal prime gap, OEIS A005250, A002386"
)
