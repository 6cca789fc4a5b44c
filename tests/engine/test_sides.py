"""From what a user names to an interpreter that measures with the right source, and nothing left of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import bench
from bench.analysis.paired import TURNS
from bench.core.case import Case
from bench.core.cpus import allowed_cpus
from bench.core.errors import UsageError
from bench.core.plan import Effort
from bench.core.record import Result
from bench.core.version import VERSION
from bench.core.visit import Visit
from bench.engine import interleaved, sides, slowed
from bench.engine.launch import launch
from bench.store import suite

SOURCE = Path(bench.__file__).parent.parent
CPUS = allowed_cpus()


def git(folder, *words):
    """Run git in a folder, as somebody."""
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    done = subprocess.run(["git", "-C", folder, *identity, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def copy(folder):
    """Copy this project's source into a folder."""
    for name in sides.PACKAGES:
        shutil.copytree(SOURCE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))


def set_version(folder, text):
    """Give the source in a folder another version."""
    (folder / "bench/core/version.py").write_text(f'"""The version."""\n\nVERSION = "{text}"\n')


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A small repository with three commits: 9.1 (tag old), 9.2, and one without the packages on a branch."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    copy(folder)
    for text in ("9.1", "9.2"):
        set_version(folder, text)
        git(folder, "add", "bench", "primes")
        git(folder, "commit", "--quiet", "--message", text)
    git(folder, "tag", "old", "HEAD~1")
    git(folder, "checkout", "--quiet", "--orphan", "bare")
    git(folder, "rm", "--quiet", "-rf", ".")
    (folder / "notes").write_text("nothing")
    git(folder, "add", "notes")
    git(folder, "commit", "--quiet", "--message", "notes")
    git(folder, "checkout", "--quiet", "main")
    return folder


@pytest.fixture
def inside(repository, monkeypatch):
    """Work inside the repository."""
    monkeypatch.chdir(repository)
    return repository


def test_refs_measure_with_the_source_of_their_commit(inside):
    """A tag and HEAD are two versions of primebench at once, each imported from its own unpacked commit."""
    with sides.workshop() as shop:
        old, new = sides.build("old", shop), sides.build("HEAD", shop)
        assert ("9.1", "9.2") == (old.version, new.version)
        assert git(inside, "rev-parse", "old") == old.commit
        assert Path(old.source).is_relative_to(shop.resolve()) and Path(new.source).is_relative_to(shop.resolve())
        assert old.source != new.source


SMALL = Case.of(
    "backends",
    "serial",
    {"kernel": "trial-division", "workload": "0:100", "workers": 1, "answer": "flags"}
    | dict.fromkeys(("start", "task", "chunksize", "phase", "pin", "tasks_per_child"), "none"),
)


def test_two_refs_measure_in_turns(inside):
    """Sides of two commits run a real case together: verified, in turns, with what others used beside them."""
    effort = Effort(rounds=1, values=3, warmups=1, min_time_s=0.001, timeout_s=60)
    with sides.workshop() as shop:
        both = {"base": sides.build("old", shop), "head": sides.build("HEAD", shop)}
        visits = {name: Visit(SMALL, effort, CPUS, 1, both[name]) for name in ("head", "base")}
        found = interleaved.measure(visits)
        for (name, outcome), expected in zip(found, ("head", "base"), strict=True):
            assert expected == name
            assert isinstance(outcome, Result), outcome
            (process,) = outcome.processes
            assert 3 == len(process.values)
            assert both[name].python == process.metadata["python_executable"]
            assert process.metadata["primebench_others_cpus"] >= 0
            assert 1 == process.metadata[TURNS]
            # Alone on a CPU of its own each would measure that CPU as well.
            assert str(CPUS[0]) == process.metadata["cpu_affinity"]
        assert inside == Path.cwd()


def test_a_ref_can_rehearse(inside):
    """A side alone runs a case without waiting for a turn, and finds out how often to loop."""
    effort = Effort(rounds=1, values=1, warmups=0, min_time_s=0.001, timeout_s=60)
    with sides.workshop() as shop:
        outcome = launch(Visit(SMALL, effort, CPUS, None, sides.build("old", shop)))
    assert isinstance(outcome, Result), outcome
    assert outcome.loops >= 1


def test_builds_of_a_side_share_a_record(inside):
    """Times of two builds of a side make one case of a record, and tell the source that each was measured with."""
    effort = Effort(rounds=1, values=1, warmups=0, min_time_s=0.001, timeout_s=60)
    with sides.workshop() as shop:
        first = sides.build("old", shop)
        second = sides.again(first, shop)
        found = [launch(Visit(SMALL, effort, CPUS[:1], 1, side)) for side in (first, second)]
    both = found[0].joined(found[1])
    assert 1 == len(suite.to_suite([both]).get_benchmarks())
    told = {process.metadata["primebench_source_folder"] for process in both.processes}
    assert {first.source, second.source} == told


