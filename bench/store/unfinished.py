"""Opening a record that is to be completed: from its file, or from the journal that a killed process has left."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bench.store import journal, record_file

if TYPE_CHECKING:
    from bench.core.record import Record


def load(path: Path) -> tuple[Record, Path]:
    """Return the record, and where it is kept once it is complete.

    Args:
        path: a record or a journal. A journal beside a record is the newer of the two: it ends with the record.

    Raises:
        UnreadableRecord: it is neither, or damaged.
    """
    if path.name.endswith(journal.ENDING):
        return journal.load(path), Path(str(path).removesuffix(journal.ENDING))
    left = journal.place(path)
    return (journal.load(left) if os.path.exists(left) else record_file.load(path)), path
