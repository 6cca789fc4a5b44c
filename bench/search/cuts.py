"""Where a range is cut into parts of equal cost, by arithmetic that every host does alike.

A search keeps what a call of its kernel costs by itself to a tenth of a chunk's time (`chunk_size`), so that a stretch
costs what its numbers do, and a number costs what `primes.cost` says: a power of the number between two places of the
table, the first place's cost below it, and on as before behind the last. The integral of that is divided into equal
parts.
Logarithms and powers come from `decimal`, which rounds them correctly; those of floats differ between C libraries.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from itertools import pairwise

from primes import cost

_ARITHMETIC = Context(prec=50, rounding=ROUND_HALF_EVEN)  # 20 digits of a number, and 30 against rounding
_TURN = 240  # a multiple of the wheels and of 8: no kernel has to begin inside a turn or a byte
_WIDE = 1 << 20  # numbers per part from which on cuts are moved to whole turns, by less than a thousandth of a part


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Numbers from ``begin`` on, of which each costs ``least * (number / begin) ** (power - 1)``.

    All numbers below ``begin`` cost ``before`` together.
    """

    begin: Decimal
    least: Decimal
    power: Decimal
    before: Decimal

    def cost_below(self, number: Decimal) -> Decimal:
        grown = _raised(number / self.begin, self.power)
        return self.before + self.least * self.begin / self.power * (grown - 1)

    def number_at(self, below: Decimal) -> Decimal:
        grown = 1 + (below - self.before) * self.power / (self.least * self.begin)
        return self.begin * _raised(grown, 1 / self.power)


def cut(lo: int, hi: int, kernel: str, at: int, parts: int) -> int:
    """Return where part ``at`` of so many, counted from 1, ends and the next begins; ``lo`` for 0.

    Parts for a kernel that no table knows are equally long. Where there are more parts than numbers, some are empty.
    """
    if at in (0, parts):
        return hi if at else lo
    with localcontext(_ARITHMETIC):
        found = _between(lo, hi, _stretches(kernel), at, parts)
    if (hi - lo) // parts >= _WIDE:
        found -= found % _TURN
    return min(max(found, lo), hi)


def _between(lo: int, hi: int, stretches: list[_Stretch], at: int, parts: int) -> int:
    """Return the number below which so many of so many equal parts of the range's cost lie."""
    below_lo, below_hi = (_cost_below(end, stretches) for end in (lo, hi))
    wanted = below_lo + (below_hi - below_lo) * at / parts
    stretch = next((stretch for stretch in reversed(stretches) if stretch.before <= wanted), stretches[0])
    return int(stretch.number_at(wanted))


def _cost_below(number: int, stretches: list[_Stretch]) -> Decimal:
    stretch = next((stretch for stretch in reversed(stretches) if stretch.begin <= number), stretches[0])
    return stretch.cost_below(Decimal(number))


def _stretches(kernel: str) -> list[_Stretch]:
    """Return the stretches of the table, first of all that below its first place, where every number costs the same."""
    row = {**cost.COSTS, **cost.ROUGH}.get(kernel, ((0.0, 1.0),))
    # A number of type float is written in its shortest form alike everywhere.
    costs = [Decimal(str(nanoseconds)) for _, nanoseconds in row]
    places = [Decimal(str(place)) for place in cost.PLACES[: len(row)]]
    stretches = [_Stretch(Decimal(1), costs[0], Decimal(1), costs[0])]
    for (place, least), (next_place, next_least) in pairwise(zip(places, costs, strict=True)):
        power = 1 + (next_least / least).ln() / (next_place / place).ln()
        stretches.append(_Stretch(place, least, power, stretches[-1].cost_below(place)))
    return stretches


def _raised(number: Decimal, power: Decimal) -> Decimal:
    return number if power == 1 else (number.ln() * power).exp()
