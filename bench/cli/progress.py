"""How far a command is: one line that is redrawn on a terminal, and elsewhere a line now and then, on stderr."""

from __future__ import annotations

import time

from bench.cli import voice

_TENTHS = 10
_LEAST_S = 1.0  # between two lines off a terminal: what is soon over needs none
_MOST_S = 30.0  # after which one is due however little was done: a log that stands still looks like a hang
_REDRAWN_S = 5.0  # the same for a line that is redrawn


def patience_s(*, live: bool) -> float:
    """Return after how many seconds one wants to hear that something goes on, on a line that is redrawn or off it."""
    return _REDRAWN_S if live else _MOST_S


class RateLimit:
    """Says when a line is due where nothing can be redrawn: at every tenth of the whole, and every 30 seconds."""

    def __init__(self, total: float) -> None:
        """Expect ``total`` of whatever is done; 0 where that is not known."""
        self.total = total
        self._tenth, self._said = 0, time.monotonic()

    def is_due(self, done: float) -> bool:
        """Say whether a line is due now that so much is done, and take it for said."""
        tenth = int(_TENTHS * done / self.total) if self.total else 0
        waited_s = time.monotonic() - self._said
        if waited_s < _LEAST_S or (tenth == self._tenth and waited_s < _MOST_S):
            return False
        self._tenth, self._said = tenth, time.monotonic()
        return True


class Progress:
    """Tells what was just measured and how long the rest will take."""

    def __init__(self, total: int, seconds: float = 0.0) -> None:
        """Count ``total`` visits, or, where that is 0, down from so many seconds."""
        self.total, self.done, self.seconds = total, 0, seconds
        self.started = time.monotonic()
        self.live = voice.can_redraw()
        self.patience_s = patience_s(live=self.live)
        self._limit = RateLimit(total)
        self._begun, self._last = "", self.started

    def close(self) -> None:
        """Leave the line to whatever is printed next."""
        self._write("")

    def begin(self, what: str) -> None:
        """Say what is being measured."""
        self._begun = f"{self._count(self.done + 1)} {what}"
        self._write(f"{self._begun} ...{self._left()}")

    def wait(self) -> None:
        """Say that something is being measured still: a single visit may take longer than one likes to see nothing."""
        so_far = f"{self._begun or self._count(self.done + 1)} ... {time.monotonic() - self._last:.0f} s so far"
        if self.live:
            self._write(f"{so_far}{self._left()}")
        else:
            voice.note(f"{so_far}{self._left()}")

    def finish(self, what: str, outcome: str, *, first: bool, everywhere: bool = False) -> None:
        """Count a visit; the first of each case leaves a line behind, off a terminal too where each takes long."""
        self.done, self._last, self._begun = self.done + 1, time.monotonic(), ""
        counted = f"{self._count(self.done)} {what}: {outcome}"
        if not self.live:
            going_on = self.done != self.total  # the end is told by what follows
            if (going_on and self._limit.is_due(self.done)) or everywhere:
                voice.note(f"{counted}{self._left()}")
            return
        if first or everywhere:
            self._write("")
            voice.note(f"{what}: {outcome}")
        self._write(f"{counted}{self._left()}")

    def _count(self, number: int) -> str:
        return f"[{number}/{self.total}]" if self.total else f"[{number}]"

    def _left(self) -> str:
        if not self.done or self.done == self.total:
            return ""
        spent_s = time.monotonic() - self.started
        left_s = spent_s / self.done * (self.total - self.done) if self.total else max(0.0, self.seconds - spent_s)
        return f", {about(left_s)} left"

    def _write(self, text: str) -> None:
        if self.live:
            voice.redraw(text)


def about(seconds: float) -> str:
    """Return a rough length of time in words."""
    for unit, length_s in (("s", 1), ("min", 60)):
        if seconds < 100 * length_s:
            return f"about {seconds / length_s:.0f} {unit}"
    return f"about {seconds / 3600:.0f} h"
