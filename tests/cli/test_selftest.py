"""primebench selftest, with exact times; and once for real."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from math import exp, log
from pathlib import Path

import pytest
from scipy import stats

from bench.analysis import overlap, trials
from bench.analysis.paired import Measured, Rule
from bench.core import start
from bench.core.side import Side
from bench.core.source import digest
from bench.core.stamps import OTHERS, STEAL, THROTTLED
from bench.engine import sides, slowed
from bench.samples.pairs import pairs_of
from bench.store import record_file
from bench.store.identity import SOURCE_DIGEST
from tests.support.launch import FakeLaunch

WORDS = ("selftest", "-o", "self.json", "--format", "json")


class FakeSides(FakeLaunch):
    """Stands in for the three sides as well, with a clock on which every visit lasts a second."""

    def __init__(self):
        super().__init__(0.05)
        self.noise, self.slower = 0.01, {"slow-5": 1.05, "slow-10": 1.1}
        self.metadata = dict.fromkeys((OTHERS, STEAL, THROTTLED), 0.0)

    def build(self, scratch, kernels, percent):
        self.asked = (set(kernels), percent)
        return {name: self.side(name) for name in ("base", "same", f"slow-{percent:g}")}

    def side(self, label):
        return Side(label, label, Path(), "0.1.0", "3.11.7")

    def clock(self):
        return float(len(self.visits))


@pytest.fixture
def fakes(monkeypatch):
    """Put `FakeSides` in the place of all sides and of what they start, and its clock in the place of the real one."""
    found = FakeSides()
    monkeypatch.setattr(slowed, "build", found.build)
    monkeypatch.setattr(sides, "running", lambda scratch: found.side("ours"))
    monkeypatch.setattr("bench.engine.launch.launch", found)
    monkeypatch.setattr("bench.engine.interleaved.measure", found.together)
    from bench.app import selftest as selftesting

    hold = selftesting.hold
    monkeypatch.setattr(selftesting, "hold", lambda held: hold(held, found.clock))
    monkeypatch.setattr(selftesting, "DRAWS", 100)
    return found


def test_a_quiet_machine_is_proven_right(cli, fakes):
    """Equal sides never alarm and the slowed one always does; live verdicts and resampled ones are counted apart."""
    done = cli(*WORDS, "--effort", "fast", "--budget", "400")
    data = json.loads(done.out)
    assert 0 == done.code, done.err
    assert data["blocks"] >= 6
    equal, slow = data["live"]["equal"], data["live"]["slowed"]
    assert (2 * data["blocks"], 0, data["blocks"] // 2) == (
        equal["sound"] + equal["void"],
        equal["regressed"],
        slow["sound"] + slow["void"],
    )
    assert 0 == data["resampled"]["equal"]["regressed"]
    assert 0.9 < data["resampled"]["slowed"]["rate"]
    assert 1.05 == pytest.approx(data["cases"][0]["slowed"]["ratio"], abs=0.006)


def test_the_bound_of_detections_is_clopper_pearson(cli, fakes):
    """Blocks of detections are used once, so that their bound is scipy's exact binomial one."""
    slow = json.loads(cli(*WORDS, "--budget", "400").out)["live"]["slowed"]
    test = stats.binomtest(slow["regressed"], slow["sound"], alternative="greater")
    assert test.proportion_ci(0.95, method="exact").low == pytest.approx(slow["at_least"], abs=1e-9)


def test_resampled_verdicts_have_no_bound(cli, fakes):
    """They share their pairs; their number proves nothing, in the data as in the table."""
    data = json.loads(cli(*WORDS, "--budget", "400").out)
    bounds = {one[key] for one in data["resampled"].values() for key in ("at_most", "at_least")}
    assert {None} == bounds
    text = cli("selftest", "--resume", "self.json", "--budget", "0").out
    assert ["-", "-"] == [line.split()[-1] for line in text.splitlines() if line.startswith("resampled, ")]


def test_spread_is_that_of_the_equal_sides(cli, fakes):
    """The standard deviation is the one of log(same / base) over all pairs."""
    done = cli(*WORDS, "--budget", "300")
    record = record_file.load(Path("self.json"))
    times = {}
    for result in record.results.values():
        for one in result.processes:
            place = (one.metadata["primebench_batch"], one.metadata["primebench_pair"])
            times.setdefault(result.side, {})[place] = min(one.values)
    logs = [log(times["same"][place] / times["base"][place]) for place in times["base"]]
    assert stats.tstd(logs) == pytest.approx(json.loads(done.out)["cases"][0]["sd"])


def test_time_is_kept(cli, fakes):
    """With 300 seconds and visits of one second, no block is begun that would end later."""
    cli(*WORDS, "--budget", "300")
    assert 150 < len(fakes.visits) <= 300


