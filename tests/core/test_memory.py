"""How much memory there is, and how much is held."""

from __future__ import annotations

from bench.core import memory


def test_the_least_of_all_memory_limits_counts(tmp_path):
    """What the kernel calls available and what the control group leaves are both looked at."""
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 9000 kB\nMemAvailable: 8000 kB\n")
    assert memory.available_bytes(tmp_path) == 8000 * 1024
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("max\n")
    (group / "memory.current").write_text("1000\n")
    assert memory.available_bytes(tmp_path) == 8000 * 1024
    (group / "memory.max").write_text("5000\n")
    assert memory.available_bytes(tmp_path) == 4000


def test_what_a_process_holds_grows_with_what_it_keeps():
    """64 MiB that are written make at least 60 MiB more."""
    before = memory.resident_bytes()
    kept = b"x" * 2**26
    assert before is None or memory.resident_bytes() - before > 60 * 2**20
    del kept


def test_where_nothing_says_how_much_is_held(tmp_path):
    """Without /proc there is no number."""
    assert memory.resident_bytes(tmp_path) is None
