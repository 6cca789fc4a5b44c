"""The far side of a channel: it answers, or collects, until it is told to stop. Loaded in worker processes.

::

    near                        control                          far
    draws a batch                                                draws the same batch from the same seed
         <--------------------- b"" (ready) ---------------------
    GO   ------------------------------------------------------>     the clock runs
    messages over the channel, and back if they are echoed
         <--------------------- DONE (stream only) --------------
    TELL ------------------------------------------------------> the clock stands; compares, draws the next batch
         <--------------------- what was wrong, or b"" ----------
    GO or STOP ------------------------------------------------>

Both sides draw every message from one seed, so each tells by itself what must arrive, and no message is ever sent
twice. What has arrived is kept until the batch is over, as by someone who collects it: the memory for it is part of
the time. Nothing is compared before the near side says so: its clock may still run, and it would wait for the CPU, or
for the interpreter's lock where the peer is a thread.
"""

from __future__ import annotations

import os
from importlib import import_module
from random import Random

from bench.families.channels import _codec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from typing import Any

    from bench.families.channels._role import Side

GO, TELL, STOP, DONE = b"go", b"tell", b"stop", b"done"
FAILED = b"failed: "

_SMALL_BYTES = 1024
_HEAD_BYTES = 16
_PLACES = 2**16


class Script:
    """What both sides know before the first message.

    Attributes:
        seed: of the content.
        pattern: ``pingpong`` (every message is sent back) or ``stream``.
        codec: see `_codec`.
        content: ``bytes``, or ``numbers``: a list of 64-bit whole numbers of the same size.
        size_bytes: the size of each message's content.
        count: messages in a batch, which is one body.
    """

    __slots__ = ("codec", "content", "count", "pattern", "seed", "size_bytes")

    def __init__(self, seed: int, pattern: str, codec: str, content: str, size_bytes: int, count: int) -> None:
        """Agree on everything."""
        self.seed, self.pattern, self.codec, self.content = seed, pattern, codec, content
        self.size_bytes, self.count = size_bytes, count

    def batches(self) -> Iterator[list[Any]]:
        """Yield batch after batch of fresh random messages, the same on both sides."""
        draw = (
            _small(self.seed, self.size_bytes)
            if self.size_bytes <= _SMALL_BYTES
            else _large(self.seed, self.size_bytes)
        )
        while True:
            drawn = [next(draw) for _ in range(self.count)]
            yield drawn if self.content == "bytes" else [memoryview(each).cast("Q").tolist() for each in drawn]


def _small(seed: int, size_bytes: int) -> Iterator[bytes]:
    rng = Random(seed)
    while True:
        yield rng.randbytes(size_bytes)


def _large(seed: int, size_bytes: int) -> Iterator[bytes]:
    """Yield messages that are cut out of one long random text, each at another place and with a fresh head.

    Drawing every byte anew takes 5 ns each, ten times the transfer: a visit would be over before much is measured.
    """
    rng = Random(seed)
    text = rng.randbytes(size_bytes + _PLACES)
    while True:
        place = rng.randrange(_PLACES)
        yield rng.randbytes(_HEAD_BYTES) + text[place : place + size_bytes - _HEAD_BYTES]


def difference(received: Sequence[Any], expected: Sequence[Any]) -> str:
    """Say in what the received messages differ from the expected ones; nothing when they are equal."""
    if len(received) != len(expected):
        return f"{len(received)} messages arrived, {len(expected)} were sent"
    wrong = [index for index, pair in enumerate(zip(received, expected, strict=True)) if pair[0] != pair[1]]
    if not wrong:
        return ""
    return f"message {wrong[0]} of {len(expected)} arrived with another content than it was sent with"


def serve(
    control: Connection, channel: str, handles: tuple[Any, ...], cpus: tuple[int, ...] | None, script: Script
) -> None:
    """Be the far side until told to stop.

    Args:
        control: the line to the near side that is not measured.
        channel: name of the channel's module.
        handles: what the channel's near side hands over.
        cpus: the CPUs to run on; None leaves that to the scheduler.
        script: what is sent.
    """
    if cpus:
        os.sched_setaffinity(0, cpus)
    try:
        with import_module(channel).open_far(handles) as side:
            _answer(control, _codec.around(side, script.codec), script)
    except BaseException as error:
        control.send_bytes(FAILED + f"{type(error).__name__}: {error}".encode())
        raise


def _answer(control: Connection, side: Side, script: Script) -> None:
    play = _echo if script.pattern == "pingpong" else _collect
    wrong = ""
    for expected in script.batches():
        control.send_bytes(wrong.encode())
        if control.recv_bytes() == STOP:
            return
        received = play(control, side, script.count)
        if control.recv_bytes() == STOP:
            return
        wrong = difference(received, expected)
        del received  # now, and not while the next batch is on its way


def _echo(_control: Connection, side: Side, count: int) -> list[Any]:
    send, receive = side
    received = []
    for _ in range(count):
        message = receive()
        send(message)
        received.append(message)
    return received


def _collect(control: Connection, side: Side, count: int) -> list[Any]:
    receive: Callable[[], Any] = side[1]
    received = [receive() for _ in range(count)]
    control.send_bytes(DONE)
    return received
