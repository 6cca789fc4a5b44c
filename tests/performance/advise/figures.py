"""From what was measured to figures: regret, speed-up over what is usual, error of the prediction, time taken."""

from __future__ import annotations

from math import log
from statistics import median, quantiles
from typing import Any

from tabulate import tabulate

from bench.analysis import hodges_lehmann
from bench.analysis.errors import TooFew
from bench.families.backends import _backend
from tests.performance.advise.sweep import SERIAL, USUAL, best

ENOUGH_S = 0.2
"""Serial work from which on the goals hold."""


def ratio(times: dict[str, list[float]], name: str, other: str) -> dict[str, float] | None:
    """Return how many times as long a way takes as another one, of the same rounds, with its interval."""
    if name not in times or other not in times:
        return None
    logs = [log(one / two) for one, two in zip(times[name], times[other], strict=False)]
    if name == other:
        return {"ratio": 1.0, "low": 1.0, "high": 1.0}
    try:
        found = hodges_lehmann.from_pairs(logs)
    except TooFew:
        return {"ratio": 2.718281828459045 ** median(logs), "low": 0.0, "high": float("inf")}
    return {"ratio": found.ratio, "low": found.low, "high": found.high}


def of_job(measured: dict[str, Any], usual: dict[str, str], best: list[str]) -> dict[str, Any]:
    """Return the figures of one job.

    Args:
        measured: with ``choice``, ``screened`` and ``paired``.
        usual: backend -> the way that is called without thinking.
        best: of the sweep.
    """
    chosen, paired, screened = measured["choice"], measured["paired"], measured["screened"]
    over = {name: found for name in best if (found := ratio(paired, chosen, name))}
    worst = max(over, key=lambda name: over[name]["ratio"], default=None)
    serial = ratio(paired, SERIAL, chosen)
    speedups = {}
    for member, name in usual.items():
        found = ratio(paired, name, chosen)
        if found:
            speedups[member] = found["ratio"]
        elif name in screened and chosen in paired:  # so slow that it was not measured in pairs
            speedups[member] = median(screened[name]) / median(paired[chosen])
    predicted, took_s = measured["predicted_s"], measured["measured_s"]
    return {
        "serial_s": median(paired.get(SERIAL) or screened[SERIAL]),
        "regret": over[worst]["ratio"] - 1 if worst else None,
        "regret_low": over[worst]["low"] - 1 if worst else None,
        "best": worst,
        "speedup": serial["ratio"] if serial else None,
        "over": speedups,
        "prediction_error": abs(predicted / took_s - 1) if predicted else None,
        "budget": measured["elapsed_s"] / measured["budget_s"],
    }


def show(kept: dict[str, Any]) -> str:
    """Return a row per job, and the figures beside their goals."""
    done = {name: job for name, job in kept["jobs"].items() if "figures" in job}
    rows = [_row(name, job) for name, job in done.items()]
    head = ["job", "serial", "advised", "speed-up", "regret", *(f"/ {member}" for member in USUAL), "predicted", "time"]
    lines = [tabulate(rows, head, disable_numparse=True), ""]
    enough = [job["figures"] for job in done.values() if job["answered"] and job["figures"]["serial_s"] >= ENOUGH_S]
    lines.append(f"{len(done)} jobs, {len(enough)} of them with {ENOUGH_S} s of serial work or more and an answer.")
    if regrets := [found["regret"] for found in enough if found["regret"] is not None]:
        lines.append(_regret("Regret", regrets))
    judged = [job for job in done.values() if job["answered"] and job["figures"]["serial_s"] >= ENOUGH_S]
    if regrets := [found for job in judged if (found := _with_code(job)) is not None]:
        lines.append(_regret("Against those of the three best that have code to paste, and so can be advised", regrets))
    lines += [_gain(member, enough) for member in USUAL if any(member in found["over"] for found in enough)]
    if errors := [found["prediction_error"] for found in enough if found["prediction_error"] is not None]:
        lines.append(f"Error of the prediction: median {100 * median(errors):.0f} % (goal at most 25).")
    if times := [job["figures"]["budget"] for job in done.values()]:
        lines.append(f"Time taken: at most {100 * max(times):.0f} % of the budget (goal at most 110).")
    slower = [name for name, job in done.items() if (job["figures"]["speedup"] or 1) < 0.97]
    lines.append(f"Slower than the plain loop by more than 3 %: {', '.join(slower) or 'none'}.")
    lines += [f"{name} could not run: {job['failed']}" for name, job in kept["jobs"].items() if "failed" in job]
    return "\n".join(lines)


def _regret(what: str, regrets: list[float]) -> str:
    nine = quantiles(regrets, n=10, method="inclusive")[-1] if len(regrets) > 1 else regrets[0]
    return (
        f"{what}: median {100 * median(regrets):.1f} % (goal at most 3), nine in ten {100 * nine:.1f} % (goal at most "
        f"10), largest {100 * max(regrets):.1f} %."
    )


def _with_code(job: dict[str, Any]) -> float | None:
    """Return the largest regret against those of the three best whose backends bring code; 0 where none does."""
    if job["figures"]["regret"] is None:
        return None
    able = [name for name in best(job["screened"]) if _backend.load(name.split()[0]).snippet]
    over = (ratio(job["paired"], job["choice"], name) for name in able)
    return max((found["ratio"] - 1 for found in over if found), default=0.0)


def _gain(member: str, enough: list[dict[str, Any]]) -> str:
    gains = [found["over"][member] for found in enough if member in found["over"]]
    return (
        f"Over {member} as it is usually called: {median(gains):.2f} times as fast (median; {min(gains):.2f} to "
        f"{max(gains):.1f})."
    )


def _row(name: str, job: dict[str, Any]) -> list[str]:
    found = job["figures"]
    over = [f"{found['over'][member]:.2f}" if member in found["over"] else "-" for member in USUAL]
    regret = "-" if found["regret"] is None else f"{100 * found['regret']:+.1f} %"
    speedup = "-" if found["speedup"] is None else f"{found['speedup']:.2f}"
    error = found["prediction_error"]
    return [
        name, f"{found['serial_s']:.3g} s", job["choice"] + ("" if job["answered"] else " ?"), speedup, regret, *over,
        "-" if error is None else f"{100 * error:.0f} % off", f"{job['elapsed_s']:.0f} s",
    ]  # fmt: skip
