"""Code to paste for workers that claim items from a shared counter and write results into slots of shared memory."""

from __future__ import annotations

from struct import calcsize
from typing import TYPE_CHECKING

from bench.families.backends._setups import first

if TYPE_CHECKING:
    from bench.contract.backend import Crew

# What `struct` would turn into something else without a word, in the letters of other results an error.
_CHECKS = {
    letter: f"""\
            if {wrong}:
                raise TypeError(f"a result is {{result!r}}; there is room for {kind}")
"""
    for letter, wrong, kind in (
        ("?", "result not in (True, False)", "True and False"),
        ("d", "not isinstance(result, float)", "floats"),
    )
}
_SHARE = 2  # as in `_claims`: a claim takes 1 / (_SHARE * workers) of what is left


def definition(
    crew: Crew,
    function: str,
    chunksize: int | None,
    slot: str,
    memory: str,
    setup: str,
    opened: str = "",
    closed: str = "",
) -> str:
    """Return the lines of the function that workers carry out, ``work(memory, counter, done, items)``.

    Args:
        crew: the workers.
        function: what is called with an item.
        chunksize: items per claim; None takes a part of what is left.
        slot: letters of `struct` that a result takes.
        memory: the name of the writable bytes.
        setup: what each worker calls first; empty for none.
        opened: a line before the first claim.
        closed: a line behind the last one.
    """
    left = f"(len(items) - first) // {_SHARE * crew.workers}"
    size = f"max(1, {left})" if chunksize is None else str(chunksize)
    write = _write(slot, memory)
    return f"""\
def work(memory, counter, done, items):
{first(setup)}\
{_line(opened)}\
    while True:
        with counter.get_lock():
            first = counter.value
            counter.value = end = min(len(items), first + {size})
        if first == end:
            break
        for at, result in enumerate(map({function}, items[first:end]), first):
{write}
{_line(closed)}\
    done.release()
"""


def run(crew: Crew, memory: str, items: str) -> str:
    """Return the lines that make the workers and wait for them; an error in one is raised here."""
    return f"""\
counter, done = context.Value("q"), context.Semaphore(0)
order = ({memory}, counter, done, {items})
workers = [context.Process(target=work, args=order, daemon=True) for _ in range({crew.workers})]
{WAIT}"""


WAIT = """\
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
if not all(done.acquire(block=False) for worker in workers):
    raise RuntimeError("a worker has failed")
"""
"""Lines that have ``workers`` work and end; each that has finished has released ``done``."""


def size_bytes(slot: str, items: str) -> str:
    """Return the expression for how many bytes all slots take."""
    return f"{calcsize(f'<{slot}')} * len({items})"


def results(slot: str, memory: str) -> str:
    """Return the expression for the list of the results in some bytes."""
    if slot.endswith("s"):
        return f'[data[:size] for size, data in iter_unpack("<{slot}", {memory})]'
    return f'[result for (result,) in iter_unpack("<{slot}", {memory})]'


def _write(slot: str, memory: str) -> str:
    place = f'pack_into("<{slot}", {memory}, {calcsize(f"<{slot}")} * at'
    if not slot.endswith("s"):
        return f"{_CHECKS.get(slot, '')}            {place}, result)"
    most = slot.strip("Is")
    return f"""\
            if len(result) > {most}:
                raise ValueError(f"a result has {{len(result)}} bytes; there is room for {most}")
            {place}, len(result), result)"""


def _line(text: str) -> str:
    return f"    {text}\n" if text else ""
