"""The family of primitives: ways to wait for each other, each with a counter that only a real one keeps right."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
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
from bench.families.primitives import _parties, _party, _role
from bench.families.primitives._cycles import Number, Shared
from bench.families.primitives._proof import Proof

if TYPE_CHECKING:
    from bench.families.primitives._parties import Answer, Run
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
_CONTROL_WORK_S = 0.05  # of work in it, before it has: a busy machine may let so long a time pass with next to none
_STEP_S = 2e-7  # what a step takes at least, beside what is done inside

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
        "Who waits for whom: one party alone; one that already holds it; all at once; each in turn.",
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
    if pattern == "nested" and not primitive.kind.nested:
        raise Unfit(f"{member} cannot be taken again by the party that holds it.")
    if pattern == "handoff" and not primitive.kind.handoff:
        raise Unfit(f"{member} {primitive.kind.no_handoff}.")
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
        primitive.kind.prove(_proof_of(primitive, source, context))
        if case["pattern"] in _ALONE:
            yield _alone(primitive, primitive.make(source, 1), str(case["pattern"]))
            return
        shared = _shared(primitive, source, case)
        handoff = case["pattern"] == "handoff"
        loop = primitive.kind.handoff if handoff else primitive.kind.contended
        assert loop
        start = None if primitive.source == "threading" else start
        with _parties.started(shared, loop, start, first_turn=handoff) as run:
            yield _together(primitive, case, shared, run)


def _proof_of(primitive: Primitive, source: Any, context: Any) -> Proof:
    """Return what the primitive is proven with."""
    party = threading.Thread if primitive.source == "threading" else context.Process

    @contextmanager
    def lists() -> Iterator[Callable[[], Any]]:
        """Open what makes shared lists: threads have plain ones, a manager's server has its own."""
        if primitive.source == "threading":
            yield list
            return
        with context.Manager() if primitive.source == "multiprocessing" else nullcontext(source) as manager:
            yield manager.list

    return Proof(
        make=lambda number, **options: primitive.make(source, number, **options),
        event=source.Event,
        lists=lists,
        party=lambda run, *args: party(target=run, args=args, daemon=True),
    )


def _alone(primitive: Primitive, made: Any, pattern: str) -> Trial:
    loop = primitive.kind.nested if pattern == "nested" else primitive.kind.alone
    assert loop
    cycles = _CYCLES_ALONE[primitive.source]

    def check(granted: int) -> None:
        if granted != cycles:
            raise WrongAnswer(f"{primitive.name} was granted {granted} times in {cycles} cycles.")

    return Trial(lambda: loop(made, cycles), check, operations=cycles)


def _shared(primitive: Primitive, source: Any, case: Case) -> Shared:
    parties, kind = int(case["parties"]), primitive.kind
    made = kind.handoff_primitives if case["pattern"] == "handoff" else kind.contended_primitives
    primitives = made(lambda number: primitive.make(source, number), parties)
    plain = primitive.source == "threading"
    counter = primitives[0] if kind.counts else Number() if plain else RawValue("q", 0)
    arrays = (RawArray("q", parties), RawArray("q", parties), RawArray("q", parties))
    return Shared(primitives, counter, arrays, int(case["hold_us"]) / 1e6)


def _together(primitive: Primitive, case: Case, shared: Shared, run: Run) -> Trial:
    contended = case["pattern"] == "contended"
    races, leads = contended and primitive.kind.races, contended and primitive.kind.leads
    cycles = _cycles_of(primitive, races and not leads, shared.parties)
    steps = cycles * (2 if leads else 1)
    competitors = slice(1 if leads else 0, None)
    fairness: list[float] = []

    def count(mode: str) -> tuple[list[Answer], int]:
        return run(mode, cycles), shared.counter.value

    def check(answer: tuple[list[Answer], int]) -> None:
        answers, counter = answer
        if counter != steps:
            raise WrongAnswer(f"the counter that {primitive.name} guards ended at {counter}, not at {steps}.")
        shares = [mine for mine, _ in answers[competitors]]
        if races and sum(shares) != cycles:
            raise WrongAnswer(f"{sum(shares)} cycles were done under {primitive.name} where there were {cycles}.")
        if races and len(shares) > 1:
            fairness.append(jain(shares))

    timed = count(_party.TIMED)
    check(timed)
    fairness.clear()
    facts: dict[str, Value] = {"primitives_contention_real": int(_contention_is_real(shared, run, steps))}
    if contended:
        facts["primitives_longest_wait_s"] = max(longest_s for _, longest_s in timed[0])

    def tell() -> dict[str, Value]:
        return facts | ({"primitives_jain": fsum(fairness) / len(fairness)} if fairness else {})

    return Trial(lambda: count(_party.PLAIN), check, operations=cycles, facts=tell)


def _contention_is_real(shared: Shared, run: Run, steps: int) -> bool:
    """Say whether the count can end wrong when nobody waits for anybody."""
    end = time.monotonic() + _CONTROL_S
    while True:
        run(_party.UNGUARDED, steps)
        if shared.counter.value != steps:
            return True
        if time.monotonic() > end and steps * (shared.hold_s + _STEP_S) > _CONTROL_WORK_S:
            return False
        steps *= 4


def _cycles_of(primitive: Primitive, free: bool, parties: int) -> int:
    """Return how many cycles a run has; ``free`` says that parties race, and nobody leads them."""
    cycles = (_CYCLES_OF_RACE if free else _CYCLES_IN_STEP)[primitive.source]
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
