"""Advice within a budget: exact times, a clock that only moves when something is measured, and no process."""

from __future__ import annotations

import re
from dataclasses import replace
from math import exp
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from bench.app import evidence
from bench.app.answer import answer
from bench.app.events import Note, result_of
from bench.app.inquiry import inquire
from bench.app.question import Question
from bench.core import jobs
from bench.core.errors import NothingMeasured, UsageError
from bench.core.reason import Kind, Reason
from bench.engine import preparation
from bench.engine.asking import Late, Unanswered
from bench.reports.wording import word
from bench.store import record_file
from tests.support.launch import FakeLaunch
from tests.support.records import MACHINE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.core.case import Case
    from bench.core.side import Side
    from bench.core.visit import Visit
    from bench.samples.advice import Advice

NUMBERS = 10_000  # that are searched: a second of work
PRICE = {"workers": 2, "open_s": 0.01, "close_s": 0.01, "message_s": 1e-4, "message_cpu_s": 1e-4}
PRICE |= {"item_s": 0.0, "item_byte_s": 0.0, "result_byte_s": 0.0}


class Scene:
    """A machine on which the plain loop takes a second, and time passes only while something is measured."""

    def __init__(self) -> None:
        """Begin at 0, with two backends that halve the time."""
        self.now = 0.0
        self.survey: dict[str, Any] = {
            "count": 1000, "places": [0.25, 0.75], "costs_s": [1e-3, 1e-3], "cpu": 1.0, "threads": 1.0,
            "item_bytes": 0.0, "result_bytes": 0.0,
        }  # fmt: skip
        self.broken: set[str] = set()
        self.price = PRICE
        self.deadly = 100  # threads in which the function ends the process
        self.seconds: dict[str, float] = {"serial": 1.0, "ceiling": 0.5, "pool": 0.55, "executor": 0.6}
        self.noise = 0.01
        self.small = 50  # items per message below which a pool is slower
        self._rng = Random(5)
        self.launch = FakeLaunch(self._time)

    def ask(self, _side: object, module: str, text: str, *words: str, timeout_s: float) -> dict[str, Any]:
        """Answer as the programs would."""
        self.now += 0.5
        if module.endswith("survey"):
            if 1 + int(words[1]) >= self.deadly:
                raise Unanswered("exit code -11")
            return self.survey
        if any(f'"member": "{name}"' in text for name in self.broken):
            raise Late(f"no answer within {timeout_s:g} s")
        return self.price

    def _time(self, visit: Visit) -> float:
        seconds = self.seconds[visit.case.member] * exp(self._rng.gauss(0, self.noise))
        if visit.case.member == "pool":
            seconds *= 1.0 if self.small <= int(visit.case["chunksize"]) <= 500 else 1.3
        self.now += 0.2 + seconds * (visit.loops or 1) * (1 + visit.effort.warmups)
        return seconds

    def clock(self) -> float:
        """Tell how late it is."""
        return self.now


@pytest.fixture
def scene() -> Scene:
    """Return a machine."""
    return Scene()


@pytest.fixture
def advised(scene: Scene, tmp_path: Path) -> Callable[..., Advice]:
    """Return what asks for advice on a prime search."""

    def ask_for(budget_s: float = 60.0, **more: Any) -> Advice:
        asked = question(budget_s, **more)
        work = inquire(asked, tmp_path / "r.json", scene.launch, scene.ask, clock=scene.clock)
        return result_of(work)

    return ask_for


def question(budget_s: float = 60.0, **more: Any) -> Question:
    """Return a question about ten thousand numbers."""
    params, members = {"workload": f"0:{NUMBERS}"}, more.pop("members", ("pool", "executor"))
    return Question(jobs.load("primes"), params, members, MACHINE, (0, 1), "fork", budget_s, **more)


def test_the_faster_one_is_advised(advised: Callable[..., Advice]) -> None:
    """Of 0.55 and 0.6 s the first is chosen: 1 / 0.55 = 1.82 times the plain loop, and 91 % of the ceiling."""
    found = advised()
    assert ("pool", 2) == (found.choice.backend, found.choice.workers)
    assert 1.82 == pytest.approx(found.choice.speedup, rel=0.02)
    assert found.choice.low is not None
    assert found.choice.high is not None
    assert found.choice.low < 1.82 < found.choice.high
    assert 0.91 == pytest.approx(found.of_ceiling, rel=0.03)
    assert found.answered
    assert "executor" not in [option.backend for option in found.ties]
    assert found.snippet is not None
    assert ".Pool(2) as pool:" in found.snippet


