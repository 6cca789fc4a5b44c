"""Finding code that a user names: ``module``, ``package.module`` or the path of a file that ends with ``.py``.

Names are looked up in the folder where primebench was started, whatever folder a process runs in, in the ``src`` in
it, and then where Python finds what is installed. Modules that such code imports are found in the same way. The
standard library, primebench and what it depends on come first all the same: a ``random.py`` in that folder is not what
others import.

This is loaded in worker processes, so it imports next to nothing; each worker arranges its imports when it meets the
first such name, whichever way it was made.
"""

from __future__ import annotations

import importlib
import os
import sys
from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Self

FOLDER = "PRIMEBENCH_FOLDER"  # the environment variable that tells every process from which folder paths are shown
FOLDERS = "PRIMEBENCH_FOLDERS"  # and the one that tells it where names are looked up, a folder a line; else in that one

# What primebench imports, with all extras. Of these names nothing is ever taken from the user's folder.
DEPENDENCIES = frozenset({
    "click", "distributed", "gmpy2", "joblib", "loky", "mpire", "msgpack", "msgspec", "numba", "numpy", "pebble",
    "primesieve", "psutil", "pyperf", "sympy", "tabulate",
    # What these import in turn.
    "cloudpickle", "dask", "fsspec", "importlib_metadata", "jinja2", "llvmlite", "locket", "markupsafe", "mpmath",
    "packaging", "partd", "pygments", "sortedcontainers", "tblib", "toolz", "tornado", "tqdm", "urllib3", "yaml",
    "zict", "zipp",
})  # fmt: skip
GUARDED = sys.stdlib_module_names | DEPENDENCIES | {"bench", "primes"}


class UnknownCode(Exception):
    """Nothing has the name; the message, one sentence, says what was looked up where."""


class BrokenCode(Exception):
    """What has the name cannot be imported; the message is one sentence."""


def folder() -> str:
    """Return the folder of the user's code, from which paths are shown; empty if there is none any more."""
    try:
        return os.environ.get(FOLDER) or os.getcwd()
    except FileNotFoundError:
        return ""


def folders() -> list[str]:
    """Return the folders in which names are looked up, the first one first."""
    return os.environ.get(FOLDERS, "").splitlines() or [folder()]


def with_source(place: str) -> list[str]:
    """Return this folder and the ``src`` in it, if there is one that holds packages and is none itself."""
    source = os.path.join(place, "src")
    return [place, source] if os.path.isdir(source) and not os.path.exists(f"{source}/__init__.py") else [place]


def remember_folder() -> None:
    """Let names be looked up in what is the current folder now, in this process and in those that it starts."""
    for name in (FOLDER, FOLDERS):  # of another primebench, which has started this one
        os.environ.pop(name, None)
    place = os.environ[FOLDER] = folder()
    if len(place.splitlines()) == 1:
        os.environ[FOLDERS] = "\n".join(with_source(place))


def load(reference: str) -> ModuleType:
    """Return the module that ``reference`` names.

    Raises:
        UnknownCode: there is no such module or file.
        BrokenCode: it raised something when it was imported, SystemExit included.
    """
    look_there()
    return _file(reference) if is_file(reference) else _module(reference)


def look_there() -> None:
    """Let imports find the user's code, those of pickled objects too."""
    for place in folders():
        _search(place)


def is_file(reference: str) -> bool:
    """Say whether it is the path of a file, and not the name of a module."""
    return reference.endswith(".py") or os.sep in reference


def _module(name: str) -> ModuleType:
    if not all(part.isidentifier() for part in name.split(".")):
        raise UnknownCode(f"{name} is neither the name of a module nor the path of a file that ends with .py.")
    if _own_file(name):
        _meant.add(name.partition(".")[0])
    try:
        return importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # Of this kind itself: one that is derived from it says that the module is there, and something else is not.
        if type(error) is ModuleNotFoundError and error.name and f"{name}.".startswith(f"{error.name}."):
            raise UnknownCode(_not_there(name, error.name)) from None
        why = _unbuilt(name, error) or _taken(error)
        raise BrokenCode(f"{name} cannot be imported ({said(error)}){why}.") from error


