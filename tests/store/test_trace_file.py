"""Traces for Perfetto and Chrome, read back by the rules of the Trace Event Format."""

from __future__ import annotations

import json
from itertools import groupby

import pytest

from bench.core.errors import OutputFailed
from bench.core.observation import Sample
from bench.store import trace_file
from tests.support.observations import back_to_back, observation

SAMPLES = (Sample(0.0, 0.0, 2**20), Sample(0.5, 0.75, 3 * 2**20), Sample(1.0, 1.25, None))
BODY = observation(
    back_to_back(0.2, [0.1] * 5, gap=0.01),
    back_to_back(0.25, [0.2] * 2),
    called=0.2,
    answered=0.9,
    whole=True,
    begun=0.0,
    ready=0.15,
    gone=1.0,
    samples=SAMPLES,
)


@pytest.fixture
def events(tmp_path):
    """The events of two cases, as a reader finds them in the file."""
    trace_file.write(tmp_path / "out.json", {"pool workers=2": BODY, "executor": BODY})
    return json.loads((tmp_path / "out.json").read_text())["traceEvents"]


REQUIRED = {
    "M": {"name", "ph", "pid", "args"},
    "X": {"name", "ph", "pid", "tid", "ts", "dur"},
    "C": {"name", "ph", "pid", "ts", "args"},
    "i": {"name", "ph", "pid", "tid", "ts", "s"},
}
"""Phase -> fields that the format asks for ("Event Descriptions": metadata, complete, counter and instant events)."""


def test_every_event_has_what_its_phase_asks_for(events):
    """Known phases with their fields; ids are whole numbers, times are numbers and not below 0."""
    for event in events:
        assert event.keys() >= REQUIRED[event["ph"]]
        assert isinstance(event["pid"], int) and isinstance(event.get("tid", 0), int)
        assert all(isinstance(event[name], int | float) and event[name] >= 0 for name in ("ts", "dur") if name in event)
        if event["ph"] == "C":
            assert all(isinstance(value, int | float) for value in event["args"].values())
        if event["ph"] == "i":
            assert event["s"] in {"g", "p", "t"}


def test_each_worker_and_the_parent_have_a_named_lane(events):
    """Two cases are two processes with three named threads each."""
    names = {(event["pid"], event["tid"]): event["args"]["name"] for event in events if event["name"] == "thread_name"}
    assert ["parent", "worker 0", "worker 1"] * 2 == [names[place] for place in sorted(names)]
    processes = [event["args"]["name"] for event in events if event["name"] == "process_name"]
    assert ["pool workers=2", "executor"] == processes


def test_events_of_a_lane_do_not_cross(events):
    """Complete events of one thread follow each other; the format lets them nest, and nothing else."""
    complete = sorted(
        (event for event in events if event["ph"] == "X"), key=lambda event: (event["pid"], event["tid"], event["ts"])
    )
    for _, lane in groupby(complete, key=lambda event: (event["pid"], event["tid"])):
        ends = 0.0
        for event in lane:
            assert event["ts"] >= ends - 0.002  # times are rounded to nanoseconds
            ends = event["ts"] + event["dur"]


def test_times_are_microseconds_from_the_beginning(events):
    """The first item of worker 0 begins after 0.21 s and takes 0.1 s; the parent makes workers for 0.15 s."""
    lane = [event for event in events if event["ph"] == "X" and (event["pid"], event["tid"]) == (1, 1)]
    assert (5, 210_000, 100_000) == (len(lane), lane[0]["ts"], pytest.approx(lane[0]["dur"]))
    making = next(event for event in events if event["name"] == "making workers")
    assert (0, 150_000) == (making["ts"], making["dur"])


def test_counters_tell_memory_and_cpus(events):
    """0.75 CPU seconds in the first half second are 1.5 CPUs, 0.5 in the second 1.0; memory is known twice."""
    counters = [
        (event["name"], event["ts"], event["args"]) for event in events if event["ph"] == "C" and event["pid"] == 1
    ]
    assert [("CPUs in use", 0, {"CPUs": 1.5}), ("CPUs in use", 500_000, {"CPUs": 1.0})] == counters[2:]
    assert [2**20, 3 * 2**20] == [args["bytes"] for name, _, args in counters if name == "memory"]


def test_a_trace_that_cannot_be_written_is_one_line(tmp_path):
    """Where there is no folder there is no trace, and no part of one."""
    with pytest.raises(OutputFailed, match="cannot be written"):
        trace_file.write(tmp_path / "missing" / "out.json", {"pool": BODY})
