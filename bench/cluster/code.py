"""primebench on the sides of a cluster: the same as here, another one, or none; then it is lent while we work.

What asks and what unpacks must run where primebench is not installed. So these functions lie inside others, which has
them travel as code and not by name, and they import what they need themselves.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from bench.cluster.errors import ClusterFailed
from bench.core import source, start
from bench.core.errors import reason
from bench.core.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LENT = "primebench-lent-"  # how the folders begin in which a side has what it got from us


@dataclass(frozen=True, slots=True)
class Side:
    """What a side of a cluster knows of primebench.

    Attributes:
        name: for sentences.
        version: None where there is none.
        digest: of its source; empty where it cannot be told.
        is_lent: whether it got it from somebody who works with this cluster now.
        others: name of a module of the user -> digest of the file that this side finds under it, or nothing.
    """

    name: str
    version: str | None
    digest: str
    is_lent: bool
    others: Mapping[str, str]


@contextmanager
def lent(client: Any, tell: Callable[[str], None], user_code: Mapping[str, Path] | None = None) -> Iterator[None]:
    """Let all sides have this primebench, and code of the user's, until this is left.

    Args:
        client: of the cluster.
        tell: takes a sentence on what is sent.
        user_code: name -> file or folder of a module or package that the sides need as well.

    Raises:
        ClusterFailed: a side has another version, which is never replaced.
    """
    user_code = user_code or {}
    sides = _sides(client, tuple(user_code))
    for side in sides:
        _check(side, user_code)
    lacking = [side.name for side in sides if side.version is None or side.is_lent]
    if not lacking and not user_code:
        yield
        return
    ours = _packed({name: Path(start.SOURCE, name) for name in start.PACKAGES}) if lacking else b""
    theirs = _packed(user_code)
    names = [name if name == path.stem else path.name for name, path in user_code.items()]
    what = " and ".join([*(["primebench"] if lacking else []), *names])
    tell(
        f"{what} ({(len(ours) + len(theirs)) / 1024:.0f} kB) is sent to the workers and the scheduler of the cluster, "
        "and removed at the end."
    )
    name = f"{LENT}{token_hex(4)}"
    remove = _removing(name)
    try:
        for plugin in _plugins(name, client.id, _unpacking(name, ours, theirs), remove):
            client.register_plugin(plugin, name=name)
    except Exception as error:
        said = f"{type(error).__name__}: {reason(error)}"
        raise ClusterFailed(f"{what} cannot be sent to the cluster ({said}).") from None
    try:
        yield
    finally:
        if client.status == "running":
            client.unregister_worker_plugin(name)
            client.run_on_scheduler(remove)


def _check(side: Side, user_code: Mapping[str, Path]) -> None:
    for name, path in user_code.items():
        if side.others[name] not in ("", _digest(path)):
            raise ClusterFailed(f"{side.name} has another {name} than {path}; remove it there, or make them the same.")
    if side.version is None:
        return
    ours = source.digest(start.SOURCE)
    if (side.version, side.digest) == (VERSION, ours):
        return
    todo = (
        "wait until whoever sent it has ended"
        if side.is_lent
        else "install the same on both, or none there: it is sent"
    )
    raise ClusterFailed(
        f"{side.name} has primebench {side.version} (source {side.digest or 'unknown'}), and this is {VERSION} "
        f"(source {ours}); {todo}."
    )


def _digest(path: Path) -> str:
    file = path if path.is_file() else path / "__init__.py"
    return sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def _packed(code: Mapping[str, Path]) -> bytes:
    """Return an archive of modules and packages; of the latter, the Python files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in code.items():
            for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
                archive.write(file, f"{name}.py" if path.is_file() else file.relative_to(path.parent))
    return buffer.getvalue()


# --- what runs elsewhere ------------------------------------------------------------------------------------------


def _sides(client: Any, names: tuple[str, ...]) -> list[Side]:
    look = _looking(names, LENT)
    found = client.run(look, on_error="return")
    everyone = [("the scheduler", client.run_on_scheduler(look))]
    everyone += [(f"the worker {address}", told) for address, told in sorted(found.items())]
    sides = []
    for name, told in everyone:
        if isinstance(told, BaseException):
            raise ClusterFailed(f"{name} cannot say which primebench it has ({type(told).__name__}: {told}).")
        sides.append(Side(name, **told))
    return sides


def _looking(names: tuple[str, ...], lent: str) -> Callable[[], dict[str, Any]]:
    def look() -> dict[str, Any]:
        from hashlib import sha256
        from importlib import import_module
        from importlib.util import find_spec

        def there(name: str) -> str:
            spec = find_spec(name)
            if spec is None or not spec.has_location:
                return ""
            with open(str(spec.origin), "rb") as file:
                return sha256(file.read()).hexdigest()

        told: dict[str, Any] = {"version": None, "digest": "", "is_lent": False, "others": {n: there(n) for n in names}}
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


def _unpacking(name: str, ours: bytes, theirs: bytes) -> Callable[[], None]:
    def unpack() -> None:
        import io
        import sys
        import tempfile
        import zipfile
        from importlib import invalidate_caches
        from importlib.util import find_spec

        spec = find_spec("bench")
        lacks = spec is None or "primebench-lent-" in str(spec.origin)
        folder = tempfile.mkdtemp(prefix=f"{name}-")
        for data in (ours if lacks else b"", theirs):
            if data:
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    archive.extractall(folder)
        sys.path.append(folder)  # behind everything else: it hides nothing
        invalidate_caches()

    return unpack


def _removing(name: str) -> Callable[[], None]:
    def remove() -> None:
        import shutil
        import sys
        from importlib import invalidate_caches

        for folder in [entry for entry in sys.path if f"{name}-" in entry]:
            sys.path.remove(folder)
            for module in [key for key, each in sys.modules.items() if folder in str(getattr(each, "__file__", ""))]:
                del sys.modules[module]
            sys.path_importer_cache.pop(folder, None)
            shutil.rmtree(folder, ignore_errors=True)
        invalidate_caches()

    return remove


def _plugins(name: str, owner: str, unpack: Callable[[], None], remove: Callable[[], None]) -> tuple[Any, Any]:
    """Return what gives the code to a worker and takes it away again, and what does the same for the scheduler."""
    from distributed import SchedulerPlugin, WorkerPlugin

    class LentToWorker(WorkerPlugin):
        def setup(self, worker: Any) -> None:
            unpack()

        def teardown(self, worker: Any) -> None:
            remove()

    class LentToScheduler(SchedulerPlugin):
        async def start(self, scheduler: Any) -> None:
            unpack()

        def remove_client(self, scheduler: Any, client: str) -> None:
            """Clean up when our client has gone, also where it was killed."""
            if client != owner:
                return
            remove()
            scheduler.remove_plugin(name)
            if name in scheduler.worker_plugins:
                scheduler._ongoing_background_tasks.call_soon(scheduler.unregister_worker_plugin, None, name)

    return LentToWorker(), LentToScheduler()
