"""The pieces that channels are made of: messages, codecs, framing, percentiles, the server that is reached over TCP."""

from __future__ import annotations

import os
import socket
from multiprocessing import AuthenticationError

import numpy as np
import pytest

from bench.families.channels import _codec, _exchange, _framing, _peer, manager_queue_tcp
from bench.families.channels._role import Link


def script(**changes):
    """Return a script of four messages of 16 bytes."""
    return _peer.Script(
        **{"seed": 1, "pattern": "stream", "codec": "raw", "content": "bytes", "size_bytes": 16, "count": 4} | changes
    )


@pytest.mark.parametrize("size", [16, 1024, 1025, 5000])
def test_both_sides_draw_the_same_messages_and_none_twice(size):
    """Two sides with one seed agree on every message of every batch; all are different, of the size that was asked."""
    near, far = script(size_bytes=size).batches(), script(size_bytes=size).batches()
    drawn = [message for _ in range(50) for message in next(near)]
    assert drawn == [message for _ in range(50) for message in next(far)]
    assert len(set(drawn)) == 200
    assert {len(message) for message in drawn} == {size}


def test_large_messages_differ_in_all_their_parts():
    """A channel that delivers a part of an older message is found out: no place holds the same bytes twice."""
    drawn = next(script(size_bytes=20_000, count=50).batches())
    for start in range(0, 20_000, 1000):
        assert len({message[start : start + 16] for message in drawn}) == 50


def test_another_seed_leads_to_other_messages():
    """Content is as random as its seed."""
    assert next(script().batches()) != next(script(seed=2).batches())


def test_numbers_are_the_same_bytes_read_as_64_bit_numbers():
    """A list of numbers has the size of the bytes it was drawn from (numpy reads them alike)."""
    for drawn, numbers in zip(next(script().batches()), next(script(content="numbers").batches()), strict=True):
        assert numbers == np.frombuffer(drawn, dtype=np.uint64).tolist()


def test_content_does_not_compress():
    """Random content has no pattern that a channel could profit from."""
    import zlib

    (message,) = next(script(size_bytes=2**16, count=1).batches())
    assert len(zlib.compress(message, 9)) >= len(message)


@pytest.mark.parametrize(
    ("received", "said"),
    [
        ([b"a", b"b"], ""),
        ([b"a"], "1 messages arrived, 2 were sent"),
        ([b"a", b"b", b"b"], "3 messages arrived, 2 were sent"),
        ([b"a", b"c"], "message 1 of 2"),
        ([b"b", b"a"], "message 0 of 2"),
    ],
)
def test_a_difference_is_described(received, said):
    """Lost, repeated, changed and swapped messages are each told."""
    assert said in _peer.difference(received, [b"a", b"b"])
    assert bool(said) == bool(_peer.difference(received, [b"a", b"b"]))


def test_out_of_band_content_travels_by_itself():
    """The first frame is a pickle without the content, the second the content and nothing else (PEP 574)."""
    frames = []
    content = os.urandom(1000)
    send, _ = _codec.around((frames.append, list), "pickle5-oob")
    send(content)
    assert len(frames) == 2 and len(frames[0]) < 50
    assert bytes(frames[1]) == content


def test_no_encoded_message_is_larger_than_a_link_allows():
    """The largest numbers, 8 bytes each, stay below twice their size and 1 KiB in every codec that is installed."""
    from importlib.util import find_spec

    for codec in _codec.CODECS:
        if codec in ("raw", "pickle5-oob") or (codec in _codec.EXTRAS and find_spec(codec) is None):
            continue
        for count in (0, 1, 1000, 100_000):
            encoded = _codec.encoded_bytes([2**64 - 1] * count, codec)
            assert encoded <= 2 * 8 * count + 1024


