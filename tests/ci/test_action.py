"""The GitHub action: how the gate's exit codes become outcomes of a step, and what workflows are allowed."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import click
import pytest

from bench.analysis.paired import Rule
from bench.app import gate as gating
from bench.app.paired import Terms
from bench.cli.main import primebench
from bench.core.plan import Effort
from bench.core.reason import said
from bench.reports.formats import markdown
from bench.reports.views.gate import gate

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github" / "actions" / "primebench-gate"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def defaults():
    """Return input -> default of the action, read from its file."""
    text = (ACTION / "action.yml").read_text().partition("outputs:")[0]
    found = re.findall(r"^  ([a-z]+):\n    description: .*\n    default: (.*)$", text, re.MULTILINE)
    return {name: default.strip('"') for name, default in found}


def variables():
    """Return variable -> the input that the action hands to its script in it."""
    return dict(
        re.findall(r"^ {8}([A-Z]+): \$\{\{ inputs\.([a-z]+) \}\}$", (ACTION / "action.yml").read_text(), re.MULTILINE)
    )


SAID = {0: "ok", 1: "failed", 3: "regressed", 4: "inconclusive"}


def step(folder, code, report=None, **inputs):
    """Run the action's script with a primebench that ends with ``code``; return exit code, output, outputs, words."""
    stub = folder / "primebench"
    words = f"A ratio of 1.05 says.\n\nPower: 99%.\n\npool: +3.1%, p 0.02\n\nVerdict: {SAID.get(code)}.\n"
    (folder / "said").write_text(words if report is None else report)
    stub.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >"{folder}/words"\ncat "{folder}/said"\n'
        f'while [ "$1" != --output ]; do shift; done\n[ {code} = 2 ] || : >"$2"\nexit {code}\n'
    )
    stub.chmod(0o755)
    given = {variable: defaults()[name] for variable, name in variables().items()} | inputs
    environment = {**os.environ, **given, "PRIMEBENCH": str(stub), "RUNNER_TEMP": str(folder)}
    environment["GITHUB_OUTPUT"] = str(folder / "outputs")
    (folder / "outputs").unlink(missing_ok=True)
    done = subprocess.run(
        ["bash", ACTION / "gate.sh"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    told = dict(line.split("=", 1) for line in (folder / "outputs").read_text().splitlines())
    return done.returncode, done.stdout, told, (folder / "words").read_text().splitlines()


@pytest.mark.parametrize(
    ("code", "outcome", "verdict", "said"),
    [
        (0, 0, "ok", ""),
        (1, 1, "failed", ""),
        (2, 2, "failed", ""),
        (3, 3, "regressed", "::error title=primebench::HEAD is slower than HEAD~1: pool: +3.1%25, p 0.02\n"),
        (
            4,
            0,
            "inconclusive",
            "::warning title=primebench::Whether HEAD is slower than HEAD~1 could not be decided: "
            "pool: +3.1%25, p 0.02\n",
        ),
        (130, 130, "failed", ""),
    ],
)
def test_exit_codes_become_outcomes(tmp_path, code, outcome, verdict, said):
    """Regressed and failed end the step, inconclusive warns; the verdict and the record, if any, are its outputs."""
    found, out, told, _ = step(tmp_path, code)
    assert outcome == found
    assert verdict == told["verdict"]
    assert (2 != code) == Path(told.get("record", "")).is_file()
    assert said in out
    assert bool(said) == ("::" in out)


@pytest.mark.parametrize("report", ["", "a report\n", "Verdict: inconclusive.\n", "Verdict: okay.\n"])
def test_only_what_the_gate_called_ok_is_ok(tmp_path, report):
    """Something that ends with 0 and did not say ok, a plug-in that leaves early for example, fails the step."""
    found, out, told, _ = step(tmp_path, 0, report)
    assert (1, "failed") == (found, told["verdict"])
    assert "::error title=primebench::The gate of HEAD against HEAD~1 ended without a verdict" in out


def test_a_real_report_is_understood(tmp_path):
    """The verdict and the figure are found in what the gate's view and the Markdown format really print."""
    terms = Terms((), None, Effort(1, 1, 1, 1, 1), (0,), Rule(), None, 1)
    report = markdown.render(gate(gating.unmeasured(terms, said("pool: +3.1%, *not* decided"))))
    found, out, told, _ = step(tmp_path, 4, report)
    assert (0, "inconclusive") == (found, told["verdict"])
    assert "could not be decided: pool: +3.1%25, \\*not\\* decided\n" in out


def test_no_ref_begins_a_command(tmp_path):
    """A newline in the name of a side stays inside the annotation."""
    out = step(tmp_path, 3, HEAD="a\n::stop-commands::x")[1]
    assert "a%0A::stop-commands::x" in out
    assert not any(line.startswith("::stop") for line in out.splitlines())


def test_a_job_may_gate_twice(tmp_path):
    """Each use has a record of its own, and one that ends before it measures does not show that of another use."""
    first, second, third = (step(tmp_path, code)[2] for code in (0, 0, 2))
    assert first["record"] != second["record"]
    assert all(Path(one["record"]).is_file() for one in (first, second))
    assert "record" not in third


def test_inconclusive_may_fail(tmp_path):
    """Whoever wants it strict gets exit code 4."""
    assert 4 == step(tmp_path, 4, INCONCLUSIVE="fail")[0]


def test_words_of_the_gate_exist(tmp_path):
    """Every option that the script hands over is one of the gate's, and inputs arrive as single words."""
    words = step(tmp_path, 0, BASE="a b; rm -rf /", OPTIONS="--margin 0.03 --control *")[3]
    command = primebench.get_command(click.Context(primebench), "gate")
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert "gate" == words[0]
    assert {word for word in words if word.startswith("--")} <= known
    assert "a b; rm -rf /" == words[words.index("--base") + 1]
    assert "*" == words[words.index("--control") + 1]


def test_inputs_are_documented_with_their_defaults():
    """The table of the action's README names every input with its default."""
    table = (ACTION / "README.md").read_text()
    for name, default in defaults().items():
        shown = "" if not default else f"`{default}` "
        assert f"| `{name}` | {shown}|" in table
    assert 12 == len(defaults())
    assert sorted(defaults()) == sorted(variables().values())


def test_another_checkout_brings_the_action():
    """The example checks primebench out into the folder from which it then uses the action."""
    before, used, _ = (
        (ACTION / "README.md").read_text().partition("uses: ./.primebench/.github/actions/primebench-gate")
    )
    assert used and "path: .primebench }" in before


def pip_words(folder, **inputs):
    """Run the action's script with a Python that installs nothing; return its code and what pip was asked for."""
    python, asked = folder / "python", folder / "asked"
    python.write_text(
        f'#!/bin/sh\n[ "$2" = pip ] && shift 4 && printf "%s\\n" "$@" >{asked} && exit 0\n'
        'mkdir -p "$3/bin" && cp "$0" "$3/bin/python"\n'
    )
    python.chmod(0o755)
    given = {variable: defaults()[name] for variable, name in variables().items()} | inputs
    environment = {**os.environ, **given, "PATH": f"{folder}:{os.environ['PATH']}", "RUNNER_TEMP": str(folder)}
    environment.pop("PRIMEBENCH", None)
    environment["GITHUB_ACTION_PATH"] = "/action"
    done = subprocess.run(["bash", ACTION / "gate.sh"], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, asked.read_text().split() if asked.exists() else []


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, ["/action/../../.."]),
        ({"INSTALL": "true"}, ["/action/../../.."]),
        ({"PACKAGE": "primebench==1.0", "REQUIREMENTS": "numpy six"}, ["primebench==1.0", "numpy", "six"]),
    ],
)
def test_what_pip_installs(tmp_path, inputs, words):
    """The action's own repository, or the primebench that is named, and requirements; never the word of --install."""
    assert words == pip_words(tmp_path, **inputs)[2]


