"""The view of where the time went: a tree with a column per case, what costs most and what helps, bars and lanes."""

from __future__ import annotations

from dataclasses import asdict, astuple, replace
from typing import TYPE_CHECKING, Any

from bench.analysis.arrivals import arriving
from bench.analysis.bottleneck import LITTLE, noting, unnoted
from bench.analysis.decomposition import PARTS
from bench.core.display_width import display_width
from bench.core.reference import Role
from bench.reports import cells, lanes, naming
from bench.reports.columns import constants, varying
from bench.reports.doubts import doubted, of_time
from bench.reports.remedies import NAMES, claim, remedy
from bench.reports.report import DOUBTFUL, Axis, Chart, Mark, Report, Series, notes, numbers, table
from bench.reports.views.show import machines, show
from bench.reports.wording import words
from bench.samples.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bench.analysis.decomposition import Parts
    from bench.core.reason import Reason
    from bench.core.record import Record
    from bench.reports.report import Block, Cell, Table
    from bench.samples.explained import Explained
    from bench.samples.rows import Row

_WIDTH = 80  # of a terminal that nobody has widened: as many cases stand side by side as it has room for
_STEM = 24  # of it for the names of the rows
_SEEN = 0.005  # half of the last digit of a share: less would be written as -0 %
_DETAILED = 3
"""Cases up to which the workers of each are shown; more of them are asked for by name."""


def explain(record: Record, found: Sequence[Explained], why: Mapping[str, tuple[Reason, ...]]) -> Report:
    """Make the report of the cases that are explained; ``why`` says of others why they are not."""
    labels = _labels(found)
    known = dict(zip(labels, found, strict=True))
    rows = {row.key: row for row in rows_of(record)}
    doubts = {row.key: row.doubts for row in doubted(record)}
    blocks: list[Block] = [_tree(group, rows, doubts) for group in _groups(known, doubts)]
    blocks += [_stacked(known)] if known else []
    chosen = {name: one for name, one in known.items() if one.role is None}
    blocks += notes(_sentences(record, rows, chosen))
    if len(chosen) <= _DETAILED:
        for name, one in chosen.items():
            blocks += [lanes.bars(one, name), lanes.slowest(one, name), lanes.lanes(one, name)]
        blocks += notes([lanes.LEGEND] if chosen else [])
    elif known:
        blocks += notes(["A bar for each worker and the longest items of a case: --case NAME."])
    blocks += notes(_limits(known))
    blocks += notes(_unexplained(why))
    return Report(
        heading=(*machines(record), *constants(one.case for one in found)),
        blocks=tuple(blocks),
        data={"cases": [{**_data(one), "doubts": list(doubts.get(one.key, ()))} for one in found]},
        tidy=_tidy(found),
    )


def shown_and_explained(record: Record, found: Sequence[Explained], why: Mapping[str, tuple[Reason, ...]]) -> Report:
    """Make the report of a record with the explanation behind it; programs find it in the key ``explained``."""
    first, second = show(record), explain(record, found, why)
    return Report(
        heading=first.heading,
        blocks=(*first.blocks, *second.blocks),
        data={**first.data, "explained": second.data["cases"]},
        tidy=first.tidy,
    )


def _labels(found: Sequence[Explained]) -> list[str]:
    """Name each case as shortly as it can be told from the others: its member, and the axes that vary."""
    axes = varying(one.case for one in found if one.role is None)
    names = [naming.apart(one.case, axes, one.side) for one in found]
    return [name if names.count(name) == 1 else one.key for name, one in zip(names, found, strict=True)]


# --- the tree ---------------------------------------------------------------------------------------------------------


def _groups(known: Mapping[str, Explained], doubts: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, Explained]]:
    """Yield as many cases at a time as fit side by side."""
    group: dict[str, Explained] = {}
    room = _WIDTH - _STEM
    for name, one in known.items():
        widest = "100 % [10]" if doubts.get(one.key) else "100 ms"
        size = 2 + max(len(widest), *map(display_width, name.split(" ")))
        if group and size > room:
            yield group
            group, room = {}, _WIDTH - _STEM
        group[name] = one
        room -= size
    if group:
        yield group