def _own_file(name: str) -> str:
    """Return the path of the user's own file for a module, as seen from its folder; empty if there is none."""
    paths = [f"{name.replace('.', os.sep)}{end}" for end in (".py", f"{os.sep}__init__.py")]
    whole = [os.path.join(place, path) for path in paths for place in folders()]
    return next((os.path.relpath(path, folder()) for path in whole if os.path.isfile(path)), "")


def found_only_here(name: str) -> str:
    """Return the folder, as seen from the user's, in which a module lies where only primebench looks for it.

    It is empty for a module in the user's folder itself, and for one that Python finds as well.
    """
    own = _own_file(name).removesuffix(f"{os.sep}__init__.py").removesuffix(".py")
    place = own.removesuffix(name.replace(".", os.sep)).rstrip(os.sep)
    others = (finder for finder in sys.meta_path if not isinstance(finder, _Folders))
    return "" if not place or any(finder.find_spec(name.partition(".")[0], None) for finder in others) else place


def _unbuilt(name: str, error: BaseException) -> str:
    """Return a clause where a package of the user's lacks a part of itself, which an installed copy may have."""
    top = name.partition(".")[0]
    missing = isinstance(error, ImportError) and (error.name or "").startswith(f"{top}.")
    own = _own_file(top) if missing else ""
    return f"; {own} is found before any installed copy, and was not built where it lies" if own else ""


def _not_there(name: str, missing: str) -> str:
    part = f" (there is no {missing})" if missing != name else ""
    place = folder() or "(deleted)"
    return f"there is no module {name}{part}, neither in {place} nor among what is installed{hidden(name)}."


def hidden(name: str) -> str:
    """Return a clause for messages where code of the user has a name that stands for something else; else nothing."""
    clause = _not_meant(name.partition(".")[0])
    return f"{clause}; {file} names yours" if clause and (file := _own_file(name)) else clause


def _not_meant(top: str) -> str:
    own = [(path, place) for place in folders() for path in (f"{top}.py", top) if os.path.exists(f"{place}/{path}")]
    if not own or top not in GUARDED:
        return ""
    path, place = own[0]
    return f"; {path} in the folder {place} is not meant by it, for {top} is a module that Python or primebench uses"


def _taken(error: BaseException) -> str:
    """Return a clause where code of the user's imports something of theirs under a name that stands for another."""
    clause = _not_meant((error.name or "").partition(".")[0]) if isinstance(error, ImportError) else ""
    return f"{clause}: no import finds yours until it has another name" if clause else ""


def _alone(path: str, error: BaseException) -> str:
    """Return a clause where a file that is named by its path imports from the package in which it lies."""
    if not isinstance(error, ImportError) or "no known parent package" not in str(error):
        return ""
    whole, place = _package_of(path)
    clause = "; a file that is named by its path belongs to no package"
    top, in_package, _ = whole.partition(".")
    if not in_package:
        return clause
    if top in GUARDED:
        use = f"{top} is a module that Python or primebench uses"
        return f"{clause}, and {use}: give that package another name, or let the file import nothing from it"
    return f"{clause}: name it as {whole}" + ("" if place in folders() else f", in the folder {place}")


def _package_of(path: str) -> tuple[str, str]:
    """Return the whole name of the module that a file is in its package, and the folder in which that is found."""
    place, file = os.path.split(path)
    name = file.removesuffix(".py")
    while os.path.isfile(f"{place}/__init__.py"):
        place, last = os.path.split(place)
        name = f"{last}.{name}"
    return name, place


def _file(reference: str) -> ModuleType:
    path = path_of(reference)
    name = name_of(path)
    if name in sys.modules:
        return sys.modules[name]
    if not os.path.isfile(path):
        return _sent(name, path)
    _search(os.path.dirname(path))
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UnknownCode(f"{path} is not the path of a file that ends with .py.")
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        del sys.modules[name]
        raise
    except BaseException as error:
        del sys.modules[name]
        why = _alone(path, error) or _taken(error)
        raise BrokenCode(f"{path} cannot be imported ({said(error)}){why}.") from error
    return module


def name_of(path: str) -> str:
    """Return the name of the module that stands for a file."""
    # Any name would do that nobody else has and that is the same in each process, for objects travel under it.
    within = os.path.relpath(path, folder() or os.sep)  # the same in another tree as well
    others = "".join(letter for letter in within if not letter.isalnum())  # which tell x/y.py from x_y.py
    readable = "".join(letter if letter.isalnum() else "_" for letter in within)
    return f"file_{readable}_{others.encode(errors='surrogatepass').hex()}"