def test_nothing_is_left_of_a_ref(inside):
    """After the workshop has closed, its folder is gone, and the repository has no worktree and no change."""
    with sides.workshop() as shop:
        sides.build("old", shop)
    assert not shop.exists()
    assert 1 == len(git(inside, "worktree", "list").splitlines())
    assert "" == git(inside, "status", "--porcelain", "--untracked-files=no")


def test_nothing_is_left_after_an_interrupt(inside):
    """Ctrl-C while sides are there removes them as well."""
    seen = []

    def interrupted():
        with sides.workshop() as shop:
            seen.append(sides.build("HEAD", shop).folder)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [False] == [folder.exists() for folder in seen]


def test_refs_can_be_named_from_a_subfolder(inside, monkeypatch):
    """The current folder may be any folder of the repository."""
    monkeypatch.chdir(inside / "bench" / "core")
    with sides.workshop() as shop:
        assert "9.2" == sides.build("main", shop).version


def asked(side, code):
    """Return what a side's Python prints."""
    done = subprocess.run([side.python, "-c", code], cwd=side.folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_folder_is_measured_as_it_lay_there(tmp_path):
    """A source folder needs no repository, what is changed in it counts without a commit, and later changes do not."""
    copy(tmp_path)
    set_version(tmp_path, "9.9+dirty")
    (tmp_path / "mykernel.py").write_text("def is_prime(n):\n    return n == 2\n")
    with sides.workshop() as shop:
        side = sides.build(str(tmp_path), shop)
        set_version(tmp_path, "10")
        assert ("9.9+dirty", None) == (side.version, side.commit)
        assert "9.9+dirty" == asked(side, "from bench.core.version import VERSION; print(VERSION)")
        assert str(tmp_path / "mykernel.py") == asked(side, "import mykernel; print(mykernel.__file__)")


def test_a_side_can_be_built_again(tmp_path):
    """Each build imports the same source from a place of its own; a program of the user's stays what it is."""
    copy(tmp_path)
    set_version(tmp_path, "9.9")
    (tmp_path / "bench" / "core").chmod(0o500)
    try:
        with sides.workshop() as shop:
            first = sides.build(str(tmp_path), shop)
            builds = [first, sides.again(first, shop), sides.again(first, shop)]
            places = [asked(side, "import bench.core.version as v; print(v.VERSION, v.__file__)") for side in builds]
            assert [f"9.9 {side.source}/bench/core/version.py" for side in builds] == places
            assert 3 == len(set(places)) == len({side.python for side in builds})
            ours = sides.running(shop)
            assert ours == sides.again(ours, shop)
        assert not shop.exists()
    finally:
        (tmp_path / "bench" / "core").chmod(0o700)


def test_this_interpreter_is_a_side():
    """The running Python measures with the primebench that it has."""
    with sides.workshop() as shop:
        side = sides.build(sys.executable, shop)
        assert (sys.executable, VERSION) == (side.python, side.version)


def test_the_running_primebench_is_a_side(tmp_path):
    """Whatever else is installed, the control is measured with the very source that runs right now."""
    with sides.workshop() as shop:
        side = sides.running(shop)
        assert (SOURCE.resolve(), sys.executable) == (Path(side.source).resolve(), side.python)


def test_another_installation_is_a_side(tmp_path):
    """The Python of an environment with another primebench in it measures with that one, wherever we are."""
    with sides.workshop() as shop:
        copy(tmp_path)
        set_version(tmp_path, "8.8")
        made = sides.from_source("made", tmp_path, shop)
        side = sides.build(made.python, shop)
        assert ("8.8", made.python) == (side.version, side.python)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("no-such-ref", "no-such-ref is not a commit of this repository"),
        ("--upload-pack=x", "is no git ref"),
        ("bare", "holds no bench/ and primes/ to measure"),
        ("bench", "bench is a folder without bench/ and primes/"),
    ],
)
def test_what_is_no_side_is_refused_in_one_line(inside, label, said):
    """A ref that does not exist, a commit or folder without the packages: one line that names it."""
    with sides.workshop() as shop, pytest.raises(UsageError) as refused:
        sides.build(label, shop)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_outside_of_a_repository_a_ref_says_so(tmp_path, monkeypatch):
    """HEAD in a folder without a repository tells that there is none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with sides.workshop() as shop, pytest.raises(UsageError, match="in no git repository"):
        sides.build("HEAD", shop)


def test_what_git_says_is_passed_on(inside, monkeypatch):
    """A repository of somebody else's is there, and git says why it is not read: that is told, not "no repository"."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own tests pretend so
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    with sides.workshop() as shop, pytest.raises(UsageError, match="HEAD: git cannot read .* dubious ownership"):
        sides.build("HEAD", shop)