def test_install_is_a_flag(tmp_path):
    """It becomes the gate's --install; what it once was, a name for pip, is refused before pip is asked."""
    assert "--install" in step(tmp_path, 0, INSTALL="true", FUNCTION="mypkg:f", ITEMS="range(3)")[3]
    assert "--install" not in step(tmp_path, 0, FUNCTION="mypkg:f", ITEMS="range(3)")[3]
    code, out, asked = pip_words(tmp_path, INSTALL="primebench==1.0")
    assert (2, []) == (code, asked)
    assert "::error title=primebench::install is primebench==1.0, and may be true or false" in out


def test_nothing_to_judge_passes(tmp_path):
    """A function that only one side has is no failure of the step, and not called ok."""
    found, out, told, _ = step(tmp_path, 0, "Verdict: nothing to judge.\n")
    assert (0, "nothing to judge", False) == (found, told["verdict"], "::" in out)


@pytest.mark.parametrize("file", [*WORKFLOWS, ACTION / "action.yml", ACTION / "README.md"], ids=lambda file: file.name)
def test_actions_are_pinned(file):
    """Actions of others are named by the hash of a commit, which nobody can move; the version stands behind it."""
    used = re.findall(r"uses: (\S+)(.*)", file.read_text())
    foreign = [(name, rest) for name, rest in used if not name.startswith("./")]
    assert all(re.search(r"@[0-9a-f]{40}$", name) and re.match(r" # v\d", rest) for name, rest in foreign)
    assert used or file.name == "action.yml"


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflows_may_only_read(file):
    """No workflow has default permissions, and no job may write anything or keeps credentials."""
    text = file.read_text()
    assert "\npermissions: {}\n" in text
    assert {"read"} == set(re.findall(r"^      [a-z-]+: (read|write|none)$", text, re.MULTILINE))
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")


def test_the_project_gates_itself_against_the_commit_before():
    """The workflow runs the gate from the commit before to the one that is checked out, with both fetched."""
    text = (ROOT / ".github" / "workflows" / "gate.yml").read_text()
    assert "uses: ./.github/actions/primebench-gate" in text
    assert "base: HEAD~1" in text and "head: HEAD" in text and "fetch-depth: 2" in text