def test_equal_ones_tie(scene: Scene, advised: Callable[..., Advice]) -> None:
    """Two that take 0.55 s both are told as equal, with the plain loop far behind."""
    scene.seconds["executor"] = 0.55
    found = advised()
    assert {"pool", "executor"} == {found.choice.backend, *(option.backend for option in found.ties)}


@pytest.mark.parametrize("noise", [0.02, 0.1, 0.3])
def test_ties_lie_in_the_range_of_chunk_sizes(scene: Scene, advised: Callable[..., Advice], noise: float) -> None:
    """A chunk size that is told to be as good is not told to be out of the good ones in the next sentence."""
    scene.noise = noise
    found = advised(budget_s=40.0)
    same = [one.chunksize for one in found.ties if (one.backend, one.workers) == ("pool", found.choice.workers)]
    assert found.chunksize_range is not None
    low, high = found.chunksize_range
    assert found.choice.backend != "pool" or all(size is not None and low <= size <= high for size in same)


def test_budget_is_kept(scene: Scene, advised: Callable[..., Advice]) -> None:
    """With much noise nothing is ever decided, and the time ends the race: never more than a tenth too late."""
    scene.noise = 0.3
    advised(budget_s=40.0)
    assert 30 < scene.now < 44


def test_nothing_left_to_decide_ends_it_early(scene: Scene, advised: Callable[..., Advice]) -> None:
    """With exact times a few rounds tell all, and most of the budget is left."""
    scene.noise = 0.0
    advised(budget_s=600.0)
    assert scene.now < 100


def test_plain_loop_wins(scene: Scene, advised: Callable[..., Advice]) -> None:
    """Where each way takes longer, the plain loop is advised, and that is an answer."""
    scene.seconds |= {"pool": 1.2, "executor": 1.3}
    found = advised()
    assert found.choice.backend == "serial"
    assert found.answered
    assert found.snippet is not None
    assert "for item in items" in found.snippet


def test_noise_allows_no_answer(scene: Scene, advised: Callable[..., Advice]) -> None:
    """Where single times vary by a factor of two, it is not told whether 0.9 s are less than 1 s."""
    scene.noise = 0.7
    scene.seconds |= {"pool": 0.9, "executor": 0.95}
    found = advised()
    assert not found.answered
    assert any(doubt.kind is Kind.NOISY for doubt in found.doubts)


@pytest.mark.parametrize(
    ("told", "advised_is", "why"),
    [
        pytest.param({"threads": 1.0}, "pool", "holds the interpreter lock", id="two threads do as much as one"),
        pytest.param({"threads": None}, "thread-pool", "", id="nobody knows, so that the race decides"),
        pytest.param(
            {"threads": None, "threads_fail": "ValueError: no"}, "pool", "fails in threads: ValueError: no", id="fails"
        ),
    ],
)
def test_threads_are_left_out_for_what_was_measured(
    told: dict[str, Any], advised_is: str, why: str, scene: Scene, tmp_path: Path
) -> None:
    """Threads would take 0.5 s of a second: they are left out with the reason that was found, and with none without."""
    scene.survey |= told
    scene.seconds["thread-pool"] = 0.5
    asked = replace(question(), members=("pool", "thread-pool"))
    found = result_of(inquire(asked, tmp_path / "r.json", scene.launch, scene.ask, clock=scene.clock))
    assert advised_is == found.choice.backend
    assert why in " ".join(word(reason) for reason in found.left_out.values())
    assert bool(why) == ("thread-pool" in found.left_out)


def test_member_without_price_is_left_out(scene: Scene, advised: Callable[..., Advice]) -> None:
    """One that gives no answer alone is left out with the reason, and never measured."""
    scene.broken = {"pool"}
    found = advised()
    assert found.choice.backend == "executor"
    assert "no answer within" in word(found.left_out["pool"])
    assert all(visit.case.member != "pool" for visit in scene.launch.visits)


