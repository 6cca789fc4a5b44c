"""What the parent notes while a body is observed: when things happen, and what the tree of processes uses."""

from __future__ import annotations

import threading
from time import monotonic_ns
from typing import TYPE_CHECKING, Any

from bench.core.observation import Sample
from bench.engine.worker.observed_task import Observed, Opening
from bench.engine.worker.sizes import Size, size_of
from bench.engine.worker.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    from bench.contract.backend import Task

_LEAST_NS = 10_000_000  # between two looks at the tree
_SHARE = 50  # a look may take one part in so many of the time: it needs a CPU, and the interpreter of the parent
_MOST_SAMPLES = 128


class Watch:
    """A body while it is observed; what a trial tells goes through `note`, `task` and `moved`.

    Attributes:
        folder: where workers leave their notes.
        moments: what was noted -> when, in nanoseconds of the monotonic clock.
        items: how many items the workers were given.
    """

    def __init__(self, folder: str) -> None:
        """Watch nothing yet."""
        self.folder = folder
        self.moments: dict[str, int] = {}
        self.items = 0
        self._moved: tuple[Sequence[Any], Sequence[Any], int] | None = None
        self._tree, self._looking = Tree(), threading.Lock()
        self._samples: list[tuple[int, float, int | None]] = []
        self._least_ns, self._paused = _LEAST_NS, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="sampler", daemon=True)

    # --- for the trial --------------------------------------------------------------------------------------------

    @property
    def warm(self) -> Callable[[], None]:
        """What each standing worker does before it is called."""
        return Opening(self.folder)

    def task(self, task: Task, items: int) -> Task:
        """Return the task that notes what workers do with so many items."""
        self.items += items
        return Observed(task, self.folder)

    def note(self, moment: str) -> None:
        """Note that the workers are ``begun``, ``ready``, ``called``, have ``answered`` or are ``gone``."""
        if not self.moments:  # what was used to warm them is nobody's
            self._begin()
        self.moments[moment] = self._now()
        if moment == "answered":  # workers of a short body may end before any other look; that takes no time of theirs
            begin = monotonic_ns()
            self._look()
            self._paused += monotonic_ns() - begin

    def moved(self, items: Sequence[Any], results: Sequence[Any], together: int) -> None:
        """Tell what was pickled, so many items together."""
        self._moved = items, results, together

    # --- for the engine -------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Begin to look at the tree."""
        self._begin()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look once more, and end."""
        self._over.set()
        self._thread.join()
        self._look()

    @property
    def zero(self) -> int:
        """When the workers were begun, or, if they stood, called."""
        return self.moments.get("begun", self.moments.get("called", 0))

    def at(self, moment: str) -> float | None:
        """Return when something was noted, in seconds from zero."""
        return None if moment not in self.moments else self.seconds(self.moments[moment])

    def seconds(self, moment_ns: int) -> float:
        """Return a moment in seconds from zero."""
        return (moment_ns - self.zero) / 1e9

    @property
    def samples(self) -> tuple[Sample, ...]:
        """What was seen of the tree."""
        return tuple(Sample(self.seconds(at), cpu_s, memory) for at, cpu_s, memory in self._samples)

    @property
    def switches(self) -> tuple[int, int] | None:
        """Context switches of the tree."""
        return self._tree.switches()

    @property
    def processes(self) -> frozenset[int]:
        """The numbers of the processes that were seen; one that lived between two looks was not."""
        return frozenset(self._tree.seen)

    def sizes(self) -> tuple[Size | None, Size | None]:
        """Return the sizes of what was pickled, there and back; None where nothing was."""
        if self._moved is None:
            return None, None
        items, results, together = self._moved
        return size_of(items, together), size_of(results, together)

    def _begin(self) -> None:
        with self._looking:
            self._tree.begin()
            self._samples.clear()
            self._least_ns = _LEAST_NS

    def _now(self) -> int:
        return monotonic_ns() - self._paused

    def _look(self) -> None:
        with self._looking:
            cpu_s, memory = self._tree.look()
            self._samples.append((self._now(), cpu_s, memory))
            if len(self._samples) > _MOST_SAMPLES:
                del self._samples[1::2]
                self._least_ns *= 2

    def _sample(self) -> None:
        wait_ns = _LEAST_NS
        while not self._over.wait(wait_ns / 1e9):
            begin = monotonic_ns()
            self._look()
            wait_ns = max(self._least_ns, _SHARE * (monotonic_ns() - begin))
