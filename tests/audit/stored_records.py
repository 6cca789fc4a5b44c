"""Verdicts on stored records, counted over simulated ones: ``python tests/audit/stored_records.py [--trials N]``.

Records are drawn from noise models whose truth is known and handed to the real commands, ``gate --records`` and
``compare``; only reading them from disk is left out. Printed is, in per cent of the trials, how often two equal sides
were called regressed, ok or inconclusive, how often a head that takes 10, 20 or 30 % longer was called ok or regressed,
and how often the printed 95 % interval held the true ratio.

Every record holds a pool, which is judged, and a serial loop. What a model calls *shared* moves both of them, as the
state of a machine does; what it calls *alone* moves the pool and leaves the serial loop as it was, so that no control
can see it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.cli import main
from tests.support.records import backend, record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from bench.core.record import Record

    Array = NDArray[np.float64]
    Draw = Callable[[np.random.Generator, int], tuple[Array, Array]]  # processes -> log times of pool and serial loop

POOL, SERIAL = backend("pool", 4), backend("serial")
OWN = 0.005  # standard deviation of what is no state of the machine: each process meets it by itself
SLOW, LASTS, APART = 0.2, 5, 15  # a slow state: how much slower, how many processes long, and how far apart
EFFECTS = (1.0, 1.1, 1.2, 1.3)


def _unlike(pool_sd: float, serial_sd: float) -> Draw:
    """Every process by itself."""

    def draw(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
        return rng.normal(0, pool_sd, n), rng.normal(0, serial_sd, n)

    return draw


def _moved(state: Callable[[np.random.Generator, int], Array], *, shared: bool) -> Draw:
    def draw(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
        moved = state(rng, n)
        still = np.zeros(n)
        return moved + rng.normal(0, OWN, n), (moved if shared else still) + rng.normal(0, OWN, n)

    return draw


def slow_state(rng: np.random.Generator, n: int) -> Array:
    """A machine that is slower for five processes in a row on average, and at full speed for fifteen."""
    slow = rng.random() < LASTS / (LASTS + APART)
    found = []
    for _ in range(n):
        found.append(SLOW * slow)
        if rng.random() < 1 / (LASTS if slow else APART):
            slow = not slow
    return np.array(found)


def autoregressive(rng: np.random.Generator, n: int) -> Array:
    """AR(1) with coefficient 0.8 and a stationary standard deviation of 4 %."""
    values = [rng.normal(0, 0.04)]
    for _ in range(n - 1):
        values.append(0.8 * values[-1] + rng.normal(0, 0.04 * 0.6))
    return np.array(values)


def session(rng: np.random.Generator, n: int) -> Array:
    """One displacement for the whole record and one for each process, both with a standard deviation of 2 %."""
    return np.full(n, rng.normal(0, 0.02)) + rng.normal(0, 0.02, n)


@dataclass(frozen=True)
class Model:
    """One line of the table."""

    name: str
    base: Draw
    head: Draw
    counts: tuple[int, int]
    records: int = 1
    serial: tuple[int, int] | None = None  # processes of the serial loop, where they are not those of the pool
    words: tuple[str, ...] = ()
    control: bool = True


def _models() -> list[Model]:
    found = [
        Model(f"independent lognormal, sd 2 %, {m} against {n}", _unlike(0.02, 0.02), _unlike(0.02, 0.02), (m, n))
        for m, n in ((7, 7), (20, 20), (20, 3), (3, 20))
    ]
    for name, state, counts in (
        ("slow state of 5 processes", slow_state, (7,)),
        ("AR(1) 0.8, sd 4 %", autoregressive, (7, 20)),
        ("session to session sd 2 %", session, (7, 20)),
    ):
        for n in counts:
            for shared in (True, False):
                draw = _moved(state, shared=shared)
                where = "shared" if shared else "alone"
                found.append(Model(f"{name}, {where}, {n} against {n}", draw, draw, (n, n)))
    found.append(Model("20 quiet (1 %) against 3 noisy (10 %)", _unlike(0.01, 0.01), _unlike(0.10, 0.01), (20, 3)))
    for sd in (0.03, 0.05):
        draw = _unlike(0.02, sd)
        name = f"--normalise serial, 7 serial (sd {sd:.0%}) to 6 pool (2 %)"
        found.append(Model(name, draw, draw, (6, 6), serial=(7, 7), words=("--normalise", "serial")))
    for kind, state in (("slow state of 5 processes", slow_state), ("AR(1) 0.8, sd 4 %", autoregressive)):
        draw, name = _moved(state, shared=True), f"{kind}, shared, 7 against 7, divided by --normalise serial"
        found.append(Model(name, draw, draw, (7, 7), words=("--normalise", "serial")))
    alone = _moved(session, shared=False)
    found += [
        Model("no control, session sd 2 %, 20 against 20", alone, alone, (20, 20), control=False),
        Model("five records a side, session sd 2 %, alone", alone, alone, (7, 7), records=5),
    ]
    return found


def drawn(rng: np.random.Generator, model: Model, side: int, factor: float) -> Record:
    """Return one record of a side."""
    draw, count = (model.base, model.head)[side], model.counts[side]
    serial = model.serial[side] if model.serial else count
    pool, loop = draw(rng, max(count, serial))
    times = {POOL: list(0.05 * factor * np.exp(pool[:count]))}
    if model.control:
        times[SERIAL] = list(0.2 * np.exp(loop[:serial]))
    return record(times)


def asked(words: Sequence[str], stored: dict[Path, Record]) -> dict[str, object]:
    """Carry a command out on records that lie in memory, and return what it prints as JSON, on the pool alone."""
    out = io.StringIO()
    with (
        mock.patch("bench.store.record_file.load", stored.__getitem__),
        mock.patch("bench.store.record_file.schema_of", return_value=1),
        mock.patch("sys.argv", ["primebench", *words, "--format", "json"]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        main._run()
    return next(case for case in json.loads(out.getvalue())["cases"] if case["id"] == POOL.id)


def trial(rng: np.random.Generator, model: Model, command: str, factor: float) -> dict[str, object]:
    """Draw the records of both sides and have them judged."""
    bases = [f"base{number}.json" for number in range(model.records)]
    heads = [f"head{number}.json" for number in range(model.records)]
    stored = {Path(name): drawn(rng, model, 0, 1.0) for name in bases}
    stored |= {Path(name): drawn(rng, model, 1, factor) for name in heads}
    files = [*bases, *heads] if model.records == 1 else [*bases, "--against", *heads]
    if command == "compare" or model.words:
        return asked(["compare", *files, *model.words], stored)
    return asked(["gate", "--records", *files], stored)


def row(model: Model, command: str, trials: int, seed: int) -> list[float]:
    """Return the line of a model: equal red, ok, inconclusive; ok at +10 %; red at +10, +20, +30 %; coverage."""
    said: dict[float, list[str]] = {}
    held = told = 0
    for factor in EFFECTS:
        rng = np.random.default_rng([seed, int(100 * factor)])
        for _ in range(trials if factor <= 1.1 else max(1, trials // 4)):
            found = trial(rng, model, command, factor)
            said.setdefault(factor, []).append(str(found["verdict"]))
            if factor == 1.0 and found["low"] is not None:
                told += 1
                held += float(found["low"]) <= 1.0 <= float(found["high"])

    def share(factor: float, word: str) -> float:
        return 100 * said[factor].count(word) / len(said[factor])

    equal = [share(1.0, word) for word in ("regressed", "ok", "inconclusive")]
    return [
        *equal,
        share(1.1, "ok"),
        *(share(factor, "regressed") for factor in EFFECTS[1:]),
        100 * held / told if told else float("nan"),
    ]


def run() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=2000, help="per model and effect; a quarter for +20 and +30 %%")
    parser.add_argument("--command", choices=["gate", "compare"], default="gate")
    parser.add_argument("--only", default="", help="models whose name holds this text")
    parser.add_argument("--no-control", action="store_true", help="leave the serial loop out of every record")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print("| noise | equal: red | ok | inconclusive | +10 %: ok | +10 %: red | +20 %: red | +30 %: red | coverage |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for model in _models():
        if given.only in model.name:
            control = model.control and (bool(model.words) or not given.no_control)
            places = row(replace(model, control=control), given.command, given.trials, given.seed)
            print(f"| {model.name} |", " | ".join(f"{place:.1f}" for place in places), "|", flush=True)


if __name__ == "__main__":
    run()
