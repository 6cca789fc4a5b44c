"""Every channel, found by its file name, keeps its promises; a peer that dies or lies is a recorded failure."""

from __future__ import annotations

import multiprocessing
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from bench.core import catalog, cpus
from bench.core.case import Case, Value
from bench.core.errors import WrongAnswer
from bench.core.family import Unfit
from bench.core.plan import Effort
from bench.core.record import Failure, Result
from bench.core.visit import Visit
from bench.engine.launch import launch
from bench.families.channels import _codec, _family, _peer, _role
from bench.families.channels._family import FAMILY
from bench.families.channels._peers import PeerLost

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MEMBERS = catalog.names(FAMILY.package)
IN_REACH = [name for name in MEMBERS if _role.load(name).peer != "host"]  # of what a test changes in its own process
FORK = "fork"
DEADLINE_S = 20.0
SHORT = Effort(rounds=1, values=1, warmups=0, min_time_s=1e-6, timeout_s=DEADLINE_S)
BEYOND_THE_BREAK = 20_000  # bytes: a Connection makes two writes of them, and a pipe still holds them

# Each of these is loaded by every Python that has its folder on its path.
DYING = """
import os, signal
from bench.families.channels import _peer

def die(control, side, count):
    side[1]()
    os.kill(os.getpid(), signal.SIGKILL)

_peer._echo = die
"""
DYING_IN_THE_MIDDLE = """
import os, signal
from multiprocessing import connection
from bench.families.channels import _peer
honest = _peer._echo

def read_one_byte_and_die(self, size, read=os.read):
    read(self._handle, 1)
    os.kill(os.getpid(), signal.SIGKILL)

def echo(control, side, count):
    connection.Connection._recv = read_one_byte_and_die
    return honest(control, side, count)

_peer._echo = echo
"""
RAISING = """
from bench.families.channels import _peer

def echo(control, side, count):
    raise OSError("the disk is on fire")

_peer._echo = echo
"""
CORRUPTING = """
from bench.families.channels import _peer
honest = _peer._collect
_peer._collect = lambda control, side, count: [*honest(control, side, count)[:-1], b"lies"]
"""
WRONG_KEY = """
from bench.families.channels import manager_queue_tcp
honest = manager_queue_tcp.open_far
manager_queue_tcp.open_far = lambda handles: honest((*handles[:2], b"guessed"))
"""


@pytest.fixture
def sabotage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that has code run at the start of every Python that this test starts."""

    def have_run(code: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(code, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{catalog.folder('bench').parent}")

    return have_run


def case(member: str, **params: Value) -> Case:
    """Return a case, or skip the test when it makes no sense here."""
    wanted = {axis.name: axis.default() for axis in FAMILY.axes} | params
    try:
        return Case.of(FAMILY.name, member, FAMILY.fit(member, wanted))
    except Unfit as reason:
        pytest.skip(str(reason))


def visit(point: Case) -> Result | Failure:
    """Visit a case once, one loop."""
    return launch(Visit(point, SHORT, cpus.allowed_cpus(), loops=1))


def exchange(point: Case) -> dict[str, Value]:
    """Prepare a case in this process, run and check two bodies, and return its facts."""
    with FAMILY.prepare(point) as trial:
        for _ in range(2):
            trial.check(trial.body())
        return trial.facts()


def test_the_whole_textbook_is_there() -> None:
    """Every way to move data that the textbook names has a file, and so have the yardsticks."""
    assert {
        *("queue", "simple-queue", "joinable-queue", "pipe", "pipe-simplex", "manager-queue", "manager-queue-tcp"),
        *("manager-list", "manager-dict", "value", "array", "sharedctypes", "shared-memory"),
        *("thread-queue", "os-pipe", "socketpair"),
    } <= set(MEMBERS)


@pytest.mark.parametrize("member", MEMBERS)
def test_a_channel_is_measured_and_its_percentiles_told(member: str) -> None:
    """A visit ends with a time and half round trips, and nothing is left behind."""
    outcome = visit(case(member, pattern="pingpong"))
    assert isinstance(outcome, Result), outcome
    metadata = outcome.processes[-1].metadata
    assert 0 < metadata["primebench_channels_p50_s"] <= metadata["primebench_channels_p99_s"]
    assert metadata["primebench_channels_encoded_bytes"] == 8


@pytest.mark.parametrize("size", [0, 8, BEYOND_THE_BREAK])
@pytest.mark.parametrize("pattern", ["pingpong", "stream"])
@pytest.mark.parametrize("member", MEMBERS)
def test_every_message_arrives_as_it_was_sent(member: str, pattern: str, size: int) -> None:
    """Empty, small and large messages, there and back and one way, are the ones that both sides have drawn."""
    exchange(case(member, pattern=pattern, size=size))


@pytest.mark.parametrize("member", MEMBERS)
def test_a_process_can_send_to_itself(member: str) -> None:
    """Both ends open in one process, and nobody waits for ever."""
    exchange(case(member, pattern="alone", size=8))


@pytest.mark.parametrize("codec", ["pickle", "pickle5-oob", "marshal", "msgpack", "msgspec"])
@pytest.mark.parametrize("content", ["bytes", "numbers"])
@pytest.mark.parametrize("member", MEMBERS)
def test_what_a_codec_encodes_is_decoded_at_the_other_end(member: str, content: str, codec: str) -> None:
    """Bytes and lists of numbers go through every codec that makes sense for the channel."""
    exchange(case(member, codec=codec, content=content, size=1024))


@pytest.mark.parametrize("start", ["spawn", "forkserver"])
@pytest.mark.parametrize("member", MEMBERS)
def test_a_channel_travels_under_every_start_method(member: str, start: str) -> None:
    """What fork inherits, spawn and forkserver must be able to send."""
    exchange(case(member, start=start))


@pytest.mark.parametrize("placement", ["same", "other"])
@pytest.mark.parametrize("member", ["queue", "thread-queue", "manager-queue-tcp"])
def test_both_sides_can_be_bound_to_cpus(member: str, placement: str) -> None:
    """Bound to one CPU or to two, every message arrives, and this process may run everywhere again afterwards."""
    before = cpus.allowed_cpus()
    exchange(case(member, placement=placement))
    assert cpus.allowed_cpus() == before


def bend(receive_of: Callable[[Callable[[], Any]], Callable[[], Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every side receive what ``receive_of`` makes of its ``receive``; peers made by fork inherit that."""
    honest = _codec.around

    def around(side: _role.Side, codec: str) -> _role.Side:
        send, receive = honest(side, codec)
        return send, receive_of(receive)

    monkeypatch.setattr(_codec, "around", around)


