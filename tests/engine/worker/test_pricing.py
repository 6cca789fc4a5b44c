"""What ways cost by themselves: told of a backend whose clock only its messages move."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bench.engine.worker import pricing
from tests.support.cases import usual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contract.backend import Crew, Mapper

OPEN_S, CLOSE_S, MESSAGE_S, ITEM_BYTE_S, RESULT_BYTE_S = 0.2, 0.05, 1e-3, 2e-9, 5e-9


class Clock:
    """Time that passes only when a message is sent, or workers are made or ended."""

    now = 0.0

    @contextmanager
    def open_mapper(self, _crew: Crew) -> Iterator[Mapper]:
        """Make workers that take no time for what they do."""

        def mapper(task: Any, items: Any, chunksize: int | None) -> list[Any]:
            results = list(map(task, items))
            self.now += MESSAGE_S * -(-len(items) // (chunksize or 1))
            self.now += ITEM_BYTE_S * sum(len(item) for item in items if isinstance(item, bytes))
            self.now += RESULT_BYTE_S * sum(len(result) for result in results if isinstance(result, bytes))
            return results

        self.now += OPEN_S
        yield mapper
        self.now += CLOSE_S


def test_each_price_is_told_of_what_costs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers answer one message each before they count as made; 256 items travel in eight messages, six more."""
    case, made = usual("thread-pool", workload="0:100", workers=2), Clock()
    backend = SimpleNamespace(open_mapper=made.open_mapper, standing=False, fixed_width=False, parallelism="threads")
    monkeypatch.setattr(pricing, "time", SimpleNamespace(perf_counter=lambda: made.now, process_time=lambda: 0.0))
    monkeypatch.setattr(pricing._backend, "load", lambda _name: backend)
    found = pricing.price(case)
    assert found == pytest.approx({
        "workers": 2, "open_s": OPEN_S + 2 * MESSAGE_S, "close_s": CLOSE_S, "message_s": MESSAGE_S,
        "message_cpu_s": 0.0, "item_s": 6 * MESSAGE_S / 256, "item_byte_s": ITEM_BYTE_S, "result_byte_s": RESULT_BYTE_S,
    }, rel=0.05)  # fmt: skip
