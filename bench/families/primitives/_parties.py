"""Parties that stand ready: threads or processes that do runs of cycles when asked, and are ended on leaving."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import connection
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from bench.families.primitives import _party

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from bench.families.primitives._cycles import Loop, Shared

Answer = tuple[int, float]  # own cycles, longest wait in seconds
Run = Callable[[str, int], list[Answer]]  # (how to use the primitives, cycles) -> one answer per party


@contextmanager
def started(shared: Shared, loop: Loop, start: str | None, *, first_turn: bool) -> Iterator[Run]:
    """Start the parties, as processes with the start method or, without one, as threads.

    With ``first_turn`` the flag of party 0 is set when a run begins. The yielded function makes the parties run once
    and returns their answers. It raises `RuntimeError` when a party ends or fails; leaving with an error kills the
    others, since they may wait for that one for ever.
    """
    with (_threads if start is None else partial(_processes, start=start))(shared, loop) as ask:
        runs = 0

        def run(mode: str, cycles: int) -> list[Answer]:
            nonlocal runs
            runs += 1
            shared.counter.value = 0
            shared.requests[:] = shared.flags[:] = [0] * shared.parties
            shared.flags[0] = int(first_turn)
            answers = ask((runs, mode, cycles))
            failed = next((index for index, answer in enumerate(answers) if isinstance(answer, str)), None)
            if failed is not None:
                raise RuntimeError(f"party {failed} failed: {answers[failed]}")
            return answers

        yield run


@contextmanager
def _threads(shared: Shared, loop: Loop) -> Iterator[Callable[[Any], list[Any]]]:
    requests: list[SimpleQueue[Any]] = [SimpleQueue() for _ in range(shared.parties)]
    answers: list[SimpleQueue[Any]] = [SimpleQueue() for _ in range(shared.parties)]
    parties = [
        # A daemon, because a thread that waits for ever cannot be ended otherwise.
        threading.Thread(target=_party.serve, args=(shared, i, loop, requests[i].get, answers[i].put), daemon=True)
        for i in range(shared.parties)
    ]
    for party in parties:
        party.start()

    def ask(request: Any) -> list[Any]:
        for queue in requests:
            queue.put(request)
        return [queue.get() for queue in answers]

    yield ask
    for queue in requests:
        queue.put(None)
    for party in parties:
        party.join()


@contextmanager
def _processes(shared: Shared, loop: Loop, start: str) -> Iterator[Callable[[Any], list[Any]]]:
    context: Any = multiprocessing.get_context(start)
    connections: list[Connection] = []
    parties = []
    try:
        for index in range(shared.parties):
            ours, theirs = context.Pipe()
            # A daemon, so that it ends with this process even if that forgets it.
            party = context.Process(target=_party.serve_connection, args=(shared, index, loop, theirs), daemon=True)
            party.start()
            theirs.close()
            connections.append(ours)
            parties.append(party)
        yield lambda request: _ask(request, connections, parties)
        for ours in connections:
            ours.send(None)
    except BaseException:
        for party in parties:
            party.kill()
        raise
    finally:
        for party in parties:
            party.join()
        for ours in connections:
            ours.close()


def _ask(request: Any, connections: list[Connection], parties: list[Any]) -> list[Any]:
    for ours in connections:
        ours.send(request)
    answers: dict[int, Any] = {}
    while len(answers) < len(parties):
        open_ones = [index for index in range(len(parties)) if index not in answers]
        connection.wait([*(connections[i] for i in open_ones), *(parties[i].sentinel for i in open_ones)])
        for index in open_ones:
            if connections[index].poll():
                try:
                    answers[index] = connections[index].recv()
                except EOFError:
                    raise _ended(index, parties[index]) from None
            elif not parties[index].is_alive():
                raise _ended(index, parties[index])
    return [answers[index] for index in range(len(parties))]


def _ended(index: int, party: Any) -> RuntimeError:
    party.join(1)
    code = party.exitcode
    how = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
    return RuntimeError(f"party {index} {how} in the middle of its cycles; the others may wait for it for ever.")
