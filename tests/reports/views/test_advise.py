"""The view of what is advised."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bench.reports.views.advise import advise
from bench.samples.advice import Advice, Option
from bench.samples.explained import explained
from tests.support.observations import back_to_back, observation
from tests.support.records import backend, record

if TYPE_CHECKING:
    from bench.core.observation import Observation

POOL = backend("pool", 2)
TINY = back_to_back(0, [3e-6] * 1000, gap=28e-6)


def advice(speedup: float = 2.0, low: float = 1.9, high: float = 2.1, **more: Any) -> Advice:
    """Return advice to use a pool."""
    told: dict[str, Any] = {
        "ties": (), "simplest": "", "count": 1000, "serial_s": 1.0, "chunksize_range": None, "serial_below": None,
        "predicted_s": None, "measured_s": 0.5, "of_ceiling": None, "snippet": "x = 1\n", "call": "x = 1",
        "limit": None, "cases": 2,
    }  # fmt: skip
    return Advice(Option(POOL, 10, speedup, low, high), **told | more)


def notes(body: Observation) -> str:
    """Return what is said of a choice of which this body was observed."""
    made = replace(record({POOL: 1.0}), observations={POOL.id: body})
    return " ".join(advise(advice(explained=explained(made)[0][0])).notes)


def test_ties_that_differ_in_the_start_method_alone_are_told_apart() -> None:
    """The same pool, made by fork and by spawn."""
    ties = (Option(backend("pool", 2, start="spawn"), 10, 2.0, 1.9, 2.1),)
    assert "pool (2 workers, chunksize 10, spawn)" in " ".join(advise(advice(ties=ties)).notes)


def test_what_was_observed_of_a_part_says_nothing_of_the_whole() -> None:
    """Half of the part's time is the making of workers; of the whole job the model knows better what holds it back."""
    body = observation([(0.5, 1.0)], called=0.5, whole=True, begun=0.0, gone=1.0)
    made = replace(record({POOL: 1.0}), observations={POOL.id: body})
    told = advise(advice(explained=explained(made)[0][0], part=20, limit="cpus"))
    assert "goes into making" not in " ".join(told.notes)
    assert "by the model, is the CPUs" in " ".join(told.notes)


def test_what_a_part_takes_is_told_of_the_part() -> None:
    """A job of twenty times the items may take more memory."""
    body = replace(observation([(0.5, 1.0)], called=0.5, whole=True, begun=0.0, gone=1.0), memory_bytes=2**24)
    made = replace(record({POOL: 1.0}), observations={POOL.id: body})
    seen = explained(made)[0][0]
    assert "The part that was measured took up to 16 MiB" in " ".join(advise(advice(explained=seen, part=20)).notes)
    assert "It takes up to 16 MiB" in " ".join(advise(advice(explained=seen)).notes)


def test_chunk_size_that_was_measured_of_a_part_is_told() -> None:
    """The code has the size for the whole job, and the speed-up is that of another one."""
    told = replace(advice(part=20), choice=Option(backend("pool", 2, chunksize=3), 60, 2.0, 1.9, 2.1))
    assert "Measured was one of 20 items, with 3 per message;" in " ".join(advise(told).notes)
    told = replace(told, choice=replace(told.choice, chunksize=3))
    assert "Measured was one of 20 items;" in " ".join(advise(told).notes)


def test_without_an_answer_nothing_ties_with_itself() -> None:
    """The headline names the pool, so that the plain loop is what it cannot be told from, and whose time is told."""
    loop = Option(backend("serial", 1), None, 1.0, 1.0, 1.0)
    pool = Option(POOL, 10, 0.9, 0.8, 1.1)
    told = advise(replace(advice(answered=False), choice=loop, ties=(pool,)))
    assert "pool with 2 workers" in told.heading[0]
    assert "does not tell it from: the plain loop." in " ".join(told.notes)
    assert "easured 500 ms (the plain loop)." in " ".join(told.notes)


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.88, ", 88 % of what"), (1.02, ", all of what"), (1.2, "2.1)."), (None, "2.1).")],
)
def test_more_than_all_is_told_of_nothing(share: float | None, said: str) -> None:
    """A little more than the ceiling is noise; much more shows that it is no ceiling of this job."""
    assert said in advise(advice(of_ceiling=share)).heading[0]


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((1.04, 1.02, 1.06), "1.04 times the plain loop (1.02 .. 1.06)."),
        ((1.25, 1.13, 1.38), "1.25 times the plain loop (1.13 .. 1.38)."),
        ((1.83, 1.79, 1.86), "1.8 times the plain loop (1.8 .. 1.9)."),
    ],
)
def test_what_is_close_to_one_is_told_from_it(numbers: tuple[float, float, float], said: str) -> None:
    """Below 1.2 a decimal more says whether it is faster at all."""
    assert advise(advice(*numbers)).heading[0].endswith(said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(observation(TINY, TINY), "passes between items: an item takes 3.00 µs", id="between"),
        pytest.param(observation([(0, 0.8)], back_to_back(0, [0.01] * 16)), "is waiting at the end", id="waiting"),
        pytest.param(
            observation([(0.5, 1.0)], called=0.5, whole=True, begun=0.0, gone=1.0), "goes into making", id="startup"
        ),
        pytest.param(
            observation([(0, 0.5)], answered=0.5, whole=True, gone=1.0), "goes into ending workers", id="teardown"
        ),
        pytest.param(observation([(0, 1, 0.1)], [(0, 1, 0.1)]), "is blocked inside items", id="blocked"),
        pytest.param(
            observation(*[[(0, 1, 0.1, 0.9)]] * 20), "is stolen: an item takes 1.00 s", id="stolen by own workers"
        ),
    ],
)
def test_what_was_raced_for_is_not_asked_for_again(body: Observation, said: str) -> None:
    """Backend, workers and chunk size were chosen just now: what costs most is told, and no option named."""
    found = notes(body)
    assert said in found
    for word in ("--chunksize", "--phase", "Use ", "Keep ", "chunks", "more workers"):
        assert word not in found


def test_what_others_do_is_left_to_the_user() -> None:
    """No backend helps against other programs on the CPUs."""
    assert "Other programs have the CPUs" in notes(observation([(0, 1, 0.5, 0.5)], [(0, 1, 0.5, 0.5)]))


def test_what_the_model_says_is_marked() -> None:
    """How many items are too few was not measured."""
    said = advise(advice(serial_below=40)).notes
    assert "Not worth it below 40 items (40.0 ms of work), by the model: the plain loop is faster." in said


@pytest.mark.parametrize("answered", [True, False])
def test_programs_are_told_whether_it_is_an_answer(*, answered: bool) -> None:
    """The choice is there either way."""
    data = advise(advice(answered=answered)).data
    assert (answered, "pool") == (data["answered"], data["choice"]["backend"])
