"""What families add below their tables, from times that follow known laws."""

from __future__ import annotations

import pytest

from bench.core import catalog
from bench.core.case import Case
from bench.reports.doubts import with_doubts
from bench.reports.insight import PACKAGE, insight_of
from bench.samples.rows import rows_of
from tests.support.records import record


def lifecycle(member, tasks, batches):
    """Return a case of the lifecycles."""
    return Case.of("lifecycles", member, {"workers": 2, "start": "fork", "tasks": tasks, "batches": batches})


def channel(member, size, **params):
    """Return a case of the channels."""
    place = {"size": size, "pattern": "pingpong", "codec": "raw", "content": "bytes", "placement": "free"}
    return Case.of("channels", member, place | params)


def found(made, family):
    """Return what the family's insight finds in a record."""
    return insight_of(family, made, rows_of(made))


def test_each_insight_is_of_a_family():
    """Each file in the folder is named after a family, else nobody would ever read it."""
    assert set(catalog.names(PACKAGE)) <= set(catalog.families("bench.families"))


def test_a_family_without_a_file_adds_nothing():
    """Primitives have no insight, and that is no error."""
    made = record({Case.of("primitives", "lock", {"parties": 2}): 1e-6})
    assert ((), (), {}) == (
        found(made, "primitives").tables,
        found(made, "primitives").notes,
        found(made, "primitives").data,
    )


def test_break_even_of_known_costs():
    """A pool of 10 ms and 0.1 ms per task beats a process of 1 ms per task from the twelfth on (they meet at 11.1)."""
    times = {lifecycle("pool-reused", tasks, 1): 0.010 + 0.0001 * tasks for tasks in (4, 16, 64)}
    times |= {lifecycle("process-per-task", tasks, 1): 0.001 * tasks for tasks in (4, 16, 64)}
    (entry,) = found(record(times), "lifecycles").data["break_even"]
    assert ("pool-reused", "process-per-task", 12) == (entry["reused"], entry["renewed"], entry["pays_from"])
    assert "task" == entry["per"]
    assert entry["fixed_s"] == pytest.approx(0.010)


def test_times_per_batch_count_for_all_batches():
    """Four batches at 20.8 ms in all against 10 ms each: they meet at 10 / 9.2 batches, so that two pay."""
    times = {lifecycle("pool-reused", 8, batches): (0.010 + 0.0008 * batches) / batches for batches in (1, 4)}
    times |= {lifecycle("pool-per-batch", 8, batches): 0.010 for batches in (1, 4)}
    (entry,) = found(record(times), "lifecycles").data["break_even"]
    assert entry["fixed_s"] == pytest.approx(0.010)
    assert ("batch of 8", 2) == (entry["per"], entry["pays_from"])


def test_a_single_batch_is_no_reuse():
    """In one batch, a pool that could be reused and one that is not do the same, however their times scatter."""
    times = {lifecycle("pool-reused", 8, batches): (0.002 + 0.001 * batches) / batches for batches in (1, 4)}
    times |= {lifecycle("pool-per-batch", 8, batches): 0.010 for batches in (1, 4)}
    (entry,) = found(record(times), "lifecycles").data["break_even"]
    assert 2 == entry["pays_from"]


def test_batches_of_different_sizes_are_counted_apart():
    """A line over batches is of batches of one size, with an entry for each."""
    times = {}
    for tasks in (4, 16):
        for batches in (1, 4):
            times[lifecycle("pool-reused", tasks, batches)] = (0.010 + 0.0001 * tasks * batches) / batches
            times[lifecycle("pool-per-batch", tasks, batches)] = 0.010 + 0.0001 * tasks
    entries = found(record(times), "lifecycles").data["break_even"]
    assert ["batch of 4", "batch of 16"] == [entry["per"] for entry in entries]
    assert [0.0104, 0.0116] == [pytest.approx(entry["renewed_each_s"]) for entry in entries]


def test_one_number_of_tasks_makes_no_break_even():
    """A line needs two points; with one there is no table."""
    made = record({lifecycle("pool-reused", 8, 1): 0.01, lifecycle("process-per-task", 8, 1): 0.01})
    assert () == found(made, "lifecycles").tables


