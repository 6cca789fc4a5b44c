"""multiprocessing.Process with a Pipe each: whoever has answered gets the next message (connection.wait)."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain

from bench.families.backends._batches import batches, chunks
from bench.families.backends._workers import open_piped, ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Start the workers, each at the other end of its own pipe."""
    with open_piped(crew, _work, [()] * crew.workers) as workers:
        by_pipe = {worker.pipe: worker for worker in workers}

        def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
            orders = enumerate(batches(items, chunksize or 1))
            found: dict[int, list[Any]] = {}
            # A worker has one message at a time. A second one would hide the way there and back, but two large
            # messages that meet in a full pipe, ours and the worker's, would wait for each other for ever.
            busy: dict[Connection, int] = {}
            for worker, (index, batch) in zip(workers, orders, strict=False):
                worker.send((task, batch))
                busy[worker.pipe] = index
            while busy:
                for pipe in ready(busy):
                    worker = by_pipe[pipe]
                    found[busy.pop(pipe)] = worker.receive()
                    index, batch = next(orders, (0, ()))
                    if batch:
                        worker.send((task, batch))
                        busy[pipe] = index
            return list(chain.from_iterable(found[index] for index in range(len(found))))

        yield mapper


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    from bench.families.backends._setups import first

    return f"""\
from multiprocessing import get_context
from multiprocessing.connection import wait

def work(pipe):
{first(setup)}\
    while (chunk := pipe.recv()) is not None:
        pipe.send(list(map({function}, chunk)))

{chunks(items, chunksize or 1)}
context = get_context("{crew.start}")
pipes, workers = [], []
for _ in range({crew.workers}):
    pipe, end = context.Pipe()
    workers.append(context.Process(target=work, args=(end,), daemon=True))
    workers[-1].start()
    end.close()
    pipes.append(pipe)
orders = enumerate(chunks)
busy, found = {{}}, {{}}
for pipe, (at, chunk) in zip(pipes, orders):
    pipe.send(chunk)
    busy[pipe] = at
while busy:
    for pipe in wait(busy):
        found[busy.pop(pipe)] = pipe.recv()  # EOFError: the worker has failed
        at, chunk = next(orders, (None, None))
        if chunk is not None:
            pipe.send(chunk)
            busy[pipe] = at
for pipe, worker in zip(pipes, workers):
    pipe.send(None)
    worker.join()
results = [result for at in range(len(chunks)) for result in found[at]]
"""


def _work(pipe: Connection) -> None:
    while (order := pipe.recv()) is not None:
        task, batch = order
        pipe.send(list(map(task, batch)))
