"""primebench advise: what it prints, what scripts get, and how it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench.core.side import Side
from bench.engine.asking import Late
from bench.families.backends._family import FAMILY
from bench.store import record_file
from tests.support.cases import usual
from tests.support.records import backend, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.launch import FakeLaunch

RESULTS = Path(__file__).parents[2] / "results"
SURVEY = {
    "count": 1000, "places": [0.25, 0.75], "costs_s": [2e-4, 2e-4], "cpu": 1.0, "threads": 1.0,
    "item_bytes": 0.0, "result_bytes": 0.0,
}  # fmt: skip
PRICE = {"workers": 2, "open_s": 0.01, "close_s": 0.0, "message_s": 1e-4, "message_cpu_s": 1e-4}
PRICE |= {"item_s": 0.0, "item_byte_s": 0.0, "result_byte_s": 0.0}
SEARCH = ("advise", "--range", "0:10000", "--backend", "pool,executor", "--affinity", "0", "--budget", "30")
KEYS = (
    "choice", "ties", "chunksize_range", "serial_below_items", "predicted_s", "measured_s", "snippet", "limit",
    "elapsed_s", "record", "answered", "of_ceiling", "memory_bytes", "cpu_ratio", "simplest", "interrupted",
)  # fmt: skip


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Put fixed answers in place of the programs that find out what things cost."""
    said: dict[str, Any] = {"survey": dict(SURVEY), "prices": dict(PRICE)}

    def ask(_side: object, module: str, *_words: str, timeout_s: float) -> dict[str, Any]:
        found = said[module.rpartition(".")[2]]
        if isinstance(found, str):
            raise Late(found)
        return dict(found)

    monkeypatch.setattr("bench.engine.asking.ask", ask)
    return said


