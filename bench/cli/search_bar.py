"""How far a search is: rate and time left, redrawn in one line on a terminal, and off it in a line now and then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from bench.cli import voice
from bench.cli.heartbeat import waited_for
from bench.cli.progress import RateLimit, patience_s
from bench.core.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDTH = 24  # of the bar, in characters
_RECENT_S = 20.0  # the rate is that of so many seconds, because numbers become harder to search as they grow


class SearchBar:
    """Redraws its line whenever it is told how many numbers are done."""

    def __init__(self, total: int) -> None:
        """Expect ``total`` numbers."""
        self.total = max(total, 1)
        self.live = voice.can_redraw()
        self._limit = RateLimit(self.total)
        self._points = [(time.monotonic(), 0)]

    def __enter__(self) -> Self:
        """Begin."""
        self._draw("preparing ...")
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the line to whatever is printed next."""
        self._draw("")

    def note(self, text: str) -> None:
        """Say something on a line of its own."""
        self._draw("")
        voice.note(text)

    def warn(self, text: str) -> None:
        """Say on a line of its own what the user should know."""
        self._draw("")
        voice.warn(text)

    def wait(self, what: str, work: Callable[[], None]) -> None:
        """Do something that may take long on a busy machine, and say now and then that it goes on."""
        began = time.monotonic()

        def beat() -> None:
            so_far = f"{what} ... {time.monotonic() - began:.0f} s so far"
            if self.live:
                self._draw(so_far)
            else:
                voice.note(so_far)

        waited_for(work, patience_s(live=self.live), beat)

    def start(self, done: int = 0) -> None:
        """Begin to count the time, with so many numbers done before."""
        self._points = [(time.monotonic(), done)]

    def update(self, done: int) -> None:
        """Show that so many numbers are done."""
        now = time.monotonic()
        self._points.append((now, done))
        while len(self._points) > 2 and self._points[0][0] < now - _RECENT_S:
            del self._points[0]
        began, before = self._points[0]
        rate = (done - before) / max(now - began, 1e-6)
        share = min(done / self.total, 1.0)
        told = f"{share:4.0%}  {rate:.2g} numbers/s{_left(rate, self.total - done)}"
        if not self.live:
            if self._limit.is_due(done):
                voice.note(told.strip())
            return
        bar = ("#" * round(share * _WIDTH)).ljust(_WIDTH, ".")
        self._draw(f"[{bar}] {told}")

    def _draw(self, text: str) -> None:
        if self.live:
            voice.redraw(text)


def _left(rate: float, numbers: int) -> str:
    if rate <= 0 or numbers <= 0:
        return ""
    left_s = numbers / rate
    for unit, length_s in (("s", 1), ("min", 60), ("h", 3600)):
        if left_s < 100 * length_s:
            return f", about {left_s / length_s:.0f} {unit} left"
    return f", about {left_s / DAY_S:.0f} days left"