def test_a_deaf_gate_is_found_out(cli, fakes):
    """If the slowed side is not slower, detections are missing and the goal is not reached."""
    fakes.slower = {}
    done = cli(*WORDS, "--budget", "400")
    data = json.loads(done.out)
    assert 0 == data["live"]["slowed"]["regressed"]
    assert not data["goal"]["detections_proven"]


def test_a_disturbed_machine_has_void_verdicts(cli, fakes):
    """With another program on 0.9 CPUs every verdict is void, and void ones prove nothing."""
    fakes.metadata[OTHERS] = 0.9
    data = json.loads(cli(*WORDS, "--budget", "300").out)
    assert (0, None) == (data["live"]["equal"]["sound"], data["live"]["equal"]["at_most"])
    assert 2 * data["blocks"] == data["live"]["equal"]["void"]


def test_an_interrupted_selftest_goes_on(cli, fakes):
    """Ctrl-C ends with 130 and names the command to go on with; that one adds blocks to the same record."""
    fakes.interrupt_after = 140
    done = cli(*WORDS, "--budget", "1000")
    assert 130 == done.code
    assert "primebench selftest --resume self.json" in done.err
    before = record_file.load(Path("self.json"))
    fakes.interrupt_after = None
    done = cli("selftest", "--resume", "self.json", "--budget", "150", "--format", "json")
    assert 0 == done.code, done.err
    after = record_file.load(Path("self.json"))
    assert before.plan.effort.pairs == after.plan.effort.pairs == json.loads(done.out)["pairs"]
    for key, result in before.results.items():
        assert result.samples == after.results[key].samples[: len(result.samples)]
        assert len(result.samples) < len(after.results[key].samples)
    pairs = pairs_of(after)
    assert {len(block) for block in trials.blocks_of(pairs, after.plan.effort.pairs)} == {after.plan.effort.pairs}


def test_a_selftest_goes_on_with_its_own_source_alone(cli, fakes):
    """Blocks of another primebench would not say of this one's gate whether it is right; what was slowed may differ."""
    own = {side: digest(start.SOURCE) for side in ("base", "same", "ours")}
    fakes.metadata = lambda visit: {SOURCE_DIGEST: own.get(visit.side.label, "0" * 12)}
    assert 0 == cli(*WORDS, "--budget", "200").code
    assert 0 == cli("selftest", "--resume", "self.json", "--budget", "50").code
    own["base"] = "f" * 12
    assert 0 == cli(*WORDS, "--force", "--budget", "200").code
    visits = len(fakes.visits)
    done = cli("selftest", "--resume", "self.json", "--budget", "50")
    assert (5, visits) == (done.code, len(fakes.visits))
    assert "self.json was measured with another primebench (source ffffffffffff;" in done.err
    assert 0 == cli("selftest", "--resume", "self.json", "--budget", "0").code


def test_no_more_pairs_are_planned_than_a_record_holds(cli, fakes, monkeypatch):
    """Pairs that spread by 10 % ask for hundreds; a block has as many as the field of a record may hold."""
    monkeypatch.setattr("bench.app.paired.MOST_PAIRS", 12)
    fakes.noise = 0.1
    cli(*WORDS, "--budget", "400")
    assert 12 == record_file.load(Path("self.json")).plan.effort.pairs


def test_a_report_needs_no_measuring(cli, fakes):
    """--resume with a budget of 0 reports the same from the file alone."""
    first = cli(*WORDS, "--budget", "300")
    visits = len(fakes.visits)
    again = cli("selftest", "--resume", "self.json", "--budget", "0", "--format", "json")
    assert json.loads(first.out) == json.loads(again.out)
    assert visits == len(fakes.visits)


def test_text_says_what_data_say(cli, fakes):
    """The table holds the counts of the data, and sentences say what they prove."""
    data = json.loads(cli(*WORDS, "--budget", "300").out)
    text = cli("selftest", "--resume", "self.json", "--budget", "0").out
    equal = data["live"]["equal"]
    row = next(line for line in text.splitlines() if line.startswith("live, equal sides"))
    assert [str(equal[key]) for key in ("sound", "regressed", "ok", "inconclusive", "void")] == row.split()[3:8]
    assert f"False alarms: 0 in {equal['sound']} live verdicts" in text
    assert "0 in 324 of 162 blocks in a row would prove 1%" in text
    assert "would prove 95%" in text


