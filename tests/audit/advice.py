"""How far simulated advice is from the best there is: regret, coverage of the speed-up, and time.

No process is started. Each machine is one that the model does not know: every backend is faster or slower than
predicted by a factor of its own, messages and start-up cost something else than was found out, and single times are
noisy, one of ten by a spike. All that is real is the code that decides what to measure and what to say.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import product
from math import exp
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any

import click

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.analysis import cost_model
from bench.analysis.cost_model import Host, Load, Price
from bench.app.events import result_of
from bench.app.inquiry import inquire
from bench.app.question import Question
from bench.core import jobs
from tests.support.launch import FakeLaunch
from tests.support.records import MACHINE

if TYPE_CHECKING:
    from bench.core.visit import Visit
    from bench.samples.advice import Advice

# open, close, a message, CPU time of a message: as found out on two CPUs of a virtual machine.
PRICES = {
    "pool": (0.010, 0.005, 40e-6, 60e-6),
    "executor": (0.012, 0.005, 150e-6, 150e-6),
    "thread-executor": (0.0005, 0.0001, 15e-6, 10e-6),
}
SAMPLED = 200  # items whose costs are known to the survey
VISIT_S, PROGRAM_S = 0.2, 0.5
HOST = Host(2.0, 1.1)


def costs(shape: str, serial_s: float, count: int, rng: Random) -> list[float]:
    """Return what items cost, of which as many are kept as the survey samples."""
    kept = min(count, SAMPLED)
    shapes = {
        "even": [1.0] * kept,
        "rising": [at + 0.5 for at in range(kept)],
        "heavy-tailed": [rng.lognormvariate(0, 1.2) for _ in range(kept)],
        "sorted": sorted((rng.lognormvariate(0, 1.2) for _ in range(kept)), reverse=True),
    }
    found = shapes[shape]
    return [serial_s / count * cost * kept / sum(found) for cost in found]


@dataclass
class Machine:
    """A machine whose prices are others than are found out, and whose clock moves while something is measured."""

    seconds: list[float]
    count: int
    noise: float
    rng: Random
    off: float
    now: float = 0.0
    factors: dict[str, float] = field(default_factory=dict)
    prices: dict[str, Price] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Draw what the model does not know."""
        for name, (opened, closed, message, cpu) in PRICES.items():
            dearer = exp(self.rng.gauss(0, 5 * self.off))
            begun = exp(self.rng.gauss(0, 3 * self.off))
            self.factors[name] = exp(self.rng.gauss(0, self.off))
            self.prices[name] = Price(
                2, opened * begun, closed, message * dearer, cpu * dearer, 0.0, 0.0, 0.0, name == "thread-executor"
            )

    def load(self, first: int, last: int) -> Load:
        """Return what the items from first to last cost."""
        kept = min(last - first, SAMPLED)
        places = [(at + 0.5) / kept for at in range(kept)]
        numbers = [int((first + place * (last - first)) / self.count * len(self.seconds)) for place in places]
        return Load(
            last - first, tuple(places), tuple(self.seconds[at] for at in numbers), 1.0, 1.0, 0.0, 0.0, handed=False
        )

    def true_s(self, member: str, workers: int, chunksize: int, first: int = 0, last: int | None = None) -> float:
        """Return how long a way takes without noise."""
        load = self.load(first, self.count if last is None else last)
        if member == "serial":
            return load.serial_s
        if member == "ceiling":
            return load.serial_s * HOST.slower / 2
        return cost_model.predict(load, self.prices[member], HOST, workers, chunksize).seconds * self.factors[member]

    def visit(self, visit: Visit) -> float:
        """Return a noisy time, and let time pass."""
        params = dict(visit.case.params)
        first, last = map(int, str(params["workload"]).split(":"))
        size = params["chunksize"] if isinstance(params["chunksize"], int) else 1
        spike = abs(self.rng.gauss(0, 3 * self.noise)) if self.rng.random() < 0.1 else 0.0
        seconds = self.true_s(visit.case.member, int(params["workers"]), size, first, last)
        seconds *= exp(self.rng.gauss(0, self.noise) + spike)
        self.now += VISIT_S + seconds * ((visit.loops or 1) * (1 + visit.effort.warmups) + visit.observe)
        return seconds

    def ask(self, _side: object, module: str, text: str, *words: str, timeout_s: float) -> dict[str, Any]:
        """Answer as the programs would that find out what things cost."""
        if module.endswith("survey"):
            self.now += min(float(words[0]), self.load(0, self.count).serial_s) + VISIT_S
            found = self.load(0, self.count)
            items = min(self.count, 1000)
            each = self.count / items
            told = {"count": items, "places": found.places, "costs_s": [cost * each for cost in found.costs_s]}
            return {**told, "cpu": 1.0, "threads": 1.0, "item_bytes": 0.0, "result_bytes": 0.0}
        self.now += PROGRAM_S
        opened, closed, message, cpu = PRICES[json.loads(text)["member"]]
        slots = {"workers": 2, "open_s": opened, "close_s": closed, "message_s": message, "message_cpu_s": cpu}
        return {**slots, "item_s": 0.0, "item_byte_s": 0.0, "result_byte_s": 0.0}

    def advice(self, budget_s: float, seed: int) -> Advice:
        """Ask for advice on this machine."""
        params = {"workload": f"0:{self.count}"}
        question = Question(jobs.load("primes"), params, tuple(PRICES), MACHINE, (0, 1), "fork", budget_s, seed)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "advice.json")
            return result_of(inquire(question, path, FakeLaunch(self.visit), self.ask, clock=lambda: self.now))

    def best_s(self) -> float:
        """Return the least time of any way there is."""
        sizes = cost_model.chunk_sizes(self.count, 2)
        return min(self.true_s("serial", 1, 1), *(self.true_s(name, 2, size) for name in PRICES for size in sizes))


