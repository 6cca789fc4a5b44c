"""Tests of `bench.reports.wording`."""

from __future__ import annotations

import string

import pytest

from bench.core.reason import Kind, Reason, said
from bench.reports.wording import WORDS, word, words

MOVED = Reason.of(Kind.CONTROL_MOVED, "backends/serial workers=1", change=0.1, limit=0.01)


def test_every_kind_has_words():
    """Nothing is a reason that cannot be said."""
    assert {*Kind} == {*WORDS}


@pytest.mark.parametrize("kind", [kind for kind in Kind if isinstance(WORDS[kind], str)])
def test_words_are_filled_with_values_by_name(kind):
    """Each place in a text names a value, and none is left open."""
    places = [name for _, name, _, _ in string.Formatter().parse(WORDS[kind]) if name is not None]
    assert all(name.isidentifier() for name in places)
    assert "{" not in word(Reason.of(kind, "backends/pool", **{name: 1.0 for name in places if name != "case"}))


def test_a_reason_within_a_reason_is_said_within_it():
    """What made a verdict void is a part of its sentence, and the case is named as the reader knows it."""
    found = Reason.of(Kind.VOID, why=MOVED)
    moved = "moved by +10.0%, more than 1.0%, though its code is the same"
    assert f"void: control backends/serial workers=1 {moved}" == word(found)
    assert f"void: control serial {moved}" == word(found, {MOVED.case: "serial"}.__getitem__)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (
            Reason.of(Kind.SLOWER, change=0.3, margin=0.02, drift=0.0, p=0.001, alpha=0.01),
            "+30.0%, more than the margin of 2.0%, p 0.001 below 0.01",
        ),
        (
            Reason.of(Kind.SLOWER, change=0.3, margin=0.02, drift=0.07, least=0.2, p=0.001, alpha=0.01),
            "+30.0%, at least +20.0%, more than the allowance for drift of 7.0%, p 0.001 below 0.01",
        ),
        (Reason.of(Kind.FAST_ENOUGH, change=0.0, most=0.01, drift=0.0, limit=0.05), "+0.0%, at most +1.0%, below 5.0%"),
        (
            Reason.of(Kind.FAST_ENOUGH, change=0.0, most=0.01, drift=0.07, limit=0.1),
            "+0.0%, at most +1.0% with the allowance for drift of 7.0%, below 10.0%",
        ),
        (
            Reason.of(Kind.MEAN_OPEN, mean=0.1, most=None, limit=0.1),
            "mean +10.0%, and any mean is possible, not below 10.0%",
        ),
        (
            Reason.of(Kind.SPREADS_APART, n=3, unit="pairs", times=None),
            "3 pairs are too few where the spreads lie infinitely apart",
        ),
        (Reason.of(Kind.UNCONFIRMED, second="missing", why=None), "slower, but not confirmed (second batch missing)"),
        (
            Reason.of(Kind.UNCONFIRMED, second="ok", why=said("fine")),
            "slower, but not confirmed (second batch ok: fine)",
        ),
    ],
)
def test_what_was_not_allowed_or_not_known_is_not_said(reason, text):
    """No allowance, no bound and no second batch leave out the words that would tell of them."""
    assert text == word(reason)


def test_several_reasons_stand_in_one_line():
    """One behind the other, in their order."""
    assert "no values; pending" == words((Reason(Kind.NO_VALUES), Reason(Kind.PENDING)))