class Stream:
    """A stream that takes and gives at most so many bytes at a time."""

    def __init__(self, most):
        """Hold nothing."""
        self.held, self.most = b"", most

    def write(self, data):
        """Take some of the data."""
        self.held += bytes(data[: self.most])
        return min(len(data), self.most)

    def read(self, size):
        """Give some of what is held; nothing is the end."""
        given = self.held[: min(size, self.most)]
        self.held = self.held[len(given) :]
        return given


@pytest.mark.parametrize("most", [1, 3, 1000])
@pytest.mark.parametrize("frame_bytes", [None, 7])
def test_frames_survive_short_reads_and_writes(most, frame_bytes):
    """The system may take and give fewer bytes than it is asked for."""
    stream = Stream(most)
    send, receive = _framing.framed(stream.write, stream.read, frame_bytes)
    messages = [b"1234567", b"abcdefg"] if frame_bytes else [b"", b"1", b"12345678", b"x" * 5000]
    for message in messages:
        send(message)
    assert [receive() for _ in messages] == messages


def test_a_known_size_travels_without_a_header():
    """The floor sends the message and nothing else."""
    stream = Stream(1000)
    send, _ = _framing.framed(stream.write, stream.read, 7)
    send(b"1234567")
    assert stream.held == b"1234567"


def test_the_end_of_a_stream_in_a_message_is_an_error():
    """Half a message is none."""
    stream = Stream(1000)
    _, receive = _framing.framed(stream.write, stream.read, 7)
    stream.held = b"123"
    with pytest.raises(EOFError, match="closed"):
        receive()


@pytest.mark.parametrize("count", [1, 2, 99, 100, 101, 1000])
@pytest.mark.parametrize("percent", [50, 99])
def test_percentiles_are_those_of_numpy(count, percent):
    """Definition 1 of Hyndman and Fan, which numpy calls inverted_cdf."""
    values = sorted(np.random.default_rng(count).random(count).tolist())
    assert _exchange.percentile(values, percent) == np.percentile(values, percent, method="inverted_cdf")


def test_a_wrong_key_is_refused_and_the_port_closed_afterwards():
    """Address and port are not enough; who has the key too gets in; on leaving nobody listens any more."""
    link = Link(8, 8, 8, start="fork", bind="127.0.0.1")
    with manager_queue_tcp.open_near(link) as ((send, _), (host, port, key)):
        with pytest.raises(AuthenticationError), manager_queue_tcp.open_far((host, port, b"guessed")):
            pass
        with manager_queue_tcp.open_far((host, port, key)) as (_, receive):
            send(b"12345678")
            assert receive() == b"12345678"
    with pytest.raises(ConnectionRefusedError), socket.create_connection((host, port), timeout=5):
        pass


def test_the_server_listens_where_it_was_told_to():
    """Bound to 127.0.0.2, it cannot be reached at 127.0.0.3, where no other test has a port either."""
    link = Link(8, 8, 8, start="fork", bind="127.0.0.2")
    with manager_queue_tcp.open_near(link) as (_, (host, port, _)):
        assert host == "127.0.0.2"
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.3", port), timeout=5):
            pass


def test_the_peer_compares_nothing_while_the_clock_runs():
    """Its verdict comes only when it is asked for: comparing would take the CPU from the last message."""
    from multiprocessing import Pipe
    from queue import Queue
    from threading import Thread

    there, back = Queue(), Queue()
    ours, theirs = Pipe()
    with ours, theirs:
        peer = Thread(target=_peer._answer, args=(theirs, (back.put, there.get), script(pattern="pingpong")))
        peer.start()
        assert ours.recv_bytes() == b""
        ours.send_bytes(_peer.GO)
        for message in next(script().batches()):
            there.put(message)
            assert back.get(timeout=5) == message
        assert not ours.poll(0.1)
        ours.send_bytes(_peer.TELL)
        assert ours.recv_bytes() == b""
        ours.send_bytes(_peer.STOP)
        peer.join(5)
        assert not peer.is_alive()