@dataclass(frozen=True)
class Outcome:
    """What became of one piece of advice."""

    regret: float
    covered: bool
    answered: bool
    spent_s: float
    predicted: float


def trial(serial_s: float, count: int, shape: str, noise: float, off: float, budget_s: float, seed: int) -> Outcome:
    """Ask for advice about one job on one machine."""
    rng = Random(seed)
    machine = Machine(costs(shape, serial_s, count, rng), count, noise, rng, off)
    found = machine.advice(budget_s, seed)
    choice = found.choice
    taken_s = machine.true_s(choice.backend, choice.workers, choice.chunksize or 1)
    measured = (
        machine.true_s(choice.backend, choice.workers, int(choice.case["chunksize"])) if choice.chunksize else taken_s
    )
    whole = found.part == 1 and choice.low is not None and choice.high is not None
    true = machine.true_s("serial", 1, 1) / measured
    return Outcome(
        regret=taken_s / machine.best_s() - 1,
        covered=not whole or (choice.low or 0) <= true <= (choice.high or 0),
        answered=found.answered,
        spent_s=machine.now,
        predicted=abs((found.predicted_s or found.measured_s) / found.measured_s - 1),
    )


@click.command()
@click.option("--trials", default=3, show_default=True, help="Machines for each job and noise.")
@click.option("--budget", "budget_s", default=60.0, show_default=True, help="Seconds.")
def main(trials: int, budget_s: float) -> None:
    """Print a row for each noise."""
    print(__doc__.splitlines()[0])
    print(
        "| noise | model off by | regret: median | nine in ten | worst | speed-up in its interval | answered | time |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    work = list(product((0.2, 1.0, 8.0), (100, 10_000), ("even", "rising", "heavy-tailed", "sorted")))
    for noise, off in product((0.01, 0.03, 0.08), (0.05, 0.15)):
        found = [
            trial(serial_s, count, shape, noise, off, budget_s, seed=1000 * at + number)
            for at, (serial_s, count, shape) in enumerate(work)
            for number in range(trials)
        ]
        regrets = sorted(one.regret for one in found)
        print(
            f"| {100 * noise:.0f} % | {100 * off:.0f} % | {100 * median(regrets):.1f} % | "
            f"{100 * regrets[int(0.9 * len(regrets))]:.1f} % | {100 * regrets[-1]:.1f} % | "
            f"{100 * sum(one.covered for one in found) / len(found):.0f} % | "
            f"{100 * sum(one.answered for one in found) / len(found):.0f} % | "
            f"{max(one.spent_s for one in found):.0f} s |"
        )


if __name__ == "__main__":
    main()
