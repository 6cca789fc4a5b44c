"""multiprocessing.Manager().list(): every answer is assigned through a proxy to a list in the manager's process."""

from __future__ import annotations

from contextlib import contextmanager

from bench.families.backends._sealed import Sealed
from bench.families.backends._workers import gather, open_piped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Start the manager, and workers that search one block of the items each."""
    with crew.context.Manager() as manager:
        answers = manager.list()
        with open_piped(crew, _work, [(answers,)] * crew.workers) as workers:

            def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
                size = len(items)
                # An answer of an earlier search must never pass for this one's. What stands for none lets the manager's
                # process load what the task is made of, so that it can unpickle results of own classes.
                answers[:] = [Sealed(task)] * size
                for index, worker in enumerate(workers):
                    lo, hi = size * index // crew.workers, size * (index + 1) // crew.workers
                    worker.send((task, items[lo:hi], lo, chunksize or 1))
                gather(workers)
                return answers[:]

            yield mapper


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    from textwrap import indent

    from bench.families.backends._setups import first
    from bench.families.backends._slots import WAIT

    size = chunksize or 1
    return f"""\
from multiprocessing import get_context

def work(answers, done, block, low):
{first(setup)}\
    for at in range(0, len(block), {size}):
        part = list(map({function}, block[at : at + {size}]))
        answers[low + at : low + at + len(part)] = part
    done.release()

context = get_context("{crew.start}")
with context.Manager() as manager:
    answers = manager.list([None] * len({items}))
    edges = [len({items}) * index // {crew.workers} for index in range({crew.workers + 1})]
    done = context.Semaphore(0)
    shares = [(answers, done, {items}[low:high], low) for low, high in zip(edges, edges[1:])]
    workers = [context.Process(target=work, args=share, daemon=True) for share in shares]
{indent(WAIT, "    ").rstrip()}
    results = answers[:]
"""


def _work(pipe: Connection, answers: Any) -> None:
    while (order := pipe.recv()) is not None:
        task, block, lo, size = order
        for begin in range(0, len(block), size):
            part = list(map(task, block[begin : begin + size]))
            answers[lo + begin : lo + begin + len(part)] = part
        pipe.send(len(block))
