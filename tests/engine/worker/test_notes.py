"""What a worker notes of its items, by a clock that the test sets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.core.observation import Observation
from bench.engine.worker import notes
from bench.engine.worker.gathering import gathered
from bench.engine.worker.watch import Watch

MS = 1_000_000


class Clocks:
    """A monotonic clock, one of the thread's CPU time, and its delay in a file; a task moves them on."""

    def __init__(self, file: Path) -> None:
        self.now, self.cpu, self.delay = 1_000 * MS, 0, 0
        self.file = file
        self.file.write_text("0 0 0\n")

    def spend(self, wall: int, cpu: int, delay: int = 0) -> None:
        self.now, self.cpu = self.now + wall, self.cpu + cpu
        if delay:
            self.delay += delay
            self.file.write_text(f"{self.cpu} {self.delay} 1\n")


@pytest.fixture
def clocks(monkeypatch, tmp_path_factory):
    """Clocks that stand still unless a task spends time."""
    made = Clocks(tmp_path_factory.mktemp("proc") / "schedstat")
    monkeypatch.setattr(notes, "_schedstat", lambda _thread: os.open(made.file, os.O_RDONLY))
    monkeypatch.setattr(notes, "monotonic_ns", lambda: made.now)
    monkeypatch.setattr(notes, "thread_time_ns", lambda: made.cpu)
    return made


def seen(folder: Path, items: int) -> Observation:
    """Return what is gathered from the notes in a folder; zero is where the clock stood first."""
    watch = Watch(str(folder))
    watch.moments = {"called": 1_000 * MS, "answered": 2_000 * MS}
    watch.items = items
    return gathered(watch, 1, has_job=True)


def test_each_item_is_noted_with_its_time_and_cpu_time(tmp_path, clocks):
    """Items of 1 and 3 ms, of which 1 and 2 ms are CPU time, 4 ms apart."""
    own = notes.Notes(str(tmp_path), 0, forked=False)
    own.run_in_full(lambda _item: clocks.spend(MS, MS), 0, 999 * MS)
    clocks.spend(4 * MS, 0)
    own.run(lambda _item: clocks.spend(3 * MS, 2 * MS), 1)
    found = seen(tmp_path, 2)
    assert [(span.begin, span.end, span.cpu) for span in found.spans] == [(0.0, 0.001, 0.001), (0.005, 0.008, 0.002)]
    assert [span.received for span in found.spans] == [-0.001, None]
    (total,) = found.totals
    assert (total.first, total.last, total.items, total.messages) == (0.0, 0.008, 2, 1)
    assert total.inside == pytest.approx(0.004) and total.cpu == pytest.approx(0.003)
    assert (found.rate, found.lost, found.items) == (1.0, 0, 2)


def test_what_delayed_a_worker_before_its_first_item_is_not_that_items(tmp_path, clocks):
    """20 ms without a CPU until the first item, which then sleeps for 30 ms: none of them were taken from it."""
    own = notes.Notes(str(tmp_path), 0, forked=False)
    clocks.spend(20 * MS, 0, delay=20 * MS)
    own.run(lambda _item: clocks.spend(30 * MS, 0), 0)
    assert [0.0] == [span.delay for span in seen(tmp_path, 1).spans]


def test_many_items_are_sampled_evenly_and_the_longest_are_kept(tmp_path, clocks):
    """Of 10,000 items every 32nd is kept (512 rows do not hold 10,000 / 16), and one of 60 us."""
    own = notes.Notes(str(tmp_path), 0, forked=False)
    for item in range(10_000):
        own.run(lambda item: clocks.spend(*((60_000, 60_000) if item == 7_777 else (1_000, 1_000))), item)
    found = seen(tmp_path, 10_000)
    assert found.rate == 1 / 32
    even = [span for span in found.spans if span.end - span.begin < 2e-6]
    assert 10_000 // 32 <= len(even) <= 10_000 // 32 + 1 + notes.LONGEST
    assert sum(span.end - span.begin == pytest.approx(6e-5) for span in found.spans) == 1
    (total,) = found.totals
    assert (total.items, total.spans) == (10_000, 10_000)
    assert total.inside == pytest.approx(9_999e-6 + 60e-6)
    assert total.cpu == pytest.approx(total.inside)


def test_cpu_time_of_many_short_items_follows_from_those_that_are_read(tmp_path, clocks):
    """Half of each item is CPU time, although that is read of every 16th one only in the end."""
    own = notes.Notes(str(tmp_path), 0, forked=False)
    for item in range(6_000):
        own.run(lambda _item: clocks.spend(2_000, 1_000), item)
    (total,) = seen(tmp_path, 6_000).totals
    assert total.inside == pytest.approx(0.012)
    assert total.cpu == pytest.approx(0.006)


