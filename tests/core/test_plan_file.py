"""Plans as TOML files: what they lead to, and how they are refused."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from bench.cli.options import families, plan_file_of, plan_names
from bench.core import plan_file
from bench.core.errors import UsageError


@pytest.fixture
def read(tmp_path):
    """Read a plan from its text."""

    def read(text, **given):
        file = tmp_path / "p.toml"
        file.write_text(text)
        return plan_file.read(file, families(), given)

    return read


def test_a_part_is_a_run(read):
    """A part leads to the product of its members and axis values, with the references in front."""
    drawing = read('[[part]]\nbackend = ["pool", "executor"]\nworkers = [1, 2]\n').drawing
    found = [(case.member, case["workers"]) for case in drawing.cases if case.member not in ("serial", "ceiling")]
    assert [("pool", 1), ("pool", 2), ("executor", 1), ("executor", 2)] == found
    assert ["serial", "ceiling", "ceiling"] == [case.member for case in drawing.cases[:3]]


TWO_PARTS = """
[[part]]
backend = "pool"
workers = [1, 2]
[[part]]
channel = "pipe"
[[ladder]]
title = "t"
step = [{ label = "a", backend = "executor", workers = 2 }, { label = "b", backend = "executor", workers = 1 }]
"""


def counts(plan, member):
    """Return the workers of a member's cases."""
    return sorted(case["workers"] for case in plan.drawing.cases if case.member == member)


def test_workers_of_parts_may_be_given(read):
    """Two counts stand in place of those of the part; a ladder's steps are single cases, and keep theirs."""
    plan = read(TWO_PARTS, workers=["3", "5-6"])
    assert [3, 5, 6] == counts(plan, "pool")
    assert [1, 2] == counts(plan, "executor")
    assert any(case.member == "pipe" for case in plan.drawing.cases)


def test_a_single_value_holds_for_ladders_too(read):
    """Each step has three workers then."""
    plan = read(TWO_PARTS, workers=["3"])
    assert [3] == counts(plan, "pool") == counts(plan, "executor")


def test_what_is_given_must_mean_something(read):
    """A plan of primitives has no workers, and no worker is 0."""
    with pytest.raises(UsageError, match="has what --workers says; leave it out"):
        read('[[part]]\nprimitive = "lock"\n', workers=["2"])
    with pytest.raises(UsageError, match="0 workers are not possible"):
        read(TWO_PARTS, workers=["0"])


@pytest.mark.parametrize(
    "text",
    [
        'part = [{ backend = "pool" }, { backend = "executor" }]\n',
        '[["part"]]\nbackend = "pool"\n[["part"]]\nbackend = "executor"\n',
        '[[ part ]]\nbackend = "pool"\n[[part]] # another\nbackend = "executor"\n',
    ],
    ids=["inline", "quoted", "spaced"],
)
def test_no_part_is_lost(read, text):
    """However TOML lets a list of tables be written, each of them is a part."""
    members = {case.member for case in read(text).drawing.cases}
    assert {"pool", "executor"} <= members


@pytest.mark.parametrize(("line", "said"), [("", None), ('observe = "no"', False), ('observe = "yes"', True)])
def test_a_plan_may_say_whether_cases_are_observed(read, line, said):
    """Without a word it leaves that to the option."""
    assert said is read(f'{line}\n[[part]]\nbackend = "pool"\n').observe


@pytest.mark.parametrize("value", ['"maybe"', "true", "1"])
def test_observe_is_yes_or_no(read, value):
    """As everywhere; the message names the line."""
    with pytest.raises(UsageError, match=r'p.toml:2: observe is .*; write "yes" or "no"'):
        read(f'# a plan\nobserve = {value}\n[[part]]\nbackend = "pool"\n')


def test_a_case_of_two_parts_is_measured_once(read):
    """Parts may overlap: the case they share is kept once."""
    once = read('[[part]]\nbackend = "pool"\n').drawing
    twice = read('[[part]]\nbackend = "pool"\n[[part]]\nbackend = "poo*"\nworkload = "default"\n').drawing
    assert {case.id for case in once.cases} <= {case.id for case in twice.cases}
    assert len({case.id for case in twice.cases}) == len(twice.cases)


def test_a_step_of_a_ladder_is_one_case(read):
    """Each step joins the plan's cases and is remembered with its label, in order."""
    plan = read(
        '[[ladder]]\ntitle = "t"\nstep = [\n'
        '  { label = "a", backend = "pool", workload = "dust" },\n'
        '  { label = "b", channel = "pipe", size = "4KiB" },\n]\n'
    )
    (ladder,) = plan.ladders
    assert ("t", ["a", "b"]) == (ladder.title, [label for label, _ in ladder.steps])
    ids = {case.id: case for case in plan.drawing.cases}
    first, second = (ids[key] for _, key in ladder.steps)
    assert ("pool", "dust") == (first.member, first["workload"])
    assert ("pipe", 4096) == (second.member, second["size"])


