"""How long workers wait for messages, as far as these are seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.analysis.arrivals import arriving
from tests.support.observations import observation


def with_messages(body, *received):
    """Return a body whose spans came in messages that were received then; None is a span of the message before."""
    return replace(body, spans=tuple(replace(span, received=at) for span, at in zip(body.spans, received, strict=True)))


BODY = observation([(0.3, 0.5), (0.5, 0.6), (1.0, 1.2)])


def test_waiting_ends_when_a_message_comes():
    """0.25 s until the first message, whose second item waits for nothing; 0.2 s from there until the second one."""
    assert 0.45 == pytest.approx(arriving(with_messages(BODY, 0.25, None, 0.8)))


def test_a_worker_does_not_wait_before_it_can_work():
    """Able to work from 0.2 s on: 0.05 s until the first message. One that came before that was not waited for."""
    late = replace(BODY, totals=(replace(BODY.totals[0], ready=0.2),))
    assert 0.25 == pytest.approx(arriving(with_messages(late, 0.25, None, 0.8)))
    assert 0.2 == pytest.approx(arriving(with_messages(late, 0.1, None, 0.8)))


def test_what_is_hidden_or_sampled_is_not_guessed():
    """Without a message, or with spans left out, there is no number."""
    assert arriving(BODY) is None
    assert arriving(replace(with_messages(BODY, 0.25, None, 0.8), rate=0.5)) is None
