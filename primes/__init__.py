"""The workload: which numbers are searched for primes, how, and what the right answer is."""
