"""The view of a selftest: how often the gate was right, and how noisy the machine is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.analysis import overlap, rate
from bench.analysis.trials import FEWEST_FOUND, MOST_ALARMS
from bench.reports import columns
from bench.reports.cells import count
from bench.reports.report import Cell, Report, key, notes, numbers, table
from bench.reports.wording import word

if TYPE_CHECKING:
    from bench.analysis.trials import Spread, Tally
    from bench.reports.report import Table
    from bench.samples.proof import Proof


def selftest(proof: Proof) -> Report:
    """Make the report of a selftest."""
    kinds = _two("live", proof.live, proof) + (_two("resampled", proof.resampled, proof) if proof.resampled else [])
    said = _notes(proof)
    head = ("verdicts", "sound", "regressed", "ok", "inconclusive", "void", "rate", "95 % bound")
    return Report(
        heading=(
            proof.machine,
            f"{proof.blocks} blocks of {proof.size} pairs, alpha {proof.rule.alpha:g}, margin {proof.rule.margin:.1%}, "
            f"threshold {proof.rule.threshold:.1%}",
            *columns.constants(proof.cases.values()),
        ),
        blocks=(
            table(
                (head[0], *map(numbers, head[1:])), [_row(name, one, slowed="slower" in name) for name, one in kinds]
            ),
            _spread_table(proof),
            *notes(said),
        ),
        data={
            "slowdown_percent": proof.percent,
            "pairs": proof.size,
            "blocks": proof.blocks,
            "alpha": proof.rule.alpha,
            "margin": proof.rule.margin,
            "threshold": proof.rule.threshold,
            "live": _both(proof.live),
            "resampled": _both(proof.resampled) if proof.resampled else None,
            "cases": [_spread_data(name, one) for name, one in proof.spreads.items()],
            "goal": {"false_alarms_at_most": MOST_ALARMS, "detections_at_least": FEWEST_FOUND, **_reached(proof.live)},
            "notes": list(said),
            "warnings": [word(one) for one in proof.warnings],
        },
        tidy=(
            head,
            tuple(_row(name, one, slowed="slower" in name) for name, one in kinds),
        ),
    )


def _two(name: str, both: tuple[Tally, Tally], proof: Proof) -> list[tuple[str, Tally]]:
    return [(f"{name}, equal sides", both[0]), (f"{name}, {proof.percent:g} % slower", both[1])]


def _row(name: str, one: Tally, *, slowed: bool) -> tuple[str, ...]:
    bound = one.at_least if slowed else one.at_most
    said = "-" if bound is None else f"{'>=' if slowed else '<='} {bound:.1%}"
    part = "-" if one.rate is None else f"{one.rate:.1%}"
    counts = (one.sound, one.regressed, one.ok, one.inconclusive, one.void)
    return (name, *map(str, counts), part, said)


def _both(both: tuple[Tally, Tally]) -> dict[str, Any]:
    return {"equal": _tally_data(both[0]), "slowed": _tally_data(both[1])}


def _tally_data(one: Tally) -> dict[str, Any]:
    counts = {"sound": one.sound, "regressed": one.regressed, "ok": one.ok, "inconclusive": one.inconclusive}
    return {**counts, "void": one.void, "rate": one.rate, "at_most": one.at_most, "at_least": one.at_least}


def _reached(live: tuple[Tally, Tally]) -> dict[str, bool]:
    most, least = live[0].at_most, live[1].at_least
    return {
        "false_alarms_proven": most is not None and most <= MOST_ALARMS,
        "detections_proven": least is not None and least >= FEWEST_FOUND,
    }


def _notes(proof: Proof) -> tuple[str, ...]:
    equal, slowed = proof.live
    said = []
    if equal.sound:
        said.append(
            f"False alarms: {equal.regressed} in {equal.sound} live verdicts over equal sides, at most "
            f"{equal.at_most:.1%} with 95 % confidence; each block confirms the one before it, so they count for less "
            f"than as many apart. {_to_prove_alarms(equal)}"
        )
    if slowed.sound:
        said.append(
            f"Detections: {slowed.regressed} of {slowed.sound} live verdicts over {proof.percent:g} % more work, at "
            f"least {slowed.at_least:.1%} with 95 % confidence. {_to_prove_detections(slowed)}"
        )
    void = equal.void + slowed.void
    if void:
        said.append(f"{void} live verdicts were void: the control moved, or the machine was disturbed.")
    if proof.resampled:
        said.append(
            "Resampled verdicts draw their pairs from all blocks and keep the sides as they are: an alarm over equal "
            "sides is a difference that is in this record. They share their pairs, so that no bound follows from "
            "their number."
        )
    return tuple(said)


def _to_prove_alarms(equal: Tally) -> str:
    """Say how many verdicts would prove the goal, each block being one verdict either way."""
    blocks = overlap.blocks_to_prove(equal.regressed, MOST_ALARMS)
    return f"{equal.regressed} in {2 * blocks} of {blocks} blocks in a row would prove {MOST_ALARMS:.0%}."


def _to_prove_detections(slowed: Tally) -> str:
    misses = slowed.sound - slowed.regressed
    verdicts = rate.trials_to_prove(misses, FEWEST_FOUND)
    return f"{verdicts - misses} of {verdicts} verdicts of two blocks each would prove {FEWEST_FOUND:.0%}."


def _spread_table(proof: Proof) -> Table:
    varying = columns.varying(proof.cases.values())
    rows: list[tuple[Cell | str, ...]] = []
    for name, one in proof.spreads.items():
        case = proof.cases[name]
        places = [str(dict(case.params).get(axis, "-")) for axis in varying]
        rows.append(
            (
                case.member,
                *places,
                count(one.pairs),
                Cell(f"{one.sd:.2%}", one.sd),
                count(one.needed),
                Cell(f"{one.same.ratio - 1:+.2%}", one.same.ratio - 1),
                Cell(f"{one.slow.ratio - 1:+.2%}", one.slow.ratio - 1),
            )
        )
    measured = ("pairs", "SD of a pair", "pairs needed", "equal sides", f"{proof.percent:g} % slower")
    return table(("case", *map(key, varying), *map(numbers, measured)), rows)


def _spread_data(name: str, one: Spread) -> dict[str, Any]:
    return {
        "id": name,
        "pairs": one.pairs,
        "sd": one.sd,
        "pairs_needed": one.needed,
        "equal": {"ratio": one.same.ratio, "low": one.same.low, "high": one.same.high},
        "slowed": {"ratio": one.slow.ratio, "low": one.slow.low, "high": one.slow.high},
    }
