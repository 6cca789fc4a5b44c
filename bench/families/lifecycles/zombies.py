"""Children that have ended and that nobody has waited for: how many are defunct, before and after a cure.

The scene plays in a process of its own, the parent, so that it ends like a program ends. Its children are held back
until all of them are started, because starting a process reaps those that have ended before.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from typing import Any

    from bench.core.case import Value
    from bench.families.lifecycles._role import Order

TAKES = {"cure"}


class Answer:
    """What a scene shows.

    Attributes:
        children: how many there were.
        before: how many were defunct when all had ended.
        after: how many were defunct after the cure, while their parent lived.
        left: how many were still there, defunct or not, when their parent had ended.
        reap_s: seconds that the cure took.
    """

    __slots__ = ("after", "before", "children", "left", "reap_s")

    def __init__(self, children: int, before: int, after: int, left: int, reap_s: float) -> None:
        """Keep the counts."""
        self.children, self.before, self.after, self.left, self.reap_s = children, before, after, left, reap_s


# cure -> (are there zombies before it, are there any after it). A daemon is ended with its parent, which says nothing
# about being waited for: as long as the parent lives, it is as defunct as any other child.
OUTCOMES = {
    "none": (True, True),
    "join": (True, False),
    "active-children": (True, False),
    "context-manager": (False, False),
    "daemon": (True, True),
    "sigchld-ignored": (False, False),
}


def missing() -> str | None:
    """Say why defunct processes cannot be counted here."""
    if not os.path.exists(f"/proc/{os.getpid()}/stat"):
        return "defunct processes are counted in /proc, which this system does not have."
    return None


def refuse(order: Order) -> str | None:
    """Say why there can be no zombies."""
    if order.start == "forkserver":
        return (
            "the fork server is the parent of the processes that it starts, and reaps them at once; only --start fork "
            "and spawn leave any."
        )
    return None


def live(order: Order) -> Answer:
    """Play the scene and count what is left when the parent has ended."""
    ours, theirs = order.context.Pipe(duplex=False)
    parent = order.context.Process(target=play, args=(theirs, order.start, order.workers, order.cure))  # type: ignore[attr-defined]
    parent.start()
    theirs.close()
    try:
        pids, before, after, reap_s = ours.recv()
    except EOFError:
        parent.join()
        raise RuntimeError(f"the parent ended with exit code {parent.exitcode} in the middle of its scene.") from None
    finally:
        ours.close()
    parent.join()
    left = sum(state(pid) is not None for pid in pids)
    return Answer(len(pids), before, after, left, reap_s)


def check(order: Order, answer: Answer) -> None:
    """Raise `WrongAnswer` unless each count is that of its cure."""
    from bench.core.errors import WrongAnswer

    before, after = (order.workers if there_are else 0 for there_are in OUTCOMES[order.cure])
    told = (answer.children, answer.before, answer.after, answer.left)
    if told != (order.workers, before, after, 0):
        raise WrongAnswer(
            f"of {answer.children} children {answer.before} were defunct, {answer.after} after the cure {order.cure} "
            f"and {answer.left} were left by their parent; expected were {before}, {after} and 0 of {order.workers}."
        )


def facts(answer: Answer) -> dict[str, Value]:
    """Tell the counts, and what the cure cost."""
    return {
        "lifecycles_defunct": answer.before,
        "lifecycles_defunct_after": answer.after,
        "lifecycles_reap_s": answer.reap_s,
    }


# --- in the parent ------------------------------------------------------------------------------------------------


def play(connection: Connection, start: str, children: int, cure: str) -> None:
    """Have children, let them end, apply the cure and tell (pids, defunct before it, defunct after it, seconds)."""
    import multiprocessing

    context = multiprocessing.get_context(start)
    if cure == "sigchld-ignored":
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if cure == "context-manager":
        connection.send(_in_context_manager(context, children))
        return
    held_back = context.Event()
    family = [context.Process(target=end, args=(held_back,), daemon=cure == "daemon") for _ in range(children)]  # type: ignore[attr-defined]
    for child in family:
        child.start()
    held_back.set()
    pids = [child.pid for child in family]
    for pid in pids:
        _wait_and_let_lie(pid)
    cures: dict[str, Callable[[], Any]] = {
        "join": lambda: [child.join() for child in family],
        "active-children": multiprocessing.active_children,
    }
    connection.send((pids, *_before_and_after(pids, cures.get(cure, lambda: None))))


def _in_context_manager(context: Any, children: int) -> tuple[list[int], int, int, float]:
    import multiprocessing

    with context.Pool(children) as pool:
        pids = [child.pid or 0 for child in multiprocessing.active_children()]
        pool.map(abs, range(children), 1)
        return (pids, *_before_and_after(pids, lambda: pool.__exit__(None, None, None)))


def _before_and_after(pids: list[int], cure: Callable[[], Any]) -> tuple[int, int, float]:
    from time import perf_counter

    before = defunct(pids)
    start = perf_counter()
    cure()
    reap_s = perf_counter() - start
    return before, defunct(pids), reap_s


def _wait_and_let_lie(pid: int) -> None:
    """Wait until a child has ended without reaping it; one that the system has reaped by itself is gone."""
    with suppress(ChildProcessError):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def end(held_back: Any) -> None:
    """Be a child: wait for the others to be started, and end."""
    held_back.wait()


def defunct(pids: list[int]) -> int:
    """Return how many of the processes have ended and were not waited for."""
    return sum(state(pid) == "Z" for pid in pids)


def state(pid: int) -> str | None:
    """Return the state of a process as one letter, or None when there is none; see proc(5), /proc/pid/stat."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name of the program comes before the state, in parentheses, and may hold any character itself.
    return text.rpartition(b")")[2].split()[0].decode()
