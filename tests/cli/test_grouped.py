"""Help in named groups: short, without what belongs to other families, and whole when asked."""

from __future__ import annotations

import re

import click
import pytest

from bench.cli.grouped import GROUPS, Command, option

LARGE = ("run", "check", "gate", "advise", "selftest")


def options_in(text):
    """Return the long options that begin a line of a help text."""
    return set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", text, re.MULTILINE))


def test_the_help_of_run_fits_on_a_screen(cli, monkeypatch):
    """80 columns and some 45 lines, of which none is longer, hold what `run` is asked for most."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = cli("run", "--help").out.splitlines()
    assert len(lines) <= 50
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("command", LARGE)
def test_options_stand_in_named_groups(cli, command):
    """Every head in the help is one of ours, and --help-all shows every option that the help shows, and more."""
    short, full = cli(command, "--help").out, cli(command, "--help-all").out
    heads = re.findall(r"^(\S.*):$", short, re.MULTILINE)
    assert set(heads) <= {*GROUPS, "Help"}
    assert "Which job" in heads
    assert options_in(short) < options_in(full)


def test_nothing_of_other_families_in_sight(cli):
    """Unasked, those of backends and the prime search are shown; another family, or a job, shows its own."""
    seen = options_in(cli("run", "--help").out)
    assert {"--workers", "--chunksize", "--range", "--function", "--channel"} <= seen
    assert not {"--size", "--codec", "--cure", "--hold-us", "--items", "--tls-key"} & seen
    channels = options_in(cli("run", "--channel", "pipe", "--help").out)
    assert {"--size", "--codec"} <= channels
    assert not {"--workers", "--chunksize", "--range", "--function", "--cure"} & channels
    function = options_in(cli("run", "--function", "a:b", "--help").out)
    assert {"--items", "--take", "--workers"} <= function
    assert not {"--range", "--kernel"} & function
    everything = options_in(cli("run", "--help-all").out)
    assert {"--size", "--codec", "--cure", "--hold-us", "--items", "--tls-key", "--range", "--warmups"} <= everything


def test_defaults_are_shown(cli):
    """Seven rounds are the effort `normal`, and without --workers `run` takes several counts."""
    text = " ".join(cli("run", "--help").out.split())
    assert "Visits of every case [default: 7]" in text
    assert "How many workers [default: auto]" in text
    assert "--format bencher|csv|... How to print it [default: text]" in text


def test_a_word_is_explained_where_it_is_met(cli):
    """Whoever reads the help of a command finds there what its own words mean."""
    assert "the ceiling: as many pinned copies" in " ".join(cli("run", "--help").out.split())
    gate = " ".join(cli("gate", "--help").out.split())
    assert "A pair is one visit of each side" in gate
    assert "A control is the same code on both sides" in gate
    assert "METG, the minimum effective task granularity" in " ".join(cli("scale", "--help").out.split())


def test_values_that_do_not_fit_give_way():
    """As many alternatives as fit stand in the short help, and all of them in the full one."""

    @click.command("one", cls=Command)
    @option("--this", metavar="first|second|third-one|a-very-long-fourth", help="What: in full.", owners={"x": None})
    @option("--x", opens="x", usual=True, group="Which members", owners=None)
    def one():
        pass

    with click.Context(one, info_name="one") as context:
        assert one.params[0].row(frozenset({"x"})) == ("--this first|second|...", "What")
        assert one.params[0].row(None) == ("--this first|second|third-one|a-very-long-fourth", "What: in full.")
        assert "--help-all" in one.get_help(context)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--bakend", "pool"], "no such option '?--bakend'?.*primebench run --help"),
        (["run", "--rounds", "0"], "invalid value for '--rounds'.*primebench run --help"),
        (["run", "--rounds"], "option '--rounds' requires an argument"),
        (["show"], "missing argument 'FILE.*'.*primebench show --help"),
        (["lst"], "lst is no command; did you mean list?"),
        (["run", "--backend", "pol"], "pol is no backend; did you mean pool"),
    ],
)
def test_errors_have_one_style(cli, words, said):
    """Whoever finds it, wrong usage is one line that begins with our name, and exit code 2."""
    done = cli(*words)
    assert (2, "") == (done.code, done.out)
    (line,) = done.err.splitlines()
    assert re.match(f"primebench: {said}", line)