def _share(part: str) -> Callable[[Explained], Cell]:
    def cell(one: Explained) -> Cell:
        return _percent(getattr(one.made.parts, part) / one.made.parts.whole)

    return cell


def _percent(share: float) -> Cell:
    return cells.percent(share if abs(share) >= _SEEN else 0.0)


def _factor(name: str) -> Callable[[Explained], Cell]:
    return lambda one: cells.percent(getattr(one.factors, name))


def _pickling(one: Explained) -> Cell:
    told = one.seen.pickling_s
    return cells.NOTHING if told is None else _percent(min(told, unnoted(one.seen, one.made)) / one.made.parts.whole)


def _arriving(one: Explained) -> Cell:
    waited = arriving(one.seen)
    return cells.NOTHING if waited is None else _percent(waited / one.made.parts.whole)


def _noting(one: Explained) -> Cell:
    return _percent(noting(one.seen, one.made) / one.made.parts.whole)


_ROWS: tuple[tuple[str, Callable[[Explained], Cell]], ...] = (
    ("wall time", lambda one: cells.seconds(one.made.wall_s)),
    ("workers", lambda one: cells.count(one.made.workers)),
    ("wall time x workers", lambda one: cells.seconds(one.made.parts.whole)),
    *((f"└ {NAMES[part]}", _share(part)) for part in PARTS[: PARTS.index("between") + 1]),
    ("└─ until a message came", _arriving),
    ("└─ pickling, estimated", _pickling),
    ("└─ observing, estimated", _noting),
    *((f"└ {NAMES[part]}", _share(part)) for part in PARTS[PARTS.index("between") + 1 :]),
    ("efficiency", _factor("efficiency")),
    ("└ start-up and tear-down", _factor("startup")),
    ("└ x load balance", _factor("load_balance")),
    ("└ x communication", _factor("communication")),
    ("└─ serialisation", _factor("serialisation")),
    ("└─ x transfer", _factor("transfer")),
    ("└ x computation", _factor("computation")),
)
"""What stands in a row -> what it is of a case."""


_BY_THE_LOOP = ("efficiency", "└ x computation")
"""Rows that say how a case is to the serial loop, and are in doubt where that is."""


def _tree(group: Mapping[str, Explained], rows: Mapping[str, Row], doubts: Mapping[str, tuple[str, ...]]) -> Table:
    lines: list[list[Cell | str]] = [[head, *map(make, group.values())] for head, make in _ROWS]
    for head, *shares in lines:
        if head in _BY_THE_LOOP:
            told = [_doubted(share, doubts.get(one.key, ())) for share, one in zip(shares, group.values(), strict=True)]
            lines[lines.index([head, *shares])] = [head, *told]
    # Of the ceiling it is the time of one copy, and not that of a body.
    timed = [None if one.role is Role.LIMIT else rows[one.key].typical_s for one in group.values()]
    lines.insert(1, ["time, unobserved", *map(cells.seconds, timed)])
    return table(["where the time goes", *map(numbers, group)], lines)


def _doubted(share: Cell | str, doubts: tuple[str, ...]) -> Cell | str:
    if not doubts or isinstance(share, str) or share.value is None:
        return share
    return replace(share, reasons=("in doubt: " + "; ".join(doubts),), tone=DOUBTFUL)


def _stacked(known: Mapping[str, Explained]) -> Chart:
    """Return the parts of each case, stacked."""
    series = tuple(
        Series(
            NAMES[part],
            "bars",
            tuple(Mark(name, _share_of(one.made.parts, part)) for name, one in known.items()),
        )
        for part in PARTS
    )
    return Chart("Where the time goes", Axis("case"), Axis("share of wall time x workers", "%"), series)


def _share_of(parts: Parts, part: str) -> float:
    """Return a part of the whole; what is left by rounding of sums is nothing."""
    worker_s: float = getattr(parts, part)
    return round(worker_s / parts.whole, 9) + 0.0


