"""Commands that documents show work as they are shown, as far as they can be carried out without measuring."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import click
import pytest

from bench.cli.main import primebench
from tests.support import documents

COMMAND = re.compile(r"^(?:.*&& )?(?:\.venv/bin/)?primebench (\w.*)$")
INSTALLED = [documents.ROOT / "bench/guide/plugins.md"]  # whose commands need what a test of its own installs
SHOWN = {
    (page, found[1]): None
    for page in documents.DOCUMENTS
    if page not in INSTALLED
    for line in documents.commands(page)
    if (found := COMMAND.match(line))
}
INLINE = {
    (page, line): None
    for page in documents.DOCUMENTS
    for line in re.findall(r"`primebench (\w[^`]*)`", page.read_text(encoding="utf-8"))
}
ANSWERING = ("list", "machine", "search")  # done as they are shown


def cases(found):
    """Return one case for each command."""
    return [pytest.param(page, line, id=f"{documents.name(page)}: {line}") for page, line in found]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Begin in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("page", "line"), cases(SHOWN))
def test_command_works(page, line, folder):
    """It is carried out if it only answers or checks, planned if it measures, and else read with all its options."""
    for name, content in documents.files(page).items():
        (folder / name).write_text(content)
    name, *words = shlex.split(line)
    if page not in documents.PAGES:  # their commands are carried out by tests of their own
        read(name, words)
    elif name in ANSWERING and "--join" not in words:  # what is joined was made by other commands
        code, out, err = documents.run(name, *words)
        assert (0, True) == (code, bool(out) or "--output" in words), err
    elif name == "check" and documents.files(page):  # code of the user's is found by a process of its own
        command = [sys.executable, "-m", "bench", name, *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stdout + done.stderr
    elif name == "run" and "--resume" not in words:
        code, _, err = documents.run(name, *words, "--dry-run")
        assert 0 == code, err
    else:
        read(name, words)


@pytest.mark.parametrize(("page", "line"), cases(INLINE))
def test_command_in_a_sentence_exists(page, line):
    """The command is there, and has each option that it is shown with."""
    name, *words = shlex.split(line.partition(" | ")[0])
    shown = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert shown - documents.options(name) - {"--help"} == set(), documents.name(page)


def read(name, words):
    """Let click read a command line; with an option or a value that does not exist this raises."""
    command = primebench.get_command(click.Context(primebench), name)
    assert command is not None
    command.make_context(name, list(words))


def test_the_gate_that_is_shown_first_judges_the_users_own_code():
    """In a repository of the user's a gate without a function would judge primebench itself, or find no such ref."""
    command = primebench.get_command(click.Context(primebench), "gate")
    assert command is not None
    example = str(command.epilog).removeprefix("Example: primebench ")
    table = next(line for page, line in INLINE if page.name == "README.md" and line.startswith("gate "))
    page = next(line for page, line in SHOWN if page.name == "gate.md")
    assert "gate --function " == example[:16] == table[:16] == page[:16]


def test_there_are_commands():
    """The documents show commands, so that the tests above test something."""
    assert len(SHOWN) >= 20


def test_continuous_integration_runs_what_the_readme_says():
    """The README's command that passes the tests is the very one that .ci/run carries out."""
    (line,) = re.findall(r"^python3 -m venv .*pytest.*$", (documents.ROOT / "README.md").read_text(), re.MULTILINE)
    assert f"\n{line} " in (documents.ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("document", documents.ELSEWHERE, ids=documents.name)
def test_links_lead_somewhere(document):
    """Links between documents lead to files that are there."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_the_readme_leads_to_every_page():
    """The README links each page of the guide and stays short: what it says more belongs there."""
    text = (documents.ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for page in documents.PAGES[1:] if (name := documents.name(page)) not in text] == []
    assert len(text.splitlines()) <= 150
