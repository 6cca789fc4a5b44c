"""Judge stored records: files to sessions, sessions to sides, and what the gate says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis import gate, stored
from bench.analysis.errors import BadSample
from bench.analysis.paired import Rule
from bench.cli import comparing, voice
from bench.core import jobs
from bench.core.errors import UsageError, reason
from bench.core.reason import Kind, Reason, said
from bench.core.side import BASE, HEAD
from bench.reports.contrasts import DRIFT
from bench.reports.views.compare import not_comparable
from bench.samples import pairing
from bench.samples.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.analysis.compare import Comparison
    from bench.analysis.stored import Allowance
    from bench.reports.report import Report


def sides_of(records: Sequence[Path], against: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the records of base and of head.

    Raises:
        UsageError: it cannot be told which is which.
    """
    if against:
        return tuple(records), tuple(against)
    if len(records) == 2:
        return (records[0],), (records[1],)
    raise UsageError(
        f"--records names {len(records)} file{'s' if len(records) != 1 else ''}: give base and head, or name the "
        "records of head with --against."
    )


def judge(base: Sequence[Path], head: Sequence[Path], rule: Allowance, control: str | None) -> Finding | Report:
    """Judge stored records, or return the report of why they are not comparable.

    Args:
        base: records of what is divided by, one per session.
        head: records of what is judged.
        rule: what was declared before.
        control: what is the same code on both sides, see `bench.samples.pairing.controls`.

    Raises:
        UsageError: a file is given twice, or there is no such control.
        PrimebenchError: a file cannot be read or holds no time.
    """
    files = (*base, *head)
    comparing.check_once(files)
    unlike = comparing.schemas(files)
    datasets = [] if unlike else [comparing.load(file) for file in files]
    unlike = unlike or comparing.differences(datasets, ())
    if unlike:
        voice.note(comparing.advice(unlike, datasets))
        return not_comparable(unlike)
    warnings = [said(text) for text in (DRIFT, *comparing.warnings(datasets))]
    sides = comparing.sides(datasets[: len(base)], datasets[len(base) :])
    paired = pairing.between(pairing.FILE, sides)
    found: dict[str, Comparison] = {}
    failed = {one.id: Reason.of(Kind.IN, where=one.where, why=one.reason) for one in paired.unmatched if one.failed}
    for pair in paired.pairs:
        try:
            found[pair.base.id] = stored.compare(
                pair.base.samples, pair.other.samples, pair.base.sessions, pair.other.sessions
            )
        except BadSample as error:
            failed[pair.base.id] = Reason.of(Kind.NOT_COMPARABLE, why=said(reason(error)))
    pairs = [pair for pair in paired.pairs if pair.base.id in found]
    still = pairing.controls(pairs, control, jobs.code_axes())
    cases = {pair.base.id: pair.base.case for pair in pairs if pair.base.id not in still}
    group = stored.Group(
        {name: one for name, one in found.items() if name not in still},
        {name: one for name, one in found.items() if name in still},
    )
    verdict = gate.void(stored.judge([group], rule), paired.disturbed) if group.cells else None
    warnings += [
        Reason.of(Kind.NOT_JUDGED_IN, one.id, why=one.reason, where=one.where)
        for one in paired.unmatched
        if not one.failed
    ]
    sessions = [one.evidence.counted == "sessions" for one in found.values()]
    drift = 0.0 if sessions and all(sessions) else rule.drift
    return Finding(
        sides={BASE: ", ".join(map(str, base)), HEAD: ", ".join(map(str, head))},
        rule=Rule(rule.alpha, rule.margin, rule.limit(drift)),
        verdict=verdict,
        cases=cases | dict.fromkeys(failed),
        failed=failed,
        controls={name: one.evidence for name, one in (group.controls or {}).items()},
        warnings=tuple(warnings),
        drift=drift,
    )