def test_an_environment_without_primebench_is_refused(tmp_path):
    """A Python without primebench: one line with the program, the reason and the command that installs it."""
    venv.EnvBuilder(symlinks=True, with_pip=False).create(tmp_path / "bare")
    python = str(tmp_path / "bare" / "bin" / "python")
    with sides.workshop() as shop, pytest.raises(UsageError) as refused:
        sides.build(python, shop)
    assert f"{python} has no primebench that can run" in str(refused.value)
    assert "No module named 'bench'" in str(refused.value)
    assert f"{python} -m pip install primebench" in str(refused.value)


def test_a_source_that_something_else_hides_is_refused(inside, tmp_path, monkeypatch):
    """With another bench first on PYTHONPATH a side would measure the wrong source, so it is refused."""
    copy(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with sides.workshop() as shop, pytest.raises(UsageError, match="unset PYTHONPATH"):
        sides.build("HEAD", shop)


def test_uncommitted_changes_are_told(inside):
    """HEAD and main do not hold what is not committed, which is said; a tag of an older commit is no such trap."""
    file = inside / "primes" / "flags.py"
    before = file.read_text()
    assert sides.uncommitted("HEAD") is None
    file.write_text(before + "\n# changed\n")
    try:
        assert "without the uncommitted changes to 1 file;" in (sides.uncommitted("HEAD") or "")
        assert "name the folder ." in (sides.uncommitted("main") or "")
        assert sides.uncommitted("old") is None
        assert sides.uncommitted(".") is None
    finally:
        file.write_text(before)


# --- the slowed side of a selftest --------------------------------------------------------------------------------

_COUNT_CALLS = """
import json
from primes.kernels import trial_division as kernel
from primes import flags as packed, tasks
calls = 0
plain = kernel.is_prime
def counted(n):
    global calls
    calls += 1
    return plain(n)
if hasattr(kernel, "flags"):
    from primes.kernels import _slowed
    kernel.flags = _slowed.flags(counted, PERCENT)
else:
    kernel.is_prime = counted
found = b"".join(tasks.ChunkFlags("trial-division")((lo, lo + 3000)) for lo in range(0, 60000, 3000))
print(json.dumps([calls, found.hex(), hasattr(kernel, "flags"), tasks.ChunkCount("trial-division")((0, 60000))]))
"""


def test_the_slowed_side_does_five_percent_more_of_the_same_work():
    """Over 60,000 numbers in 20 chunks the slowed kernel decides 63,000, and the answers are the same."""
    with sides.workshop() as shop:
        found = slowed.build(shop, {"trial-division"}, 5)
        assert ["base", "same", "slow-5"] == list(found)
        told = {}
        for name, side in found.items():
            code = _COUNT_CALLS.replace("PERCENT", "5")
            done = subprocess.run(
                [side.python, "-c", code], cwd=side.folder, capture_output=True, text=True, check=True
            )
            told[name] = json.loads(done.stdout)
    assert [60_000, 60_000, 63_000] == [calls for calls, *_ in told.values()]
    assert [False, False, True] == [patched for *_, patched, _ in told.values()]
    assert 1 == len({answer for _, answer, *_ in told.values()})
    assert {6057} == {count for *_, count in told.values()}  # pi(60000), OEIS A000720


@pytest.mark.parametrize("percent", [1, 2.5, 5, 7, 30, 100])
def test_the_extra_work_is_so_many_percent_however_a_range_is_cut(percent):
    """The numbers decided again are the asked share within one block, the same for one chunk as for many."""
    from primes.kernels._slowed import BLOCK, again

    whole = list(again(0, 90_000, percent))
    pieces = [n for lo in range(0, 90_000, 700) for n in again(lo, min(lo + 700, 90_000), percent)]
    assert whole == pieces
    assert abs(len(whole) - 90_000 * percent / 100) <= BLOCK


@pytest.mark.parametrize("name", ["sieve", "no.such.kernel"])
def test_kernels_that_find_in_bulk_are_not_slowed(name):
    """The work of a sieve grows in no known proportion, and somebody's own kernel is not ours to copy."""
    with pytest.raises(UsageError, match="cannot be slowed by a known amount"):
        slowed.check_kernels([name])