def test_the_slowdown_can_be_chosen(cli, fakes):
    """--slowdown 10 slows by ten percent, and the record tells."""
    data = json.loads(cli(*WORDS, "--slowdown", "10", "--budget", "300").out)
    cases, percent = fakes.asked
    assert (["trial-division"], 10.0) == ([case["kernel"] for case in cases], percent)
    assert 10 == data["slowdown_percent"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--kernel", "sieve"), 2, "cannot be slowed by a known amount"),
        (("--backend", "pool", "--task", "number"), 2, "take --task chunk"),
        (("--budget", "0"), 2, "it needs --resume"),
        (("--pairs", "5"), 2, "can never be significant"),
        (("--resume", "run.json"), 2, "of no selftest"),
        (("--resume", "run.json", "--backend", "pool"), 2, "--resume goes on with the plan in the file"),
        (("--resume", "run.json", "-o", "x.json"), 2, "--resume goes on with the plan in the file"),
        (("--resume", "nothing.json"), 1, "nothing.json"),
    ],
)
def test_wrong_usage(cli, fakes, launch, words, code, said):
    """What cannot be proven is refused in one line."""
    cli("run", "--backend", "pool", "-o", "run.json")
    done = cli("selftest", *words)
    assert (code, "") == (done.code, done.out)
    assert said in done.err


def test_when_every_case_fails_nothing_is_proven(cli, fakes):
    """A side that crashes ends the selftest with exit code 1 and the reason."""
    fakes.failures["same"] = ("crashed", "on request")
    done = cli(*WORDS)
    assert 1 == done.code
    assert "every case failed: same crashed: on request" in done.err


def taking(log_seconds):
    """Return what a process with one value has measured, given by its logarithm."""
    return Measured((exp(log_seconds),))


def pairs(number, shift, noise, seed=0):
    """Return so many pairs by hand: two equal sides, one slower by `shift`, and a control."""
    rng = random.Random(seed)
    places = {"base": 0.0, "same": 0.0, "slow": log(1 + shift), "control": 0.0, "control-again": 0.0}
    return [
        trials.Pair(
            {
                ("serial" if "control" in side else "pool", side): taking(level + rng.gauss(0, noise))
                for side, level in places.items()
            }
        )
        for _ in range(number)
    ]


def slowed_down(pair, place, by):
    """Return the pair with one of its processes slower by so much of a logarithm."""
    return trials.Pair({**pair.processes, place: taking(log(pair.processes[place].values[0]) + by)})


def test_live_verdicts_are_confirmed_by_another_block():
    """Of eight blocks the equal sides make sixteen verdicts, the slowed side four, each red twice over."""
    blocks = [pairs(8, 0.1, 0.002, seed) for seed in range(8)]
    equal, slow = trials.live(blocks, Rule(), 2, "same", "slow")
    assert (16, 0) == (equal.ok + equal.void, equal.regressed)
    assert 4 == slow.regressed + slow.void
    assert slow.regressed >= 3


def test_equal_sides_are_judged_both_ways():
    """An alarm is seen whichever of the equal sides is the slower one, and only in that direction."""
    blocks = [
        [slowed_down(one, ("pool", side), 0.1) for one in pairs(8, 0, 0.002, seed)]
        for seed, side in enumerate(("same", "same", "base", "base"))
    ]
    for two in (blocks[:2], blocks[2:]):
        equal, _ = trials.live(two, Rule(), 2, "same", "slow")
        # The second block has no other to confirm it, and counts only where it is not red.
        assert (1, 2) == (equal.regressed, equal.ok)


def test_what_only_the_first_block_says_is_no_detection():
    """A slowdown in the first block of two that is gone in the second is not counted as found."""
    blocks = [pairs(8, 0.1, 0.002, 1), pairs(8, 0.0, 0.002, 2)]
    _, slow = trials.live(blocks, Rule(), 2, "same", "slow")
    assert (0, 1) == (slow.regressed, slow.inconclusive)


def test_a_disturbed_confirmation_is_no_miss():
    """A slowed side that is red in the first block and whose second block is void is void: the machine's fault."""
    moved = [slowed_down(one, ("serial", "control-again"), 0.05) for one in pairs(8, 0.1, 0.002, 2)]
    _, slow = trials.live([pairs(8, 0.1, 0.002, 1), moved], Rule(), 2, "same", "slow")
    assert (0, 1) == (slow.sound, slow.void)


def test_overlapping_verdicts_are_bounded_as_such():
    """Eighteen quiet blocks make 36 verdicts without an alarm, which rule out 9.2 % and not 8.0 %."""
    equal, _ = trials.live([pairs(7, 0.1, 0.002, seed) for seed in range(18)], Rule(), 2, "same", "slow")
    assert (36, 0, 0.092) == (equal.ok, equal.regressed, pytest.approx(equal.at_most, abs=0.0005))


