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

from bench.families.primitives import _cycles

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from bench.families.primitives._cycles import Kit

Answer = tuple[int, float]  # own cycles, longest wait in seconds
Crew = Callable[[str, int], list[Answer]]  # (how to use the guards, cycles) -> one answer per party


@contextmanager
def standing(kit: Kit, kind: str, pattern: str, start: str | None) -> Iterator[Crew]:
    """Start the parties, as processes with the start method or, without one, as threads.

    The yielded function makes them run once and returns their answers. It raises `RuntimeError` when a party ends or
    fails; leaving with an error kills the others, since they may wait for that one for ever.
    """
    with (_threads if start is None else partial(_processes, start=start))(kit, kind, pattern) as ask:
        runs = 0

        def crew(manner: str, cycles: int) -> list[Answer]:
            nonlocal runs
            runs += 1
            kit.counter.value = 0
            kit.wishes[:] = kit.flags[:] = [0] * kit.parties
            kit.flags[0] = 1 if pattern == "handoff" else 0
            answers = ask((runs, manner, cycles))
            failed = next((index for index, answer in enumerate(answers) if isinstance(answer, str)), None)
            if failed is not None:
                raise RuntimeError(f"party {failed} failed: {answers[failed]}")
            return answers

        yield crew


@contextmanager
def _threads(kit: Kit, kind: str, pattern: str) -> Iterator[Callable[[Any], list[Any]]]:
    requests: list[SimpleQueue[Any]] = [SimpleQueue() for _ in range(kit.parties)]
    answers: list[SimpleQueue[Any]] = [SimpleQueue() for _ in range(kit.parties)]
    parties = [
        # A daemon, because a thread that waits for ever cannot be ended otherwise.
        threading.Thread(
            target=_cycles.serve, args=(kit, i, kind, pattern, requests[i].get, answers[i].put), daemon=True
        )
        for i in range(kit.parties)
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
def _processes(kit: Kit, kind: str, pattern: str, start: str) -> Iterator[Callable[[Any], list[Any]]]:
    context: Any = multiprocessing.get_context(start)
    connections: list[Connection] = []
    parties = []
    try:
        for index in range(kit.parties):
            ours, theirs = context.Pipe()
            # A daemon, so that it ends with this process even if that forgets it.
            party = context.Process(
                target=_cycles.serve_connection, args=(kit, index, kind, pattern, theirs), daemon=True
            )
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