def _sentences(record: Record, rows: Mapping[str, Row], known: Mapping[str, Explained]) -> Iterator[str]:
    """Say of each case what costs most and what helps, and once of all others that nothing costs much."""
    calm = [name for name, one in known.items() if not one.worst.matters]
    for name, one in known.items():
        if one.worst.matters:
            doubts = "; ".join(of_time(record, rows[one.key]))
            yield f"{name}: {claim(one)} {remedy(one)}{f' In doubt: {doubts}.' if doubts else ''}"
    if calm:
        yield f"{', '.join(calm)}: no part costs more than {100 * LITTLE:.0f} % of the workers' time."


# --- what is to be known beside it ------------------------------------------------------------------------------------


def _limits(known: Mapping[str, Explained]) -> Iterator[str]:
    """Say once what could not be told apart, and which cases lack something."""
    seen = {name: one.seen for name, one in known.items()}
    if any(total.delay is None for one in seen.values() for total in one.totals):
        yield "This system does not tell when a thread waits for a CPU: stolen time is part of what is blocked."
    hidden = [name for name, one in seen.items() if one.why("spans.received") == "hidden"]
    if hidden:
        yield f"When a message came is hidden by {', '.join(hidden)}: handing over and its way are one number."
    shared = [
        name
        for name, one in known.items()
        if one.seen.why("spans.received") == "same-process" and one.role is not Role.BASELINE
    ]
    if shared:
        yield (
            f"Workers of {', '.join(shared)} share one process: handing over and its way are one number, what blocks "
            "an item may be the interpreter lock or something else, and memory is that of all."
        )
    for rate in sorted({one.rate for one in seen.values() if one.rate < 1}, reverse=True):
        kept = [name for name, one in seen.items() if one.rate == rate]
        yield f"{100 * rate:.3g} % of the spans are kept, and the longest; the parts come from all: {', '.join(kept)}."
    for name, one in seen.items():
        if one.lost:
            yield f"{name}: {one.lost} spans of workers that were ended are lost."


def _unexplained(why: Mapping[str, tuple[Reason, ...]]) -> Iterator[str]:
    """Say once for each reason which cases are not explained."""
    for reasons in dict.fromkeys(why.values()):
        yield f"Not explained, {words(reasons)}: {', '.join(key for key, other in why.items() if other == reasons)}."


def _data(one: Explained) -> dict[str, Any]:
    longest = sorted(one.seen.spans, key=lambda span: span.begin - span.end)[: lanes.SLOWEST]
    return {
        "id": one.key,
        "family": one.case.family,
        "member": one.case.member,
        "params": dict(one.case.params) | ({"side": one.side} if one.side else {}),
        "workers": one.made.workers,
        "chunk": one.chunk,
        "wall_s": one.made.wall_s,
        "parts": asdict(one.made.parts),
        "factors": {
            name: getattr(one.factors, name)
            for name in ("startup", "load_balance", "communication", "computation", "efficiency")
        },
        "worst": one.worst.part,
        "remedy": remedy(one),
        "claim": claim(one),
        "share": one.worst.share,
        "figures": dict(one.worst.figures),
        "transfer": one.factors.transfer,
        "serialisation": one.factors.serialisation,
        "arriving_s": arriving(one.seen),
        "pickling_s": one.seen.pickling_s,
        "observing_s": noting(one.seen, one.made),
        "lanes": [asdict(lane) for lane in one.made.lanes],
        "longest": [asdict(span) for span in longest],
        "rate": one.seen.rate,
        "lost": one.seen.lost,
        "missing": {unseen.what: unseen.why for unseen in one.seen.missing},
    }


def _tidy(found: Sequence[Explained]) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    axes = tuple(sorted({axis for one in found for axis, _ in one.case.params}))
    sides = ("side",) if any(one.side for one in found) else ()
    lines = []
    for one in found:
        params = dict(one.case.params)
        own = (one.side,) if sides else ()
        place = (one.case.family, one.case.member, *own, *(params.get(axis, "") for axis in axes))
        lines += [
            (*place, part, seconds, seconds / one.made.parts.whole)
            for part, seconds in zip(PARTS, astuple(one.made.parts), strict=True)
        ]
    return ("family", "member", *sides, *axes, "part", "seconds", "share"), tuple(lines)
