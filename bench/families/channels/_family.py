"""The family of channels: messages of fresh random content between two sides, every one of them compared."""

from __future__ import annotations

import ipaddress
import os
import random
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bench.core import axes, cpus, memory, units
from bench.core.case import NONE, Case, Value
from bench.core.errors import UsageError
from bench.core.family import Axis, Family, Missing, Trial, Unfit
from bench.families import _axes
from bench.families.channels import _codec, _needs, _role
from bench.families.channels._exchange import Exchange
from bench.families.channels._peer import Script
from bench.families.channels._peers import open_peer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.families.channels._role import Channel, Link

MOST_BYTES = 64 * 2**20
"""The largest message. Beyond it times only grow with the size, and the copies on both sides crowd a small machine."""
BATCH_S = 0.02
"""What a body is meant to last, in seconds. More messages make the fixed cost of a body (waking the peer up, 10 to 50
microseconds) vanish and the batch larger. Found on two CPUs: bodies of all channels then last 3 to 80 ms."""
SECONDS_PER_BYTE = {"bytes": 1e-9, "numbers": 20e-9}
"""Roughly what each byte adds to a message's time: copies run at about 1 GB/s, lists of numbers at 50 MB/s."""
MOST_ALONE = 16 * 2**10
"""The largest message that a process can send to itself: a pipe holds 64 KiB, and codecs can double the size."""


# --- axes ---------------------------------------------------------------------------------------------------------


def _parse_size(text: str) -> tuple[Value, ...]:
    size = units.size_bytes(text)
    if not 0 <= size <= MOST_BYTES:
        raise UsageError(f"a message of {text} cannot be sent; write a size from 0 to 64MiB, for example 64KiB.")
    return (size,)


def _parse_bind(text: str) -> tuple[Value, ...]:
    try:
        return (str(ipaddress.IPv4Address(text)),)
    except ValueError:
        raise UsageError(f"{text} is no IPv4 address; write one of this machine's, for example 127.0.0.1.") from None


def _choice(name: str, meaning: str, default: str, choices: Sequence[str]) -> Axis:
    return Axis(name, meaning, lambda: default, axes.choice(name, choices), "|".join(choices))


AXES = (
    Axis("size", "Size of each message: 0 to 64MiB.", lambda: 8, _parse_size, "SIZE"),
    _choice(
        "pattern",
        "Who sends what: pingpong: each message is sent back (latency, half a round trip); stream: one after the "
        "other (throughput); alone: a process sends to itself, and nobody has to be woken.",
        "pingpong",
        ("pingpong", "stream", "alone"),
    ),
    _choice("codec", "What is done to a message before the channel takes it.", "raw", _codec.CODECS),
    _choice("content", "Random bytes, or a list of 64-bit numbers of the same size.", "bytes", ("bytes", "numbers")),
    _axes.START,
    _choice(
        "placement",
        "Where the two sides run: on the same CPU, each on one of its own, or wherever the scheduler puts them.",
        "free",
        ("free", "same", "other"),
    ),
    Axis(
        "bind",
        "Address that manager-queue-tcp listens on. Authenticated, not encrypted: whoever has the key can run code.",
        lambda: "127.0.0.1",
        _parse_bind,
        "ADDRESS",
    ),
)

_OPTIONAL = frozenset({"bind"})


# --- which combinations make sense --------------------------------------------------------------------------------


def missing(member: str) -> str | None:
    """Say why the channel cannot run on this machine."""
    return _role.load(member).missing


def fit(member: str, params: dict[str, Value]) -> dict[str, Value]:
    """Return the params that this channel really has.

    Raises:
        Missing: the channel or the codec cannot run on this machine.
        Unfit: the combination makes no sense; the message says why.
    """
    channel = _role.load(member)
    if channel.missing:
        raise Missing(channel.missing)
    fitted = dict(params) | dict.fromkeys(_OPTIONAL - channel.takes, NONE)
    if channel.peer == "thread" or fitted["pattern"] == "alone":
        fitted["start"] = NONE
    if fitted["pattern"] == "alone":
        fitted["placement"] = NONE
    _axes.check_start(fitted["start"])
    _check_codec(channel, fitted)
    _check_size(fitted)
    _check_placement(fitted)
    refusal = channel.refuse(link_of(fitted))
    if refusal:
        raise Unfit(refusal)
    return fitted


def _check_codec(channel: Channel, params: dict[str, Value]) -> None:
    codec, content = str(params["codec"]), str(params["content"])
    if codec in _codec.EXTRAS and find_spec(codec) is None:
        raise Missing(f"{codec} is not installed; pip install primebench[{codec}].")
    if codec == "raw" and content == "numbers" and channel.carries == "bytes":
        raise Unfit(f"{channel.name} carries bytes; a list of numbers needs a codec, for example --codec pickle.")
    if codec.startswith("pickle") and channel.carries == "objects":
        raise Unfit(f"{channel.name} pickles everything by itself; choose another codec, or raw for none.")
    if codec == "pickle5-oob" and content == "numbers":
        raise Unfit("a list of numbers has no buffer that could travel out of band; use --content bytes.")
    if codec == "pickle5-oob" and params["pattern"] == "alone":
        raise Unfit("out of band, a message travels in parts, and some channels hold only one; use --codec pickle.")


