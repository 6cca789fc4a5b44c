"""A new Process for every task: no pool, no queue, each answer through a pipe of its own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from typing import Any

    from bench.families.lifecycles._role import Order

TAKES = {"tasks", "batches"}


def live(order: Order) -> list[list[int]]:
    """Start a process for each task, at most as many at a time as there shall be workers."""
    return [_batch(order, list(chunks)) for chunks in order.chunks()]


def _batch(order: Order, chunks: list[tuple[int, int]]) -> list[int]:
    running: list[tuple[Any, Connection]] = []
    results: list[int] = []
    try:
        for chunk in chunks:
            if len(running) == order.workers:
                results.append(_finish(*running.pop(0)))
            running.append(_start(order, chunk))
        while running:
            results.append(_finish(*running.pop(0)))
    finally:  # with an error only: otherwise none is running any more
        for process, _ in running:
            process.kill()
            process.join()
    return results


def _start(order: Order, chunk: tuple[int, int]) -> tuple[Any, Connection]:
    ours, theirs = order.context.Pipe(duplex=False)
    process = order.context.Process(target=answer, args=(theirs, order.task, chunk))  # type: ignore[attr-defined]
    process.start()
    theirs.close()  # so that the end of the process ends the stream
    return process, ours


def _finish(process: Any, ours: Connection) -> int:
    try:
        result: int = ours.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"a process ended with exit code {process.exitcode} and without an answer.") from None
    finally:
        ours.close()
    process.join()
    process.close()
    return result


def answer(connection: Connection, task: Any, chunk: tuple[int, int]) -> None:
    """Do the one task of this process."""
    connection.send(task(chunk))
