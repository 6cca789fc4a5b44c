"""Coverage of what ``scale`` prints, over simulated sweeps: ``python tests/audit/scaling.py [--trials N]``.

Sweeps are drawn from laws and noise models whose truth is known. Printed is, in per cent of the trials, how often the
95 % interval of a speed-up, of Amdahl's serial fraction and of a share of the ceiling held the truth; how often the law
that made a sweep was said not to fit; how often another law was said so; and how often the range of what may come at
twice the largest measured count held the truth, beside what Amdahl's bootstrap interval used to claim there. A dash
stands where nothing is printed, because there are too few processes or nothing fits.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.analysis import estimator, law_range
from bench.analysis.bootstrap import median_draws
from bench.analysis.law_fit import fit
from bench.analysis.laws import AMDAHL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Law = Callable[[int], float]

COUNTS = (1, 2, 4, 8)
FAR = 2 * COUNTS[-1]


def usl(sigma: float, kappa: float, fixed: float = 1.0) -> Law:
    """Return Gunther's law; Amdahl's without coherency."""
    return lambda p: p / (fixed + sigma * (p - 1) + kappa * p * (p - 1))


LAWS: dict[str, Law] = {
    "Amdahl f = 0.05": usl(0.05, 0.0),
    "USL 0.03, 0.001": usl(0.03, 0.001),
    "USL 0.05, 0.01": usl(0.05, 0.01),
    "10 % fixed cost": usl(0.03, 0.0, fixed=1.1),
    "no loss at all": usl(0.0, 0.0),
}
NOISE: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "lognormal 2 %": lambda rng, n: np.exp(rng.normal(0, 0.02, n)),
    "exponential 3 %": lambda rng, n: 1 + rng.exponential(0.03, n),
    "two speeds, a fifth 30 % slow": lambda rng, n: (
        np.where(rng.random(n) < 0.2, 1.3, 1.0) * np.exp(rng.normal(0, 0.01, n))
    ),
    "serial 1 %, parallel 8 %": lambda rng, n: np.exp(rng.normal(0, 0.08, n)),
}


@dataclass
class Tally:
    """How often an interval was printed, and how often it held the truth."""

    printed: int = 0
    held: int = 0

    def count(self, low: float | None, high: float | None, truth: float) -> None:
        """Count one interval."""
        if low is not None and high is not None:
            self.printed += 1
            self.held += low - 1e-9 <= truth <= high + 1e-9

    def __str__(self) -> str:
        """Per cent of those that were printed."""
        return f"{100 * self.held / self.printed:.1f}" if self.printed else "-"


@dataclass
class Row:
    """The counts of one law, noise and number of processes."""

    speedup: Tally = field(default_factory=Tally)
    share: Tally = field(default_factory=Tally)
    fraction: Tally = field(default_factory=Tally)
    reach: Tally = field(default_factory=Tally)
    claimed: Tally = field(default_factory=Tally)
    refused: int = 0
    infeasible: int = 0


def simulate(law: Law, noise: str, processes: int, trials: int, rng: np.random.Generator, draws: int) -> Row:
    """Simulate sweeps and count."""
    found = Row()
    own = NOISE[noise]
    calm = NOISE["lognormal 2 %"] if noise.startswith("serial") else own
    middle = float(np.median(own(np.random.default_rng(0), 200_001)))
    still = float(np.median(calm(np.random.default_rng(0), 200_001)))
    for _ in range(trials):
        serial = (calm(rng, processes) / still).tolist()
        times = {p: (own(rng, processes) / middle / law(p)).tolist() for p in COUNTS}
        copies = (calm(rng, processes) / still).tolist()
        eight = estimator.quotient(serial, times[8])
        found.speedup.count(eight.low, eight.high, law(8))
        share = estimator.quotient(copies, times[8]).scaled(1 / 8)
        found.share.count(share.low, share.high, law(8) / 8)
        amdahl = fit(AMDAHL, serial, times, usable_cpus=8, resamples=draws)
        (parameter,) = amdahl.parameters
        found.fraction.count(parameter.low, parameter.high, 1 / law(2) * 2 - 1)
        found.refused += bool(amdahl.misfits)
        _claimed(found.claimed, serial, times, draws, law(FAR))
        known = law_range.intervals(serial, times)
        if known is not None:
            far = law_range.ranges(known, [FAR])
            found.infeasible += far is None
            if far is not None:
                found.reach.count(far[0].low, far[0].high, law(FAR))
    return found


def _claimed(
    tally: Tally, serial: Sequence[float], times: dict[int, Sequence[float]], draws: int, truth: float
) -> None:
    counts = np.array(COUNTS, dtype=float)
    medians = median_draws([serial, *times.values()], draws, 0)
    curves = AMDAHL.value(AMDAHL.fit(counts, medians[:, :1] / medians[:, 1:]), np.array([float(FAR)]))
    low, high = np.quantile(curves, (0.025, 0.975))
    tally.count(float(low), float(high), truth)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--processes", type=int, nargs="*", default=[3, 4, 6, 7, 20])
    parser.add_argument("--draws", type=int, default=400)
    args = parser.parse_args()
    rng = np.random.default_rng(1)
    head = ("speed-up", "share", "fraction", "range at 16", "Amdahl's claim", "said not to fit", "no range fits")
    print(f"{'law':16} {'noise':30} {'n':>3} " + " ".join(f"{name:>15}" for name in head))
    for name, law in LAWS.items():
        for noise in NOISE:
            for processes in args.processes:
                row = simulate(law, noise, processes, args.trials, rng, args.draws)
                fraction = row.fraction if name.startswith("Amdahl") else "-"
                lost = [f"{100 * count / args.trials:.1f}" for count in (row.refused, row.infeasible)]
                cells = [row.speedup, row.share, fraction, row.reach, row.claimed, *lost]
                print(f"{name:16} {noise:30} {processes:3} " + " ".join(f"{cell!s:>15}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
