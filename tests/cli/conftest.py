"""Running the command line inside the test, with a launch whose times are exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from bench.core.record import Failure, Process, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bench.core.case import Case
    from bench.core.plan import Effort


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Callable[..., Done]]:
    """Run ``primebench`` with the given words in an empty folder; return exit code, stdout and stderr."""
    from bench.cli import main

    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Done:
        monkeypatch.setattr("sys.argv", ["primebench", *words])
        code = main._run()
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return run


# Seconds per search: the serial loop takes 0.2, two copies would let a perfect backend take 0.1.
EXACT = {"serial": 0.2, "ceiling": 0.1, "pool": 0.125, "executor": 0.4}


class FakeLaunch:
    """Stands in for `bench.engine.launch.launch`: no process, exact times, failures on request."""

    def __init__(self) -> None:
        """Begin with `EXACT` and no failures."""
        self.seconds = dict(EXACT)
        self.failures: dict[str, tuple[str, str]] = {}
        self.interrupt_after: int | None = None
        self.visits: list[Case] = []

    def __call__(
        self, case: Case, effort: Effort, affinity: tuple[int, ...], loops: int | None, python: str = ""
    ) -> Result | Failure:
        """Answer as a visit would."""
        if self.interrupt_after is not None and len(self.visits) >= self.interrupt_after:
            raise KeyboardInterrupt
        self.visits.append(case)
        if case.member in self.failures:
            kind, message = self.failures[case.member]
            return Failure(case, kind, message, "the end of stderr")
        seconds = self.seconds.get(case.member, 0.15)
        metadata = {"name": case.id, "loops": 1, "unit": "second", "primebench_family": case.family}
        metadata |= {"primebench_member": case.member} | {f"primebench_{axis}": value for axis, value in case.params}
        return Result(case, (Process((seconds,) * effort.values, (), metadata),))


@pytest.fixture
def launch(monkeypatch: pytest.MonkeyPatch) -> FakeLaunch:
    """Put a `FakeLaunch` in place of the real one."""
    fake = FakeLaunch()
    monkeypatch.setattr("bench.engine.launch.launch", fake)
    return fake
