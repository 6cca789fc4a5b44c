"""What is found out about a user's function before anything is timed."""

from __future__ import annotations

import hashlib
import pickle

import pytest

from bench.core.case import Case
from bench.core.errors import BrokenPlugin, JobFailed, UsageError
from bench.core.job import FOLDER, Demand
from bench.jobs import _once
from bench.jobs.function import JOB

USUAL = {axis.name: axis.default() for axis in JOB.axes}


def params(function, items="range(6)", **more):
    """Return the params of a case."""
    return {**USUAL, "function": f"mine.work:{function}", "items": items, "chunksize": "auto", **more}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder for what is prepared."""
    (tmp_path / "prepared").mkdir()
    monkeypatch.setenv(FOLDER, str(tmp_path / "prepared"))
    return tmp_path / "prepared"


def test_the_results_of_the_plain_loop_are_kept(place, folder):
    """Squares of 0 to 5 are what every backend must give, read back in another process."""
    facts = _once.prepare(params("square"), folder)
    assert [0, 1, 4, 9, 16, 25] == _once.expected(params("square"), range(6))
    assert (6, "int64") == (facts["count"], facts["form"])
    assert facts == _once.facts(params("square"))


def test_of_what_pickle_takes_more_than_the_name_is_told(place, folder):
    """A method of an instance and a lambda: a name of theirs is sent when they are measured, and not by pasted code."""
    (place / "holds.py").write_text(
        "class Model:\n    def predict(self, item):\n        return item\n\n    @staticmethod\n"
        "    def ready():\n        pass\n\n\nmodel = Model()\nbegin = lambda: None\n"
    )
    told = []
    for function, setup in (("Model.ready", "none"), ("model.predict", "Model.ready"), ("model.predict", "begin")):
        asked = params("square") | {
            "function": f"holds.py:{function}",
            "setup": setup if setup == "none" else f"holds.py:{setup}",
        }
        told.append(_once._unnamed(asked))
    assert told == [{}, {"unnamed_function": 1}, {"unnamed_function": 1, "unnamed_setup": 1}]


def test_items_are_told_apart_by_their_digest(place, folder):
    """The digest is that of the pickled items, and the module's that of its file."""
    facts = _once.prepare(params("square", "mine.work:numbers"), folder)
    assert hashlib.sha256(pickle.dumps([3, 1, 2], 4)).hexdigest() == facts["items_sha256"]
    assert hashlib.sha256((place / "mine/work.py").read_bytes()).hexdigest() == facts["source_sha256"]
    assert "mine/work.py" == facts["file"]


def test_what_is_made_of_a_library_s_class_comes_from_where_it_was_made(place, folder):
    """A partial of int lies in the file whose name was given, and not in that of functools."""
    facts = _once.prepare(params("base_two", "mine.work:binary"), folder)
    assert "mine/work.py" == facts["file"]


@pytest.mark.parametrize("items", ["lazy", "lazy_fields"])
def test_what_an_item_computes_at_first_use_is_no_change(place, folder, items):
    """Objects that keep what they have computed are what they were, whether they can be compared or not."""
    facts = _once.prepare(params("double", f"mine.work:{items}"), folder)
    assert (2, "int64") == (facts["count"], facts["form"])


@pytest.mark.parametrize("items", ["lazy", "lazy_fields"])
def test_the_item_that_was_changed_is_named(place, folder, items):
    """The first of two is numbered 1 as before, and the second is not any more."""
    with pytest.raises(JobFailed, match="renumbers changes its items: item 1 was "):
        _once.prepare(params("renumbers", f"mine.work:{items}"), folder)


@pytest.mark.parametrize(
    ("function", "more", "kind", "said"),
    [
        ("fails_at_three", {}, "crashed", r"item 3 \(3\): ValueError: three is a crowd"),
        ("ends", {}, "crashed", r"item 0 \(0\): SystemExit: 0"),
        ("chance", {}, "wrong-answer", r"does not give the same twice: item 0 \(0\) gives [0-9].*; its first"),
        ("spoils", {"items": "mine.work:lists"}, "crashed", r"changes its items: item 0 was \[1\] and is \[1, 1\]"),
        (
            "square",
            {"check": "mine.work:square"},
            "crashed",
            r"the check mine.work:square fails \(TypeError: square\(\) takes",
        ),
        ("touchy", {}, "crashed", r"results cannot be compared \(ValueError: do not look\); --check"),
        ("square", {"setup": "mine.work:broken_setup"}, "crashed", r"broken_setup fails \(OSError: no disk\)"),
    ],
)
def test_what_no_backend_can_do_is_told_once(place, folder, function, more, kind, said):
    """The item, the error's last line, and the kind of failure."""
    with pytest.raises(JobFailed, match=said) as caught:
        _once.prepare(params(function, **more), folder)
    assert kind == caught.value.kind


