"""Workers that come to a cluster later: each is compared before it gets work, and nobody waits for it meanwhile."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from bench.cluster.errors import ClusterFailed
from primes.user_code import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bench.cluster.watch import Watch


class Newcomers:
    """Who of them may work."""

    def __init__(
        self,
        watch: Watch,
        compare: Callable[[str], Sequence[str]],
        tell: Callable[[str], None],
        refused: Iterable[str] = (),
    ) -> None:
        """Ask nobody yet.

        Args:
            watch: what becomes of workers.
            compare: address -> sentences that are to be told; ClusterFailed if that worker cannot take part.
            tell: takes these sentences, and why one is not let in.
            refused: workers that are there and cannot take part, which has been told.
        """
        self._watch, self._compare, self._tell = watch, compare, tell
        self._asked: dict[tuple[str, int], _Asked | None] = {self._one(worker): None for worker in refused}

    def _one(self, worker: str) -> tuple[str, int]:
        """Whoever comes to the address of one that has gone is another one."""
        return worker, self._watch.lost.count(worker)

    def may_work(self, worker: str) -> bool:
        """Say whether it is known that it can; to be asked again and again."""
        one = self._one(worker)
        if one not in self._asked:
            self._asked[one] = _Asked(self._compare, worker)
        asked = self._asked[one]
        return asked is not None and asked.fits(self._tell)


class _Asked:
    """What came of one question."""

    def __init__(self, compare: Callable[[str], Sequence[str]], worker: str) -> None:
        self._compare, self._worker = compare, worker
        self._is_fit = False
        self._sentences: list[str] = []
        self._thread = Thread(target=self._ask, daemon=True)  # which nobody waits for
        self._thread.start()

    def _ask(self) -> None:
        try:
            self._sentences += self._compare(self._worker)
            self._is_fit = True
        except ClusterFailed as error:
            self._sentences.append(f"Left out, a worker that has come later: {error}")
        except Exception as error:  # whatever Dask makes of one that goes meanwhile
            self._sentences.append(f"Left out, a worker that has come later: {self._worker} ({said(error)}).")

    def fits(self, tell: Callable[[str], None]) -> bool:
        if self._thread.is_alive():
            return False
        while self._sentences:
            tell(self._sentences.pop(0))
        return self._is_fit
