"""The line that shows how far a search is, as a terminal gets it."""

from __future__ import annotations

import pytest

from bench.cli.search_bar import SearchBar
from tests.support.terminal import shown


def drawings(columns, *words):
    """Return what a search draws on a terminal of so many columns, drawing by drawing."""
    return shown("search", *words, columns=columns).split("\r\x1b[K")[1:]


@pytest.mark.parametrize(("columns", "width"), [(100, 99), (30, 29), (0, 79)])
def test_the_bar_fits_the_terminal(columns, width):
    """No drawing is as wide as the terminal, and one that does not know its width is taken for the usual 80."""
    *drawn, answer = drawings(columns, "0", "1e7", "--kernel", "sieve")
    assert "664579" == answer.strip()  # OEIS A006880
    assert "preparing ..." == drawn[0]
    assert any(line.startswith("[#") for line in drawn)
    assert max(map(len, drawn)) <= width


def test_the_bar_of_a_kth_prime_expects_it_where_it_lies():
    """Without an end of the range the bar is full about where the K-th prime is, and not where it must be at last."""
    *drawn, answer = drawings(100, "0", "--nth", "5e6", "--kernel", "sieve")
    assert "86028121" == answer.strip()  # PrimePages, the nth prime
    shares = [int(line.partition("%")[0].split()[-1]) for line in drawn if "%" in line]
    assert max(shares) >= 2  # after the first window; of the furthest end the whole search takes 1 %


def test_what_was_done_before_is_no_rate(monkeypatch):
    """A search that goes on at 46 % and has done 1 % more in a second does so much in a second, and not 47 %."""
    clock = iter([0.0, 0.0, 10.0, 11.0])
    monkeypatch.setattr("bench.cli.search_bar.time.monotonic", lambda: next(clock))
    said = []
    monkeypatch.setattr("bench.cli.search_bar.voice.note", said.append)
    monkeypatch.setattr("bench.cli.search_bar.RateLimit", lambda _total: Due())
    bar = SearchBar(10**9)
    bar.start()
    bar.start(46 * 10**7)
    bar.update(47 * 10**7)
    assert ["47%  1e+07 numbers/s, about 53 s left"] == said


class Due:
    """Has every line told."""

    def is_due(self, _done):
        """Say so."""
        return True