def test_member_that_fails_is_left_out(scene: Scene, advised: Callable[..., Advice]) -> None:
    """One whose visit crashes is visited once, and its reason told; the other is advised."""
    scene.launch.failures = {"pool": ("crashed", "exit code 3")}
    found = advised()
    assert found.choice.backend == "executor"
    assert found.left_out["pool"] == Reason.of(Kind.FAILED, how="crashed", message="exit code 3")
    assert 1 == sum(visit.case.member == "pool" for visit in scene.launch.visits)


@pytest.mark.parametrize("good", [4, 6])
def test_member_that_fails_later_is_not_advised(good: int, scene: Scene, tmp_path: Path) -> None:
    """Of the ways of a member in the race one crashes right after another one was timed: neither is advised."""
    scene.launch.failures, scene.launch.good_visits = {"executor": ("crashed", "exit code 3")}, {"executor": good}
    asked = replace(question(), members=("executor",))
    found = result_of(inquire(asked, tmp_path / "r.json", scene.launch, scene.ask, clock=scene.clock))
    assert ("serial", ()) == (found.choice.backend, found.ties)
    assert found.left_out["executor"] == Reason.of(Kind.FAILED, how="crashed", message="exit code 3")
    assert good + 1 == sum(visit.case.member == "executor" for visit in scene.launch.visits)


@pytest.mark.parametrize("good", [1, 2, 3])
def test_plain_loop_that_fails_later_is_no_answer(
    good: int, scene: Scene, advised: Callable[..., Advice], tmp_path: Path
) -> None:
    """With the race begun nothing is left to compare with; what was measured until then is in the file."""
    scene.launch.failures, scene.launch.good_visits = {"serial": ("crashed", "no memory")}, {"serial": good}
    with pytest.raises(NothingMeasured, match="the plain loop fails: no memory"):
        advised()
    record = record_file.load(tmp_path / "r.json")
    assert {"pool", "executor"} <= {result.case.member for result in record.results.values()}
    assert {case.id for case in record.plan.cases} == record.results.keys() | record.failures.keys()


def test_plain_loop_that_fails_is_no_answer(scene: Scene, advised: Callable[..., Advice], tmp_path: Path) -> None:
    """Nothing can be advised about a job that fails by itself, and nothing is left of it."""
    scene.launch.failures = {"serial": ("wrong-answer", "4 is not prime")}
    with pytest.raises(NothingMeasured, match="the plain loop fails: 4 is not prime"):
        advised()
    assert [] == [*tmp_path.iterdir()]


def test_few_items_need_few_workers_to_be_worth_it(scene: Scene, tmp_path: Path) -> None:
    """A worker takes 10 ms, a number 0.1: two workers do 400 in as long as the loop, 16 would need 1,700 for that."""
    scene.price = PRICE | {"workers": 16, "open_s": 0.08, "close_s": 0.08}
    scene.seconds |= {"ceiling": 1 / 16, "pool": 0.25, "executor": 0.3}
    asked = replace(question(), machine=replace(MACHINE, usable_cpus=16.0), affinity=tuple(range(16)))
    found = result_of(inquire(asked, tmp_path / "r.json", scene.launch, scene.ask, clock=scene.clock))
    assert found.choice.workers > 4
    assert 400 == pytest.approx(found.serial_below, rel=0.1)


def test_too_small_a_job(scene: Scene, advised: Callable[..., Advice]) -> None:
    """Ten microseconds of work: the plain loop at once, after one visit and without a price."""
    scene.survey |= {"costs_s": [1e-8, 1e-8]}
    scene.seconds["serial"] = 1e-5
    found = advised()
    assert found.choice.backend == "serial"
    assert found.answered
    assert ["serial"] == [visit.case.member for visit in scene.launch.visits]


def test_too_small_a_budget(advised: Callable[..., Advice]) -> None:
    """A second of work is done several times, so that five seconds are not enough; the smallest budget is named."""
    with pytest.raises(UsageError, match=r"smallest that works is --budget \d+"):
        advised(budget_s=4.5)


