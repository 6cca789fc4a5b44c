"""How often the gate is right, by simulation: ``python tests/audit/live_gate.py [--trials 2000] [--effects 600]``.

Synthetic values take the place of processes; pilot, planning, batches, control, confirmation and verdict are the very
code that `primebench gate` runs. Prints a Markdown table over noise models and one over heads with a tail.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import noise
import numpy as np

from bench.analysis import paired as analysis
from bench.analysis.paired import Rule
from bench.app import gate as gating
from bench.app import paired
from bench.app.events import Work, result_of
from bench.app.ledger import Ledger
from bench.app.paired import PairedRun, Terms
from bench.core.case import Case
from bench.core.machine import Machine
from bench.core.record import Process, Record, Result
from bench.core.side import BASE, HEAD
from bench.core.stamps import BATCH, PAIR, TURNS
from bench.engine.pairs import BUILDS, Cell, build_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PAIR_S = 1.2  # what a pair of one case takes with 16 turns, two starts included
CASE, CONTROL_CASE = Case.of("backends", "pool", {"workers": 2}), Case.of("backends", "serial", {"workers": 1})
MACHINE = Machine(
    None, 2, 2, 2, None, None, 2, 0, "", "", None, None, None, None, "CPython", "3.11.7", "", True, {}, None
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What one column of a table asks.

    Attributes:
        slower: by which part head is slower than base.
        model: noise of the case, and of the control.
        installation: standard deviation of the bias of one installed copy.
        tail: what head's values have besides.
    """

    model: Callable[[np.random.Generator], noise.Lognormal]
    slower: float = 0.0
    installation: float = 0.0
    tail: noise.Tail | None = None


class Synthetic(PairedRun):
    """A paired run whose processes are drawn from a noise model, and whose clock tells what they would have taken."""

    def __init__(self, question: Question, terms: Terms, rng: np.random.Generator) -> None:
        record = Record(paired.plan_of(terms), MACHINE, "", "", {}, {})
        self.ledger, self.terms, self.loops = Ledger(record, Path("never")), terms, {}
        self.question, self.rng, self.now = question, rng, 0.0
        control = noise.Lognormal if question.model is noise.HeadNoisier else question.model
        self.models = {CASE: question.model(rng), CONTROL_CASE: control(rng)}
        self.biases = rng.normal(0, question.installation, (2, 2 * BUILDS))  # side, installation

    def calibrate(self) -> Work[None]:
        """Fail nowhere."""
        yield from ()

    def measure(self, batch: int, pairs: range, cells: Iterable[Cell] | None = None) -> Work[None]:
        """Draw these pairs."""
        for cell in self.standing if cells is None else cells:
            self.now += PAIR_S * len(pairs)
            times = self.models[cell.case].draw(len(pairs), self.terms.effort.values)
            if cell.case == CASE:
                builds = [build_of(batch, pair) for pair in pairs]
                times = times * np.exp(self.biases[:, builds].T)[:, :, None]
                times[:, 1] *= 1 + self.question.slower
                if self.question.tail:
                    times[:, 1] = self.question.tail.of(times[:, 1], self.rng)
            for index, side in enumerate(cell.sides):
                processes = tuple(
                    Process(tuple(row), (), {PAIR: pair, BATCH: batch, TURNS: 1})
                    for pair, row in zip(pairs, times[:, index].tolist(), strict=True)
                )
                self.ledger.add(Result(cell.case, processes, side))
        yield from ()


def gate(question: Question, rng: np.random.Generator) -> tuple[str, float]:
    """Hold one gate; return its verdict and how many seconds it would have taken."""
    preset = gating.PRESETS["normal"]
    effort = replace(preset.effort, seed=int(rng.integers(1 << 30)))
    terms = Terms((Cell(CASE, (BASE, HEAD)),), CONTROL_CASE, effort, (0, 1), Rule(), None, preset.budget_s)
    held = Synthetic(question, terms, rng)
    result_of(paired.hold(held, lambda: held.now))
    verdict = gating.finding_of(held.ledger.record, terms, {}).overall
    for kept in KEPT:
        kept.cache_clear()
    return verdict, held.now


KEPT: list[Any] = [found for found in vars(analysis).values() if hasattr(found, "cache_clear")]


def ask(question: Question, trials: int, seed: int = 1) -> tuple[Counter[str], float]:
    """Hold so many gates; return their verdicts counted and the median of their seconds."""
    rng = np.random.default_rng(seed)
    found = [gate(question, rng) for _ in range(trials)]
    return Counter(verdict for verdict, _ in found), fmean(took for _, took in found)


def share(counts: Counter[str], verdict: str) -> str:
    """Return a count in per cent of all verdicts."""
    return f"{100 * counts[verdict] / counts.total():.4g}"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print a table row by row, as they come."""
    print(f"| {' | '.join(head)} |\n|{' --- |' * len(head)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
    print(flush=True)


def noise_row(name: str, question: Question, trials: int, effects: int) -> tuple[str, ...]:
    """Return the verdicts on equal and on slower heads."""
    equal, took_s = ask(question, trials)
    two, five, ten = (ask(replace(question, slower=slower), effects)[0] for slower in (0.02, 0.05, 0.1))
    verdicts = [share(equal, verdict) for verdict in ("regressed", "inconclusive", "ok")]
    found = [share(two, "regressed"), *(share(one, verdict) for one in (five, ten) for verdict in ("regressed", "ok"))]
    return (name, *verdicts, *found, f"{took_s:.0f}")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=2000, help="gates over equal sides per model")
    parser.add_argument("--effects", type=int, default=600, help="gates per slowdown and per tail")
    parser.add_argument("--only", default="", help="a part of the names of the rows to print")
    given = parser.parse_args()
    began = time.monotonic()
    rows = [(name, Question(model)) for name, model in noise.MODELS.items()]
    rows += [
        (f"each installation biased, sd {sd:.0%}", Question(noise.Lognormal, installation=sd)) for sd in (0.01, 0.02)
    ]
    head = ("noise", "equal: red", "equal: inconclusive", "equal: ok", "+2 % red", "+5 % red", "+5 % ok", "+10 % red")
    table(
        (*head, "+10 % ok", "s"),
        (noise_row(name, one, given.trials, given.effects) for name, one in rows if given.only in name),
    )
    tails = [tail for tail in noise.TAILS if given.only in str(tail)]
    found = ((tail, ask(Question(noise.Lognormal, tail=tail), given.effects)[0]) for tail in tails)
    table(
        ("head", "mean", "ok", "inconclusive", "red"),
        (
            (
                str(tail),
                f"{tail.share * (tail.factor - 1):+.0%}",
                *(share(one, said) for said in ("ok", "inconclusive", "regressed")),
            )
            for tail, one in found
        ),
    )
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
