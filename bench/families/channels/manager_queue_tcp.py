"""A queue in a server process, reached over TCP by a program that knows only address, port and key.

The protocol is that of multiprocessing: authenticated, **not encrypted**. Whoever is on the way can read the messages,
and whoever holds the key can run any code in the server, because messages are pickles. So the server listens on
127.0.0.1 unless ``--bind`` says otherwise, and ``--bind`` belongs into networks that are trusted as a whole.
"""

from __future__ import annotations

from contextlib import contextmanager
from multiprocessing.managers import BaseManager
from os import urandom
from queue import Queue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from bench.families.channels._role import Link, Side

CARRIES = "objects"
PEER = "host"
TAKES = ("bind",)

_NAGLE_S = 45e-3
"""What a message of 16 to 64 KiB costs over the loopback, in seconds, where others take 0.1 ms: a Connection writes
the header of such a message by itself, the rest is smaller than a segment (64 KiB on the loopback) and so waits for the
acknowledgement of the header (Nagle, RFC 896), which the other side delays by 40 ms (RFC 1122, 4.2.3.2)."""

_QUEUES: dict[str, Queue[Any]] = {}  # filled in the server process only


def _queue(name: str) -> Queue[Any]:
    return _QUEUES.setdefault(name, Queue())


class Post(BaseManager):
    """The server, or a connection to one."""


Post.register("queue", callable=_queue, exposed=("put", "get"))


def expect_s(link: Link) -> float:
    """Expect the delay that comes from Nagle's algorithm where it strikes."""
    pickled = link.size_bytes * 11 // 8 if link.content == "numbers" else link.size_bytes
    return _NAGLE_S if 2**14 - 128 < pickled < 2**16 else 150e-6


def refuse(link: Link) -> str | None:
    """Refuse an address that is none of this machine's."""
    from socket import socket

    with socket() as probe:
        try:
            probe.bind((link.bind, 0))
        except OSError as error:
            return f"nobody can listen on {link.bind} here ({error.strerror})."
    return None


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Start the server on a port that the system chooses, with a key that nobody else has ever seen."""
    key = urandom(32)
    with Post((link.bind, 0), key, ctx=link.context) as post:
        there, back = _queues(post)
        address: Any = post.address
        host, port = address
        yield (there.put, back.get), (host, port, key)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Reach the server.

    Raises:
        multiprocessing.AuthenticationError: the key is not the server's.
    """
    host, port, key = handles
    post = Post((host, port), key)
    post.connect()
    there, back = _queues(post)
    yield back.put, there.get


def _queues(post: Any) -> tuple[Queue[Any], Queue[Any]]:
    return post.queue("there"), post.queue("back")
