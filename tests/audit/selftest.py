"""Whether the bounds that ``selftest`` prints hold, by simulation: ``python tests/audit/selftest.py`` (minutes).

Selftests are made up from random times and judged by the code that judges real ones. Their rule is laxer than the
gate's, so that alarms are common enough to be missed by a bound that is too low. The true rate is that of 20 times as
many verdicts that share nothing. A 95 % bound has to hold for 95 % of the selftests; what independent verdicts would
promise (`rate.upper_bound`) stands beside it. The program ends with 1 when a bound holds surely less often.
"""

from __future__ import annotations

import argparse
import random
import sys
from math import exp, log
from pathlib import Path
from statistics import fmean

from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.analysis import rate, trials
from bench.analysis.paired import Measured, Rule

SIZE = 7  # pairs of a block
NOISE = 0.02  # standard deviation of a time, as a part of it
CONFIDENCE = 0.95

# name: (alpha of the rule, slowdown of the slowed side, part of the blocks that are disturbed)
MODELS = {
    "alarms are rare": (0.15, 0.05, 0.0),
    "alarms are common": (0.30, 0.03, 0.0),
    "alarms are the rule": (0.42, 0.02, 0.0),
    "a fifth of the blocks is disturbed": (0.30, 0.03, 0.2),
}


def block(rng, slowdown, disturbed):
    """Return one block of pairs."""
    others = 2.0 if rng.random() < disturbed else 0.0
    levels = {"base": 0.0, "same": 0.0, "slow": log(1 + slowdown)}

    def taken(level):
        return Measured((exp(level + rng.gauss(0, NOISE)),), others_cpus=others)

    return [trials.Pair({("pool", side): taken(level) for side, level in levels.items()}) for _ in range(SIZE)]


def judged(rng, blocks, model):
    """Return the tallies of a selftest of so many blocks."""
    alpha, slowdown, disturbed = model
    made = [block(rng, slowdown, disturbed) for _ in range(blocks)]
    return trials.live(made, Rule(alpha=alpha, margin=0.0), 2, "same", "slow")


def truth(rng, verdicts, model):
    """Return the true rates of alarms and of detections: two blocks are one verdict, and are used once."""
    alarms = found = 0
    for _ in range(verdicts):
        equal, slow = judged(rng, 2, (*model[:2], 0.0))
        alarms += equal.regressed
        found += slow.regressed
    # Of two blocks only the first can be red, for the second has no confirmation; and it may be so either way.
    return alarms / (2 * verdicts), found / verdicts


def main():
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--selftests", type=int, default=400, help="simulated selftests of each model")
    parser.add_argument("--blocks", type=int, default=18, help="blocks of each")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"{given.selftests} selftests of {given.blocks} blocks each; the bound holds in per cent of them")
    print(f"{'model':36} {'alarms':>7} {'bound':>7} {'as independent':>15} {'found':>7} {'bound':>7}")
    failed = False
    for number, (name, model) in enumerate(MODELS.items()):
        rng = random.Random(given.seed + number)
        alarms, found = truth(rng, 20 * given.selftests, model)
        held, naive, least = [], [], []
        for _ in range(given.selftests):
            equal, slow = judged(rng, given.blocks, model)
            if equal.sound:
                held.append(equal.at_most >= alarms)
                naive.append(rate.upper_bound(equal.regressed, equal.sound) >= alarms)
            if slow.sound:
                least.append(slow.at_least <= found)
        print(
            f"{name:36} {alarms:7.2%} {fmean(held):7.1%} {fmean(naive):15.1%} {found:7.1%} {fmean(least):7.1%}",
            flush=True,
        )
        for one in (held, least):
            failed |= stats.binomtest(sum(one), len(one), CONFIDENCE, alternative="less").pvalue < 0.001
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
