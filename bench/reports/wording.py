"""What reasons read like: the one place that has words for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bench.core.observation import WHY
from bench.core.reason import Kind, Reason
from bench.core.units import format_seconds

Values = Mapping[str, Any]


def word(reason: Reason, name: Callable[[str], str] = str) -> str:
    """Return a reason as a part of a sentence.

    Args:
        reason: what to word.
        name: what a case is called, given its id.
    """
    values: dict[str, Any] = {key: _worded(value, name) for key, value in reason.values}
    template = WORDS[reason.kind]
    values["case"] = name(reason.case) if reason.case else ""
    return template(values) if callable(template) else template.format(**values)


def words(reasons: Iterable[Reason], name: Callable[[str], str] = str) -> str:
    """Return reasons in one line, one behind the other."""
    return "; ".join(word(reason, name) for reason in reasons)


def few(names: Sequence[str], most: int = 5) -> str:
    """Return the first names, one behind the other, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _worded(value: Any, name: Callable[[str], str]) -> Any:
    return word(value, name) if isinstance(value, Reason) else value


def _cases(count: int) -> str:
    return f"{count} case{'s' if count != 1 else ''}"


def _too_short(values: Values) -> str:
    took = f"a pair takes {format_seconds(values['pair_s'])}{' at least' if values['at_least'] else ''}"
    return (
        f"--budget {values['budget_s']:g} is too short: alpha {values['alpha']:g} over {_cases(values['cases'])} needs "
        f"{values['pairs']} pairs and as many to confirm, and {took}; "
        f"--budget {values['enough_s']} would do, or fewer --values or cases."
    )


def _unseen(values: Values) -> str:
    code = str(values["code"])
    return WHY.get(code, code)


def _mean_open(values: Values) -> str:
    most = "any mean" if values["most"] is None else f"up to {values['most']:+.1%}"
    return f"mean {values['mean']:+.1%}, and {most} is possible, not below {values['limit']:.1%}"


def _unconfirmed(values: Values) -> str:
    second = values["second"] if values["why"] is None else f"{values['second']}: {values['why']}"
    return f"slower, but not confirmed (second batch {second})"


def _apart(values: Values) -> str:
    by = "infinitely" if values["times"] is None else f"{values['times']:.1f} times"
    return f"{values['n']} {values['unit']} are too few where the spreads lie {by} apart"


def _slower(values: Values) -> str:
    beyond = f"the margin of {values['margin']:.1%}"
    if values["drift"]:
        beyond = f"the allowance for drift of {values['drift']:.1%}"
    least = f"at least {values['least']:+.1%}, " if values["drift"] else ""
    return f"{values['change']:+.1%}, {least}more than {beyond}, p {values['p']:.2g} below {values['alpha']:.2g}"


def _fast_enough(values: Values) -> str:
    allowed = f" with the allowance for drift of {values['drift']:.1%}" if values["drift"] else ""
    return f"{values['change']:+.1%}, at most {values['most']:+.1%}{allowed}, below {values['limit']:.1%}"


def _between(values: Values) -> str:
    allowance = f"; {values['drift']:.1%} is allowed for drift" if values["drift"] else ""
    ends = f"between {values['low']:+.1%} and {values['high']:+.1%}"
    return f"{values['change']:+.1%}, p {values['p']:.2g}, {ends}{allowance}"


def _cannot_reach(values: Values) -> str:
    return (
        f"{values['change']:+.1%}, {values['n']} {values['unit']} cannot reach alpha {values['alpha']:.2g} over "
        f"{_cases(values['cases'])}: {values['needed']} {values['counted']} on each side could"
    )


def _cannot_differ(values: Values) -> str:
    needed = "more processes on each side" if values["pairs"] is None else f"{values['pairs']} pairs"
    return (
        f"{values['n']} {values['unit']} cannot reach alpha {values['alpha']:.2g} over {_cases(values['cases'])}: "
        f"{needed} could"
    )


_SAME = "that the machine was the same"

