"""Numbers among the options."""

from __future__ import annotations

import pytest

THREE = "\N{ARABIC-INDIC DIGIT THREE}"


@pytest.mark.parametrize(
    "words",
    [
        ("search", "0", THREE),
        ("search", "0", "10", "--workers", THREE),
        ("search", "0", "10", "--nth", "1__0"),
        ("search", "0", "10", "--seed", THREE),
        ("run", "--backend", "pool", "--dry-run", "--rounds", THREE),
        ("run", "--backend", "pool", "--dry-run", "--timeout", THREE),
        ("run", "--backend", "pool", "--dry-run", "--workers", f"1-{THREE}"),
        ("run", "--backend", "pool", "--dry-run", "--range", f"{THREE}:10"),
        ("run", "--backend", "pool", "--dry-run", "--affinity", THREE),
        ("run", "--backend", "pool", "--dry-run", "--chunksize", "1__0"),
        ("run", "--channel", "pipe", "--dry-run", "--size", f"{THREE}KiB"),
        ("gate", "--base", ".", "--head", ".", "--backend", "pool", "--pairs", THREE),
        ("gate", "--base", ".", "--head", ".", "--backend", "pool", "--alpha", f"0.0{THREE}"),
        ("selftest", "--budget", THREE),
        ("check", "--backend", "pool", "--timeout", THREE),
    ],
)
def test_every_number_is_read_alike(cli, words):
    """Digits of other scripts and double underscores are no numbers, wherever one is asked for."""
    done = cli(*words)
    assert 2 == done.code, done.err
    assert "is no" in done.err
    assert "" == done.out


def test_a_number_may_be_written_short_everywhere(cli):
    """Options take 1_000 and 1e3 as the arguments of a search do."""
    done = cli("run", "--backend", "serial", "--dry-run", "--rounds", "1e3", "--seed", "2**62")
    assert 0 == done.code, done.err
    assert "1000 rounds" in done.out


@pytest.mark.parametrize(
    "words",
    [
        *(("--chunksize", "1e1000"), ("--tasks-per-child", "1e1000"), ("--range", "0:2**4000")),
        *(("--chunksize", "2**62+1"), ("--range", "9:2**62+10"), ("--rounds", "9**9**9")),
        *(("--seed", "2**62+1"), ("--seed", "-1-2**62")),
    ],
)
def test_numbers_that_no_machine_can_use_are_refused(cli, words):
    """A number of a thousand digits, or that no record holds, is refused, and the message does not repeat all of it."""
    done = cli("run", "--backend", "pool", "--dry-run", *words)
    assert (2, "") == (done.code, done.out)
    assert len(done.err) < 400


@pytest.mark.parametrize(
    "words", [("--chunksize", "2**62"), ("--range", "9:2**62+9"), ("--seed", "2**62"), ("--seed", "-2**62")]
)
def test_the_largest_numbers_make_a_record_that_can_be_read(cli, launch, words):
    """Whatever an option takes is what the field of a record may hold."""
    done = cli("run", "--backend", "pool", "--answer", "count", "--kernel", "wheel6", *words, "-o", "r.json")
    assert 0 == done.code, done.err
    assert 0 == cli("show", "r.json").code
