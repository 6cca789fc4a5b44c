"""Self-scheduling in shared memory: workers claim items from a shared counter and write answers where they belong.

The memory begins with the counter, the index of the first item that nobody has claimed. Behind it every item has a
slot of the same width, so that a worker finds its place without knowing what the others do, and no two of them write
to the same bytes. Only the claim needs the lock. Loaded in worker processes.

Source of the claim sizes: C. D. Polychronopoulos and D. J. Kuck, Guided self-scheduling: a practical scheduling
scheme for parallel supercomputers, IEEE Transactions on Computers C-36(12), 1987.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from bench.contract.backend import Task


class NoRoom(OSError):
    """There is no memory for the answers. Nobody has begun to search: fewer items may fit."""


HEAD = 8  # bytes of the counter
# A claim takes 1 / (_SHARE * workers) of what is left. The paper's 1 / workers is too much where costs rise towards
# the end, as they do here; a larger share means more claims, a smaller one a longer wait for the last worker.
_SHARE = 2


def slot_width(task: Task, items: Sequence[Any]) -> int:
    """Return the bytes of a slot: those of the first item's result, which no later one exceeds (`primes.workload`)."""
    if not items:
        return 1
    width = getattr(task, "width", None)
    return width(items[0]) if width else 1  # without a width the results are bools


def clear(memory: memoryview, size_bytes: int) -> None:
    """Set the counter to 0 and empty the slots: answers of an earlier search must never pass for this one's."""
    memory[:size_bytes] = bytes(size_bytes)


def search(memory: memoryview, lock: Any, task: Task, items: Sequence[Any], chunksize: int | None, workers: int) -> int:
    """Claim and search until nothing is left; return how many items this worker has done.

    Args:
        memory: writable bytes, counter and slots.
        lock: guards the counter.
        task: as in a mapper.
        items: as in a mapper.
        chunksize: items per claim; None takes a part of what is left.
        workers: how many claim, for the size of that part.
    """
    width = slot_width(task, items)
    size, done = len(items), 0
    to_bytes = getattr(task, "to_bytes", None)
    acquire, release, part = lock.acquire, lock.release, _SHARE * workers
    with memory[:HEAD] as head, head.cast("q") as counter, memory[HEAD:] as slots:
        while True:
            # Whoever has the lock returns it within a microsecond, and to sleep until then takes several.
            acquire(False) or acquire(False) or acquire(False) or acquire(False) or acquire()
            first = counter[0]
            counter[0] = end = min(size, first + (chunksize or (size - first) // part or 1))
            release()
            if first >= size:
                return done
            done += end - first
            if to_bytes is None:
                for index in range(first, end):
                    slots[index] = task(items[index])
                continue
            for index in range(first, end):
                data = to_bytes(task(items[index]))
                slots[index * width : index * width + len(data)] = data


def read(memory: memoryview, task: Task, items: Sequence[Any]) -> list[Any]:
    """Return the results of all items in order, as objects that outlive the memory; TypeError for what is no bool."""
    if not hasattr(task, "width"):
        flags = memory[HEAD : HEAD + len(items)].tobytes()
        if others := flags.translate(None, b"\0\1"):
            raise TypeError(f"a result is the number {others[0]}, and not True or False.")
        return list(map(bool, flags))
    step = slot_width(task, items)
    data = memory[HEAD : HEAD + step * len(items)].tobytes()
    if hasattr(task, "from_slots"):
        found: list[Any] = task.from_slots(data)
        return found
    width, from_bytes = task.width, task.from_bytes  # type: ignore[attr-defined]
    return [from_bytes(data[at * step : at * step + width(item)]) for at, item in enumerate(items)]
