"""primebench explain: what is refused, and how."""

from __future__ import annotations


def test_a_record_without_observations_says_what_to_do(cli, launch):
    """One plain line with exit code 1, and nothing on stdout."""
    cli("run", "--backend", "pool", "-o", "r.json")
    done = cli("explain", "r.json")
    assert (1, "") == (done.code, done.out)
    assert 1 == len(done.err.strip().splitlines())
    assert "it was not observed" in done.err and "primebench run" in done.err


def test_an_unknown_case_is_wrong_usage(cli, launch):
    """A pattern that nothing fits names what there is."""
    cli("run", "--backend", "pool", "-o", "r.json")
    done = cli("explain", "r.json", "--case", "pol")
    assert 2 == done.code and "did you mean pool?" in done.err
