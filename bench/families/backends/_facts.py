"""What a mapper tells of itself besides results, named after its backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core.errors import BrokenPlugin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from bench.contract.backend import Mapper
    from bench.core.case import Value


class Facts:
    """The facts of the mapper that was used last.

    It keeps the mapper's own function and no mapper: that of a crew which has ended may hold what it was made of.
    """

    def __init__(self, member: str) -> None:
        self._member = member
        self._tell: Callable[[], Mapping[str, Any]] = dict

    def of(self, mapper: Mapper) -> None:
        """Note whose facts are to be told."""
        self._tell = getattr(mapper, "facts", dict)

    def __call__(self) -> dict[str, Value]:
        """Return them by names that begin with the backend's.

        Raises:
            BrokenPlugin: one of them is no scalar, which a record could not keep.
        """
        told = self._tell()
        for name, value in told.items():
            if not isinstance(value, int | float | str):
                raise BrokenPlugin(
                    f"{self._member}: the fact {name} of its mapper is {value!r}; it must be a number or a text."
                )
        return {f"{self._member.replace('-', '_')}_{name}": value for name, value in told.items()}