def test_a_loop_of_minutes_that_is_too_long_is_told_without_an_exponent(
    scene: Scene, advised: Callable[..., Advice]
) -> None:
    """Days of work, of which the smallest part that is measured takes more than the budget."""
    scene.survey |= {"costs_s": [30_000.0, 30_000.0]}
    with pytest.raises(UsageError, match=r"plain loop of \d{3,} s, which"):
        advised()


def test_preparing_ends_with_the_budget(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sample and prices took 1 s of 40; a job whose results are not there after the other 39 needs a larger budget."""
    told: list[preparation.Deadline] = []

    def late(_case: Case, _folder: Path, deadline: preparation.Deadline, _side: Side) -> tuple[str, str]:
        told.append(deadline)
        return "timed-out", f"too long; {deadline.longer}"

    monkeypatch.setattr(preparation, "_once", late)
    kind, params = jobs.load("function"), {"function": "math:sqrt", "items": "range(1000)"}
    asked = Question(kind, params, ("pool",), MACHINE, (0, 1), "fork", 40.0)
    with pytest.raises(UsageError, match=r"^the budget of 40 s is too small: too long; name a larger --budget\.$"):
        result_of(inquire(asked, tmp_path / "r.json", scene.launch, scene.ask, clock=scene.clock))
    assert [39.0] == [deadline.seconds for deadline in told]


def test_of_a_long_job_a_part_is_measured(scene: Scene, advised: Callable[..., Advice]) -> None:
    """A hundred seconds of work are too many for a minute; one of so many numbers is searched, all are told of."""
    scene.survey |= {"costs_s": [0.1, 0.1]}
    found = advised()
    assert found.part > 20
    assert found.count == NUMBERS
    assert found.serial_s == pytest.approx(found.part * 1.0, rel=0.1)
    assert f"0:{NUMBERS}" not in {str(visit.case["workload"]) for visit in scene.launch.visits}


def test_what_all_items_take_leaves_out_no_rest(scene: Scene, advised: Callable[..., Advice]) -> None:
    """A part of a second has so many numbers, rounded down: ten thousand take as many seconds as it goes into them."""
    scene.survey |= {"costs_s": [0.1, 0.1]}
    scene.noise = 0.0
    found = advised()
    assert NUMBERS % found.part
    assert NUMBERS / (NUMBERS // found.part) == pytest.approx(found.serial_s)


def test_what_is_done_once_weighs_less_in_the_whole_job(scene: Scene, advised: Callable[..., Advice]) -> None:
    """Workers take half a second of 1.05: the part is faster in the plain loop, the whole 1 / 0.55 times as slow."""
    scene.survey |= {"costs_s": [0.1, 0.1]}
    scene.price = PRICE | {"open_s": 0.5}
    scene.seconds |= {"pool": 2.0, "executor": 1.05}
    found = advised()
    assert found.part > 20
    assert "executor" == found.choice.backend
    assert 1.82 == pytest.approx(found.choice.speedup, rel=0.08)
    assert 1.05 == pytest.approx(found.measured_s, rel=0.03)
    assert found.limit == "cpus"


def test_chunks_of_the_whole_are_none_that_lost_on_a_part(scene: Scene, advised: Callable[..., Advice]) -> None:
    """By the model chunks of fewer than 20 numbers are best, and on the part those of fewer than 30 take 1.3 times."""
    scene.survey |= {"costs_s": [0.01, 0.01]}
    scene.small = 30
    found = advised(members=("pool",))
    measured = int(found.choice.case["chunksize"])
    assert found.part > 1
    assert found.choice.chunksize is not None
    assert 30 <= measured <= found.choice.chunksize <= measured * found.part
    assert found.chunksize_range is not None
    lost = {int(visit.case["chunksize"]) for visit in scene.launch.visits if "pool" == visit.case.member}
    low, high = found.chunksize_range
    assert max(size for size in lost if size < 30) < low <= found.choice.chunksize <= high


def test_more_workers_than_a_part_has_items(scene: Scene, advised: Callable[..., Advice]) -> None:
    """Three seconds hold 16 waits of 0.19 s: 256 threads, as many as are looked at, need 256 / 16 times the budget."""
    scene.survey |= {"costs_s": [0.2, 0.2], "cpu": 0.01, "threads": 2.0, "count": NUMBERS}
    scene.seconds |= {"serial": 3.0, "thread-pool": 0.3, "pool": 1.5}
    found = advised(members=("thread-pool",))
    assert "thread-pool" == found.choice.backend
    (more,) = found.lacking
    budget_s = re.search(r"--budget (\d+) is enough for up to 256\.", more)
    assert budget_s
    assert 1.1 * 16 * 60 == pytest.approx(float(budget_s[1]), rel=0.05)
    scene.now, scene.seconds["serial"] = 0.0, 256 * 0.19
    assert advised(float(budget_s[1]), members=("thread-pool",)).lacking == ()
    low, high = map(int, str(scene.launch.visits[-1].case["workload"]).split(":"))
    assert high - low >= 256
    assert found.of_ceiling is None


def test_function_that_ends_the_process_in_threads(scene: Scene, tmp_path: Path) -> None:
    """Two threads of it are the end of the process that looks at it: threads are left out, and processes advised."""
    scene.deadly = 2
    scene.survey |= {"threads": None}
    asked = replace(question(), members=("pool", "thread-pool"))
    found = result_of(inquire(asked, tmp_path / "r.json", scene.launch, scene.ask, clock=scene.clock))
    assert found.choice.backend == "pool"
    assert "it ends the process (exit code -11)" in word(found.left_out["thread-pool"])


def test_function_that_ends_the_process_by_itself(scene: Scene, advised: Callable[..., Advice]) -> None:
    """It does so in the plain loop as well: there is nothing to advise, and no budget would help."""
    scene.deadly = 1
    with pytest.raises(NothingMeasured, match=r"ends its process before a sample is done \(exit code -11\)"):
        advised()


def test_nothing_that_can_be_advised_is_an_answer(scene: Scene, advised: Callable[..., Advice]) -> None:
    """Where every member is left out for a reason that more time would not change, the plain loop is the answer."""
    found = advised(members=("thread-pool", "thread-executor"))
    assert (found.choice.backend, found.answered, len(found.left_out)) == ("serial", True, 2)


def test_nothing_for_want_of_time_is_no_answer(scene: Scene, advised: Callable[..., Advice]) -> None:
    """Where the only member gave no answer in time, more of it may: the plain loop is not advised for good."""
    scene.broken = {"pool"}
    found = advised(members=("pool",))
    assert (found.choice.backend, found.answered) == ("serial", False)


@pytest.mark.parametrize(("made_s", "speedup"), [(0.5, 1.82), (2.0, 1.9), (0.1, 1.05)])
def test_price_of_workers_is_not_believed_blindly(
    made_s: float, speedup: float, scene: Scene, advised: Callable[..., Advice]
) -> None:
    """Of 1.05 s half a second is the making of workers; a price of two seconds takes away no more than there is."""
    scene.survey |= {"costs_s": [0.1, 0.1]}
    scene.price = PRICE | {"open_s": made_s}
    scene.seconds |= {"pool": 9.0, "executor": 1.05}
    assert speedup == pytest.approx(advised().choice.speedup, rel=0.1)


def test_work_that_grows_with_the_workers(scene: Scene, tmp_path: Path) -> None:
    """Weak scaling is about another job for each number of workers, and has no plain loop to compare with."""
    asked = replace(question(), params={"workload": "weak"})
    with pytest.raises(UsageError, match="grows with the workers"):
        result_of(inquire(asked, tmp_path / "r.json", scene.launch, scene.ask, clock=scene.clock))


@pytest.mark.parametrize("costs", [{"cpu": 0.01, "costs_s": [0.01, 0.01]}, {"cpu": 1.0, "costs_s": [0.02, 0.02]}])
def test_smallest_budget_that_works(costs: dict[str, Any], scene: Scene, advised: Callable[..., Advice]) -> None:
    """The budget that is named is accepted, and one second less is not."""
    scene.survey |= costs
    with pytest.raises(UsageError, match="the smallest that works is --budget") as refused:
        advised(4.0)
    least = float(str(refused.value).rpartition(" ")[2].rstrip("."))
    with pytest.raises(UsageError, match=f"the smallest that works is --budget {least:g}"):
        advised(least - 1)
    scene.now = 0.0
    assert advised(least).count == NUMBERS


def test_of_a_job_that_waits_more_is_measured(scene: Scene, advised: Callable[..., Advice]) -> None:
    """Of two seconds and a half half are measured when they compute, and all when they wait."""
    scene.survey |= {"costs_s": [2.5e-3, 2.5e-3]}
    scene.seconds |= {"serial": 2.5}
    assert advised().part == 2
    scene.now = 0.0
    scene.survey |= {"cpu": 0.05}
    assert advised().part == 1


def test_interrupt_gives_the_best_so_far(scene: Scene, advised: Callable[..., Advice]) -> None:
    """Ctrl-C after six visits: what was fastest so far is told, and marked."""
    scene.launch.interrupt_after = 6
    found = advised()
    assert found.interrupted
    assert found.choice.backend == "pool"


@pytest.mark.parametrize("visits", range(8, 17))
def test_interrupt_in_the_middle_of_a_round(
    visits: int, scene: Scene, advised: Callable[..., Advice], tmp_path: Path
) -> None:
    """Whoever was measured in the round that was cut off is no better for that, and the file tells how it ended."""
    scene.launch.interrupt_after = visits
    found = advised()
    assert ("pool", True) == (found.choice.backend, found.interrupted)
    kept = evidence.evidence_of(record_file.load(tmp_path / "r.json"), question().field)
    assert kept is not None
    again = answer(kept, tmp_path / "r.json")
    assert (found.choice, found.ties, True) == (again.choice, again.ties, again.interrupted)


def test_interrupt_before_anything_is_measured(scene: Scene, advised: Callable[..., Advice], tmp_path: Path) -> None:
    """Ctrl-C before the first time leaves nothing to tell, and no file."""
    scene.launch.interrupt_after = 0
    with pytest.raises(KeyboardInterrupt):
        advised()
    assert [] == [*tmp_path.iterdir()]


def test_without_a_time_an_older_record_stays(scene: Scene, advised: Callable[..., Advice], tmp_path: Path) -> None:
    """One that may be overwritten is replaced by times, and neither by a failure nor by Ctrl-C before the first one."""
    older = tmp_path / "r.json"
    older.write_text("older")
    scene.launch.interrupt_after = 0
    with pytest.raises(KeyboardInterrupt):
        advised()
    scene.launch.interrupt_after, scene.launch.failures = None, {"serial": ("crashed", "no memory")}
    with pytest.raises(NothingMeasured):
        advised()
    assert ([older], "older") == ([*tmp_path.iterdir()], older.read_text())


def test_quota_decides_how_many_workers(scene: Scene, tmp_path: Path) -> None:
    """A quota of 2.5 of eight CPUs: two workers or three, and never eight."""
    machine = replace(MACHINE, usable_cpus=2.5, affinity_cpus=8, logical_cpus=8)
    asked = replace(question(), machine=machine, affinity=tuple(range(8)))
    found = result_of(inquire(asked, tmp_path / "r.json", scene.launch, scene.ask, clock=scene.clock))
    assert {int(visit.case["workers"]) for visit in scene.launch.visits} <= {1, 2, 3}
    assert found.choice.workers in (2, 3)


def test_reasons_are_told_to_whoever_asks(scene: Scene, tmp_path: Path) -> None:
    """Each first visit has a reason with its predicted time, and the race its rounds."""
    work = inquire(question(verbose=True), tmp_path / "r.json", scene.launch, scene.ask, clock=scene.clock)
    told = " ".join(event.text for event in work if isinstance(event, Note))
    for part in ("the plain loop: 10000 items", "what pool costs", "predicted are", "the race begins"):
        assert part in told


def test_record_gives_the_same_answer_again(scene: Scene, advised: Callable[..., Advice], tmp_path: Path) -> None:
    """The answer follows from the file alone: read again it is the same, and what was not measured is not in it."""
    found = advised()
    record = record_file.load(tmp_path / "r.json")
    field = evidence.field_of(record)
    assert field is not None
    again = answer(evidence.evidence_of(record, field), tmp_path / "r.json")
    assert found == again
    assert len(record.plan.cases) == len(record.results)
    assert scene.now == pytest.approx(found.elapsed_s)
