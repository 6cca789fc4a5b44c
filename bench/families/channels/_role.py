"""What a channel is: the template to write a new one from.

A channel is one file in this folder. It joins two sides: the near one, which measures, and the far one, the peer. A
side is a pair of plain functions, ``(send, receive)``; ``receive`` waits for the next message. The file defines

``CARRIES``
    What ``send`` takes.

    ``"bytes"``
        frames: bytes or a memoryview. They arrive as bytes, as long as they were sent.
    ``"objects"``
        anything; the channel pickles it by itself.
    ``"references"``
        anything; nothing is copied, since both sides live in one process.
``open_near(link)``
    A context manager. On entry it makes the channel and yields ``(side, handles)``; on exit it has removed whatever
    it made, also when the body raised and the peer is dead. ``handles`` is a tuple that can be handed to a process.
``open_far(handles)``
    A context manager, entered by the peer, that yields the peer's side. In the pattern ``alone`` the measuring
    process enters it as well.

Optional names:

``PEER``
    ``"process"`` (default): a process of the axis ``start``. ``"thread"``: a thread of the measuring process.
    ``"host"``: a program that was not started by multiprocessing and knows nothing but the handles.
``TAKES``
    optional axes that it honours; so far ``{"bind"}``.
``SMALL_S``
    Roughly what a small message costs, in seconds; it only decides how many messages a body moves.
``expect_s(link)``
    The same as a function, in place of ``SMALL_S``, where the cost jumps with the size.
``missing()``
    Why it cannot run on this machine, or None.
``refuse(link)``
    Why it cannot carry the messages of this link, or None.

What ``codec`` means. A message is what ``content`` says: a bytes object, or a list of 64-bit whole numbers. With
``raw`` it is handed to the channel as it is: a channel of objects pickles it, a channel of references passes it on, a
channel of bytes takes bytes and refuses lists. With ``pickle``, ``marshal``, ``msgpack`` and ``msgspec`` the sender
encodes it and the receiver decodes it, both inside the clock, and bytes travel; a channel of objects pickles these
bytes once more, which costs little, and refuses ``pickle``, which it does by itself. ``pickle5-oob`` sends two frames,
the pickle and behind it the buffer that the pickle refers to, so that the content is not copied into a pickle
(PEP 574); it wants bytes as content and a channel that does not pickle.

Functions that run in the peer live in the same file: a peer started by spawn loads that file, so it imports at module
level only what the channel itself needs.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.core import catalog
from bench.core.case import NONE

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

PACKAGE = "bench.families.channels"

Side = tuple[Callable[[Any], object], Callable[[], Any]]
"""``send`` and ``receive`` of one side."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a channel is asked to join.

    Attributes:
        size_bytes: the size of each message's content.
        frame_bytes: the size of each frame; None where a codec makes it vary.
        capacity_bytes: the largest frame.
        content: ``bytes`` or ``numbers``.
        start: fork, spawn or forkserver; ``none`` where no process is started.
        bind: the IPv4 address that a server listens on; ``none`` where there is none.
    """

    size_bytes: int
    frame_bytes: int | None
    capacity_bytes: int
    content: str = "bytes"
    start: str = NONE
    bind: str = NONE

    @property
    def context(self) -> BaseContext:
        """The multiprocessing context of the start method."""
        return multiprocessing.get_context(None if self.start == NONE else self.start)

    def shared_name(self, suffix: str) -> str:
        """Return a name for shared memory that tells the session it belongs to, so that leaks can be attributed."""
        return f"primebench-{os.getsid(0)}-{os.getpid()}-{suffix}"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel's file as a record; see the module's docstring for the meaning of the fields."""

    name: str
    module: str
    carries: str
    open_near: Callable[[Link], AbstractContextManager[tuple[Side, tuple[Any, ...]]]]
    open_far: Callable[[tuple[Any, ...]], AbstractContextManager[Side]]
    peer: str
    takes: frozenset[str]
    expect_s: Callable[[Link], float]
    missing: str | None
    refuse: Callable[[Link], str | None]


def load(name: str) -> Channel:
    """Return the channel ``name``; `BrokenPlugin` when its file breaks the contract."""
    module = catalog.load(PACKAGE, name, needs=("CARRIES", "open_near", "open_far"))
    small_s = getattr(module, "SMALL_S", 10e-6)
    return Channel(
        name=name,
        module=module.__name__,
        carries=module.CARRIES,
        open_near=module.open_near,
        open_far=module.open_far,
        peer=getattr(module, "PEER", "process"),
        takes=frozenset(getattr(module, "TAKES", ())),
        expect_s=getattr(module, "expect_s", lambda _link: small_s),
        missing=catalog.missing(module),
        refuse=getattr(module, "refuse", lambda _link: None),
    )