def _file_of(name: str) -> str:
    """Return the path of the file for which a module of this name stands, as `name_of` says; empty if for none."""
    readable, _, code = name.removeprefix("file_").rpartition("_")
    try:
        others = iter(bytes.fromhex(code).decode(errors="surrogatepass"))
    except ValueError:  # a module of the user's own, which is called so
        return ""
    within = "".join(next(others, "") if letter == "_" else letter for letter in readable)
    path = os.path.abspath(os.path.join(folder() or os.sep, within))
    return path if name_of(path) == name and os.path.isfile(path) else ""


def _sent(name: str, path: str) -> ModuleType:
    """Return the module of a file that is not here, but was sent to this machine under the module's name."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise BrokenCode(f"{path} cannot be imported ({said(error)}).") from error
        raise UnknownCode(f"there is no file {path}.") from None
    except Exception as error:
        raise BrokenCode(f"{path} cannot be imported ({said(error)}).") from error


def path_of(reference: str) -> str:
    """Return the path of the file that a relative path means: in the first folder that has it, else in the first."""
    paths = [os.path.abspath(os.path.join(place, reference)) for place in folders()]
    return next((path for path in paths if os.path.exists(path)), paths[0])


def as_found(reference: str) -> str:
    """Return the path of a file as seen from the user's folder, where only primebench looks in another one for it.

    It is the same for a file that is in that folder, and for one that is nowhere.
    """
    path, place = path_of(reference), folder()
    here = os.path.abspath(os.path.join(place, reference))
    return os.path.relpath(path, place) if path != here and os.path.exists(path) else reference


def said(error: BaseException) -> str:
    """Return kind and words of an error as a part of a sentence: one line without a full stop."""
    words = " ".join(str(error).split()).rstrip(".")
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


# --- where imports look -------------------------------------------------------------------------------------------


class Travelling(partial):  # type: ignore[type-arg]  # not subscriptable where workers load it
    """A callable that is pickled as what finds it; whoever unpickles it has the function itself, and calls no more."""

    found_by: tuple[Callable[..., Callable[[Any], Any]], tuple[str, ...]]

    def __new__(cls, find: Callable[..., Callable[[Any], Any]], *names: str) -> Self:
        """Find it in this process: by a function that pickle finds by its module, and names for it."""
        self = super().__new__(cls, find(*names))
        self.found_by = (find, names)
        return self

    def __reduce__(self) -> tuple[Callable[..., Callable[[Any], Any]], tuple[str, ...]]:
        """Pickle as what finds it."""
        return self.found_by


class _Folders:
    """Finds modules in folders of the user.

    A folder without an ``__init__.py`` is found only when nothing else has its name: a folder of data is no package.
    If the user has named a module in it, it is one, and comes first as well: many a package installs its ``tests``.
    """

    def __init__(self, places: list[str], *, bare: bool) -> None:
        """Look in ``places``, which may grow; for folders without ``__init__.py`` if ``bare``, else for all others."""
        self.places, self.bare = places, bare

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        """Return where a module lies that is imported; see `importlib.abc.MetaPathFinder`."""
        if path is not None or name in GUARDED:
            return None
        from importlib.machinery import PathFinder

        if name.startswith("file_") and (
            file := _file_of(name)
        ):  # objects of it have come before anybody named it here
            from importlib.util import spec_from_file_location

            _search(os.path.dirname(file))
            return spec_from_file_location(name, file)
        spec = PathFinder.find_spec(name, self.places)
        bare = spec is not None and spec.loader is None and name not in _meant
        return spec if bare == self.bare else None


_places: list[str] = []
_meant: set[str] = set()  # the first parts of names that users have given of modules in their folders


def _search(place: str) -> None:
    if not place or place in _places:
        return
    _places.append(place)
    if len(_places) == 1:
        from importlib.machinery import PathFinder

        at = sys.meta_path.index(PathFinder) if PathFinder in sys.meta_path else len(sys.meta_path)
        sys.meta_path.insert(at, _Folders(_places, bare=False))
        sys.meta_path.append(_Folders(_places, bare=True))