def test_of_time_off_the_cpu_only_delay_is_stolen(tmp_path, clocks):
    """Of 5 ms 2 in the run queue and 1 on the CPU, so 2 asleep; what passed in the run queue before does not count."""
    own = notes.Notes(str(tmp_path), 0, forked=False)
    own.run(lambda _item: clocks.spend(MS, MS), 0)
    clocks.spend(7 * MS, 0, 7 * MS)
    own.run(lambda _item: clocks.spend(5 * MS, MS, 2 * MS), 1)
    found = seen(tmp_path, 2)
    assert [(span.cpu, span.delay) for span in found.spans] == [(0.001, 0.0), (0.001, 0.002)]
    assert found.totals[0].delay == pytest.approx(0.002)


def test_a_short_item_that_is_kept_waiting_is_no_work(tmp_path, clocks):
    """Among 2,048 items of 1 us only some are read in full in the end; one that is not waits 3 ms for a CPU."""
    own = notes.Notes(str(tmp_path), 0, forked=False)
    for item in range(2_048):
        own.run(
            lambda item: clocks.spend(*((3 * MS, 1_000, 3 * MS - 1_000) if item == 2_047 else (1_000, 1_000))), item
        )
    (total,) = seen(tmp_path, 2_048).totals
    assert total.inside == pytest.approx(2_047e-6 + 3e-3)
    assert total.delay == pytest.approx(3e-3 - 1e-6)
    assert total.cpu == pytest.approx(2_048e-6)


def test_without_a_proc_delay_is_not_known(tmp_path, clocks, monkeypatch):
    """Of 5 ms 1 is CPU time; whether the others were stolen, nobody can say."""
    monkeypatch.setattr(notes, "_schedstat", lambda _thread: -1)
    notes.Notes(str(tmp_path), 0, forked=False).run(lambda _item: clocks.spend(5 * MS, MS), 0)
    found = seen(tmp_path, 1)
    assert [(span.cpu, span.delay) for span in found.spans] == [(0.001, None)]
    assert found.totals[0].delay is None
    assert found.why("spans.delay") == "no-proc"


def test_what_a_worker_was_given_and_did_not_note_is_lost(tmp_path, clocks):
    """One of three items was noted."""
    notes.Notes(str(tmp_path), 0, forked=False).run(lambda _item: clocks.spend(MS, MS), 0)
    assert seen(tmp_path, 3).lost == 2


def test_a_file_without_room_is_left_out(tmp_path):
    """Whoever could not make its file in full has left an empty one."""
    (tmp_path / "1-1").touch()
    assert seen(tmp_path, 1).totals == ()


def write(folder: Path, clocks: Clocks, born: list[int], items: int) -> None:
    """Let workers that were forked at these moments, one after the other, do so many items of 1 us each."""
    for worker, moment in enumerate(born):
        place = folder / str(worker)
        place.mkdir()
        clocks.now = max(clocks.now, moment)
        own = notes.Notes(str(place), moment, forked=True)
        own.view[notes.PROCESS] = 1  # another one than that of the test
        for item in range(items):
            own.run(lambda _item: clocks.spend(1_000, 1_000), item)
        os.close(own.file)
        (file,) = place.iterdir()
        file.rename(folder / f"{worker}-of-all")
        place.rmdir()


def test_a_record_has_at_most_2000_spans_of_many_workers(tmp_path, clocks):
    """40 workers of 500 items each are 20,000 spans; every 16th is kept, which are 1,250, and the longest."""
    write(tmp_path, clocks, [0] * 40, 500)
    found = seen(tmp_path, 20_000)
    assert found.rate == 1 / 16
    assert 20_000 // 16 <= len(found.spans) <= 2_000
    assert sum(total.items for total in found.totals) == 20_000


def test_of_more_workers_than_spans_are_kept_some_have_none(tmp_path, clocks):
    """1,001 workers of one item each: that of every second one is kept, and those of the first 125 as the longest."""
    write(tmp_path, clocks, [0] * 1_001, 1)
    found = seen(tmp_path, 1_001)
    assert (found.rate, found.lost) == (1 / 2, 0)
    assert {*range(125), *range(0, 1_001, 2)} == {span.worker for span in found.spans}


def test_a_worker_that_is_made_during_the_call_starts_up(tmp_path, clocks):
    """One stood when it was called; one that took its place was forked 50 ms later, and could work at once."""
    write(tmp_path, clocks, [900 * MS, 1_050 * MS], 1)
    assert [0.0, 0.05] == [total.ready for total in seen(tmp_path, 2).totals]