def test_true_and_false_are_yes_and_no(read):
    """TOML's booleans are read as the words of the command line."""
    cases = read('[[part]]\nbackend = "pool"\npin = true\n').drawing.cases
    assert {"yes"} == {case["pin"] for case in cases if case.member == "pool"}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[[part]]\nbackend = "pool"\n\nwrkers = 2\n', 4, "did you mean workers?"),
        ('sumary = "x"\n[[part]]\nbackend = "pool"\n', 1, "did you mean summary?"),
        ('[[part]]\nbackend = "pool"\n[[part]]\nbackend = ["executor",\n  "pol"]\n', 5, "did you mean pool?"),
        ('[[part]]\nbackend = "pool"\nstart = "frok"\n', 3, "did you mean fork? Choose from fork, spawn, forkserver"),
        ('[[part]]\nbackend = "pool"\nworkers = 16\nstart = "1"\n', 4, "1 is no start method"),
        ('[[part]]\nchanel = "pipe"\n', 2, "did you mean channel?"),
        ("[[part]]\nchannel = []\n", 2, "no channel is named"),
        ('part = [\n  { channel = "pipe" },\n  { channel = "pipes" },\n]\n', 3, "did you mean pipe?"),
        ('[[ladder]]\nstep = ["pipe"]\n', 2, "a list of tables"),
        ('[[ladder]]\nstep = { channel = "pipe" }\n', 2, "a list of tables"),
        ('[[ladder]]\ntitle = "t"\n', 1, "a list of tables"),
        ('[[part]]\nbackend = "pool"\nworkload = "textbok"\n', 3, "did you mean textbook?"),
        ("[[part]]\nworkers = 2\n", 1, "exactly one family"),
        ('[[part]]\nbackend = "pool"\nchannel = "pipe"\n', 1, "exactly one family"),
        ('[[part]]\nchannel = "pipe"\nsize = "65GiB"\n', 3, "65GiB"),
        (
            '[[ladder]]\ntitle = "t"\nstep = [\n  { label = "two", backend = "pool", workers = [1, 2] },\n]\n',
            4,
            "2 cases",
        ),
    ],
)
def test_wrong_words_are_found(read, text, line, said):
    """Whatever nothing knows is refused with file, line and, where there is one, the nearest word."""
    with pytest.raises(UsageError, match=rf"p\.toml:{line}: ") as caught:
        read(text)
    assert said in str(caught.value)
    assert 1 == str(caught.value).count("p.toml")


@pytest.mark.parametrize(
    "text",
    [
        "[[part]\n",
        "part = 3\n",
        'part = ["backend"]\n',
        "part = [3]\n",
        '[part]\nbackend = "pool"\n',
        '[[ladder]]\nstep = "backend"\n',
        "",
        'summary = "nothing to run"\n',
        "\xff",
    ],
)
def test_what_is_no_plan_is_refused(read, text):
    """Broken TOML, a part that is no list of tables, and a plan that runs nothing are wrong usage in one line."""
    with pytest.raises(UsageError, match=r"p\.toml") as caught:
        read(text)
    assert 1 == len(str(caught.value).splitlines())


def test_a_missing_file_is_wrong_usage(tmp_path):
    """A plan that is not there is named."""
    with pytest.raises(UsageError, match=r"no\.toml: No such file"):
        plan_file.read(tmp_path / "no.toml", families())


@pytest.mark.parametrize("name", plan_names())
def test_every_shipped_plan_can_be_read(name):
    """Each shipped plan leads to cases, says what it is for, and each step of its ladders is one of the cases."""
    plan = plan_file_of(name)
    assert plan.summary
    ids = {case.id for case in plan.drawing.cases}
    assert ids
    assert {key for ladder in plan.ladders for _, key in ladder.steps} <= ids
    assert not [skip for skip in plan.drawing.skips if skip.kind == "skipped"] or name == "all-backends"


def test_the_plans_that_users_are_promised_are_there():
    """The textbook, what talking costs, pools again and again, start methods, all backends, and METG."""
    promised = {"textbook", "ipc-cost", "pool-churn", "start-methods", "all-backends", "metg"}
    assert promised <= set(plan_names())


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 20_000 + "]" * 20_000,
        "a = " + "{a = " * 5_000 + "1" + "}" * 5_000,
        "a" + ".a" * 20_000 + " = 1",
        "a = 1\n" * 20_000,
        "workers = " + "9" * 5_000,
    ],
    ids=["arrays", "tables", "keys", "long", "digits"],
)
def test_what_would_take_long_to_read_is_refused_at_once(read, text):
    """Nesting without end, more text than any plan has, and a number of thousands of digits: one line each."""
    with pytest.raises(UsageError, match=r"p\.toml") as caught:
        read(text)
    assert 1 == len(str(caught.value).splitlines())


def test_an_endless_file_is_not_read_to_its_end():
    """A device that never ends is refused after as many bytes as a plan may have."""
    with pytest.raises(UsageError, match="more than 65,536 bytes"):
        plan_file.read(Path("/dev/zero"), families())


def test_a_plan_of_a_billion_cases_is_refused_before_any_is_drawn(read):
    """28 backends and 12 kernels with 1,000 worker counts, and parts that are too many together, say how many."""
    with pytest.raises(UsageError, match=r"in [\d,]+,000 ways; at most 10,000 can be measured"):
        read('[[part]]\nbackend = "all"\nkernel = "all"\nworkers = "1-1000"\nworkload = ["0:1", "0:2", "0:3"]\n')
    with pytest.raises(UsageError, match=r"p\.toml:10: the plan combines members and values in 12,000 ways"):
        read('[[part]]\nbackend = "pool"\nworkers = "1-1000"\n' * 5)


def test_the_textbook_has_zombies_where_a_fork_server_is_the_default(monkeypatch):
    """With the start methods in the order of Python 3.14, each cure is tried on children of fork."""
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["forkserver", "spawn", "fork"])
    drawing = plan_file_of("textbook").drawing
    zombies = [case for case in drawing.cases if case.member == "zombies"]
    assert (6, {"fork"}) == (len(zombies), {case["start"] for case in zombies})
    assert not [skip for skip in drawing.skips if skip.case.member == "zombies"]
