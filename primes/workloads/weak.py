"""As much work for every worker: the range grows with the workers, so that more of them do more in the same time."""

# Trial division spends nearly all of its time on primes, about the same on each of them here, where the square root of
# a number hardly changes: equal work is about equally many primes. LO was searched for so that, up to 64 workers, the
# divisions grow with the workers within 1.1 %, and so do the numbers, the work of a sieve, within 1.4 %.
LO, HI = 1_001_593_782, 1_001_595_770
COUNT = 96
SOURCE = "Counted by the sieve of primes.truth and by Baillie-PSW"


def scaled(workers: int) -> tuple[int, int]:
    """Return the range (lo, hi) for so many workers: it ends behind the prime number ``workers * COUNT`` after LO."""
    from primes import flags, truth

    left, lo, step = workers * COUNT, LO, (HI - LO) * workers
    while True:
        marks = flags.unpack(truth.expected_flags(lo, lo + step, ""), step)
        for offset, is_prime in enumerate(marks):
            left -= is_prime
            if left == 0:
                return LO, lo + offset + 1
        lo += step
