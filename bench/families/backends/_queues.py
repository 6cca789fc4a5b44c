"""A standing crew behind one queue of orders and one queue of answers, whatever kind of queue that is.

Nobody waits on the workers themselves: that is how programs with queues are written, and why a worker that is killed
leaves them waiting for ever. Such a case runs into its deadline. Loaded in worker processes.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain

from bench.families.backends._batches import batches, chunks
from bench.families.backends._sealed import Sealed
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
        sent, sealed = 0, Sealed(task)  # a manager's queue lies in a process in between
        for batch in batches(items, chunksize or 1):
            orders.put((sent, sealed, batch))
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
        index, sealed, batch = order
        try:
            results = list(map(sealed.task, batch))
        except Exception as error:  # told as text: an exception may not survive its way through a queue
            from traceback import format_exception_only, print_exc

            print_exc()
            answers.put((_FAILED, "".join(format_exception_only(error)).strip()))
        else:
            answers.put((index, results))


def between(crew: Crew, function: str, items: str, chunksize: int | None, opened: str, setup: str) -> str:
    """Return the code that does this; an error of the function is raised where the results are.

    Args:
        crew: the workers.
        function: what is called with an item.
        items: the expression of all of them.
        chunksize: items per order; None is one.
        opened: lines that make ``orders`` and ``answers`` of ``context``.
        setup: what each worker calls first; empty for none.
    """
    from bench.families.backends._setups import first

    return f"""\
from multiprocessing import get_context
from queue import Empty

def work(orders, answers):
{first(setup)}\
    for at, chunk in iter(orders.get, None):
        try:
            answers.put((at, list(map({function}, chunk)), None))
        except Exception as error:
            answers.put((at, None, f"{{type(error).__name__}}: {{error}}"))

{chunks(items, chunksize or 1)}
context = get_context("{crew.start}")
{opened}
workers = [context.Process(target=work, args=(orders, answers), daemon=True) for _ in range({crew.workers})]
for worker in workers:
    worker.start()
for order in [*enumerate(chunks), *[None] * {crew.workers}]:
    orders.put(order)
found = {{}}
while len(found) < len(chunks):
    lost = any(worker.exitcode for worker in workers) or not any(worker.is_alive() for worker in workers)
    try:
        at, answer, error = answers.get(timeout=1)
    except Empty:
        if lost:
            raise RuntimeError("a worker has ended without its answer") from None
        continue
    if error:
        raise RuntimeError(error)
    found[at] = answer
for worker in workers:
    worker.join()
results = [result for at in range(len(chunks)) for result in found[at]]
"""
