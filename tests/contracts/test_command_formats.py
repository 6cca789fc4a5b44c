"""Each command offers the output formats that have a place for what it prints, and no others."""

from __future__ import annotations

import click
import pytest

from bench.cli.main import primebench
from tests.support import documents

PLAIN = {"csv", "html", "json", "markdown", "text"}
TIMES = {"bencher", "github-action-benchmark"}
TAKEN = {
    "run": PLAIN | TIMES | {"junit", "google-benchmark"},
    "show": PLAIN | TIMES | {"junit", "google-benchmark"},
    "gate": PLAIN | TIMES | {"junit"},
    "compare": PLAIN | TIMES | {"junit"},
    "check": PLAIN | {"junit"},
    **dict.fromkeys(("advise", "explain", "history", "list", "machine", "scale", "selftest"), PLAIN),
}


@pytest.mark.parametrize("command", TAKEN)
def test_help_offers_what_the_command_can_print(command):
    """Verdicts are for JUnit, numbers for services that follow them, the times of one record for Google's tools."""
    made = primebench.get_command(click.Context(primebench), command)
    assert made is not None
    (option,) = [parameter for parameter in made.params if "--format" in parameter.opts]
    assert TAKEN[command] == set(option.type.get_metavar(option, click.Context(made)).strip("[]").split("|"))


@pytest.mark.parametrize(
    ("words", "form"),
    [
        (["list", "backends"], "bencher"),
        (["machine"], "junit"),
        (["check"], "google-benchmark"),
        (["selftest"], "bencher"),
        (["advise", "--function", "math:factorial", "--items", "range(9)"], "junit"),
    ],
)
def test_others_are_refused_before_anything_is_measured(words, form, tmp_path, monkeypatch):
    """One line says what the command takes, however long it would have measured."""
    monkeypatch.chdir(tmp_path)
    code, out, err = documents.run(*words, "--format", form)
    assert (2, "", 1) == (code, out, len(err.strip().splitlines())), err
    assert f"primebench {words[0]} has nothing for the format {form}; it takes csv" in err
