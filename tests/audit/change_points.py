"""How often noise passes for a change, and how often a change is found: ``python -m tests.audit.change_points``.

Series are drawn from noise of first order and handed to `bench.analysis.change_points`. Printed is, in per cent of the
trials: how many series without a change show one, sure or likely, with independent noise and with r = 0.5; and how many
with a step of 5 % in the middle and independent noise of 2 % show one within two points of it.
"""

from __future__ import annotations

import argparse

import numpy as np

from bench.analysis.change_points import LIKELY, SURE, changes, excess


def drawn(rng: np.random.Generator, count: int, alike: float) -> np.ndarray:
    """Return noise of unit variance."""
    noise = rng.standard_normal(count)
    for index in range(1, count):
        noise[index] = alike * noise[index - 1] + (1 - alike**2) ** 0.5 * noise[index]
    return noise


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2000)
    trials = parser.parse_args().trials
    rng = np.random.default_rng(1)
    print("| points | likely, independent | sure | likely, r = 0.5 | sure | +5 % found | sure |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for count in (10, 20, 30, 50, 100, 365):
        cells = []
        for alike in (0.0, 0.5):
            found = np.array([excess(drawn(rng, count, alike)) for _ in range(trials)])
            cells += [np.mean(found > LIKELY), np.mean(found > SURE)]
        step = np.repeat([0.0, np.log(1.05)], [count // 2, count - count // 2])
        hits = np.zeros(2)
        for _ in range(trials):
            near = [
                one for one in changes(np.exp(0.02 * drawn(rng, count, 0.0) + step)) if abs(one.at - count // 2) <= 2
            ]
            hits += [bool(near), any(one.sure for one in near)]
        print(
            f"| {count} | " + " | ".join(f"{100 * share:.1f}" for share in [*cells, *(hits / trials)]) + " |",
            flush=True,
        )


if __name__ == "__main__":
    main()
