"""multiprocessing.Process: the items cut into one block per process, answers through one pipe each."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import pairwise

from bench.families.backends._workers import open_piped, ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
STANDING = False  # each process is made for its block and ends with it


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Yield a mapper that makes the processes itself, and has ended them when it returns."""

    def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
        size = len(items)
        edges = [size * index // crew.workers for index in range(crew.workers + 1)]
        blocks = list(pairwise(edges))
        shares = [(task, items[lo:hi], chunksize or max(1, hi - lo)) for lo, hi in blocks]
        results: list[list[Any]] = [[] for _ in blocks]
        with open_piped(crew, _work, shares) as workers:
            pending = {workers[at].pipe: at for at, (lo, hi) in enumerate(blocks) if lo < hi}
            while pending:
                for pipe in ready(pending):
                    at = pending[pipe]
                    results[at] += workers[at].receive()
                    if len(results[at]) == blocks[at][1] - blocks[at][0]:
                        del pending[pipe]
        return [result for block in results for result in block]

    yield mapper


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    from bench.families.backends._setups import first

    answers = f"pipe.send(list(map({function}, block)))"
    if chunksize:
        answers = f"""\
for at in range(0, len(block), {chunksize}):
        pipe.send(list(map({function}, block[at : at + {chunksize}])))"""
    return f"""\
from multiprocessing import get_context
from multiprocessing.connection import wait

def work(pipe, block):
{first(setup)}\
    {answers}
    pipe.send(None)

context = get_context("{crew.start}")
found, workers = {{}}, []
for index in range({crew.workers}):
    block = {items}[len({items}) * index // {crew.workers} : len({items}) * (index + 1) // {crew.workers}]
    pipe, end = context.Pipe(duplex=False)
    workers.append(context.Process(target=work, args=(end, block), daemon=True))
    workers[-1].start()
    end.close()
    found[pipe] = []
waiting = set(found)
while waiting:
    for pipe in wait(waiting):
        answers = pipe.recv()  # EOFError: the worker has failed
        if answers is None:
            waiting.remove(pipe)
        else:
            found[pipe] += answers
for worker in workers:
    worker.join()
results = [result for block in found.values() for result in block]
"""


def _work(pipe: Connection, task: Task, block: Sequence[Any], size: int) -> None:
    for begin in range(0, len(block), size):
        pipe.send(list(map(task, block[begin : begin + size])))
