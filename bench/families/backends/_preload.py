"""What a fork server imports before all else that it is to preload: it lets imports find the user's code."""

from primes import user_code

user_code.look_there()
