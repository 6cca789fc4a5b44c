"""What is advised: the code to paste first, then what speaks for it and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core.case import NONE
from bench.core.units import format_seconds
from bench.reports.doubts import SHARE_LIMIT
from bench.reports.remedies import claim, remedy
from bench.reports.report import Code, Report, notes
from bench.reports.wording import word
from bench.samples.advice import BASELINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.core.reason import Reason
    from bench.samples.advice import Advice, Option
    from bench.samples.explained import Explained

_CLOSE = 1.2  # speed-up below which a decimal more is needed to tell it from 1

LIMITS = {
    "cpus": "the CPUs: little is lost",
    "between": "the hand-over of messages",
    "waiting": "that the last worker is done later than the others",
    "startup": "the making of the workers",
    "blocked": "what the items wait for",
}
"""What limits a job by the model -> what that means; where the job was observed, more is known."""


def advise(advice: Advice) -> Report:
    """Return the report of what is advised."""
    code = (Code(advice.snippet.rstrip("\n")),) if advice.snippet else ()
    return Report(
        heading=(_headline(advice),),
        blocks=(*code, *notes(_paragraphs(advice))),
        data=_data(advice),
        tidy=_tidy(advice),
    )


def _headline(advice: Advice) -> str:
    choice = advice.choice
    if advice.interrupted and advice.cases <= 1:
        return f"Interrupted: of {_work(advice)}, no way to distribute it was measured yet."
    if not advice.answered and advice.interrupted:
        return f"Interrupted; the best so far{_undecided(advice)}."
    if not advice.answered and advice.cases <= 1:
        more = "; try a longer --budget" if advice.elapsed_s else ""
        return f"No answer: of {_work(advice)}, no way to distribute it was measured{more}."
    if not advice.answered:
        return f"The noise allows no answer{_undecided(advice)}; a longer --budget or a quieter machine may."
    begin = "Interrupted; the best so far: " if advice.interrupted else ""
    if choice.backend == BASELINE:
        return f"{begin}Use the plain loop: {_why_serial(advice)}"
    return f"{begin}Use {_named(choice)}: {_times(choice)} times the plain loop{_interval(choice)}{_share(advice)}."


def _share(advice: Advice) -> str:
    share = advice.of_ceiling
    if share is None or share > 1 + SHARE_LIMIT:  # then that is none of this job, or was disturbed
        return ""
    return f", {f'{100 * share:.0f} %' if share < 1 else 'all'} of what this machine can give"


def _rival(advice: Advice) -> Option | None:
    """Return what was fastest of what distributes the job."""
    rivals = [option for option in (advice.choice, *advice.ties) if option.backend != BASELINE]
    return max(rivals, key=lambda option: option.speedup, default=None)


def _undecided(advice: Advice) -> str:
    best = _rival(advice)
    if best is None:
        return ""
    known = _interval(best) or " once, which tells nothing of how far that varies"
    return f": {_named(best)} was {_times(best)} times as fast as the plain loop{known}"


def _times(option: Option) -> str:
    return f"{option.speedup:.{_decimals(option)}f}"


def _interval(option: Option) -> str:
    decimals = _decimals(option)
    if option.low is None or option.high is None:
        return ""
    return f" ({option.low:.{decimals}f} .. {option.high:.{decimals}f})"


def _decimals(option: Option) -> int:
    """Return with how many decimals a speed-up and its ends are written: all with the same."""
    return 2 if min(option.speedup, option.speedup if option.low is None else option.low) < _CLOSE else 1


def _work(advice: Advice) -> str:
    return f"{advice.count} item{'s' if advice.count != 1 else ''}, {format_seconds(advice.serial_s)} of work"


def _why_serial(advice: Advice) -> str:
    work = _work(advice)
    if advice.count == 1:
        return f"{work}; one item cannot be divided."
    if advice.limit == "size":
        return f"{work}, are too few to be distributed."
    if advice.cases <= 1:
        return f"of {work}, no way to distribute it that was tried works here."
    return f"of {work}, no way to distribute it is faster here."


def _named(option: Option) -> str:
    if option.backend == BASELINE:
        return "the plain loop"
    size = option.chunksize
    if size is None:
        return f"{option.backend} with {option.workers} workers and its own chunk size"
    return f"{option.backend} with {option.workers} workers and {size} item{'s' if size != 1 else ''} per message"


def _paragraphs(advice: Advice) -> Iterator[str]:
    options = (advice.choice, *advice.ties)
    named = advice.choice if advice.answered else _rival(advice)
    starts = {option.start for option in options} - {NONE}
    ties = ", ".join(_tie(option, start=len(starts) > 1) for option in options if option is not named)
    if ties and advice.answered:
        simplest = f" The simplest of them is {_simplest(advice)}." if advice.simplest else ""
        yield f"As good, within the noise or 1 %: {ties}.{simplest}"
    elif ties:
        yield f"What was measured does not tell it from: {ties}."
    if advice.chunksize_range:
        low, high = advice.chunksize_range
        if low < high:
            yield f"Any chunk size from {low} to {high} is expected to be within 2 %."
    if advice.serial_below and advice.choice.backend != BASELINE:
        each_s = advice.serial_s / advice.count
        yield (
            f"Not worth it below {advice.serial_below} items ({format_seconds(advice.serial_below * each_s)} of work), "
            "by the model: the plain loop is faster."
        )
    yield from _limit(advice)
    yield _evidence(advice)
    if advice.part > 1:
        size = dict(advice.choice.case.params).get("chunksize", NONE)
        other = f", with {size} per message" if size not in (NONE, advice.choice.chunksize) else ""
        yield f"Measured was one of {advice.part} items{other}; what is said of all of them follows from the model."
    yield from (f"Doubt: {word(doubt)}." for doubt in advice.doubts)
    yield from _left_out(advice)
    yield from advice.lacking


def _simplest(advice: Advice) -> str:
    return "the plain loop" if advice.simplest == BASELINE else advice.simplest


def _limit(advice: Advice) -> Iterator[str]:
    if advice.choice.backend == BASELINE:
        return
    found = advice.explained
    if advice.limit and (found is None or advice.part > 1):
        yield f"What holds it back, by the model, is {LIMITS[advice.limit]}."
    if found is None:
        return
    if advice.part == 1:  # of a part, what is done once, such as making workers, takes more than of the whole
        yield _claimed(found)
    memory, cpu = found.seen.memory_bytes, found.seen.cpu_ratio
    used = [f"{100 * cpu:.0f} % of the CPU time that its workers could use"] if cpu is not None else []
    used += [f"up to {memory / 2**20:.0f} MiB of memory"] if memory is not None else []
    if used:
        yield f"{'It takes' if advice.part == 1 else 'The part that was measured took'} {' and '.join(used)}."


def _claimed(found: Explained) -> str:
    if not found.worst.matters:
        return remedy(found)
    return f"{claim(found)} {remedy(found)}" if _is_left_to_do(found) else claim(found)


def _is_left_to_do(found: Explained) -> bool:
    """Return whether the remedy is none of what was raced for: backends, numbers of workers, chunk sizes."""
    if found.worst.part == "stolen":
        return found.made.workers <= found.usable_cpus
    return found.worst.part in ("useful", "unexplained")


def _left_out(advice: Advice) -> Iterator[str]:
    reasons: dict[Reason, list[str]] = {}
    for name, why in advice.left_out.items():
        reasons.setdefault(why, []).append(name)
    for why, names in reasons.items():
        yield f"Left out: {', '.join(names)} ({word(why)})."


def _tie(option: Option, *, start: bool) -> str:
    if option.backend == BASELINE:
        return "the plain loop"
    size = f"chunksize {option.chunksize}" if option.chunksize else "its own chunk size"
    return f"{option.backend} ({option.workers} workers, {size}{f', {option.start}' if start else ''})"


def _evidence(advice: Advice) -> str:
    said = f"measured {format_seconds(advice.measured_s)}"
    if not advice.answered:
        said += f" ({_named(advice.choice)})"
    if advice.predicted_s:
        said = f"predicted {format_seconds(advice.predicted_s)}, {said}"
    cases = f"{advice.cases} case{'s' if advice.cases != 1 else ''} measured"
    if not advice.elapsed_s:  # a record of another command
        return f"{said[0].upper()}{said[1:]}. {cases}."
    cases += f" in {advice.elapsed_s:.0f} s"
    to_the_end = "" if advice.interrupted else f", {advice.finished} of them to the end"
    return f"{said[0].upper()}{said[1:]}. {cases}{to_the_end}."


def _data(advice: Advice) -> dict[str, Any]:
    return {
        "answered": advice.answered,
        "choice": _option(advice.choice),
        "ties": [_option(option) for option in advice.ties],
        "chunksize_range": list(advice.chunksize_range) if advice.chunksize_range else None,
        "serial_below_items": advice.serial_below,
        "predicted_s": advice.predicted_s,
        "measured_s": advice.measured_s,
        "snippet": advice.snippet,
        "limit": advice.limit,
        "elapsed_s": advice.elapsed_s,
        "record": str(advice.record) if advice.record else None,
        "of_ceiling": advice.of_ceiling,
        "memory_bytes": advice.explained.seen.memory_bytes if advice.explained else None,
        "cpu_ratio": advice.explained.seen.cpu_ratio if advice.explained else None,
        "simplest": advice.simplest or advice.choice.backend,
        "measured_part": advice.part,
        "left_out": {name: word(why) for name, why in advice.left_out.items()},
        "doubts": [word(doubt) for doubt in advice.doubts],
        "lacking": list(advice.lacking),
        "interrupted": advice.interrupted,
    }


def _tidy(advice: Advice) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    rows = [{"advised": role, **_option(option)} for role, option in _roles(advice)]
    return tuple(rows[0]), tuple(tuple(row.values()) for row in rows)


def _roles(advice: Advice) -> Iterator[tuple[str, Option]]:
    yield "choice" if advice.answered else "undecided", advice.choice
    yield from (("tie", option) for option in advice.ties)


def _option(option: Option) -> dict[str, Any]:
    return {
        "backend": option.backend,
        "workers": option.workers,
        "chunksize": option.chunksize,
        "start": option.start,
        "speedup": option.speedup,
        "low": option.low,
        "high": option.high,
    }