def _check_size(params: dict[str, Value]) -> None:
    size, content = int(params["size"]), str(params["content"])
    if not 0 <= size <= MOST_BYTES:
        raise Unfit(f"a message of {size} bytes cannot be sent; sizes from 0 to {MOST_BYTES} bytes are allowed.")
    if content == "numbers" and size % 8:
        raise Unfit(f"{size} bytes are no whole number of 64-bit numbers; choose a multiple of 8.")
    if params["pattern"] == "alone" and size > MOST_ALONE:
        raise Unfit(
            f"nobody empties the channel while a process sends to itself; {units.format_bytes(MOST_ALONE)} at most."
        )
    needed, available = _needs.needed_bytes(size, content), memory.available_bytes()
    if available is not None and needed > available:
        raise Unfit(
            f"messages of {units.format_bytes(size)} need up to {needed / 2**20:.0f} MiB of memory on both sides "
            f"together; {available / 2**20:.0f} MiB are available."
        )


def _check_placement(params: dict[str, Value]) -> None:
    if params["placement"] not in ("same", "other"):
        return
    if not hasattr(os, "sched_setaffinity"):
        raise Unfit("this system cannot bind a process to a CPU; only --placement free can be measured.")
    if params["placement"] == "other" and len(cpus.allowed_cpus()) < 2:
        raise Unfit("only one CPU may be used; --placement other needs two.")


def link_of(params: dict[str, Value]) -> Link:
    """Return what the channel is asked to join."""
    size = int(params["size"])
    raw = params["codec"] == "raw"
    return _role.Link(
        size_bytes=size,
        frame_bytes=size if raw else None,
        # marshal needs the most, 15 bytes for a number of 8; no codec needs 1 KiB beside its content.
        capacity_bytes=size if raw else 2 * size + 1024,
        content=str(params["content"]),
        start=str(params["start"]),
        bind=str(params["bind"]),
    )


# --- from case to trial -------------------------------------------------------------------------------------------


@contextmanager
def prepare(case: Case) -> Iterator[Trial]:
    """Open the channel and start the peer; both are gone on leaving.

    Must be entered in the main thread (see `_peers`). A body moves `messages_per_body` messages. One operation is one
    message: there and back are two messages, so that the time of a pingpong is half a round trip, as in the OSU
    micro-benchmarks (osu_latency) and in ``mpi4py.bench pingpong``.
    """
    channel = _role.load(case.member)
    link = link_of(dict(case.params))
    script = Script(
        # Fresh in every process, so that no two of them ever measure the same content.
        seed=random.SystemRandom().getrandbits(64),
        pattern=str(case["pattern"]),
        codec=str(case["codec"]),
        content=str(case["content"]),
        size_bytes=int(case["size"]),
        count=messages_per_body(case, channel.expect_s(link)),
    )
    near_cpus, far_cpus = _places(str(case["placement"]))
    with _on(near_cpus), channel.open_near(link) as (side, handles):
        if script.pattern == "alone":
            with channel.open_far(handles) as (_, receive):
                exchange = Exchange(case.member, script, (side[0], receive), None, near_cpus)
                yield Trial(exchange.alone, exchange.check, script.count, exchange.facts)
            return
        with open_peer(channel, link, handles, far_cpus, script) as control:
            exchange = Exchange(case.member, script, side, control, near_cpus)
            if script.pattern == "stream":
                yield Trial(exchange.stream, exchange.check, script.count, exchange.facts)
            else:
                yield Trial(exchange.pingpong, exchange.check, 2 * script.count, exchange.facts)


def messages_per_body(case: Case, small_s: float) -> int:
    """Return how many messages one body moves, so that it lasts about `BATCH_S` and never holds more than 64 MiB.

    It depends on the case alone and not on the machine's speed, so that bodies of one case are alike everywhere.
    """
    size = int(case["size"])
    ways = 2 if case["pattern"] == "pingpong" else 1
    message_s = small_s + size * SECONDS_PER_BYTE[str(case["content"])]
    return max(1, min(round(BATCH_S / (ways * message_s)), MOST_BYTES // max(1, size)))


def _places(placement: str) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    allowed = cpus.allowed_cpus()
    if placement == "same":
        return allowed[:1], allowed[:1]
    if placement == "other":
        if len(allowed) < 2:
            raise UsageError("only one CPU may be used; --placement other needs two.")
        return allowed[:1], allowed[1:2]
    return None, None


@contextmanager
def _on(places: tuple[int, ...] | None) -> Iterator[None]:
    """Run on these CPUs, and so let whatever is started meanwhile begin there."""
    if places is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, places)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


FAMILY = Family(
    name="channels",
    noun="channel",
    summary="ways to move messages between two processes",
    axes=AXES,
    fit=fit,
    prepare=prepare,
    missing=missing,
)
