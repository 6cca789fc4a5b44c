"""Which cases of a record somebody wants to see: by family, by member, or by patterns of their whole names."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from bench.core.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; a case must fit each kind of pattern that there is.

    Attributes:
        patterns: of a member, or of a case's whole name, such as ``backends/pool workers=4``.
        families: patterns of a family's name.
        members: family -> patterns of its members; where there are any, other families are not wanted.
    """

    patterns: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is asked for; all cases are wanted else."""
        return bool(self.patterns or self.families or self.members)

    def __str__(self) -> str:
        """Name all patterns."""
        return " and ".join([*self.patterns, *self.families, *(one for many in self.members.values() for one in many)])

    def fits(self, key: str) -> bool:
        """Say whether the case of this name is wanted."""
        family, _, member = key.split(" ", maxsplit=1)[0].partition("/")
        return (
            (not self.patterns or any(_fits(one, key, member) for one in self.patterns))
            and (not self.families or any(fnmatchcase(family, one) for one in self.families))
            and (not self.members or any(fnmatchcase(member, one) for one in self.members.get(family, ())))
        )

    def among(self, keys: Collection[str], whose: str = "this record") -> frozenset[str]:
        """Return the names that are wanted.

        Raises:
            UsageError: nothing fits all patterns; UnknownName: one of them fits nothing.
        """
        named = [key.split(" ")[0].partition("/") for key in keys]
        members = {family: [member for other, _, member in named if other == family] for family, _, _ in named}
        for one in self.families:
            _check(f"family of {whose}", one, members)
        for family, patterns in self.members.items():
            for one in patterns:
                _check(f"{family.removesuffix('s')} of {whose}", one, members.get(family, ()))
        everybody = [member for _, _, member in named]
        for one in self.patterns:
            if not any(fnmatchcase(key, one) for key in keys):
                _check(f"case of {whose}", one, everybody)
        found = frozenset(key for key in keys if self.fits(key))
        if keys and not found:
            raise UsageError(f"no case of {whose} fits {self}; leave out one of these options.")
        return found


def _check(kind: str, pattern: str, known: Iterable[str]) -> None:
    names = list(dict.fromkeys(known))
    if not any(fnmatchcase(name, pattern) for name in names):
        raise UnknownName(kind, pattern, names, f"It holds {', '.join(names) or 'none'}.")


def _fits(pattern: str, key: str, member: str) -> bool:
    return fnmatchcase(member, pattern) or fnmatchcase(key, pattern)