@pytest.mark.parametrize("pattern", ["pingpong", "stream", "alone"])
@pytest.mark.parametrize("member", IN_REACH)
def test_one_changed_bit_is_a_wrong_answer(member: str, pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: a channel that changes one bit of each message is found out by the first body."""

    def change(receive: Callable[[], bytes]) -> Callable[[], bytes]:
        def changed() -> bytes:
            message = receive()
            return bytes([message[0] ^ 1]) + message[1:]

        return changed

    bend(change, monkeypatch)
    with pytest.raises(WrongAnswer, match="another content"):
        exchange(case(member, pattern=pattern, start=FORK))


@pytest.mark.parametrize("pattern", ["pingpong", "stream", "alone"])
def test_old_messages_are_a_wrong_answer(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No content is sent twice: a channel that delivers the first batch again is found out by the second body."""

    def repeat(receive: Callable[[], bytes]) -> Callable[[], bytes]:
        kept: list[bytes] = []

        def repeated() -> bytes:
            kept.append(receive())
            return kept[(len(kept) - 1) % 5]

        return repeated

    bend(repeat, monkeypatch)
    monkeypatch.setattr(_family, "messages_per_body", lambda _case, _expected_s: 5)
    with FAMILY.prepare(case("pipe", pattern=pattern, start=FORK)) as trial:
        trial.check(trial.body())
        with pytest.raises(WrongAnswer, match="message 0 of 5"):
            trial.check(trial.body())


def test_a_lie_of_the_far_side_is_a_recorded_failure(sabotage: Callable[[str], None]) -> None:
    """What only the far side can see, because nothing is sent back, reaches the record as a wrong answer."""
    sabotage(CORRUPTING)
    outcome = visit(case("os-pipe", pattern="stream"))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "wrong-answer"


def _die(_control: object, side: _role.Side, _count: int) -> list[Any]:
    side[1]()
    os.kill(os.getpid(), signal.SIGKILL)
    return []


@pytest.mark.parametrize("member", [name for name in IN_REACH if _role.load(name).peer != "thread"])
def test_the_death_of_a_peer_is_noticed(member: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The near side would wait for ever; it is told at once, and by which signal the peer died."""
    monkeypatch.setattr(_peer, "_echo", _die)
    with pytest.raises(PeerLost, match="was ended by signal 9"):
        exchange(case(member, start=FORK))


def test_a_signal_that_comes_too_late_is_overheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be on its way when the peer's death has been told; under the default handler Python would complain."""
    monkeypatch.setattr(_peer, "_echo", _die)
    with pytest.raises(PeerLost):
        exchange(case("pipe", start=FORK))
    assert callable(signal.getsignal(signal.SIGCHLD))
    signal.raise_signal(signal.SIGCHLD)


@pytest.mark.parametrize("start", multiprocessing.get_all_start_methods())
def test_a_dead_peer_is_a_recorded_failure(start: str, sabotage: Callable[[str], None]) -> None:
    """Nobody will ever fill the ring again, but the case ends before its deadline and names the signal."""
    sabotage(DYING)
    outcome = visit(case("shared-memory", start=start))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "crashed"
    assert "was ended by signal 9" in outcome.message or start == "forkserver"


@pytest.mark.parametrize("member", ["queue", "pipe", "manager-queue", "manager-queue-tcp"])
def test_death_in_the_middle_of_a_message_is_a_recorded_failure(member: str, sabotage: Callable[[str], None]) -> None:
    """One byte of a message has been read, and a lock may be held: the case still ends before its deadline."""
    sabotage(DYING_IN_THE_MIDDLE)
    outcome = visit(case(member, size=1024))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "crashed"


def test_a_thread_that_kills_its_process_is_a_recorded_failure(sabotage: Callable[[str], None]) -> None:
    """With threads the measuring process itself is gone, and still the case ends."""
    sabotage(DYING)
    outcome = visit(case("thread-queue"))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "crashed"


@pytest.mark.parametrize("member", ["queue", "thread-queue"])
def test_what_the_peer_raises_is_told(member: str, sabotage: Callable[[str], None]) -> None:
    """An error on the far side reaches the message of the failure."""
    sabotage(RAISING)
    outcome = visit(case(member))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "crashed"
    assert "the disk is on fire" in outcome.message


def test_a_wrong_key_is_refused_and_said(sabotage: Callable[[str], None]) -> None:
    """Who knows address and port but not the key gets no time, and the reason names the authentication."""
    sabotage(WRONG_KEY)
    outcome = visit(case("manager-queue-tcp"))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "crashed"
    assert "AuthenticationError" in outcome.message
