"""What is said of the changes in a history, and of what could not be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.change_points import LEAST
from bench.reports.wording import few

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.analysis.change_points import Change
    from bench.samples.history import History, Series

RATES = (
    "A change is called likely where noise alone passes for one in 5 of 100 series of up to 100 points (in 16 where "
    "neighbouring points are alike), and stands without that word where it does in 1 of 100. Its "
    "interval is right if its place is."
)
IN_DOUBT = (
    f"A change that has fewer than {LEAST} times out of doubt before it or since is in doubt, and at best likely."
)
FEWEST = 2 * LEAST
"""Points of a series in which a change can be found."""


def is_looked_at(one: Series) -> bool:
    """Return whether a change of this series could be found."""
    return len(one.points) >= FEWEST


def sentences(found: Sequence[Series], names: Mapping[Series, str]) -> Iterator[str]:
    """Yield a sentence per change: since when, how sure, how much, and the 95 % interval in brackets."""
    for one in found:
        for change in one.changes:
            likely = "" if change.sure else "likely "
            word = "slower" if change.ratio > 1 else "faster"
            how = f"{likely}{_two_digits(abs(100 * (change.ratio - 1)))} % {word} ({_between(change)})"
            doubt = ", from times in doubt" if one.in_doubt(change) else ""
            yield f"{names[one]}: since {_since(one, change)} {how}{doubt}."


def _between(change: Change) -> str:
    ends = [100 * (ratio - 1) for ratio in (change.low, change.high)]
    if (change.low > 1) != (change.high > 1):
        return " .. ".join(f"{'+' if end > 0 else ''}{_two_digits(end)}" for end in ends)
    return " .. ".join(map(_two_digits, sorted(map(abs, ends))))


def _two_digits(value: float) -> str:
    """Write a number with two digits that mean something, and one of a hundred or more without an exponent."""
    return f"{float(f'{value:.2g}'):g}"


def _since(one: Series, change: Change) -> str:
    point = one.points[change.at]
    measured = point.at[:10]
    if point.commit is None:
        return measured
    if one.same_commit(change):
        return f"{measured}, with commit {point.commit} before and since, so that something else has changed,"
    made = point.commit.at[:10]
    days = [*([made] if made else []), *([f"measured {measured}"] if made != measured else [])]
    return f"commit {point.commit} ({', '.join(days)})"


def limits(found: History) -> Iterator[str]:
    """Yield what a history cannot tell: where no change was looked for, what was joined unseen, what has no place."""
    short = sum(not is_looked_at(one) for one in found.series)
    if short == len(found.series):
        yield f"No series has {FEWEST} points, so no change was looked for.{_unlike(found.series)}"
    elif short:
        series = f"{short} series {'has' if short == 1 else 'have'}"
        yield f"Changes are looked for from {FEWEST} points on; {series} fewer."
    if any(len(one.points) > 1 and not one.model_known for one in found.series):
        yield (
            "Machines of an unknown CPU model are joined where architecture, CPUs, memory and host name are alike; "
            "they may be unlike for all that."
        )
    if found.undated:
        points = f"{len(found.undated)} point{' is' if len(found.undated) == 1 else 's are'}"
        records = few(list(dict.fromkeys(point.record for point in found.undated)))
        yield f"{points} left out, for the date of the commit is not known: {records}."


def _unlike(found: Sequence[Series]) -> str:
    records: dict[str, set[str]] = {}
    for one in found:
        records.setdefault(one.machine, set()).update(point.record for point in one.points)
    alone = len(set().union(*records.values())) > 1 and all(len(names) == 1 for names in records.values())
    return " No two records are of like machines." if alone else ""


def counted(one: Series) -> str:
    """Return how many changes a series has and how sure they are; ``-`` where none could be found."""
    if not is_looked_at(one):
        return "-"
    sure = sum(change.sure for change in one.changes)
    told = {"sure": sure, "likely": len(one.changes) - sure}
    return ", ".join(f"{count} {word}" for word, count in told.items() if count) or "0"
