"""How many CPUs this process may really use."""

from __future__ import annotations

import os
import sys

import pytest

from bench.core.cpus import CpuCounts, allowed_cpus, cgroup_quota, chosen, count_cpus, usable_workers


def tree(root, files):
    """Write files under ``root``: path -> text."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


V2 = {"sys/fs/cgroup/cgroup.controllers": "cpu memory\n"}
V1 = {"sys/fs/cgroup/cpu,cpuacct/tasks": "1\n"}


@pytest.mark.parametrize(
    ("files", "quota"),
    [
        ({}, None),
        (V2 | {"proc/self/cgroup": "0::/\n"}, None),
        (V2 | {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"}, None),
        (V2 | {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "250000 100000\n"}, 2.5),
        (V2 | {"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "50000 100000\n"}, 0.5),
    ],
    ids=["no cgroups", "no file", "no limit", "a fraction", "its own group"],
)
def test_version_2(tmp_path, files, quota):
    """The quota is cpu.max's first number divided by its second; "max" and no file are no limit."""
    assert quota == cgroup_quota(tree(tmp_path, files))


@pytest.mark.parametrize(("outer", "inner"), [(150000, 300000), (300000, 150000)])
def test_nested_version_2(tmp_path, outer, inner):
    """A limit holds for all inner groups, so the tightest on the way to the root wins, wherever it is."""
    files = {
        "proc/self/cgroup": "0::/system.slice/job.scope\n",
        "sys/fs/cgroup/system.slice/cpu.max": f"{outer} 100000\n",
        "sys/fs/cgroup/system.slice/job.scope/cpu.max": f"{inner} 100000\n",
        "sys/fs/cgroup/neighbour/cpu.max": "1000 100000\n",
    }
    assert cgroup_quota(tree(tmp_path, V2 | files)) == 1.5


def test_version_1(tmp_path):
    """In version 1 the quota and the period are two files of the controller's own hierarchy; -1 is no limit."""
    files = {
        "proc/self/cgroup": "12:memory:/docker/x\n5:cpu,cpuacct:/docker/x\n",
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        "sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us": "75000\n",
        "sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us": "50000\n",
        "sys/fs/cgroup/memory/docker/x/cpu.cfs_quota_us": "1\n",
        "sys/fs/cgroup/memory/docker/x/cpu.cfs_period_us": "100000\n",
    }
    assert cgroup_quota(tree(tmp_path, V1 | files)) == 1.5


def test_version_1_seen_from_inside_a_container(tmp_path):
    """A container sees its own group mounted at the top, while /proc still names the path on the host."""
    files = {
        "proc/self/cgroup": "5:cpu,cpuacct:/docker/abc\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    }
    assert cgroup_quota(tree(tmp_path, files)) == 2.0


def test_hybrid(tmp_path):
    """With both versions mounted, the tighter one wins."""
    files = {
        "proc/self/cgroup": "5:cpu,cpuacct:/\n0::/user.slice\n",
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "400000\n",
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        "sys/fs/cgroup/unified/cgroup.controllers": "cpu\n",
        "sys/fs/cgroup/unified/user.slice/cpu.max": "125000 100000\n",
    }
    assert cgroup_quota(tree(tmp_path, V1 | files)) == 1.25


@pytest.mark.parametrize("text", ["", "garbage\n", "100000\n", "0 100000\n", "1 0\n", "-5 100000\n", "\xff\n"])
def test_nonsense_is_no_limit(tmp_path, text):
    """A file that cannot be understood restricts nobody and breaks nothing."""
    files = V2 | {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": text}
    assert cgroup_quota(tree(tmp_path, files)) is None


@pytest.mark.parametrize("text", ["garbage\n", "1:cpu\n", "::\n"])
def test_nonsense_in_the_list_of_groups(tmp_path, text):
    """A line of /proc/self/cgroup that has not three fields, or that names no group, is passed over."""
    assert cgroup_quota(tree(tmp_path, V2 | {"proc/self/cgroup": text})) is None


@pytest.mark.parametrize(
    ("counts", "usable"),
    [
        (CpuCounts(64, 64, None, None), 64),
        (CpuCounts(64, 8, None, None), 8),
        (CpuCounts(64, 8, 2.5, None), 2.5),
        (CpuCounts(64, 8, 2.5, 1), 1),
        (CpuCounts(2, 2, 16.0, 8), 2),
    ],
)
def test_the_smallest_wins(counts, usable):
    """Usable is the smallest of what hardware, affinity, control groups and Python allow."""
    assert usable == counts.usable


@pytest.mark.parametrize(("said", "count"), [("3", 3), ("default", None), ("many", None), ("0", None), ("-1", None)])
def test_what_python_is_told(monkeypatch, tmp_path, said, count):
    """PYTHON_CPU_COUNT counts when it is a number above zero."""
    monkeypatch.setattr(sys, "_xoptions", {})
    monkeypatch.setenv("PYTHON_CPU_COUNT", said)
    assert count == count_cpus(root=tmp_path).python


def test_the_option_wins_over_the_variable(monkeypatch, tmp_path):
    """``-X cpu_count`` overrides PYTHON_CPU_COUNT, as in Python itself (What's New In Python 3.13)."""
    monkeypatch.setattr(sys, "_xoptions", {"cpu_count": "2"})
    monkeypatch.setenv("PYTHON_CPU_COUNT", "7")
    assert count_cpus(root=tmp_path).python == 2


def test_a_run_may_use_fewer(tmp_path):
    """The affinity that a run is given takes the place of this process's own."""
    assert count_cpus(affinity=1, root=tmp_path).usable == 1


def test_workers_are_whole(monkeypatch):
    """Half a CPU still gives one worker, two and a half give two."""
    for quota, workers in ((0.5, 1), (2.5, 2)):
        monkeypatch.setattr("bench.core.cpus.count_cpus", lambda _affinity, quota=quota: CpuCounts(8, 8, quota, None))
        assert workers == usable_workers()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no affinity")
def test_affinity_is_seen():
    """A process that may run on one CPU only knows it."""
    before = os.sched_getaffinity(0)
    one = min(before)
    try:
        os.sched_setaffinity(0, {one})
        assert (one,) == allowed_cpus()
        assert count_cpus().affinity == 1
    finally:
        os.sched_setaffinity(0, before)


def test_chosen_cpus_are_the_only_ones(monkeypatch):
    """Inside, only the chosen CPUs count; behind it, all that are usable do again."""
    monkeypatch.delenv("PYTHON_CPU_COUNT", raising=False)
    before = usable_workers()
    with chosen([0]):
        assert 1 == usable_workers()
    assert before == usable_workers()