@pytest.mark.parametrize(
    ("function", "error", "said"),
    [
        ("absent", UsageError, "defines no absent"),
        ("count", UsageError, "is 5, and cannot be called"),
        ("forever", UsageError, "is a generator or async: a call computes nothing yet"),
        ("later", UsageError, "is a generator or async: a call computes nothing yet"),
        ("generates", UsageError, "returns <generator object .*: a call computes nothing yet"),
        ("maps", UsageError, "returns <map object .*: a call computes nothing yet"),
        ("awaits", UsageError, "returns <coroutine object later .*: a call computes nothing yet"),
    ],
)
def test_what_is_no_function_is_wrong_usage(place, folder, function, error, said):
    """A name that is not there, and one that cannot be called."""
    with pytest.raises(error, match=said):
        _once.prepare(params(function), folder)


def test_a_check_that_is_not_there_is_wrong_usage(place, folder):
    """Its name is told."""
    with pytest.raises(UsageError, match=r"the check mine\.work:absent cannot be found: .* defines no absent"):
        _once.prepare(params("square", check="mine.work:absent"), folder)


def test_a_module_that_cannot_be_imported_is_broken(place, folder):
    """What it raised stands in the line."""
    (place / "mine/work.py").write_text("import nosuchthing\n")
    with pytest.raises(BrokenPlugin, match="ModuleNotFoundError: No module named 'nosuchthing'"):
        _once.prepare(params("square"), folder)


def test_chance_is_allowed_where_only_the_length_is_compared(place, folder):
    """With --check length results may differ from run to run."""
    assert "float64" == _once.prepare(params("chance", check="length"), folder)["form"]


@pytest.mark.parametrize(
    ("function", "check"),
    [
        ("noisy", "approx:1e-3"),
        ("noisy", "mine.work:near_one"),
        ("plain", "mine.work:same_numbers"),
        ("in_other_order", "unordered"),
    ],
)
def test_the_check_says_whether_two_runs_are_the_same(place, folder, function, check):
    """Noise within the tolerance, objects that only a check of one's own can compare, and another order all pass."""
    assert 6 == _once.prepare(params(function, check=check), folder)["count"]


@pytest.mark.parametrize(
    ("function", "check", "said"),
    [
        ("noisy", "approx:1e-9", r"same twice: item [0-5] \([0-5]\) gives 1\."),
        ("late", "mine.work:near_one", "same twice: mine.work:near_one says False; --check length allows that"),
        ("late", "unordered", r"same twice: item 0 \(0\) gives 1\.0, which is not among the results"),
        ("plain", "equal", "and --check pkg.module:name says what counts as the same"),
    ],
)
def test_a_second_run_that_the_check_refuses_is_told(place, folder, function, check, said):
    """What the check has against the second run stands in the message, and what else may be chosen."""
    with pytest.raises(JobFailed, match=said) as caught:
        _once.prepare(params(function, check=check), folder)
    assert "wrong-answer" == caught.value.kind


def test_what_cannot_travel_is_refused_only_where_it_has_to(place, folder):
    """Results that cannot be pickled keep processes out, and nobody else."""
    chosen = params("handle", check="length")
    facts = _once.prepare(chosen, folder)
    assert "results of mine.work:handle cannot be pickled" in JOB.refuse(chosen, facts, frozenset({Demand.PICKLE}))
    assert JOB.refuse(chosen, facts, frozenset()) is None


@pytest.mark.parametrize(
    ("function", "more", "said"),
    [
        ("square", {}, None),
        ("word", {}, "results have up to 5 bytes; --result-bytes N"),
        ("word", {"result_bytes": 5}, None),
    ],
)
def test_shared_memory_takes_results_of_one_width(place, folder, function, more, said):
    """Whole numbers fit, bytes only with room that was asked for: the longest of 0 to 5 letters has 5."""
    chosen = params(function, **more)
    reason = JOB.refuse(chosen, _once.prepare(chosen, folder), frozenset({Demand.FIXED_WIDTH}))
    assert reason is None if said is None else said in reason


def test_the_work_is_what_was_counted(place, folder):
    """Six items for two workers in chunks of ceil(6 / 8) = 1 are six messages, of 8 bytes each."""
    facts = _once.prepare(params("square"), folder)
    work = JOB.work(params("square"), 2, facts)
    assert (6, "item", 6, 48) == (work.size, work.unit, work.tasks, work.result_bytes)
    assert 2 == JOB.work(params("square", chunksize=3), 2, facts).tasks


def test_items_that_differ_each_time_are_told(place, folder):
    """Where items are drawn anew, a wrong answer is the fault of nobody else."""
    given = params("square", "mine.work:drawn")
    _once.prepare(given, folder)
    case = Case.of("backends", "pool", {**given, "workers": 2, "phase": "map"})
    job = JOB.make(case, 2)
    said = job.check([job.task(item) for item in job.items])
    assert "the items mine.work:drawn are other ones each time they are read; seed what is random" in said