def test_crossing_of_known_lines():
    """A pipe of 5 us + 1 ns/B and shared memory of 15 us + 0.1 ns/B meet at 11,112 bytes."""
    sizes = (64, 4096, 16384, 65536, 2**20)
    times = {channel("pipe", size): 5e-6 + 1e-9 * size for size in sizes}
    times |= {channel("shared-memory", size): 15e-6 + 1e-10 * size for size in sizes}
    result = found(record(times), "channels")
    assert "shared-memory is cheaper than pipe from messages of about 11,000 bytes on." in result.notes
    fits = {entry["member"]: entry["lines"] for entry in result.data["transfer"]}
    assert fits["shared-memory"][0]["alpha_s"] == pytest.approx(15e-6)
    assert fits["pipe"][0]["beta_s_per_byte"] == pytest.approx(1e-9)


def test_a_pipe_breaks_at_16_kib():
    """A second write above 16 KiB is a second line: 3 us more for each message there."""
    sizes = (64, 4096, 16384, 16385, 65536, 2**20)
    times = {channel("pipe", size): 5e-6 + (3e-6 if size > 16384 else 0) + 1e-9 * size for size in sizes}
    (entry,) = found(record(times), "channels").data["transfer"]
    below, above = entry["lines"]
    assert (16384, 16385) == (below["high_bytes"], above["low_bytes"])
    assert above["alpha_s"] - below["alpha_s"] == pytest.approx(3e-6)


def test_settings_are_kept_apart():
    """Patterns are different experiments: each has its own fit, and the table says which."""
    times = {
        channel("pipe", size, pattern=p): 1e-6 + 1e-9 * size for size in (64, 4096) for p in ("pingpong", "stream")
    }
    tables = found(record(times), "channels").tables
    assert ["pingpong", "stream"] == [
        word for table in tables for word in ("pingpong", "stream") if word in table.title
    ]


def doubtful(made, family):
    """Return what the insight finds in a record whose rows carry their doubts."""
    return insight_of(family, made, with_doubts(made, rows_of(made)))


def test_no_break_even_from_times_in_doubt():
    """The same costs, but one size was measured by processes half the time apart: nothing pays from a number."""
    times = {lifecycle("pool-reused", tasks, 1): 0.010 + 0.0001 * tasks for tasks in (4, 16, 64)}
    times |= {lifecycle("process-per-task", tasks, 1): 0.001 * tasks for tasks in (4, 16, 64)}
    times[lifecycle("pool-reused", 64, 1)] = [0.008, 0.024]
    (entry,) = doubtful(record(times), "lifecycles").data["break_even"]
    assert (None, True) == (entry["pays_from"], entry["doubtful"])
    assert "in doubt" == doubtful(record(times), "lifecycles").tables[0].texts[0][-1]


def test_no_crossing_from_times_in_doubt():
    """A pipe whose times are far apart is fitted, but no size is named from which shared memory is cheaper."""
    times = {channel("pipe", size): 20e-6 + size * 1e-9 for size in (64, 4096, 65536, 1048576)}
    times |= {channel("shared-memory", size): 30e-6 + size * 0.5e-9 for size in (64, 4096, 65536, 1048576)}
    assert "is cheaper than pipe from" in doubtful(record(times), "channels").notes[0]
    times[channel("pipe", 64)] = [10e-6, 30e-6]
    (note,) = doubtful(record(times), "channels").notes
    assert "is not said: some of their times are in doubt" in note


def test_no_line_from_times_in_doubt():
    """5 us a message and 1 ns a byte at three sizes; a fourth, whose processes lie apart, does not bend the line."""
    sizes = (64, 1024, 4096)
    times = {channel("socket-pair", size): 5e-6 + size * 1e-9 for size in sizes}
    times[channel("socket-pair", 16384)] = [50e-6, 500e-6]
    result = doubtful(record(times), "channels")
    (line,) = result.data["transfer"][0]["lines"]
    assert (5e-6, 1e-9, 4096) == pytest.approx((line["alpha_s"], line["beta_s_per_byte"], line["high_bytes"]))
    assert "in doubt and left out: 16384 B" in str(result.tables[0].rows[0][0])
    assert 4 == len(result.charts[0].series[0].marks)


def test_a_channel_whose_times_are_all_in_doubt_has_no_line():
    """It is drawn, hollow, and nothing is said of it."""
    result = doubtful(record({channel("pipe", size): [1e-6, 5e-6] for size in (64, 4096)}), "channels")
    assert () == result.tables
    assert all(mark.doubtful for mark in result.charts[0].series[0].marks)
