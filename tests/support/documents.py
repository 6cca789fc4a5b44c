"""What documents show: commands, what they print, and files. Run as a program, this renews the shown output everywhere.

``python -m tests.support.documents`` runs each command of the README and the guide that is shown with its output, and
writes what it prints today, and the screens in ``tests/reports/screens`` as well. Between lines ``...`` a document
shows paragraphs of the output; each is found by its first line.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import shlex
import sys
from pathlib import Path
from unittest import mock

import click

from bench.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "bench" / "guide").glob("*.md"))]
DOCUMENTS = [*PAGES, *(ROOT / name for name in ("CONTRIBUTING.md", "results/README.md", "bench/README.md"))]
ELSEWHERE = [*DOCUMENTS, ROOT / "CHANGELOG.md", ROOT / ".github/actions/primebench-gate/README.md"]
WIDTH = 80  # columns of a terminal that nobody has widened
REST = "..."  # a line that stands for output that is not shown

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"^`(\w+\.\w+)`:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PROMPT = "$ "


def name(page):
    """Return the name of a document in the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks(page):
    """Return the console blocks of a document."""
    return _BLOCK.findall(page.read_text(encoding="utf-8"))


def shown(page):
    """Return (command, output) of each block that shows one command with its output."""
    parted = (block.removeprefix(_PROMPT).partition("\n") for block in blocks(page) if block.startswith(_PROMPT))
    return [(command, output) for command, _, output in parted]


def commands(page):
    """Return the commands of blocks without output, without what shells do around them."""
    lines = [line for block in blocks(page) if not block.startswith(_PROMPT) for line in block.splitlines()]
    return [line.partition("  #")[0].strip() for line in lines if line and not line.startswith("#")]


def files(page):
    """Return name -> content of the files that a document shows, each after a line with its name and a colon."""
    return dict(_FILE.findall(page.read_text(encoding="utf-8")))


def run(*words):
    """Run ``primebench`` inside this process; return its exit code, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["primebench", *words]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = main._run()
    return code, out.getvalue(), err.getvalue()


def options(command):
    """Return the options that a command of primebench has."""
    context = click.Context(main.primebench)
    found = main.primebench.get_command(context, command)
    return {option for parameter in found.get_params(context) for option in parameter.opts}


@functools.lru_cache
def printed(command):
    """Return what a command of primebench prints in a narrow terminal, from the folder of the project."""
    words = shlex.split(command)[1:]
    narrow = ["--width", str(WIDTH)] if "--width" in options(words[0]) else []
    with contextlib.chdir(ROOT), mock.patch.dict(os.environ, {"COLUMNS": str(WIDTH)}):
        code, out, err = run(*words, *narrow)
    return "".join(f"{line.rstrip()}\n" for line in out.splitlines()) or f"exit code {code}: {err}"


def renewed(output, full):
    """Return an excerpt in which each shown paragraph is what the full output now has in its place.

    Raises:
        LookupError: no paragraph of the full output, or several, begin with the first line of a shown one.
    """
    paragraphs = re.split(r"\n\n+", full.strip("\n"))
    firsts = [_words(paragraph.partition("\n")[0]) for paragraph in paragraphs]
    parts = re.split(rf"^{re.escape(REST)}$\n?", output, flags=re.MULTILINE)
    if len(parts) == 1:
        return full
    kept, at = [], 0
    for place, part in enumerate(parts):
        if not part.strip("\n"):
            continue
        those = re.split(r"\n\n+", part.strip("\n"))
        begin = at if place == 0 else _place(_words(those[0].partition("\n")[0]), firsts, at)
        end = len(paragraphs) if place == len(parts) - 1 else begin + len(those)
        kept.append((begin, end))
        at = end
    return _joined(paragraphs, kept)


def _words(line):
    return " ".join(line.split())


def _place(first, firsts, at):
    found = [index for index in range(at, len(firsts)) if firsts[index] == first]
    if len(found) != 1:
        raise LookupError(f"{len(found)} paragraphs begin with: {first}")
    return found[0]


def _joined(paragraphs, kept):
    lines, at = [], 0
    for begin, end in kept:
        lines += [REST] if begin > at else [""] if at else []
        lines.append("\n\n".join(paragraphs[begin:end]))
        at = end
    lines += [REST] if at < len(paragraphs) else []
    return "".join(f"{line}\n" for line in lines)


def renew(page):
    """Write what the commands of a page print today into it; return what could not be found."""
    text, lost = page.read_text(encoding="utf-8"), []
    for command, output in shown(page):
        try:
            now = renewed(output, printed(command))
        except LookupError as error:
            lost.append(f"{name(page)}: {command}: {error}")
        else:
            text = text.replace(f"{_PROMPT}{command}\n{output}", f"{_PROMPT}{command}\n{now}")
    page.write_text(text, encoding="utf-8")
    return lost


if __name__ == "__main__":
    from tests.reports import test_screens as screens  # both need this module
    from tests.support import pictures

    screens.renew()
    sys.exit("\n".join([*(line for page in PAGES for line in renew(page)), *pictures.renew()]) or 0)
