"""The family of primitives: ways to wait for each other, each with a counter that only a real one keeps right."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from math import fsum
from multiprocessing.sharedctypes import RawArray, RawValue
from typing import TYPE_CHECKING, Any

from bench.core import axes, cpus
from bench.core.case import NONE, Case, Value
from bench.core.errors import UsageError, WrongAnswer
from bench.core.fairness import jain
from bench.core.family import Axis, Family, Missing, Trial, Unfit
from bench.families import _axes
from bench.families.primitives import _crew, _cycles, _proofs, _role

if TYPE_CHECKING:
    from bench.families.primitives._crew import Answer
    from bench.families.primitives._role import Primitive

MOST_PARTIES = 256  # keeps a typing slip from starting a fork bomb; each party of a handoff has its own primitive
MOST_HOLD_US = 1_000_000

PATTERNS = ("uncontended", "nested", "contended", "handoff")
_ALONE = ("uncontended", "nested")

# Cycles of one body: even, for events; enough that waking the parties up, about 0.1 ms, is a small part.
_CYCLES_ALONE = {"threading": 2_000, "multiprocessing": 2_000, "manager": 100}
_CYCLES_IN_STEP = {"threading": 2_000, "multiprocessing": 2_000, "manager": 200}
# A thread keeps the interpreter for 5 ms and a process its lock for many cycles: short races are won by whoever starts.
_CYCLES_OF_RACE = {"threading": 50_000, "multiprocessing": 50_000, "manager": 200}
_CONTROL_S = 0.5  # the control run grows until it ends wrong or has lasted so long: threads meet inside but rarely

AXES = (
    Axis(
        "parties",
        "Processes or threads that wait for each other.",
        lambda: max(2, cpus.usable_workers()),
        axes.numbers("parties", 1, MOST_PARTIES),
        "N,N-M",
    ),
    Axis(
        "pattern",
        "One party alone; one that already holds it; all at once; each in turn.",
        lambda: "contended",
        axes.choice("pattern", PATTERNS),
        "|".join(PATTERNS),
    ),
    Axis(
        "hold_us",
        "Microseconds of work inside.",
        lambda: 0,
        axes.numbers("microseconds", 0, MOST_HOLD_US),
        "N,N-M",
    ),
    _axes.START,
)


def missing(member: str) -> str | None:
    """Say why the primitive cannot run on this machine."""
    return _role.load(member).missing


def fit(member: str, params: dict[str, Value]) -> dict[str, Value]:
    """Return the params that this primitive really has.

    Raises:
        Missing: the primitive cannot run on this machine.
        Unfit: its kind has no such pattern; the message says why.
        UsageError: a single party cannot contend.
    """
    primitive = _role.load(member)
    if primitive.missing:
        raise Missing(primitive.missing)
    pattern = params["pattern"]
    if pattern == "nested" and not primitive.shape.re_enters:
        raise Unfit(f"{member} cannot be taken again by the party that holds it.")
    if pattern == "handoff" and not primitive.shape.hands_on:
        raise Unfit(
            f"{member} lets all parties go at once and has no turn to hand on."
            if primitive.kind == "barrier"
            else f"{member} is released only by the party that took it, so it cannot be handed on."
        )
    fitted = dict(params)
    if pattern in _ALONE:
        fitted |= {"parties": 1, "hold_us": NONE}
    elif int(params["parties"]) < 2:
        raise UsageError(
            f"{params['parties']} party has nobody to wait for; --pattern {pattern} needs --parties of at least 2."
        )
    if primitive.source == "threading" or (primitive.source == "multiprocessing" and pattern in _ALONE):
        fitted["start"] = NONE
    _axes.check_start(fitted["start"])
    return fitted


# --- from case to trial -------------------------------------------------------------------------------------------


@contextmanager
def prepare(case: Case) -> Iterator[Trial]:
    """Make the trial of a case: prove the primitive, start its parties, see that contention is real."""
    primitive = _role.load(case.member)
    start = None if case["start"] == NONE else str(case["start"])
    context: Any = multiprocessing.get_context(start)
    with context.Manager() if primitive.source == "manager" else nullcontext() as manager:
        source = {"threading": threading, "multiprocessing": context, "manager": manager}[primitive.source]
        _prove(primitive, source, context)
        if case["pattern"] in _ALONE:
            yield _alone(primitive, primitive.make(source, 1), str(case["pattern"]))
            return
        kit = _kit(primitive, source, case)
        start = None if primitive.source == "threading" else start
        with _crew.standing(kit, primitive.kind, str(case["pattern"]), start) as crew:
            yield _together(primitive, case, kit, crew)


def _prove(primitive: Primitive, source: Any, context: Any) -> None:
    # The textbook's condition has its line in a manager's list; threads need none.
    keeps_line = primitive.kind == "condition" and primitive.source == "multiprocessing"
    in_threads = primitive.source == "threading"
    with context.Manager() if keeps_line else nullcontext(source) as keeper:
        workshop = _proofs.Workshop(
            make=lambda number, **options: primitive.make(source, number, **options),
            event=source.Event,
            line=list if in_threads else getattr(keeper, "list", list),
            party=lambda run, *args: (threading.Thread if in_threads else context.Process)(
                target=run, args=args, daemon=True
            ),
        )
        _proofs.prove(primitive.kind, workshop)


def _alone(primitive: Primitive, guard: Any, pattern: str) -> Trial:
    loop = _cycles.take_again if pattern == "nested" else _cycles.ALONE[primitive.kind]
    cycles = _CYCLES_ALONE[primitive.source]

    def check(granted: int) -> None:
        if granted != cycles:
            raise WrongAnswer(f"{primitive.name} was granted {granted} times in {cycles} cycles.")

    return Trial(lambda: loop(guard, cycles), check, operations=cycles)


def _kit(primitive: Primitive, source: Any, case: Case) -> _cycles.Kit:
    parties = int(case["parties"])
    if case["pattern"] == "handoff":
        guards = [primitive.make(source, 1) for _ in range(parties)]
        if primitive.kind == "event":
            guards[0].set()
        elif primitive.kind != "condition":
            for guard in guards[1:]:
                guard.acquire()
    else:
        guards = [primitive.make(source, parties if primitive.kind == "barrier" else 1)]
        if primitive.kind == "event":
            guards += [primitive.make(source, 1) for _ in range(parties)]
    # A Value is its own counter: that is what it is for.
    counter = guards[0] if primitive.kind == "value-lock" else RawValue("q", 0)
    arrays = (RawArray("q", parties), RawArray("q", parties), RawArray("q", parties))
    return _cycles.Kit(guards, counter, arrays, int(case["hold_us"]) / 1e6)


def _together(primitive: Primitive, case: Case, kit: _cycles.Kit, crew: _crew.Crew) -> Trial:
    contended = case["pattern"] == "contended"
    races = contended and primitive.shape.races
    cycles = _cycles_of(primitive, races, kit.parties)
    # An event's and a condition's parties take one step on either side of a cycle.
    steps = cycles * (2 if contended and primitive.kind in ("event", "condition") else 1)
    competitors = slice(1, None) if primitive.kind == "condition" else slice(None)  # a condition's party 0 serves
    fairness: list[float] = []

    def run(manner: str) -> tuple[list[Answer], int]:
        return crew(manner, cycles), kit.counter.value

    def check(answer: tuple[list[Answer], int]) -> None:
        answers, counter = answer
        if counter != steps:
            raise WrongAnswer(f"the counter that {primitive.name} guards ended at {counter}, not at {steps}.")
        shares = [mine for mine, _ in answers[competitors]]
        if races and sum(shares) != cycles:
            raise WrongAnswer(f"{sum(shares)} cycles were done under {primitive.name} where there were {cycles}.")
        if races and len(shares) > 1:
            fairness.append(jain(shares))

    watched = run(_cycles.WATCHED)
    check(watched)
    fairness.clear()
    facts: dict[str, Value] = {"primitives_contention_real": int(_contention_is_real(kit, crew, steps))}
    if contended:
        facts["primitives_longest_wait_s"] = max(longest_s for _, longest_s in watched[0])

    def tell() -> dict[str, Value]:
        return facts | ({"primitives_jain": fsum(fairness) / len(fairness)} if fairness else {})

    return Trial(lambda: run(_cycles.BARE), check, operations=cycles, facts=tell)


def _contention_is_real(kit: _cycles.Kit, crew: _crew.Crew, steps: int) -> bool:
    """Say whether the count can end wrong when nobody waits for anybody."""
    end = time.monotonic() + _CONTROL_S
    while True:
        crew(_cycles.ABSENT, steps)
        if kit.counter.value != steps:
            return True
        if time.monotonic() > end:
            return False
        steps *= 4


def _cycles_of(primitive: Primitive, races: bool, parties: int) -> int:
    guards_counter_alone = races and primitive.kind != "condition"
    cycles = (_CYCLES_OF_RACE if guards_counter_alone else _CYCLES_IN_STEP)[primitive.source]
    return max(cycles // (2 * parties), 1) * 2 * parties  # the same number of turns for each party, and an even one


FAMILY = Family(
    name="primitives",
    noun="primitive",
    summary="ways to wait for each other",
    axes=AXES,
    fit=fit,
    prepare=prepare,
    missing=missing,
)
