"""Noise models: machines that are quiet, skewed, drifting or of two speeds, as generators of pairs of values.

A model is drawn once per gate and hands out pairs of processes in the order of measuring. In every turn both sides take
a value, so that what changes slowly meets both; who is first in a turn is drawn per pair, as in the real order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Model = Callable[
    [np.random.Generator, int, int], Array
]  # (rng, pairs, values) -> times (pair, side, value), state kept

PROCESS, VALUE = 0.015, 0.02  # spread of a process and of a value: pairs of a noisy machine with two CPUs


def _times(rng: np.random.Generator, pairs: int, values: int, process: float = PROCESS, value: float = VALUE) -> Array:
    logs = rng.normal(0, process, (pairs, 2, 1)) + rng.normal(0, value, (pairs, 2, values))
    return np.asarray(np.exp(logs))


def _in_time(slots: Array, pairs: int, values: int, rng: np.random.Generator) -> Array:
    """Deal a series of 2 * pairs * values moments out to the sides: one each per turn, the first one drawn per pair."""
    turns = slots.reshape(pairs, values, 2).transpose(0, 2, 1)
    swap = rng.random(pairs) < 0.5
    turns[swap] = turns[swap][:, ::-1]
    return np.asarray(turns)


class Lognormal:
    """Processes and values spread by a few per cent."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def draw(self, pairs: int, values: int) -> Array:
        return _times(self.rng, pairs, values)


class Pareto(Lognormal):
    """A tenth of the values meets a spike with a heavy tail."""

    def draw(self, pairs: int, values: int) -> Array:
        spikes = (self.rng.random((pairs, 2, values)) < 0.1) * 0.1 * self.rng.pareto(1.5, (pairs, 2, values))
        return super().draw(pairs, values) * (1 + spikes)


class Student(Lognormal):
    """Logarithms of processes and values have Student's t with three degrees of freedom."""

    def draw(self, pairs: int, values: int) -> Array:
        logs = PROCESS * self.rng.standard_t(3, (pairs, 2, 1)) + VALUE * self.rng.standard_t(3, (pairs, 2, values))
        return np.asarray(np.exp(logs))


class Switching(Lognormal):
    """The machine has two speeds, 1 and 1.9, and changes between them after so many values on average."""

    every = 300.0

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__(rng)
        self.slow = rng.random() < 0.5

    def draw(self, pairs: int, values: int) -> Array:
        count = 2 * pairs * values
        state = (np.cumsum(self.rng.random(count) < 1 / self.every) + self.slow) % 2
        self.slow = bool(state[-1])
        return super().draw(pairs, values) * _in_time(1 + 0.9 * state, pairs, values, self.rng)


class SwitchingFast(Switching):
    """As before, but it changes every two values."""

    every = 2.0


class SlowProcesses(Lognormal):
    """A fifth of the processes takes 1.9 times as long, from its first value to its last."""

    def draw(self, pairs: int, values: int) -> Array:
        return super().draw(pairs, values) * (1 + 0.9 * (self.rng.random((pairs, 2, 1)) < 0.2))


class Autoregressive(Lognormal):
    """The speed of the machine wanders: AR(1), standard deviation 10 %, 0.95 from value to value."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__(rng)
        self.state = rng.normal(0, 0.1)

    def draw(self, pairs: int, values: int) -> Array:
        series = np.empty(2 * pairs * values)
        for index, step in enumerate(self.rng.normal(0, 0.1 * np.sqrt(1 - 0.95**2), series.size).tolist()):
            self.state = 0.95 * self.state + step
            series[index] = self.state
        return super().draw(pairs, values) * _in_time(np.exp(series), pairs, values, self.rng)


class Drift(Lognormal):
    """The machine becomes 30 % slower in the course of twenty pairs, and goes on like that."""

    done = 0

    def draw(self, pairs: int, values: int) -> Array:
        moments = np.arange(2 * pairs * values, dtype=float) / (2 * values) + self.done
        self.done += pairs
        return super().draw(pairs, values) * _in_time(1 + 0.3 * moments / 20, pairs, values, self.rng)


class Constant(Lognormal):
    """Every value is the same."""

    def draw(self, pairs: int, values: int) -> Array:
        return np.ones((pairs, 2, values))


class HeadNoisier(Lognormal):
    """Head's processes and values spread by 10 %, base's as usual."""

    def draw(self, pairs: int, values: int) -> Array:
        times = super().draw(pairs, values)
        noise = self.rng.normal(0, 0.1, (pairs, 1)) + self.rng.normal(0, 0.1, (pairs, values))
        times[:, 1] *= np.exp(noise)
        return times


MODELS: dict[str, Callable[[np.random.Generator], Lognormal]] = {
    "lognormal": Lognormal,
    "Pareto spikes": Pareto,
    "t3 values": Student,
    "two speeds, switching slowly": Switching,
    "two speeds, switching every two values": SwitchingFast,
    "two speeds, one per process (20 % slow)": SlowProcesses,
    "AR(1) 10 %": Autoregressive,
    "drift 30 %": Drift,
    "zero variance": Constant,
    "head noisier, sd 10 %": HeadNoisier,
}


@dataclass(frozen=True, slots=True)
class Tail:
    """A head of which some are slower.

    Attributes:
        share: which part.
        factor: by how much.
        processes: whole processes and not single values.
    """

    share: float
    factor: float
    processes: bool = False

    def __str__(self) -> str:
        """Name the row of a table."""
        return f"{self.share:.0%} of {'processes' if self.processes else 'values'} x {self.factor:g}"

    def of(self, times: Array, rng: np.random.Generator) -> Array:
        """Return head's times with the tail."""
        shape = (times.shape[0], 1) if self.processes else times.shape
        return np.asarray(times * np.where(rng.random(shape) < self.share, self.factor, 1.0))


TAILS = (Tail(0.1, 2), Tail(0.2, 1.5), Tail(0.3, 1.33), Tail(0.02, 6), Tail(0.2, 1.9, processes=True))
