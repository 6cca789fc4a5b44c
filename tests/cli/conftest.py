"""Running the command line inside the test, with a launch whose times are exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support.launch import FakeLaunch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


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


@pytest.fixture
def launch(monkeypatch: pytest.MonkeyPatch) -> FakeLaunch:
    """Put a `FakeLaunch` in place of the real one."""
    fake = FakeLaunch(dict(EXACT))
    monkeypatch.setattr("bench.engine.launch.launch", fake)
    return fake
