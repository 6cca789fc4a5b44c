"""A sample of the plain loop: what is said of an item that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.core.errors import UsageError
from bench.engine.worker.sampling import ItemFailed, survey
from tests.support.cases import usual

if TYPE_CHECKING:
    from pathlib import Path


def test_item_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the numbers from 100 on, the one at place 41 is refused."""
    code = "def half(number):\n    if number == 141:\n        raise ValueError('odd')\n    return number / 2\n"
    (tmp_path / "halves.py").write_text(code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    case = usual("pool", "function", workers=2, function="halves.py:half", items="range(100, 200)")
    with pytest.raises(ItemFailed, match=r"^item 41 \(141\): ValueError: odd\.$"):
        survey(case, 0.2)


def test_job_without_items_is_refused() -> None:
    """A range of no numbers has nothing to sample."""
    with pytest.raises(UsageError, match="no items"):
        survey(usual("pool", workers=2, workload="empty"), 0.2)
