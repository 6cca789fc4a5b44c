"""Why something is so, as data: a kind and its values. What it reads like is said once, in `bench.reports.wording`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto


class Kind(StrEnum):
    """What the reason is; `bench.reports.wording` has the words, which tell what the values of each kind mean."""

    SAID = auto()  # by an error, or in a record: a text that is shown as it is

    # of a case, or of a side of it
    OF_CASE = auto()
    FAILED = auto()
    SIDE_FAILED = auto()
    SIDE_LACKS = auto()
    HEAD_FAILED = auto()
    UNMEASURED = auto()
    TOO_FEW_PAIRS = auto()
    NOTHING_MEASURED = auto()
    NOTHING_SHARED = auto()
    NOT_OBSERVED = auto()
    UNSEEN = auto()
    NOT_JUDGED = auto()
    NOT_JUDGED_IN = auto()
    BASE_FAILED = auto()
    CONTROL_FAILED = auto()
    NO_CONTROL = auto()
    TOO_SHORT = auto()

    # of a verdict
    SLOWER = auto()
    FAST_ENOUGH = auto()
    IMPROVED = auto()
    WITHIN_MARGIN = auto()
    OPEN = auto()
    OPEN_BETWEEN = auto()
    NO_BOUND = auto()
    NO_INTERVAL = auto()
    CANNOT_REACH = auto()
    CANNOT_DIFFER = auto()
    UNLIKE = auto()
    SPREADS_APART = auto()
    WITH_MEAN = auto()
    TYPICALLY = auto()
    SOME_SLOWER = auto()
    MEAN_OPEN = auto()

    # of a verdict that is taken away, or borne out
    VOID = auto()
    VOID_ELSE = auto()
    IN_SPITE = auto()
    CONFIRMED = auto()
    UNCONFIRMED = auto()
    NOISY = auto()
    EXCEEDED = auto()
    CONTROL_MOVED = auto()
    CONTROL_TOO_FEW = auto()
    CONTROL_UNLIKE = auto()
    CONTROL_WIDE = auto()
    ONLY_CONTROL = auto()
    UNSHOWN = auto()
    BUT_UNSHOWN = auto()

    # of a law of scaling
    ALL_PARALLEL = auto()
    ALL_SERIAL = auto()
    COUNTS_LEFT_OUT = auto()
    DOES_NOT_FIT = auto()
    PROVES_NOTHING = auto()
    FEW_AT_SOME = auto()

    # of what is not compared, or not wholly
    PENDING = auto()
    NOT_REACHED = auto()
    NO_VALUES = auto()
    NO_BASELINE = auto()
    NO_PARTNER = auto()
    NOT_MEASURED = auto()
    OTHER_WORK = auto()
    TWO_LIMITS = auto()
    NOT_COMPARABLE = auto()
    FAILED_ELSEWHERE = auto()
    IN_DOUBT = auto()
    AT = auto()
    IN = auto()
    VALUES_LEFT_OUT = auto()
    FEW_FOR_INTERVAL = auto()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is so.

    Attributes:
        kind: what the reason is.
        case: the id of the case that it is about; empty where it is about none.
        values: (name, value) of what the words need; a value may be a reason itself.
    """

    kind: Kind
    case: str = ""
    values: tuple[tuple[str, str | int | float | Reason | None], ...] = ()

    @classmethod
    def of(cls, kind: Kind, case: str = "", **values: str | float | Reason | None) -> Reason:
        """Make a reason from its values by name."""
        return cls(kind, case, tuple(values.items()))

    def __getitem__(self, name: str) -> str | int | float | Reason | None:
        """Return a value; KeyError when the reason has none of that name."""
        return dict(self.values)[name]


def said(text: str) -> Reason:
    """Return the reason that is a text of an error or of a record, shown as it is."""
    return Reason.of(Kind.SAID, text=text)
