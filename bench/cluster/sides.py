"""Which primebench the sides of a cluster have, and which code of the user's: the same as here, another one, or none.

What asks must run where primebench is not installed. So these functions lie inside others, which has them travel as
code and not by name, and they import what they need themselves.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.cluster.errors import ClusterFailed
from bench.core import source, start
from bench.core.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

LENT = "primebench-lent-"  # how the folders begin in which a side has what it got from us


@dataclass(frozen=True, slots=True)
class Side:
    """What a side of a cluster knows of primebench.

    Attributes:
        name: for sentences.
        version: None where there is none.
        digest: of its source; empty where it cannot be told.
        is_lent: whether it got it from somebody who works with this cluster now.
        others: name of a module or package of the user -> digest of what this side finds under it; empty for nothing.
    """

    name: str
    version: str | None
    digest: str
    is_lent: bool
    others: Mapping[str, str]


def everyone(client: Any, user_code: Mapping[str, Path]) -> list[Side]:
    """Ask the scheduler and all workers; for the arguments see `bench.cluster.code.lent`.

    Raises:
        ClusterFailed: a side cannot say what it has.
    """
    look = _looking(_names(user_code), LENT)
    found = client.run(look, on_error="return")
    scheduler = client.run_on_scheduler(look)
    return [_side("the scheduler", scheduler), *(_side(f"the worker {each}", found[each]) for each in sorted(found))]


def worker(client: Any, user_code: Mapping[str, Path], address: str) -> Side:
    """Ask one worker; see `everyone`."""
    found = client.run(_looking(_names(user_code), LENT), workers=[address], on_error="return")
    return _side(f"the worker {address}", found[address])


def _side(name: str, told: Any) -> Side:
    if isinstance(told, BaseException):
        raise ClusterFailed(f"{name} cannot say which primebench it has ({type(told).__name__}: {told}).")
    return Side(name, **told)


def check(sides: Iterable[Side], user_code: Mapping[str, Path]) -> None:
    """Raise where a side has something else than this one; that it has nothing is no harm.

    Raises:
        ClusterFailed: the first such side, and what it has.
    """
    wanted = {name: digest([path]) for name, path in user_code.items()}
    ours = source.digest(start.SOURCE)
    for side in sides:
        for name, path in user_code.items():
            if side.others[name] not in ("", wanted[name]):
                raise ClusterFailed(
                    f"{side.name} has another {name} than {path}; remove it there, or make them the same."
                )
        if side.version is None or (side.version, side.digest) == (VERSION, ours):
            continue
        todo = (
            "wait until whoever sent it has ended"
            if side.is_lent
            else "install the same on both, or none there: it is sent"
        )
        raise ClusterFailed(
            f"{side.name} has primebench {side.version} (source {side.digest or 'unknown'}), and this is {VERSION} "
            f"(source {ours}); {todo}."
        )


def _names(user_code: Mapping[str, Path]) -> dict[str, bool]:
    """Return name -> whether it is a package without an ``__init__.py``, which any package that has one hides."""
    return {name: os.path.isdir(path) and not os.path.isfile(path / "__init__.py") for name, path in user_code.items()}


# --- what runs elsewhere ------------------------------------------------------------------------------------------


def _finding() -> Callable[[Iterable[Any]], dict[str, Path]]:
    def files(places: Iterable[Any]) -> dict[str, Path]:
        from pathlib import Path

        found: dict[str, Path] = {}
        for place in map(Path, places):
            for path in [place] if place.is_file() else place.rglob("*.py"):
                if path.is_file():  # editors leave links to nothing
                    found.setdefault("" if path == place else path.relative_to(place).as_posix(), path)
        return dict(sorted(found.items()))

    return files


def _digesting() -> Callable[[Iterable[Any]], str]:
    files = _finding()

    def digest(places: Iterable[Any]) -> str:
        from hashlib import sha256

        parts = [part for name, path in files(places).items() for part in (name.encode(), path.read_bytes())]
        return sha256(b"".join(b"%d %s" % (len(part), part) for part in parts)).hexdigest() if parts else ""

    return digest


# Files and folders -> path of each Python file in them -> where it lies; the first one of a path hides others. That of
# a file itself is empty.
python_files = _finding()
# Files and folders -> what tells these Python files from others; empty where there are none.
digest = _digesting()


def _looking(names: Mapping[str, bool], lent: str) -> Callable[[], dict[str, Any]]:
    digest = _digesting()

    def look() -> dict[str, Any]:
        from importlib import import_module
        from importlib.util import find_spec

        def there(name: str, is_bare: bool) -> str:
            spec = find_spec(name)
            if spec is None or not (spec.has_location or is_bare):
                return ""
            folders = list(spec.submodule_search_locations or ())
            return digest(folders or [str(spec.origin)])

        others = {name: there(name, is_bare) for name, is_bare in names.items()}
        told: dict[str, Any] = {"version": None, "digest": "", "is_lent": False, "others": others}
        try:
            told["version"] = str(import_module("bench.core.version").VERSION)
        except ModuleNotFoundError:
            if find_spec("bench") or find_spec("primes"):
                told["version"] = "none, but a package of that name"
            return told
        told["is_lent"] = lent in str(import_module("bench").__file__)
        try:
            told["digest"] = import_module("bench.core.source").digest(import_module("bench.core.start").SOURCE)
        except Exception:
            told["digest"] = ""
        return told

    return look
