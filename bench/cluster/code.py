"""primebench, and code of the user's, lent to the sides of a cluster that lack it while we work with them.

What unpacks must run where primebench is not installed; see `bench.cluster.sides`.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import TYPE_CHECKING, Any

from bench.cluster import sides
from bench.cluster.errors import ClusterFailed
from bench.core import start
from bench.core.errors import reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_TAKE_BACK_S = 3.0  # for the cluster to remove what it got; if it gives no answer, it does so when it loses this client


@contextmanager
def lent(
    client: Any, tell: Callable[[str], None], user_code: Mapping[str, Path] | None = None
) -> Iterator[Callable[[str], list[str]]]:
    """Let all sides have this primebench, and code of the user's, until this is left.

    Yields what does the same with a worker that comes later: its address -> sentences on what was sent to it;
    ClusterFailed where it has another version.

    Args:
        client: of the cluster.
        tell: takes a sentence on what is sent.
        user_code: name -> file or folder of a module or package that the sides need as well.

    Raises:
        ClusterFailed: a side has another version, which is never replaced.
    """
    lending = _Lending(client, user_code or {})
    try:
        for sentence in lending.begin():
            tell(sentence)
        yield lending.compare
    finally:
        lending.take_back()


class _Lending:
    """What the sides of a cluster got from us."""

    def __init__(self, client: Any, user_code: Mapping[str, Path]) -> None:
        self._client, self._user_code = client, user_code
        self._sent: list[str] = []  # names of plugins
        self._has_sent_ours = False
        self._sending = Lock()

    def begin(self) -> list[str]:
        """Send what sides lack, to all at once; return what is to be told."""
        found = sides.everyone(self._client, self._user_code)
        sides.check(found, self._user_code)
        lacks_ours = any(map(self._lacks_ours, found))
        return self._send(self._user_code, ours=lacks_ours) if lacks_ours or self._user_code else []

    def _lacks_ours(self, side: sides.Side) -> bool:
        """Say whether a side is to get primebench; what it has from somebody else may go at any time."""
        return side.version is None or (side.is_lent and not self._has_sent_ours)

    def compare(self, address: str) -> list[str]:
        """Send what this worker lacks, which has got on its own what was sent before it came."""
        side = sides.worker(self._client, self._user_code, address)
        said = []
        if self._lacks_ours(side):
            with self._sending:
                said = [] if self._has_sent_ours else self._send({}, ours=True)
            side = sides.worker(self._client, self._user_code, address)
            if side.version is None:
                raise ClusterFailed(f"{side.name} has no primebench, and cannot take what is sent.")
        sides.check([side], self._user_code)
        return said

    def _send(self, user_code: Mapping[str, Path], *, ours: bool) -> list[str]:
        archives = [_packed({name: Path(start.SOURCE, name) for name in start.PACKAGES}) if ours else b""]
        archives.append(_packed(user_code))
        names = [name if name == path.stem else path.name for name, path in user_code.items()]
        what = " and ".join([*(["primebench"] if ours else []), *names])
        name = f"{sides.LENT}{token_hex(4)}"
        self._sent.append(name)
        try:
            for plugin in _plugins(name, self._client.id, _unpacking(name, *archives), _removing(name)):
                self._client.register_plugin(plugin, name=name)
        except Exception as error:
            said = f"{type(error).__name__}: {reason(error)}"
            raise ClusterFailed(f"{what} cannot be sent to the cluster ({said}).") from None
        self._has_sent_ours |= ours
        size = f"{sum(map(len, archives)) / 1024:.0f} kB"
        return [f"{what} ({size}) is sent to the workers and the scheduler of the cluster, and removed at the end."]

    def take_back(self) -> None:
        """Have it removed. Whatever goes wrong here would replace the error that all ends with, and is no harm."""
        for name in self._sent if self._client.status == "running" else ():
            with suppress(Exception):
                unregister = self._client.scheduler.unregister_worker_plugin
                self._client.sync(unregister, name=name, callback_timeout=_TAKE_BACK_S)
                self._client.run_on_scheduler(_removing(name), callback_timeout=_TAKE_BACK_S)


def _packed(code: Mapping[str, Path]) -> bytes:
    """Return an archive of modules and packages; of the latter, the Python files."""
    if not code:
        return b""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in code.items():
            for inside, file in sides.python_files([path]).items():
                archive.writestr(f"{path.name}/{inside}" if inside else f"{name}.py", file.read_bytes())
    return buffer.getvalue()


# --- what runs elsewhere ------------------------------------------------------------------------------------------


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
        wanted = [data for data in (ours if lacks else b"", theirs) if data]
        if not wanted:
            return
        folder = tempfile.mkdtemp(prefix=f"{name}-")
        for data in wanted:
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
            for key, module in [*sys.modules.items()]:
                own = getattr(module, "__dict__", {})
                if folder in f"{own.get('__file__')} {own.get('__path__')}":  # some packages have no file
                    del sys.modules[key]
            sys.path.remove(folder)
            sys.path_importer_cache.pop(folder, None)
            shutil.rmtree(folder, ignore_errors=True)
        invalidate_caches()

    return remove


def _plugins(name: str, owner: str, unpack: Callable[[], None], remove: Callable[[], None]) -> tuple[Any, Any]:
    """Return what gives the code to the scheduler and takes it away from all sides, and what gives it to a worker."""
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

    return LentToScheduler(), LentToWorker()
