"""A standing crew behind one queue of orders and one queue of answers, whatever kind of queue that is.

Nobody waits on the workers themselves: that is how programs with queues are written, and why a worker that is killed
leaves them waiting for ever. Such a case runs into its deadline. Loaded in worker processes.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain

from bench.families.backends._batches import batches
from bench.families.backends._workers import open_workers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

_FAILED = -1  # in place of a batch's index: what follows is a traceback


@contextmanager
def open_queues(crew: Crew, orders: Any, answers: Any) -> Iterator[Mapper]:
    """Start the workers between two queues; on leaving, one None for each worker ends them."""

    def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
        sent = 0
        for batch in batches(items, chunksize or 1):
            orders.put((sent, task, batch))
            sent += 1
        found: list[list[Any]] = [[]] * sent
        for _ in range(sent):
            index, results = answers.get()
            if index == _FAILED:
                raise RuntimeError(f"a worker failed: {results}")
            found[index] = results
        return list(chain.from_iterable(found))

    def dismiss() -> None:
        for _ in range(crew.workers):
            orders.put(None)

    with open_workers(crew, _work, [(orders, answers)] * crew.workers, dismiss):
        yield mapper


def _work(orders: Any, answers: Any) -> None:
    while (order := orders.get()) is not None:
        index, task, batch = order
        try:
            results = list(map(task, batch))
        except Exception as error:  # told as text: an exception may not survive its way through a queue
            from traceback import format_exception_only, print_exc

            print_exc()
            answers.put((_FAILED, "".join(format_exception_only(error)).strip()))
        else:
            answers.put((index, results))
