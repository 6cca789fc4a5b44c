"""How many edits of one byte ``search --resume`` notices: ``python tests/audit/edited_outputs.py [EDITS [SEED]]``.

The output of a search is edited at a random place and looked at again, so many times for each format and place on the
number line: once a random other byte is put there, once, in texts, another digit in place of a digit. What the look
does not notice is compared with a second search, as ``--verify`` does.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.edits import digit, noticed, other_byte, output

PRIMES = 2000  # in a file
PLACES = (0, 10**6, 10**9, 10**12, 10**18)


def main() -> int:
    """Print one row for each format and place; 1 when ``--verify`` has missed an edit."""
    given = [int(word) for word in sys.argv[1:]]
    edits, seed = (*given, *(5000, 1)[len(given) :])
    missed = 0
    print(f"{'file':>10} {'bytes':>8} {'digits':>8} {'--verify':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for form in ("txt", "csv", "npy"):
            for lo in PLACES:
                rng = random.Random(f"{seed}:{form}:{lo}")
                case = output(Path(folder) / f"primes.{form}", lo, PRIMES)
                rows = [[noticed(case, *kind(case, rng)) for _ in range(edits)] for kind in (other_byte, digit)]
                shares = [f"{sum(look for look, _ in row) / edits:8.2%}" for row in rows]
                lost = sum(not (look or verify) for row in rows for look, verify in row)
                missed += lost
                if form == "npy":
                    shares[1] = f"{'':8}"
                print(f"{form} {lo:6.0e} {' '.join(shares)} {1 - lost / (2 * edits):8.0%}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
