"""How often the gate is right: verdicts over equal sides and over a slowed one, counted, with exact bounds.

A selftest measures block after block of pairs, in each of them two equal sides, a slowed one and the control.

*Live* verdicts use every block as it was measured. A block is two verdicts over the equal sides, since either of them
may be called head; the next block confirms one that is red. Verdicts over equal sides overlap therefore, and
`bench.analysis.overlap` bounds their rate. Two blocks are one verdict over the slowed side, the second being its
confirmation; these share nothing, and their bound is the binomial one. What is alike in all blocks of a record, such as
an installation that is slower than its copy, is seen as alarms, but another record may meet another one.

*Resampled* verdicts draw twice as many pairs as a batch has from all blocks, without replacement, and leave the sides
as they are; over the equal sides half of them call one side head, half the other. They show what the gate says to these
pairs in another order: an alarm there is a difference that is in the record. All of them share one set of pairs, so no
bound follows from their number.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import stdev
from typing import TYPE_CHECKING

from bench.analysis import design, evidence, overlap, paired, rate
from bench.analysis.errors import TooFew
from bench.analysis.paired import POWER, Batch, Rule
from bench.core.reason import Kind
from bench.core.side import AGAIN, CONTROL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.analysis.evidence import Evidence
    from bench.analysis.gate import Verdict
    from bench.analysis.paired import Measured

MOST_ALARMS, FEWEST_FOUND = 0.01, 0.95
"""The goal: at most so many alarms over equal sides, and at least so many detections of the slowed one."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Verdicts, counted by state; void ones say that the machine was disturbed and are no answer of the gate.

    Attributes:
        regressed: how many were red, and confirmed.
        ok: how many were ok.
        inconclusive: how many were neither.
        void: how many were taken away by a disturbance.
        at_most: upper 95 % bound of the rate of red ones, where one follows.
        at_least: lower 95 % bound of it, where one follows.
    """

    regressed: int = 0
    ok: int = 0
    inconclusive: int = 0
    void: int = 0
    at_most: float | None = None
    at_least: float | None = None

    @property
    def sound(self) -> int:
        """How many were not void."""
        return self.regressed + self.ok + self.inconclusive

    @property
    def rate(self) -> float | None:
        """Part of the sound verdicts that were regressed."""
        return self.regressed / self.sound if self.sound else None


@dataclass(frozen=True, slots=True)
class Spread:
    """What the pairs of one case say of machine and slowdown.

    Attributes:
        pairs: how many there are.
        sd: standard deviation of the log-ratio of equal sides.
        needed: pairs per batch that this spread asks for.
        same: ratio of the equal sides.
        slow: ratio of the slowed side.
    """

    pairs: int
    sd: float
    needed: int
    same: Evidence
    slow: Evidence


@dataclass(frozen=True, slots=True)
class Pair:
    """All that was measured for one pair: (cell, side) -> the process."""

    processes: Mapping[tuple[str, str], Measured]


def blocks_of(pairs: Mapping[tuple[int, int], Pair], size: int) -> list[list[Pair]]:
    """Return the blocks of which all pairs were measured."""
    blocks: dict[int, list[Pair]] = {}
    for (number, _), pair in pairs.items():
        blocks.setdefault(number, []).append(pair)
    return [block for block in blocks.values() if len(block) == size]


def live(blocks: Sequence[Sequence[Pair]], rule: Rule, cpus: int, same: str, slow: str) -> tuple[Tally, Tally]:
    """Judge the blocks as they were measured; return the tallies over the equal sides and over the slowed one.

    A red block that no other follows is not counted, because nothing could confirm it.
    """
    verdicts = []
    for base, head in (("base", same), (same, "base")):
        equal = [_batch(block, base, head, cpus) for block in blocks]
        for first, second in zip(equal, [*equal[1:], None], strict=True):
            if second is not None or not paired.red_cells(paired.judge_one(first, rule)):
                verdicts.append(paired.judge(first, second, rule))
    slowed = [_batch(block, "base", slow, cpus) for block in blocks]
    found = tally([paired.judge(*two, rule) for two in zip(slowed[::2], slowed[1::2], strict=False)])
    alarms = tally(verdicts)
    if alarms.sound:
        runs = _runs([_is_void(block, rule, cpus, same) for block in blocks])
        alarms = replace(alarms, at_most=overlap.upper_bound(alarms.regressed, runs))
    if found.sound:
        found = replace(found, at_least=rate.lower_bound(found.regressed, found.sound))
    return alarms, found


def _is_void(block: Sequence[Pair], rule: Rule, cpus: int, same: str) -> bool:
    """Whether a block says nothing of the equal sides: one that stays red under load says something, one way."""
    ways = (("base", same), (same, "base"))
    return all(paired.judge_one(_batch(block, *sides, cpus), rule).void for sides in ways)


def _runs(void: Sequence[bool]) -> list[int]:
    """Return how many blocks stand between void ones."""
    return [len(list(group)) for is_void, group in groupby(void) if not is_void]


def resampled(
    pairs: Sequence[Pair], size: int, rule: Rule, cpus: int, same: str, slow: str, draws: int, seed: int
) -> tuple[Tally, Tally]:
    """Judge so many random batches; return the tallies over the equal sides and over the slowed one.

    Raises:
        TooFew: there are fewer pairs than two batches need.
    """
    if len(pairs) < 2 * size:
        raise TooFew(f"{len(pairs)} pairs cannot be drawn as two batches of {size}; at least {2 * size} are needed")
    rng = random.Random(seed)
    equal: list[Verdict] = []
    slowed: list[Verdict] = []
    for number in range(draws):
        either = ("base", same) if number % 2 else (same, "base")
        for found, sides in ((equal, either), (slowed, ("base", slow))):
            drawn = rng.sample(pairs, 2 * size)
            first, second = (_batch(half, *sides, cpus) for half in (drawn[:size], drawn[size:]))
            found.append(paired.judge(first, second, rule))
    return tally(equal), tally(slowed)


def _batch(pairs: Sequence[Pair], base: str, head: str, cpus: int) -> Batch:
    cells = dict.fromkeys(cell for cell, side in pairs[0].processes if side == base)
    controls = dict.fromkeys(cell for cell, side in pairs[0].processes if side == CONTROL)
    return Batch(
        {cell: _ratios(pairs, cell, base, head) for cell in cells},
        {cell: _ratios(pairs, cell, CONTROL, AGAIN) for cell in controls},
        paired.readings([process for pair in pairs for process in pair.processes.values()], cpus),
        {
            cell: paired.tail_of([(pair.processes[cell, base], pair.processes[cell, head]) for pair in pairs])
            for cell in cells
        },
    )


def _ratios(pairs: Sequence[Pair], cell: str, base: str, head: str) -> list[float]:
    return [paired.log_ratio(pair.processes[cell, base], pair.processes[cell, head]) for pair in pairs]


def tally(verdicts: Sequence[Verdict]) -> Tally:
    """Count verdicts by state; one whose confirmation was void is void like one that was so itself."""
    states = ["void" if verdict.void or _void_again(verdict) else verdict.verdict for verdict in verdicts]
    return Tally(*(states.count(state) for state in ("regressed", "ok", "inconclusive", "void")))


def _void_again(verdict: Verdict) -> bool:
    return any(reason.kind is Kind.VOID for reason in verdict.reasons)


def spreads(pairs: Sequence[Pair], rule: Rule, same: str, slow: str) -> dict[str, Spread]:
    """Return cell -> its spread."""
    cells = dict.fromkeys(cell for cell, side in pairs[0].processes if side == "base")
    found = {}
    for cell in cells:
        ratios = _ratios(pairs, cell, "base", same)
        sd = stdev(ratios) if len(ratios) > 1 else 0.0
        needed = design.plan(
            sd,
            effect=rule.threshold,
            alpha=rule.alpha,
            cells=len(cells),
            power=POWER,
            margin=rule.margin,
            batches=2,
        ).wanted
        slowed = evidence.from_pairs(_ratios(pairs, cell, "base", slow))
        found[cell] = Spread(len(ratios), sd, needed, evidence.from_pairs(ratios), slowed)
    return found
