"""``python -m bench`` and the command ``primebench``."""

from __future__ import annotations

import gc

# How many more objects than before there may be until they are searched for garbage. The imports make some ten
# thousand, all of them to stay, and at Python's own 700 a tenth of the start is spent on searching them; a larger
# threshold lets more garbage lie.
_THRESHOLD = 50_000

_INTERRUPTED = 130  # the exit code of `bench.cli.main`, which is not there yet


def main() -> None:
    """Run the command line and exit."""
    from bench.core import start
    from primes import user_code

    start.settle()
    user_code.remember_folder()
    gc.set_threshold(_THRESHOLD)
    # Not at the top: workers made by spawn load this file, and have no use for a command line.
    try:
        from bench.cli.main import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None


if __name__ == "__main__":
    main()
