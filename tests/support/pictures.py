"""The page and the picture in results/, made as a reader would make them; `tests.support.documents` renews both."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from tests.support import browser as browsers
from tests.support.documents import ROOT, run

PAGE = ROOT / "results" / "report.html"
PAGE_OF = ("results/all-backends-2cpu.json", "results/metg-2cpu.json")
PICTURE = ROOT / "results" / "textbook-2cpu.svg"
PICTURE_OF = ("results/textbook-2cpu.json",)
CHART = "The worked example: 1,000 numbers"
_WIDTH = 760  # pixels of the window: as wide as GitHub shows a picture, and letters are as large as they are in it


def page(*records):
    """Return what ``primebench report`` prints of records."""
    with contextlib.chdir(ROOT):
        code, out, err = run("report", *records)
    assert 0 == code, err
    return out


def saved(reader, path, title):
    """Return the file that a click on the button of a chart saves."""
    reader.open(path, width=_WIDTH)
    reader.value("URL.createObjectURL = (blob) => ((window.saved = blob), '#')")
    find = f"[...document.querySelectorAll('figure')].find((one) => one.innerText.startsWith({title!r}))"
    reader.value(f"{find}.querySelector('button').click()")
    return reader.value("window.saved.text()")


def renew():
    """Write both; the picture only where there is a browser. Return what could not be made."""
    PAGE.write_text(page(*PAGE_OF), encoding="utf-8")
    if not browsers.found():
        return [f"{PICTURE.name} needs a Chromium to be made anew"]
    with tempfile.TemporaryDirectory() as folder, browsers.browser(Path(folder)) as reader:
        whole = Path(folder, "page.html")
        whole.write_text(page(*PICTURE_OF), encoding="utf-8")
        PICTURE.write_text(saved(reader, whole, CHART), encoding="utf-8")
    return []