def test_a_void_block_ends_a_run():
    """Three blocks, a void one and three more rule out less than seven in a row."""
    blocks = [pairs(7, 0.1, 0.0005, seed) for seed in range(7)]
    blocks[3] = [slowed_down(one, ("serial", "control-again"), 0.05) for one in blocks[3]]
    equal, _ = trials.live(blocks, Rule(), 2, "same", "slow")
    assert (12, 2) == (equal.ok, equal.void)
    assert overlap.upper_bound(0, [3, 3]) == equal.at_most


@pytest.mark.parametrize("slower", ["base", "same"])
def test_alarms_that_no_load_excuses_are_bounded(slower):
    """Equal sides of which one is half as fast are red under load, whichever it is, and the bound counts them."""
    slowed = [[slowed_down(one, ("pool", slower), log(2)) for one in pairs(8, 0.1, 0.002, seed)] for seed in range(3)]
    busy = [
        [trials.Pair({place: replace(one, others_cpus=1.5) for place, one in pair.processes.items()}) for pair in block]
        for block in slowed
    ]
    equal, _ = trials.live(busy, Rule(), 2, "same", "slow")
    assert (2, 0.5) == (equal.regressed, pytest.approx(equal.at_most))


def test_resampled_verdicts_over_equal_sides_do_not_alarm_more_than_alpha():
    """Without margin, 1000 resampled verdicts over equal sides alarm in at most alpha, since the sides are alike."""
    rule = Rule(alpha=0.05, margin=0.0)
    equal, slow = trials.resampled(pairs(200, 0.05, 0.02), 10, rule, 2, "same", "slow", 1000, 4)
    assert equal.rate <= 0.05
    assert slow.rate > 0.9


@pytest.mark.parametrize("slower", ["base", "same"])
def test_resampled_verdicts_keep_the_sides_as_they_are(slower):
    """One of the equal sides that is 10 % slower is an alarm in each verdict that calls it head, half of them."""
    unequal = [slowed_down(one, ("pool", slower), log(1.1)) for one in pairs(40, 0.05, 0.005)]
    equal, _ = trials.resampled(unequal, 10, Rule(), 2, "same", "slow", 20, 1)
    assert (10, 0) == (equal.regressed + equal.void // 2, equal.inconclusive)
    assert equal.regressed > 5


def test_resampling_needs_two_batches():
    """Fewer pairs than two batches have are refused."""
    with pytest.raises(ValueError, match="at least 14 are needed"):
        trials.resampled(pairs(13, 0.05, 0.01), 7, Rule(), 2, "same", "slow", 10, 1)


def test_half_pairs_are_left_out(cli, fakes):
    """A pair that an interrupt cut in two takes part in nothing."""
    fakes.interrupt_after = 5 + 5 * 9 + 3
    cli(*WORDS, "--budget", "1000", "--pairs", "7")
    record = record_file.load(Path("self.json"))
    visited = {
        (one.metadata["primebench_batch"], one.metadata["primebench_pair"])
        for result in record.results.values()
        for one in result.processes
    }
    assert 10 == len(visited)
    assert 9 == len(pairs_of(record))


def test_going_on_for_real(cli):
    """The copies of another start lie in other folders, and complete the same block all the same."""
    words = ["--backend", "serial", "--range", "0:4000", "--slowdown", "100", "--pairs", "7", "--budget", "0.1"]
    words += ["--values", "2", "--min-time", "0.002", "--control", "none", "-o", "self.json"]
    assert 0 == cli("selftest", *words).code
    whole = record_file.load(Path("self.json"))
    cut = {key: replace(result, processes=result.processes[:-1]) for key, result in whole.results.items()}
    record_file.save(replace(whole, results=cut), Path("self.json"))
    done = cli("selftest", "--resume", "self.json", "--budget", "0.1")
    assert 0 == done.code, done.err
    assert 7 == len(pairs_of(record_file.load(Path("self.json"))))


def test_for_real(tmp_path):
    """Three copies of this primebench, one twice as slow, and one block of seven pairs: that may well be so."""
    words = ["--backend", "serial", "--range", "0:4000", "--slowdown", "100", "--pairs", "7", "--budget", "0.1"]
    words += ["--values", "2", "--min-time", "0.002", "--control", "none", "-o", "self.json", "--anonymous"]
    command = [sys.executable, "-m", "bench", "selftest", *words, "--format", "json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    data = json.loads(done.stdout)
    assert (1, 7) == (data["blocks"], data["pairs"])
    assert data["cases"][0]["slowed"]["high"] > 1.2  # of equal copies it is 1.05; a busy machine moves the ratio itself
    assert str(Path.home()) not in (tmp_path / "self.json").read_text()
