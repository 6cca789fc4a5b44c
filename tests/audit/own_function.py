"""Whether the gate is right about a function in a repository of one's own, over an equal commit and a slower one.

``python -m tests.audit.own_function`` makes a repository of three commits: a function, the same with another comment,
and one whose loop takes 30 % more turns and gives the same answers. Each head is judged against the first by
``primebench gate --function`` in its default budget; ``--only slower`` judges one. Prints a line per head, and ends
with 1 when a verdict is not the expected one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.repository import git

TURNS, SLOWER = 2_000, 1.3
ITEMS = "range(400)"  # some 50 ms of work in one process
EXPECTED = {"equal": ("ok", 0), "slower": ("regressed", 3)}
_SOURCE = '''"""{comment}"""


def work(number):
    """Return a remainder, after so many turns of a loop that it does not depend on."""
    mixed = number
    for _ in range({turns}):
        mixed = (mixed * 31 + 7) % 1_000_003
    return number % 7
'''
_COMMITS = {
    "first": _SOURCE.format(comment="What is measured.", turns=TURNS),
    "equal": _SOURCE.format(comment="What is measured, with another comment.", turns=TURNS),
    "slower": _SOURCE.format(comment="What is measured.", turns=round(TURNS * SLOWER)),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a gate has said of one head.

    Attributes:
        verdict: of the whole gate; empty where it has printed none.
        ratio: time of head over time of base; None where it was not measured.
        code: exit code.
        seconds: how long the command took.
        said: why it is no other verdict.
    """

    verdict: str
    ratio: float | None
    code: int
    seconds: float
    said: str


def made(folder: Path) -> None:
    """Make the repository, with a tag for each commit."""
    git(folder, "init", "--quiet")
    for tag, text in _COMMITS.items():
        (folder / "mine.py").write_text(text, encoding="utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", tag)
        git(folder, "tag", tag)


def judged(folder: Path, head: str, options: list[str]) -> Judged:
    """Run the gate over the function; base is the first commit."""
    words = ["--function", "mine:work", "--items", ITEMS, "--base", "first", "--head", head, "--backend", "serial"]
    command = [sys.executable, "-P", "-m", "bench", "gate", *words, *options, "--format", "json", "--output"]
    began = time.perf_counter()
    done = subprocess.run([*command, f"{head}.json"], cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    seconds = time.perf_counter() - began
    if not done.stdout:
        return Judged("", None, done.returncode, seconds, "what went wrong stands above")
    told = json.loads(done.stdout)
    ratios = [case["ratio"] for case in told["cases"]]
    return Judged(told["verdict"], ratios[0] if ratios else None, done.returncode, seconds, "; ".join(told["reasons"]))


def main() -> int:
    """Print a line per head; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.audit.own_function", description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=EXPECTED, help="judge this head alone")
    asked, options = parser.parse_known_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="primebench-") as name:
        folder = Path(name)
        made(folder)
        for head in [asked.only] if asked.only else EXPECTED:
            found = judged(folder, head, options)
            right = EXPECTED[head] == (found.verdict, found.code)
            ratio = "-" if found.ratio is None else f"{found.ratio:.3f}"
            told = f"{found.verdict or 'no verdict'}, exit code {found.code}, ratio {ratio}, {found.seconds:.0f} s"
            print(
                f"{head}: {told}{'' if right else ' (expected: {}, exit code {})'.format(*EXPECTED[head])}", flush=True
            )
            if found.said:
                print(f"  {found.said}", flush=True)
            wrong += not right
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
