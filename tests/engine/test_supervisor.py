"""Work in a process of its own: whoever is killed, interrupted or stopped, nothing of it is left."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from bench.engine import session, supervisor
from bench.engine.supervisor import Ended, Supervisor, note_session, temp_folder

SHM = Path("/dev/shm")
LATE_S = 30.0  # a deadline that is not meant to be met
# One write of one process: an unbuffered print writes word by word, and who reads meanwhile sees half of them.
PROGRAM = "import os, time; child = os.fork(); child and os.write(1, b'%d %d' % (os.getpid(), child)); time.sleep(600)"


@pytest.fixture
def folder():
    """A temp folder for the work."""
    with temp_folder("primebench-") as made:
        yield made


def look_after(folder, program=PROGRAM):
    """Run a program that never ends, and whose output tells two process ids, in a session."""
    command = [sys.executable, "-c", program]
    env = {**os.environ, "TMPDIR": str(folder)}
    out, err = folder / "out", folder / "err"
    session.run(command, env=env, stdout=out, stderr=err, timeout_s=LATE_S, on_start=partial(note_session, folder))


def until(claim):
    """Wait until something is true, and return it."""
    end = time.monotonic() + LATE_S
    while not (found := claim()):
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)
    return found


def told(folder):
    """Wait for the process ids that the program tells."""
    return until(lambda: (folder / "out").exists() and [int(word) for word in (folder / "out").read_text().split()])


def gone(pids):
    """Say whether none of these processes lives; a zombie that nobody has collected yet does not."""
    return not any(map(lives, pids))


def lives(pid):
    """Say whether a process lives; it may go while it is asked."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_answer_comes_back(folder):
    """What the work returns arrives, whatever can be pickled."""
    with Supervisor(partial(dict, a=[1, 2.5]), folder) as started:
        assert {"a": [1, 2.5]} == started.answer(LATE_S)


def test_leaving_ends_what_was_started(folder):
    """Whoever has waited long enough leaves, and the session with its children has gone; the folder is still there."""
    with Supervisor(partial(look_after, folder), folder) as started:
        pids = told(folder)
        with pytest.raises(TimeoutError):
            started.answer(0)
    assert gone(pids)
    assert folder.is_dir()


@pytest.mark.skipif(not SHM.is_dir(), reason="this system shows no shared memory as files")
def test_a_killed_supervisor_leaves_nothing(folder):
    """When the process that looks after a session is killed, its owner hears of it and ends the session for it."""
    make = "import os; open(f'/dev/shm/primebench-{os.getpid()}-left', 'w').close(); "
    with Supervisor(partial(look_after, folder, make + PROGRAM), folder) as started:
        pids = told(folder)
        os.kill(psutil.Process(pids[0]).ppid(), signal.SIGKILL)
        with pytest.raises(Ended, match="ended from outside"):
            started.answer(LATE_S)
    assert gone(pids)
    assert not (SHM / f"primebench-{pids[0]}-left").exists()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_a_terminal_does_not_reach_the_supervisor(folder, sign):
    """What a terminal sends to all who stand before it is for the owner alone to decide."""
    with Supervisor(partial(look_after, folder), folder) as started:
        pids = told(folder)
        os.kill(psutil.Process(pids[0]).ppid(), sign)
        with pytest.raises(TimeoutError):
            started.answer(0.2)
        assert not gone(pids)


def test_a_supervisor_that_is_asked_to_end_ends_its_session(folder):
    """SIGTERM to the process that looks after a session ends both."""
    with Supervisor(partial(look_after, folder), folder) as started:
        pids = told(folder)
        os.kill(psutil.Process(pids[0]).ppid(), signal.SIGTERM)
        with pytest.raises(Ended):
            started.answer(LATE_S)
        assert gone(pids)


def test_a_stopped_supervisor_is_ended(folder, monkeypatch):
    """One that cannot hear any more is killed, and its session with it."""
    monkeypatch.setattr(supervisor, "_PATIENCE_S", 0.1)
    with Supervisor(partial(look_after, folder), folder):
        pids = told(folder)
        os.kill(psutil.Process(pids[0]).ppid(), signal.SIGSTOP)
    assert gone(pids)


def stop(_memory):
    """Stop this process, which holds this much."""
    os.kill(os.getpid(), signal.SIGSTOP)


def stopped_before_exec(folder):
    """Hang as the standard library does when a child is stopped before it becomes another program.

    The child has so much memory that the kernel needs some time to end it.
    """
    child = os.fork()
    if not child:
        stop(b"1" * 200_000_000)
        os._exit(0)
    (folder / "out").write_text(str(child))
    signal.pthread_sigmask(signal.SIG_BLOCK, list(signal.valid_signals()))
    os.waitpid(child, 0)


def test_a_start_that_never_ends_is_ended(folder, monkeypatch):
    """A supervisor whose child was stopped before exec, so that nothing reaches either, is ended with that child."""
    monkeypatch.setattr(supervisor, "_PATIENCE_S", 0.1)
    with Supervisor(partial(stopped_before_exec, folder), folder):
        pids = told(folder)
    assert gone(pids)


OWNER = """
    import os, signal, sys
    from pathlib import Path
    sys.path[:0] = {paths}
    from bench.engine.supervisor import Supervisor, temp_folder
    from functools import partial
    from tests_supervisor import look_after
    with temp_folder("primebench-") as folder, temp_folder("primebench-") as other:
        with Supervisor(partial(look_after, folder), folder) as started:
            print(folder, other, flush=True)
            started.answer(600)
"""


def test_a_killed_owner_leaves_nothing(tmp_path):
    """When the process that asked is killed, its supervisor ends the session and removes all temp folders."""
    (tmp_path / "tests_supervisor.py").symlink_to(__file__)
    root = Path(__file__).parents[2]
    program = textwrap.dedent(OWNER.format(paths=[str(tmp_path), str(root)]))
    owner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    folders = [Path(word) for word in owner.stdout.readline().split()]
    pids = told(folders[0])
    owner.kill()
    owner.communicate()
    until(lambda: gone(pids) and not any(folder.exists() for folder in folders))


def test_folders_of_others_stay(folder):
    """A supervisor that is told to end leaves the temp folders to its owner, who lives."""
    with temp_folder("primebench-") as other, Supervisor(partial(look_after, folder), folder):
        told(folder)
    assert not other.exists()
    with temp_folder("primebench-") as other:
        with Supervisor(partial(look_after, folder), folder):
            told(folder)
        assert other.is_dir()


def test_a_temp_folder_that_cannot_be_made(monkeypatch):
    """The system's own error comes through."""

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(OSError, match="No space"), temp_folder("primebench-"):
        pass


def test_an_interrupt_at_the_end_leaves_nobody(folder, monkeypatch):
    """A signal that comes while a supervisor is waited for ends it at once."""
    started = Supervisor(partial(look_after, folder), folder)
    join = started._process.join

    def interrupted(timeout=None):
        if timeout is not None:
            raise KeyboardInterrupt
        join()

    monkeypatch.setattr(started._process, "join", interrupted)
    with pytest.raises(KeyboardInterrupt), started:
        pids = told(folder)
    assert gone(pids)
    assert [] == multiprocessing.active_children()


def test_asking_at_once_is_no_error(folder, capfd):
    """SIGTERM that waits for a supervisor before it can hear anything ends it without a word."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        with Supervisor(partial(look_after, folder), folder) as started:
            os.kill(started._process.pid, signal.SIGTERM)
            with pytest.raises(Ended):
                started.answer(LATE_S)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    assert "" == capfd.readouterr().err
