"""What was seen of a body, and how it is written down."""

import json
from dataclasses import replace

import pytest

from bench.core.observation import Observation, Sample, Span, Unseen, WorkerTotal

SEEN = Observation(
    workers=2,
    whole=True,
    ready=0.010,
    called=0.011,
    answered=0.095,
    gone=0.1,
    totals=(
        WorkerTotal(0, 0.009, 0.012, 0.09, 0.07, 0.06, 0.01, 3, 3, 3, 0),
        WorkerTotal(1, None, None, None, 0.0, 0.0, None, 0, 0, 0, 1),
    ),
    spans=(
        Span(0, 0.012, 0.03, 0.018, 0.0, 1, 0.0115),
        Span(0, 0.03, 0.031, 0.001, None, 1, None),
    ),
    rate=0.5,
    lost=0,
    items=3,
    bytes_out=120,
    cpu_s=0.15,
    memory_bytes=50_000_000,
    processes=3,
    samples=(Sample(0.01, 0.002, 40_000_000), Sample(0.02, None, None)),
    missing=(Unseen("bytes_back", "not-pickled"),),
)


def test_what_is_written_as_json_is_read_back_to_the_nanosecond() -> None:
    """Every attribute survives, absent ones included."""
    assert Observation.from_json(json.loads(json.dumps(SEEN.to_json()))) == SEEN


def test_an_observation_of_nothing_survives() -> None:
    """A body that could not be observed has no rows."""
    nothing = Observation(2, whole=False, missing=(Unseen("spans", "crashed"),))
    assert Observation.from_json(nothing.to_json()) == nothing


def test_a_column_that_is_too_short_is_refused() -> None:
    """A damaged file leads to an error, and not to fewer spans."""
    told = SEEN.to_json()
    told["spans"]["end"] = "1"
    with pytest.raises(ValueError, match="shorter"):
        Observation.from_json(told)


def test_cpu_is_the_share_of_what_the_workers_could_have_used() -> None:
    """0.15 CPU seconds of 2 workers in 0.1 s are three quarters."""
    assert SEEN.cpu_ratio == pytest.approx(0.75)


def test_of_a_short_body_no_share_of_the_cpus_is_told() -> None:
    """In 5 ms, looking at the processes takes as much as they use; from 10 ms on the share is told."""
    short, long = (replace(SEEN, gone=SEEN.begun + seconds) for seconds in (0.005, 0.0101))
    assert (short.cpu_ratio, short.why("cpu_ratio")) == (None, "too-short")
    assert long.cpu_ratio is not None
    assert long.why("cpu_ratio") is None


def test_wall_time_is_that_of_the_timed_part() -> None:
    """Whole: from begun to gone. Else from called to answered: 95 - 11 ms."""
    assert SEEN.wall_s == pytest.approx(0.1)
    part = Observation(2, whole=False, called=0.011, answered=0.095, gone=0.1)
    assert part.wall_s == pytest.approx(0.084)


def test_why_something_is_missing_is_told_by_its_name() -> None:
    """What is there has no reason."""
    assert SEEN.why("bytes_back") == "not-pickled"
    assert SEEN.why("cpu_s") is None
