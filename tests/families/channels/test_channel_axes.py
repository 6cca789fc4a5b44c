"""What the axes of channels accept, and which combinations they refuse with a reason."""

from __future__ import annotations

import pytest

from bench.core import memory
from bench.core.case import Case
from bench.core.errors import UsageError
from bench.core.family import Missing, Unfit
from bench.core.plan import draw
from bench.families.channels import _family
from bench.families.channels._family import FAMILY

AXES = {axis.name: axis for axis in FAMILY.axes}


def fit(member, **params):
    """Fit params to a member, the rest being defaults."""
    return FAMILY.fit(member, {name: axis.default() for name, axis in AXES.items()} | params)


@pytest.mark.parametrize(
    ("text", "size"), [("0", 0), ("8", 8), ("4096", 4096), ("64KiB", 65536), ("64MiB", 2**26), ("2**10", 1024)]
)
def test_sizes_are_read_as_people_write_them(text, size):
    """Bytes may be plain numbers or have a binary unit, up to 64 MiB."""
    assert AXES["size"].parse(text) == (size,)


@pytest.mark.parametrize("text", ["many", "", "-1", "65MiB", "1GiB", "0.5", "12 apples"])
def test_what_is_no_size_is_refused_and_named(text):
    """A size that is no number, is negative or above 64 MiB is an error that repeats what was written."""
    with pytest.raises(UsageError) as error:
        AXES["size"].parse(text)
    assert (text or "nothing") in str(error.value) or "no size" in str(error.value)
    assert "MiB" in str(error.value) or "write" in str(error.value)


@pytest.mark.parametrize(("axis", "text"), [("pattern", "pong"), ("codec", "json"), ("placement", "here")])
def test_unknown_words_are_refused_with_the_known_ones(axis, text):
    """The message lists what may be written."""
    with pytest.raises(UsageError, match=f"{text} is no {axis}.*Choose from "):
        AXES[axis].parse(text)


@pytest.mark.parametrize("text", ["localhost", "256.0.0.1", "::1", ""])
def test_only_ipv4_addresses_can_be_listened_on(text):
    """Managers know IPv4 only, and a name could mean another machine."""
    with pytest.raises(UsageError, match="IPv4"):
        AXES["bind"].parse(text)


def test_an_address_of_another_machine_is_unfit():
    """192.0.2.1 is kept for documentation (RFC 5737) and belongs to nobody."""
    with pytest.raises(Unfit, match=r"listen on 192\.0\.2\.1"):
        fit("manager-queue-tcp", bind="192.0.2.1")


def test_the_server_is_bound_to_the_loopback_unless_told_otherwise():
    """The default address is the one that no other host can reach."""
    assert fit("manager-queue-tcp")["bind"] == "127.0.0.1"


def test_axes_without_meaning_are_none():
    """Threads have no start method, a process that sends to itself no placement, and only a server an address."""
    assert fit("thread-queue")["start"] == "none"
    assert fit("pipe", pattern="alone")["start"] == fit("pipe", pattern="alone")["placement"] == "none"
    assert fit("pipe")["bind"] == "none"


@pytest.mark.parametrize(
    ("member", "params", "reason"),
    [
        ("value", {"size": 9}, "carries 8 bytes, not 9"),
        ("value", {"codec": "pickle"}, "one bare number"),
        ("sharedctypes", {"size": 65537}, "65536 bytes"),
        ("pipe", {"content": "numbers"}, "needs a codec"),
        ("queue", {"codec": "pickle"}, "pickles everything by itself"),
        ("manager-dict", {"codec": "pickle5-oob"}, "pickles everything by itself"),
        ("pipe", {"content": "numbers", "codec": "pickle5-oob"}, "no buffer"),
        ("array", {"codec": "pickle5-oob", "pattern": "alone"}, "hold only one"),
        ("queue", {"content": "numbers", "size": 12}, "multiple of 8"),
        ("pipe", {"pattern": "alone", "size": 16385}, "16 KiB at most"),
        ("pipe", {"size": -1}, "-1 bytes"),
        ("pipe", {"size": 2**26 + 1}, "67108864 bytes are allowed"),
    ],
)
def test_senseless_combinations_are_refused_with_the_reason(member, params, reason):
    """What a channel cannot carry is unfit, and the reason says why."""
    with pytest.raises(Unfit, match=reason):
        fit(member, **params)


def test_a_message_beyond_the_memory_is_unfit(monkeypatch):
    """With 100 MiB of memory, 8 MiB fit (12 copies are 96 MiB) and 16 MiB do not; the message tells both numbers."""
    monkeypatch.setattr(memory, "available_bytes", lambda: 100 * 2**20)
    fit("pipe", size=8 * 2**20)
    with pytest.raises(Unfit, match="192 MiB of memory .* 100 MiB are available"):
        fit("pipe", size=16 * 2**20)


def test_without_a_library_its_codec_is_missing(monkeypatch):
    """The reason says what to install."""
    monkeypatch.setattr(_family, "find_spec", lambda _name: None)
    with pytest.raises(Missing, match=r"pip install primebench\[msgspec\]"):
        fit("pipe", codec="msgspec")


def test_shared_memory_that_does_not_fit_is_unfit(monkeypatch):
    """A ring that the system has no room for would kill whoever writes to it, so it is refused before."""
    import os

    full = type("Room", (), {"f_bavail": 10, "f_frsize": 4096})()
    monkeypatch.setattr(os, "statvfs", lambda _path: full)
    with pytest.raises(Unfit, match="40960 are free"):
        fit("shared-memory", size=2**20)


def test_another_cpu_needs_two(monkeypatch):
    """On one CPU there is no other one."""
    monkeypatch.setattr(_family.cpus, "allowed_cpus", lambda: (0,))
    with pytest.raises(Unfit, match="needs two"):
        fit("pipe", placement="other")


def test_all_channels_fit_with_the_default_of_every_axis():
    """``--channel all`` alone leads to a case for each member and skips none."""
    from bench.core import catalog

    names = catalog.names(FAMILY.package)
    drawing = draw(FAMILY, names, {})
    assert [case.member for case in drawing.cases] == list(names)
    assert drawing.skips == ()


@pytest.mark.parametrize("pattern", ["pingpong", "stream"])
@pytest.mark.parametrize("content", ["bytes", "numbers"])
def test_bodies_shrink_with_the_size_and_hold_64_mib_at_most(pattern, content):
    """The number of messages falls as they grow, is never none, and bounds the memory."""
    counts = []
    for size in (0, 8, 1024, 65536, 2**20, 2**26):
        case = Case.of("channels", "pipe", fit("os-pipe") | {"size": size, "pattern": pattern, "content": content})
        counts.append(_family.messages_per_body(case, 10e-6))
        assert counts[-1] == 1 or counts[-1] * size <= 2**26
    assert counts == sorted(counts, reverse=True)
    assert counts[0] >= 500 and counts[-1] == 1
