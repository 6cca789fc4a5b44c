"""Running a program in a session of its own, and leaving nothing of it behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

from bench.engine import session

SHM = Path("/dev/shm")
DEADLINE_S = 20.0  # far above what any of these programs takes
NOBODY = (1 << 22) + 1 + os.getpid()  # a number above all that Linux gives, and not that of another run of these tests


@pytest.fixture(autouse=True)
def short_grace(monkeypatch):
    """Give orphans less time to end by themselves, to spare ours."""
    monkeypatch.setattr(session, "_GRACE_S", 0.4)


def run(tmp_path, program, timeout_s=DEADLINE_S, on_start=lambda _pid: None, env=None):
    """Run a Python program in a session; return how it ended and what it printed."""
    ending = session.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        env={**os.environ, **(env or {})},
        stdout=tmp_path / "out",
        stderr=tmp_path / "err",
        timeout_s=timeout_s,
        on_start=on_start,
    )
    return ending, (tmp_path / "out").read_text()


def said(tmp_path):
    """Return what waits until a program that has begun in `run` has printed a line."""

    def wait(_pid):
        while not (tmp_path / "out").read_text().endswith("\n"):
            time.sleep(0.01)

    return wait


def gone(pid):
    """Say whether no process has this number any more."""
    return not psutil.pid_exists(pid)


ORPHAN = """
    import os, signal, sys, time
    said, say = os.pipe()
    if os.fork() == 0:
        {prelude}
        print(os.getpid(), flush=True)
        os.write(say, b".")
        time.sleep(600)
    os.read(said, 1)
    sys.exit({code})
"""


@pytest.mark.parametrize("code", [0, 1, 77])
def test_exit_code(tmp_path, code):
    """The leader's exit code comes back, and nothing else when nothing else happened."""
    ending, out = run(tmp_path, f"import sys; print('said'); sys.exit({code})")
    assert ending == session.Ending(code, (), ())
    assert out == "said\n"


