"""What a field of a file may hold: small types that check a value of JSON and say where and why it does not fit."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 60  # characters of a value that a message repeats


class Misfit(ValueError):
    """A value that is not what its field may hold, and the place of it."""

    def __init__(self, expected: str, found: str) -> None:
        """Say what was expected and what was found; containers add the place while the error passes through them."""
        super().__init__(expected, found)
        self.expected, self.found, self.place = expected, found, ""

    def inside(self, step: str) -> Misfit:
        """Return the same error one container further out; ``step`` is ``.key`` or ``[index]``."""
        self.place = step + self.place
        return self

    def __str__(self) -> str:
        """Say all of it: ``plan.cases[3].params.workers is "two"; expected a whole number from 1 to 1024``."""
        return f"{self.place.removeprefix('.') or 'the whole'} {self.found}; expected {self.expected}"


class Field(Protocol):
    """What every type of this module is."""

    @property
    def expected(self) -> str:
        """What fits, in words."""

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value fits."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever JSON can hold: what nobody reads."""

    expected: str = "anything"

    def check(self, value: Any) -> None:
        """Accept the value."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text, of ``least`` characters or more."""

    least: int = 0
    expected: str = "text"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is such a text."""
        if not isinstance(value, str) or len(value) < self.least:
            raise misfit(self, value)


@dataclass(frozen=True, slots=True)
class Line:
    """Text of one line that is not blank."""

    expected: str = "one line of text that is not blank"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is such a text."""
        if not isinstance(value, str) or not _is_line(value):
            raise misfit(self, value)


_LINE = Line()


def _is_line(text: str) -> bool:
    return "\n" not in text and "\r" not in text and bool(text.strip())


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, or a number from -``most`` to ``most``.

    Attributes:
        most: the largest number.
        flags: whether true and false fit as well.
        lines: whether text must be one line that is not blank.
    """

    most: float
    flags: bool = False
    lines: bool = False

    @property
    def expected(self) -> str:
        """What fits, in words."""
        text = _LINE.expected if self.lines else "text"
        return f"{text}, or a number from {-self.most:g} to {self.most:g}"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is one of these."""
        kind = type(value)
        if kind is float or kind is int:
            fits = -self.most <= value <= self.most
        elif kind is str:
            fits = not self.lines or _is_line(value)
        else:
            fits = kind is bool and self.flags
        if not fits:
            raise misfit(self, value)


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    expected: str = "true or false"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is one of the two."""
        if not isinstance(value, bool):
            raise misfit(self, value)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``low`` to ``high``, both included."""

    low: int
    high: int

    @property
    def expected(self) -> str:
        """What fits, in words."""
        return f"a whole number from {self.low} to {self.high}"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is such a number."""
        if type(value) is not int or not self.low <= value <= self.high:
            raise misfit(self, value)


@dataclass(frozen=True, slots=True)
class Number:
    """A number from ``low`` to ``high``, both included; never NaN, since no order holds for it."""

    low: float
    high: float

    @property
    def expected(self) -> str:
        """What fits, in words."""
        return f"a number from {self.low:g} to {self.high:g}"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is such a number."""
        if type(value) not in (float, int) or not self.low <= value <= self.high:
            raise misfit(self, value)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few values."""

    values: tuple[str | int, ...]

    @property
    def expected(self) -> str:
        """What fits, in words."""
        return " or ".join(map(str, self.values))

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is one of them, in its own type."""
        if not any(value == one and type(value) is type(one) for one in self.values):
            raise misfit(self, value)


@dataclass(frozen=True, slots=True)
class Either:
    """What fits one of several fields; all of them are scalars."""

    fields: tuple[Field, ...]

    @property
    def expected(self) -> str:
        """What fits, in words."""
        return ", or ".join(one.expected for one in self.fields)

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless a field accepts the value."""
        for one in self.fields:
            try:
                return one.check(value)
            except Misfit:
                continue
        raise misfit(self, value)


@dataclass(frozen=True, slots=True)
class Maybe:
    """What fits the field, or null."""

    field: Field

    @property
    def expected(self) -> str:
        """What fits, in words."""
        return f"{self.field.expected}, or null"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is null or the field accepts it."""
        if value is not None:
            self.field.check(value)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of what fits the field, of ``least`` items or more."""

    item: Field
    least: int = 0

    @property
    def expected(self) -> str:
        """What fits, in words."""
        return f"a list of at least {self.least}" if self.least else "a list"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is such a list."""
        if not isinstance(value, list) or len(value) < self.least:
            raise misfit(self, value)
        check = self.item.check
        for index, item in enumerate(value):
            try:
                check(item)
            except Misfit as error:
                raise error.inside(f"[{index}]") from None


@dataclass(frozen=True, slots=True)
class Row:
    """A list with one item for each of the fields."""

    fields: tuple[Field, ...]

    @property
    def expected(self) -> str:
        """What fits, in words."""
        return f"a list of {len(self.fields)}"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is such a list."""
        if not isinstance(value, list) or len(value) != len(self.fields):
            raise misfit(self, value)
        for index, (one, item) in enumerate(zip(self.fields, value, strict=True)):
            try:
                one.check(item)
            except Misfit as error:
                raise error.inside(f"[{index}]") from None


@dataclass(frozen=True, slots=True)
class Object:
    """An object with named keys.

    Attributes:
        required: keys that must be there.
        optional: keys that may be there.
        others: what any further key holds; None when there may be none.
    """

    required: Mapping[str, Field] = field(default_factory=dict)
    optional: Mapping[str, Field] = field(default_factory=dict)
    others: Field | None = None

    @property
    def expected(self) -> str:
        """What fits, in words."""
        return f"an object with {', '.join(self.required)}" if self.required else "an object"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is such an object."""
        if not isinstance(value, dict):
            raise misfit(self, value)
        required, optional = self.required, self.optional
        for key, item in value.items():
            one = required.get(key) or optional.get(key) or self.others
            if one is None:
                known = ", ".join((*required, *optional))
                raise Misfit(f"no other keys than {known}", f"has the key {_short(json.dumps(key))}")
            try:
                one.check(item)
            except Misfit as error:
                raise error.inside(_step(key)) from None
        for key in required:
            if key not in value:
                raise Misfit(required[key].expected, "is missing").inside(_step(key))


def misfit(wanted: Field, value: Any) -> Misfit:
    """Return the error for a value that a field does not accept."""
    return Misfit(wanted.expected, f"is {_told(value)}")


def _step(key: str) -> str:
    return f".{key}" if re.fullmatch(r"\w{1,60}", key) else f"[{_short(json.dumps(key))}]"


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return _short(json.dumps(value))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 20]}... ({len(text)} characters)"