WORDS: Mapping[Kind, str | Callable[[Values], str]] = {
    Kind.SAID: "{text}",
    Kind.OF_CASE: "{case}: {why}",
    Kind.FAILED: "{how}: {message}",
    Kind.SIDE_FAILED: "{side} {how}: {message}",
    Kind.SIDE_LACKS: "{side} has none: {message}",
    Kind.HEAD_FAILED: "{case}: failed, {why}",
    Kind.UNMEASURED: "not measured on both sides",
    Kind.TOO_FEW_PAIRS: "too few pairs to judge",
    Kind.NOTHING_SHARED: "no function exists on both sides",
    Kind.NOTHING_MEASURED: "nothing was measured on both sides",
    Kind.NOT_OBSERVED: "it was not observed",
    Kind.UNSEEN: _unseen,
    Kind.NOT_JUDGED: "{case} is not judged, {why}",
    Kind.NOT_JUDGED_IN: "not judged: {case}, {why} in {where}",
    Kind.BASE_FAILED: "{case} is not judged, base has no time to compare with ({why})",
    Kind.CONTROL_FAILED: "the control failed, the verdict stands without it ({why})",
    Kind.NO_CONTROL: "there is no control; a movement of the machine itself would go unnoticed",
    Kind.TOO_SHORT: _too_short,
    Kind.SLOWER: _slower,
    Kind.FAST_ENOUGH: _fast_enough,
    Kind.IMPROVED: "improved",
    Kind.WITHIN_MARGIN: "{change:+.1%} is slower but within {margin:.1%}, and up to {most:+.1%} is possible",
    Kind.OPEN: "{change:+.1%}, p {p:.2g}, and up to {most:+.1%} is possible: more {unit} would decide",
    Kind.OPEN_BETWEEN: _between,
    Kind.NO_BOUND: "{change:+.1%}, {n} {unit} are too few for an upper bound",
    Kind.NO_INTERVAL: "{change:+.1%}, {n} {unit} are too few for an interval",
    Kind.CANNOT_REACH: _cannot_reach,
    Kind.CANNOT_DIFFER: _cannot_differ,
    Kind.UNLIKE: "{change:+.1%}, {why}",
    Kind.SPREADS_APART: _apart,
    Kind.WITH_MEAN: "{why}; mean {mean:+.1%}",
    Kind.TYPICALLY: "typical time {change:+.1%}, {why}",
    Kind.SOME_SLOWER: "mean {mean:+.1%}, slowest tenth of the values {slowest:+.1%}: some of head are slower",
    Kind.MEAN_OPEN: _mean_open,
    Kind.VOID: "void: {why}",
    Kind.VOID_ELSE: "void, else {state}: {why}",
    Kind.IN_SPITE: "regressed in spite of this: {why}",
    Kind.CONFIRMED: "{why}; confirmed: {again}",
    Kind.UNCONFIRMED: _unconfirmed,
    Kind.NOISY: "single times differ by {percent:.0f} %",
    Kind.EXCEEDED: "{what} was {value:.3g}, above {limit:.3g}",
    Kind.CONTROL_MOVED: "control {case} moved by {change:+.1%}, more than {limit:.1%}, though its code is the same",
    Kind.CONTROL_TOO_FEW: f"control {{case}} has {{n}} {{unit}}, too few to show {_SAME}",
    Kind.CONTROL_UNLIKE: f"control {{case}} does not show {_SAME}: {{why}}",
    Kind.CONTROL_WIDE: (
        f"control {{case}} lies between {{low:+.1%}} and {{high:+.1%}}; to show {_SAME}, both must lie "
        "within {within:.1%}"
    ),
    Kind.ONLY_CONTROL: "nothing but the control has times on both sides",
    Kind.UNSHOWN: f"nothing shows {_SAME}",
    Kind.BUT_UNSHOWN: f"{{change:+.1%}}, p {{p:.2g}}, but nothing shows {_SAME}",
    Kind.ALL_PARALLEL: (
        "the law ends at a serial fraction of 0, and P workers are as fast as P times the serial loop or faster"
    ),
    Kind.ALL_SERIAL: (
        "the law ends at a serial fraction of 1, and the workers are together no faster than the serial loop"
    ),
    Kind.COUNTS_LEFT_OUT: "P = {counts} left out: above the {usable_cpus:g} usable CPUs",
    Kind.DOES_NOT_FIT: ("does not fit: what was measured at P = {counts} excludes it, so that it predicts nothing"),
    Kind.PROVES_NOTHING: "as many parameters as informative points: the residuals prove nothing",
    Kind.FEW_AT_SOME: "{processes} at some P are too few processes for intervals, which need {needed}",
    Kind.PENDING: "pending",
    Kind.NOT_REACHED: "no round has reached it; --resume completes the record",
    Kind.NO_VALUES: "no values",
    Kind.NO_BASELINE: "no serial time to divide by",
    Kind.NO_PARTNER: "no case with the same params",
    Kind.NOT_MEASURED: "not measured",
    Kind.OTHER_WORK: "other work, {work} instead of {known}",
    Kind.TWO_LIMITS: "one side adds the copies' rates, and on the other, an older one, the slowest copy decides",
    Kind.NOT_COMPARABLE: "times that cannot be compared: {why}",
    Kind.FAILED_ELSEWHERE: "{case}: failed in {where} ({why})",
    Kind.IN_DOUBT: "{where} in doubt: {why}",
    Kind.AT: "{where}: {why}",
    Kind.IN: "in {where}: {why}",
    Kind.VALUES_LEFT_OUT: "only the first {used} of up to {longest} values per process are used",
    Kind.FEW_FOR_INTERVAL: "too few processes for a {confidence:.0%} interval",
}
"""Kind -> its words, or what makes them of the values."""