def test_code_stands_first_and_then_the_evidence(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """Pool takes 0.125 s of 0.2: 1.6 times, 80 % of the ceiling's 0.1 s."""
    done = cli(*SEARCH, "-o", "r.json")
    assert done.code == 0
    first, *rest = done.out.splitlines()
    assert first.startswith("Use pool with 2 workers and ")
    assert "1.6 times the plain loop (1.6 .. 1.6), 80 % of what this machine can give." in first
    assert '    if __name__ == "__main__":' in rest
    assert any(line.startswith("Predicted ") and "measured 125 ms" in line for line in rest)
    assert "Saved as r.json" in done.err


def test_keys_for_scripts(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """What scripts rely on is there, and the record can be shown."""
    data = json.loads(cli(*SEARCH, "-o", "r.json", "--format", "json").out)
    assert set(KEYS) <= data.keys()
    assert {"backend", "workers", "chunksize", "start", "speedup", "low", "high"} == data["choice"].keys()
    assert ("pool", 2, "r.json") == (data["choice"]["backend"], data["choice"]["workers"], data["record"])
    assert all(tie.keys() == data["choice"].keys() for tie in data["ties"])
    assert cli("show", data["record"]).code == 0


def test_plain_loop_is_an_answer(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """Where all ways are slower, the plain loop is advised with exit code 0."""
    launch.seconds = {"serial": 0.1, "ceiling": 0.05, "pool": 0.3, "executor": 0.4}
    done = cli(*SEARCH, "-o", "r.json", "--format", "json")
    assert (done.code, json.loads(done.out)["choice"]["backend"]) == (0, "serial")


def test_one_item_cannot_be_divided(cli: Callable[..., Any], launch: FakeLaunch, programs: dict[str, Any]) -> None:
    """A single number that takes a third of the budget: the plain loop, said at once; the sample was all of it."""
    programs["survey"] |= {"count": 1, "places": [0.5], "costs_s": [10.0]}
    launch.seconds = {"serial": 10.0}
    done = cli("advise", "--range", "7:8", "--budget", "30", "-o", "r.json")
    assert (done.code, done.out.splitlines()[0]) == (
        0,
        "Use the plain loop: 1 item, 10.0 s of work; one item cannot be divided.",
    )
    assert [] == launch.visits
    assert not Path("r.json").exists()


def test_noise_has_an_exit_code(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """Times that vary by a factor of two tell nothing: exit code 4."""
    launch.seconds = {"serial": 0.2, "ceiling": 0.1, "pool": 0.19, "executor": 0.2}
    launch.noise = 0.7
    done = cli(*SEARCH, "-o", "r.json")
    assert done.code == 4
    assert done.out.startswith("The noise allows no answer")
    assert "import" not in done.out  # there is no code to paste
    assert "As good" not in done.out and "What was measured does not tell it from: " in done.out
    data = json.loads(cli("advise", "r.json", "--format", "json").out)
    assert (False, None) == (data["answered"], data["snippet"])


def test_interrupt_prints_the_best_so_far(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """Ctrl-C after five visits: the best so far, marked, and the exit code of an interrupt."""
    launch.interrupt_after = 5
    done = cli(*SEARCH, "-o", "r.json")
    assert done.code == 130
    assert done.out.startswith("Interrupted; the best so far: ")


def test_interrupt_before_any_way_was_measured_advises_nothing(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """Ctrl-C after the plain loop alone: nobody knows whether another way works."""
    launch.interrupt_after = 1
    done = cli(*SEARCH, "-o", "r.json")
    assert done.code == 130
    assert done.out.startswith("Interrupted: of 10000 items, ")


def test_rows_for_spreadsheets(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """The choice and what ties with it are a row each below the keys that JSON has."""
    launch.seconds = {"serial": 0.2, "ceiling": 0.1, "pool": 0.125, "executor": 0.125}
    head, choice, *ties = cli(*SEARCH, "-o", "r.json", "--format", "csv").out.splitlines()
    assert head == "advised,backend,workers,chunksize,start,speedup,low,high"
    assert choice.startswith(("choice,pool,2,", "choice,executor,2,"))
    assert ties
    assert all(row.startswith("tie,") for row in ties)


def test_survey_that_takes_too_long_names_a_larger_budget(
    cli: Callable[..., Any], launch: FakeLaunch, programs: dict[str, Any]
) -> None:
    """An item that takes longer than half of the budget: wrong usage, with a budget to try."""
    programs["survey"] = "no answer within 15 s"
    done = cli(*SEARCH, "-o", "r.json")
    assert (done.code, done.err.strip()) == (
        2,
        "primebench: the budget of 30 s is too small: a sample of the plain loop gave no answer within 15 s. "
        "How long an item takes is not known, so that the smallest that works is not either: try --budget 120, or "
        "fewer items with --take.",
    )


def test_two_jobs_are_one_too_many(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """Advice is for one job."""
    done = cli("advise", "--range", "0:10", "--range", "0:20")
    assert done.code == 2
    assert "names 2 values, and advice is for one job" in done.err


def test_record_gives_the_same_answer(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """What was advised is said again from the file, and nothing is measured for it."""
    before = cli(*SEARCH, "-o", "r.json").out
    visits = len(launch.visits)
    done = cli("advise", "r.json")
    assert (done.code, done.out, len(launch.visits)) == (0, before, visits)


def test_ordinary_record_names_what_it_lacks(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """A record of run: pool, 1.6 times the plain loop; prices and other chunk sizes are lacking."""
    run = ("run", "--range", "0:10000", "--backend", "pool,executor", "--workers", "2", "--rounds", "6", "-o", "r.json")
    assert cli(*run).code == 0
    done = cli("advise", "r.json")
    assert done.out.startswith(
        "Use pool with 2 workers and 1250 items per message: 1.6 times the plain loop (1.6 .. 1.6)"
    )
    assert "primebench advise --workload 0:10000" in done.out
    assert "--backend pool --workers 2 --chunksize 1,10,100,1000" in done.out


def test_commands_that_are_named_measure_under_the_same_conditions(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """A record of spawned workers is made more of with spawned ones, by either command; of fork servers, too."""
    for start in ("spawn", "forkserver"):
        run = ("run", "--range", "0:10000", "--backend", "pool", "--workers", "2", "--rounds", "6", "--start", start)
        assert cli(*run, "-o", f"{start}.json").code == 0
        said = cli("advise", f"{start}.json", "--format", "json").out
        default = next(axis.default() for axis in FAMILY.axes if axis.name == "start")
        assert said.count(f"--start {start}") == (0 if start == default else 2)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--channel", "pipe"), 2, "holds several jobs, or none"),
        (("--backend", "pool", "--range", "0:100,0:200"), 2, "holds several jobs, or none"),
    ],
)
def test_record_that_cannot_be_advised_on(
    cli: Callable[..., Any], launch: FakeLaunch, words: tuple[str, ...], code: int, said: str
) -> None:
    """One without a job, or with two, is refused."""
    cli("run", *words, "-o", "r.json")
    done = cli("advise", "r.json")
    assert done.code == code
    assert said in done.err


def test_case_that_fails_in_a_sweep_is_left_out_alone(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """Of two chunk sizes in an ordinary record one crashes at last: the other is advised, and the first named."""
    launch.failures, launch.good_visits = {"pool": ("crashed", "no memory")}, {"pool": 11}
    sizes = ("--workers", "2", "--chunksize", "100,200", "--rounds", "6")
    cli("run", "--range", "0:1000", "--backend", "pool", *sizes, "-o", "r.json")
    data = json.loads(cli("advise", "r.json", "--format", "json").out)
    (left,) = data["left_out"]
    assert data["choice"]["backend"] == "pool"
    assert f"chunksize={300 - data['choice']['chunksize']}" in left


def test_record_of_several_pythons_is_refused(cli: Callable[..., Any]) -> None:
    """The committed record of four Pythons has a plain loop of each: which one is meant is not known."""
    done = cli("advise", str(RESULTS / "pythons-2cpu.json.gz"))
    assert (done.code, done.out) == (2, "")
    assert "holds several Pythons (" in done.err


def test_record_of_one_python_is_advised_on(cli: Callable[..., Any]) -> None:
    """What `run --python` leaves has the Python in every key, also where it was a single one."""
    cases = usual("serial", workers=1), usual("pool", workers=2)
    made = record(dict(zip(cases, ([0.2, 0.21, 0.2, 0.2], [0.1, 0.1, 0.11, 0.1]), strict=True)))
    plan = replace(made.plan, measured_by={case.id: ("3.12",) for case in made.plan.cases})
    found = [replace(result, side="3.12") for result in made.results.values()]
    results = {one.key: one.with_metadata({"name": one.key, "primebench_side": "3.12"}) for one in found}
    made = replace(made, plan=plan, results=results, sides={"3.12": Side("3.12", "0.1.0")})
    record_file.save(made, Path("r.json"))
    done = cli("advise", "r.json", "--format", "json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["choice"]["backend"] == "pool"


def test_record_of_pairs_is_refused(cli: Callable[..., Any]) -> None:
    """What a gate leaves compares two sides, and is not told to lack the plain loop."""
    made = record({backend("serial"): 0.2, backend("pool", 2): 0.1})
    plan = replace(made.plan, effort=replace(made.plan.effort, pairs=3))
    sides = {name: Side(name, "0.1.0") for name in ("base", "head")}
    record_file.save(replace(made, plan=plan, sides=sides), Path("r.json"))
    done = cli("advise", "r.json")
    assert (done.code, "holds pairs of base and head" in done.err) == (2, True)


def test_what_has_no_code_is_not_advised(
    cli: Callable[..., Any], launch: FakeLaunch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shared memory, say, is the fastest in the record; pool, the next one, can be pasted."""
    monkeypatch.delattr("bench.families.backends.shared_memory.snippet")
    monkeypatch.setattr("bench.families.backends.shared_memory.NO_SNIPPET", "take pool-imap-unordered.", raising=False)
    launch.seconds = {"serial": 0.2, "ceiling": 0.1, "pool": 0.125, "shared-memory": 0.11}
    backends = ("--backend", "serial,pool,shared-memory", "--workers", "2")
    cli("run", "--range", "0:1000", *backends, "--rounds", "6", "-o", "r.json")
    data = json.loads(cli("advise", "r.json", "--format", "json").out)
    assert (data["choice"]["backend"], data["ties"]) == ("pool", [])
    assert "take pool-imap-unordered" in data["left_out"]["shared-memory"]


def _advised(cli: Callable[..., Any], *given: str) -> dict[str, Any]:
    """Return advice on a record of some ways to search a thousand numbers."""
    cli("run", "--range", "0:1000", "--workers", "2", "--rounds", "6", "-o", "r.json", *given)
    data: dict[str, Any] = json.loads(cli("advise", "r.json", "--format", "json").out)
    return data


def test_code_is_that_of_the_case_that_was_measured(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """A task for each chunk is twice as fast as one for each number: the code has the task for chunks."""
    launch.seconds = lambda visit: {"serial": 0.2, "ceiling": 0.1}.get(
        visit.case.member, 0.125 if visit.case["task"] == "chunk" else 0.25
    )
    data = _advised(cli, "--backend", "serial,pool", "--task", "number,chunk", "--chunksize", "100")
    assert ("pool", 100) == (data["choice"]["backend"], data["choice"]["chunksize"])
    assert "ChunkFlags" in data["snippet"]


def test_pinned_workers_are_not_advised(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """Pinned ones were faster; no code to paste pins them, so that the others are advised, and it is said why."""
    launch.seconds = lambda visit: {"serial": 0.2, "ceiling": 0.1}.get(
        visit.case.member, 0.11 if visit.case["pin"] == "yes" else 0.125
    )
    data = _advised(cli, "--backend", "serial,pool", "--pin", "no,yes")
    assert 1.6 == pytest.approx(data["choice"]["speedup"], rel=0.05)
    assert [True] == ["pin=yes" in name for name in data["left_out"]]
    assert "measured with pinned workers" in "".join(data["left_out"].values())


def test_nothing_but_pinned_workers_is_no_reason_for_the_plain_loop(
    cli: Callable[..., Any], launch: FakeLaunch
) -> None:
    """Pinned workers are nearly twice as fast, and no code pins them: that is said, and nothing is advised."""
    launch.seconds = {"serial": 0.2, "ceiling": 0.1, "pool": 0.11}
    cli("run", "--range", "0:1000", "--workers", "2", "--backend", "serial,pool", "--pin", "yes", "-o", "r.json")
    done = cli("advise", "r.json")
    assert (done.code, done.out) == (1, "")
    assert "nothing of what was measured can be pasted: " in done.err
    assert "measured with pinned workers" in done.err


def test_chunk_size_that_the_interface_chose_is_no_number(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """Pool.map was called without a chunk size, which is not one item per message."""
    launch.seconds = {"serial": 0.2, "ceiling": 0.1, "pool": 0.125}
    data = _advised(cli, "--backend", "serial,pool", "--task", "number", "--chunksize", "api")
    assert data["choice"]["chunksize"] is None
    assert cli("advise", "r.json").out.startswith("Use pool with 2 workers and its own chunk size: 1.6 times")
    assert "chunksize=None" in data["snippet"]


def test_work_that_grows_with_the_workers_is_refused(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """Each number of workers has its own amount, and none is the plain loop's."""
    cli("run", "--workload", "weak", "--backend", "pool", "--workers", "1,2", "-o", "r.json")
    done = cli("advise", "r.json")
    assert (done.code, "grows with the workers" in done.err) == (2, True)


@pytest.mark.parametrize(("seconds", "advised"), [(0.1245, "pool"), (0.11, "process")])
def test_code_of_a_few_lines_is_not_given_up_for_nothing(
    seconds: float, advised: str, cli: Callable[..., Any], launch: FakeLaunch
) -> None:
    """Processes of one's own that gain 0.4 % on a pool's 0.125 s are as good; those that gain 14 % are advised."""
    launch.seconds = {"serial": 0.2, "ceiling": 0.1, "pool": 0.125, "process": seconds}
    backends = ("--backend", "serial,pool,process", "--workers", "2")
    cli("run", "--range", "0:1000", *backends, "--rounds", "6", "-o", "r.json")
    data = json.loads(cli("advise", "r.json", "--format", "json").out)
    assert data["choice"]["backend"] == advised
    assert ("Pool(2)" in data["snippet"], "context.Process(" in data["snippet"]) == (
        advised == "pool",
        advised != "pool",
    )


def test_race_keeps_what_is_hardly_slower(
    cli: Callable[..., Any], launch: FakeLaunch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool that is 0.9 % slower than processes of one's own, without a doubt, races to the end, and wins."""
    monkeypatch.setattr("bench.app.inquiry._LEAST_WAYS", 6)  # all of both are tried
    launch.seconds = {"serial": 0.2, "ceiling": 0.1, "pool": 0.1211, "process": 0.12}
    search = [word.replace("pool,executor", "pool,process") for word in SEARCH]
    done = cli(*search, "-o", "r.json")
    assert done.out.startswith("Use pool with 2 workers")
    assert "As good, within the noise or 1 %: process (2 workers" in done.out


def test_plain_loop_alone_is_no_answer(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """A record that holds nothing else tells nothing of other ways: exit code 4."""
    cli("run", "--range", "0:1000", "--backend", "serial", "-o", "r.json")
    done = cli("advise", "r.json")
    assert done.code == 4
    assert done.out.startswith("No answer: of 1000 items, ")


def test_record_leaves_nothing_to_choose(cli: Callable[..., Any], launch: FakeLaunch) -> None:
    """Options that say what to measure mean nothing to a record."""
    cli(*SEARCH, "-o", "r.json")
    done = cli("advise", "r.json", "--budget", "5")
    assert (done.code, "measures nothing; leave out --budget" in done.err) == (2, True)