def test_a_signal_is_a_negative_code(tmp_path):
    """A leader that was killed is told by the number of the signal."""
    ending, _ = run(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert ending.code == -signal.SIGKILL


def test_the_environment_is_what_was_given(tmp_path):
    """The program sees the environment it was handed."""
    _, out = run(tmp_path, "import os; print(os.environ['COLOUR'])", env={"COLOUR": "red"})
    assert out == "red\n"


def test_a_session_of_its_own(tmp_path):
    """The program leads a new session, so that no signal from our terminal reaches it and all of it can be found."""
    _, out = run(tmp_path, "import os; print(os.getpid() == os.getsid(0) == os.getpgid(0))")
    assert out == "True\n"


@pytest.mark.parametrize("stubborn", ["", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"], ids=["polite", "stubborn"])
def test_the_deadline_ends_the_whole_session(tmp_path, stubborn):
    """A program that hangs has no exit code, and its children end with it, also those that ignore SIGTERM."""
    program = f"""
        import os, signal, time
        {stubborn}
        child = os.fork()
        if child:
            print(os.getpid(), child, flush=True)
        time.sleep(600)
    """
    ending, out = run(tmp_path, program, timeout_s=0.5, on_start=said(tmp_path))
    assert ending.code is None
    assert ending.survivors == ()
    assert 2 == len(out.split())
    assert all(gone(int(pid)) for pid in out.split())


def test_a_stopped_program_is_ended(tmp_path):
    """A program that stopped itself cannot handle SIGTERM; it is ended all the same."""
    program = "import os, signal; print(os.getpid(), flush=True); os.kill(0, signal.SIGSTOP)"
    ending, out = run(tmp_path, program, timeout_s=0.5, on_start=said(tmp_path))
    assert ending.code is None
    assert gone(int(out))


@pytest.mark.skipif(not SHM.is_dir(), reason="this system shows no shared memory as files")
def test_a_tracker_is_ended_last(tmp_path):
    """A program that will not end is killed, and its resource tracker removes the semaphore of a lock, then."""
    program = (
        "import multiprocessing, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "lock = multiprocessing.get_context('spawn').Lock(); print(lock._semlock.name, flush=True); time.sleep(60)"
    )
    ending, out = run(tmp_path, program, timeout_s=1.0, on_start=said(tmp_path))
    assert ending.code is None
    assert out.startswith("/")
    assert not (SHM / f"sem.{out.strip().removeprefix('/')}").exists()


@pytest.mark.parametrize("code", [0, 3])
def test_a_survivor_is_told_and_ended(tmp_path, code):
    """A child that outlives its parent is named, whatever the exit code, and ended."""
    ending, out = run(tmp_path, ORPHAN.format(prelude="pass", code=code))
    assert ending.code == code
    assert len(ending.survivors) == 1
    assert re.fullmatch(r"python\S* \((sleeping|running|disk-sleep)\)", ending.survivors[0])
    assert gone(int(out))


def test_a_survivor_may_clean_up(tmp_path, monkeypatch):
    """SIGTERM comes before the signal that nobody survives: a helper that was left behind can put things in order."""
    monkeypatch.setattr(session, "_TERM_S", DEADLINE_S)
    tidy = "signal.signal(signal.SIGTERM, lambda *_: (print('tidied up', flush=True), os._exit(0)))"
    ending, out = run(tmp_path, ORPHAN.format(prelude=tidy, code=0))
    assert len(ending.survivors) == 1
    assert out.endswith("tidied up\n")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans to whoever asks for them")
@pytest.mark.parametrize("prelude", ["os.setsid()", "os.setsid(); os.fork() and os._exit(0)"], ids=["leader", "daemon"])
def test_leaving_the_session_is_no_way_out(tmp_path, prelude):
    """An orphan that began a session of its own, as daemons do, is found, told and ended."""
    ending, out = run(tmp_path, ORPHAN.format(prelude=prelude, code=0))
    assert len(ending.survivors) == 1
    assert all(gone(int(pid)) for pid in out.split())


def test_helpers_may_take_a_moment(tmp_path, monkeypatch):
    """A child that ends by itself shortly after the leader is no survivor."""
    monkeypatch.setattr(session, "_GRACE_S", DEADLINE_S)
    ending, _ = run(tmp_path, "import os, time; os.fork() or (time.sleep(0.1), os._exit(0))")
    assert ending == session.Ending(0, (), ())


def test_an_orphaned_zombie_is_reaped(tmp_path):
    """A child that ended and that nobody waited for does not stay in the process table."""
    program = """
        import os, time
        child = os.fork()
        if not child:
            os._exit(0)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        print(child)
    """
    ending, out = run(tmp_path, program)
    assert ending == session.Ending(0, (), ())
    assert gone(int(out))


def test_a_zombie_of_a_survivor_is_seen(tmp_path):
    """A zombie whose parent lives on is told beside its parent."""
    program = """
        import os, time
        said, say = os.pipe()
        if os.fork() == 0:
            child = os.fork() or os._exit(0)
            os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
            os.write(say, b".")
            time.sleep(600)
        os.read(said, 1)
    """
    ending, _ = run(tmp_path, program)
    assert sorted("zombie" in survivor for survivor in ending.survivors) == [False, True]


def test_our_own_children_are_left_alone(tmp_path):
    """A child that this process had before is neither a survivor nor ended."""
    bystander = psutil.Popen([sys.executable, "-c", "input()"], stdin=-1)
    try:
        ending, _ = run(tmp_path, ORPHAN.format(prelude="pass", code=0))
        assert len(ending.survivors) == 1
        assert bystander.poll() is None
    finally:
        bystander.communicate()


@pytest.mark.skipif(not SHM.is_dir(), reason="this system shows no shared memory as files")
@pytest.mark.parametrize(
    "make",
    [
        "open('/dev/shm/' + name, 'w').close()",
        "import _multiprocessing; _multiprocessing.SemLock(1, 1, 1, '/' + name, False)",
    ],
    ids=["segment", "semaphore"],
)
def test_what_stays_in_shared_memory_is_told_and_removed(tmp_path, make):
    """A segment or semaphore that carries the session's name is told and removed; those of others stay."""
    program = f"import os; name = f'primebench-{{os.getsid(0)}}-left'; {make}; print(name)"
    stranger = SHM / f"primebench-{os.getpid()}-stranger"
    stranger.touch()
    try:
        ending, out = run(tmp_path, program)
        assert stranger.exists()
    finally:
        stranger.unlink()
    (left,) = ending.segments
    assert left.removeprefix("sem.") == out.strip()
    assert not (SHM / left).exists()


@pytest.mark.skipif(not SHM.is_dir(), reason="this system shows no shared memory as files")
@pytest.mark.parametrize("name", ["sem.loky-{pid}-1y7_d0w4", "joblib_memmapping_folder_{pid}_5a_7b", "psm-{pid}"])
def test_what_libraries_leave_in_shared_memory_is_removed(tmp_path, name):
    """Files and folders that a library has named after the process that measures go with its session."""
    make = "os.mkdir(path); open(path + '/array', 'w').close()" if "folder" in name else "open(path, 'w').close()"
    program = f"import os; path = '/dev/shm/' + {name!r}.format(pid=os.getpid()); {make}; print(path)"
    ending, out = run(tmp_path, program)
    left = Path(out.strip())
    assert (left.name,) == ending.segments
    assert not left.exists()


@pytest.mark.skipif(not SHM.is_dir(), reason="this system shows no shared memory as files")
@pytest.mark.parametrize("name", ["primebench-7-{}-1", "sem.loky-{}1-x", "x{}-1"])
def test_a_number_inside_a_name_is_not_enough(name):
    """The segment of another session that has the number as a second one, or as a part of a longer one, stays."""
    path = SHM / name.format(NOBODY)
    path.touch()
    try:
        assert () == session.unlink_segments(NOBODY, time.time() - 60)
        assert path.exists()
    finally:
        path.unlink()


@pytest.mark.skipif(not SHM.is_dir(), reason="this system shows no shared memory as files")
@pytest.mark.parametrize("whose", ["another user's", "an older session's"])
def test_what_others_left_in_shared_memory_is_theirs(monkeypatch, whose):
    """A file of a fitting name that another user made, or an older session of the same number, is not ours."""
    path = SHM / f"{session.token(NOBODY)}left"
    path.touch()
    try:
        if whose == "another user's":
            monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
        began = time.time() + (0 if whose == "another user's" else 60)
        assert () == session.unlink_segments(NOBODY, began)
        assert path.exists()
    finally:
        path.unlink()


def test_names_of_one_session_are_not_those_of_another():
    """Session 12 does not own what session 123 made."""
    assert not session.token(123).startswith(session.token(12))


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_an_interrupt_ends_the_session_first(tmp_path, interrupt):
    """Whatever interrupts the caller is raised on, after the session has been ended."""
    pids = []

    def on_start(pid):
        pids.append(pid)
        raise interrupt

    with pytest.raises(interrupt):
        run(tmp_path, "import time; time.sleep(600)", on_start=on_start)
    assert gone(pids[0])


def test_ctrl_c_twice(tmp_path, monkeypatch):
    """A second Ctrl-C during the polite end still leaves no process behind."""
    monkeypatch.setattr(session, "_TERM_S", DEADLINE_S)
    program = """
        import os, signal, time
        signal.signal(signal.SIGTERM, lambda *_: print("asked", flush=True))
        print(os.getpid(), flush=True)
        time.sleep(600)
    """

    def press_twice():
        for lines in (1, 2):
            while (tmp_path / "out").read_text().count("\n") < lines:
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)

    threads = []

    def on_start(_pid):
        threads.append(threading.Thread(target=press_twice))
        threads[0].start()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, program, on_start=on_start)
    finally:
        threads[0].join()
        signal.signal(signal.SIGINT, before)
    assert gone(int((tmp_path / "out").read_text().split()[0]))


def test_a_program_that_does_not_exist(tmp_path):
    """A command that cannot be started is the system's own error."""
    with pytest.raises(FileNotFoundError):
        session.run(["/nowhere/python"], env={}, stdout=tmp_path / "o", stderr=tmp_path / "e", timeout_s=1)


def test_children_are_read_where_the_kernel_lists_them(tmp_path, monkeypatch):
    """Children of all threads are found in the lists of Linux, without a look at any other process."""
    for thread, listed in (("7", "11 12 "), ("8", ""), ("9", "13 ")):
        (tmp_path / thread).mkdir()
        (tmp_path / thread / "children").write_text(listed)
    monkeypatch.setattr(session, "_TASKS", tmp_path)
    monkeypatch.setattr(session.psutil, "Process", None)
    assert {11, 12, 13} == session._children()


@pytest.mark.parametrize("made", [(), ("7",)])
def test_children_are_found_where_the_kernel_lists_none(tmp_path, monkeypatch, made):
    """Without such lists the same children are found as with them."""
    for thread in made:
        (tmp_path / thread).mkdir()
    monkeypatch.setattr(session, "_TASKS", tmp_path if made else tmp_path / "nowhere")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in session._children()


def test_a_signal_while_the_process_is_made_leaves_none(tmp_path, monkeypatch):
    """SIGTERM between the fork and its note ends the new process, too, and is raised behind that."""
    made = []

    def signalled(*args, **kwargs):
        made.append(popen(*args, **kwargs))
        os.kill(os.getpid(), signal.SIGTERM)
        return made[0]

    def gone(*_):
        raise session.OwnerGone

    popen = subprocess.Popen
    before = signal.signal(signal.SIGTERM, gone)
    monkeypatch.setattr(subprocess, "Popen", signalled)
    try:
        with pytest.raises(session.OwnerGone):
            session.run(
                [sys.executable, "-c", "import time; time.sleep(600)"],
                env=dict(os.environ),
                stdout=tmp_path / "out",
                stderr=tmp_path / "err",
                timeout_s=30.0,
                on_start=lambda _pid: None,
            )
    finally:
        signal.signal(signal.SIGTERM, before)
    assert made[0].poll() is not None
