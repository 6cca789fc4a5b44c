"""The near side of a channel: the three ways to time messages, and the proof that each of them arrived."""

from __future__ import annotations

import os
from collections import deque
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench.core.errors import WrongAnswer
from bench.families.channels import _codec, _peer
from bench.families.channels._peers import hear

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from bench.core.case import Value
    from bench.families.channels._peer import Script
    from bench.families.channels._role import Side

_KEPT = 100_000  # times of single messages that percentiles are made of: the latest ones, 0.8 MB

Answer = tuple[list[Any], list[float]]
"""What came back, and the clock before the first message and after each."""


class Exchange:
    """Batches of messages over one channel; each batch is drawn outside the clock and sent once.

    Args:
        member: the channel's name.
        script: what is sent.
        side: the near side; for `alone`, its ``send`` and the far side's ``receive``.
        control: the line to the peer; None for `alone`.
        cpus: the CPUs to run on; None leaves that to the scheduler.
    """

    def __init__(
        self, member: str, script: Script, side: Side, control: Connection | None, cpus: tuple[int, ...] | None
    ) -> None:
        """Draw the first batch."""
        self._member, self._script, self._control, self._cpus = member, script, control, cpus
        self._send, self._receive = _codec.around(side, script.codec)
        self._batches = script.batches()
        self._messages = next(self._batches)
        self._encoded = _codec.encoded_bytes(self._messages[0], script.codec)
        self._times: deque[float] = deque(maxlen=_KEPT)

    def pingpong(self) -> Answer:
        """Send each message and wait until the peer has sent it back."""
        send, receive, replies = self._send, self._receive, []
        self._begin()
        stamps = [perf_counter()]
        for message in self._messages:
            send(message)
            replies.append(receive())
            stamps.append(perf_counter())
        return replies, stamps

    def stream(self) -> Answer:
        """Send all messages without waiting, until the peer says that it has received the last one."""
        send = self._send
        self._begin()
        for message in self._messages:
            send(message)
        assert self._control is not None  # only `alone` has none
        hear(self._control)
        return [], []

    def alone(self) -> Answer:
        """Send each message and receive it in the same thread: nobody has to be woken."""
        send, receive, replies = self._send, self._receive, []
        for message in self._messages:
            send(message)
            replies.append(receive())
        return replies, []

    def _begin(self) -> None:
        if self._cpus:
            # pyperf sets the affinity of the measuring process once more before the first body. Costs a microsecond.
            os.sched_setaffinity(0, self._cpus)
        if self._control is not None:
            self._control.send_bytes(_peer.GO)

    def check(self, answer: Answer) -> None:
        """Raise `WrongAnswer` unless every message arrived as it was sent, on both sides; draw the next batch."""
        replies, stamps = answer
        wrong = ""
        if self._control is not None:
            self._control.send_bytes(_peer.TELL)
            wrong = hear(self._control).decode()
        if self._script.pattern != "stream":
            wrong = wrong or _peer.difference(replies, self._messages)
        if wrong:
            raise WrongAnswer(f"{self._member}: {wrong}.")
        self._times.extend((late - early) / 2 for early, late in pairwise(stamps))
        del replies, answer
        self._messages = next(self._batches)

    def facts(self) -> dict[str, Value]:
        """Return what belongs beside the times.

        ``channels_p50_s`` and ``channels_p99_s``: half a round trip, in seconds (`pingpong` only).
        ``channels_encoded_bytes``: what the codec makes of a message's content.
        """
        facts: dict[str, Value] = {}
        if self._encoded is not None:
            facts["channels_encoded_bytes"] = self._encoded
        if self._times:
            ordered = sorted(self._times)
            facts |= {f"channels_p{percent}_s": percentile(ordered, percent) for percent in (50, 99)}
        return facts


def percentile(ordered: list[float], percent: int) -> float:
    """Return the smallest value that at least ``percent`` of all values do not exceed.

    Source: R. J. Hyndman, Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996,
    definition 1.
    """
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, rank - 1)]
