"""Commands that documents show exist as they are shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from bench.cli.main import primebench

ROOT = Path(__file__).parents[2]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "results/README.md"]
SHOWN = [
    pytest.param(line, id=f"{name}: {line}")
    for name in DOCUMENTS
    for line in re.findall(
        r"^\$? ?(?:.*&& )?(?:\.venv/bin/)?primebench (\w.*)$", (ROOT / name).read_text(), re.MULTILINE
    )
]


@pytest.mark.parametrize("line", SHOWN)
def test_command_and_options_exist(line):
    """The command is there, and has each option that it is shown with."""
    name, *words = shlex.split(line, comments=True)
    context = click.Context(primebench)
    command = primebench.get_command(context, name)
    assert command is not None
    there = {option for parameter in command.get_params(context) for option in parameter.opts}
    assert {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)} - there == set()


def test_there_are_commands():
    """The documents show commands, so that the test above tests something."""
    assert len(SHOWN) >= 3


def test_continuous_integration_runs_what_the_readme_says():
    """The README's command that passes the tests is the very one that .ci/run carries out."""
    (line,) = re.findall(r"^python3 -m venv .*pytest.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert f"\n{line} " in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("name", [*DOCUMENTS, "CHANGELOG.md", "bench/README.md"])
def test_links_lead_somewhere(name):
    """Links between documents lead to files that are there."""
    document = ROOT / name
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []
