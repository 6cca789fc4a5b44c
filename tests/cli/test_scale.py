"""primebench scale: curves, laws, refusals and METG, through the real command on exact times."""

from __future__ import annotations

import csv
import json

import pytest

from bench.core.case import Case
from tests.support.records import backend, record, save

COUNT = 12


def around(seconds):
    """Return 12 times within 0.1 % of a time."""
    return [seconds * (1 + i / 10_000) for i in range(COUNT)]


def amdahl(workers, serial_fraction):
    """Return the speed-up that Amdahl's law gives."""
    return 1 / (serial_fraction + (1 - serial_fraction) / workers)


def sweep(speedups, *, weak=False, ceiling=None):
    """Return the times of a serial loop of 8 s and a pool with these speed-ups; the ceiling has its own."""
    name = "weak" if weak else "default"
    made = {backend("serial", workload=name): around(8.0)}
    for workers, speedup in speedups.items():
        made[backend("pool", workers, workload=name)] = around(8.0 / speedup * (workers if weak else 1))
        if ceiling:
            made[backend("ceiling", workers, workload=name)] = around(8.0 / ceiling[workers])
    return made


@pytest.fixture
def write(tmp_path, cli):
    """Write a record as r.json, where `cli` runs."""
    return lambda times, **settings: save(record(times, **settings), tmp_path / "r.json")


def curve(cli, *words):
    """Return the only curve of r.json."""
    done = cli("scale", "r.json", "--format", "json", *words)
    assert 0 == done.code, done.err
    (found,) = json.loads(done.out)["curves"]
    return found


def test_points_follow_from_the_times(cli, write):
    """Speed-up 3.2 of 4 workers: efficiency 80 %; where the ceiling reaches 3.6 it is 89 % of it; Karp-Flatt 1/12."""
    write(sweep({1: 1.0, 4: 3.2}, ceiling={1: 1.0, 4: 3.6}))
    one, four = curve(cli)["points"]
    assert (4, 3.2, 0.8, 3.2 / 3.6) == pytest.approx(
        tuple(four[key] for key in ("workers", "speed_up", "efficiency", "share")), rel=1e-3
    )
    assert (1 / 3.2 - 1 / 4) / (1 - 1 / 4) == pytest.approx(four["serial_fraction"], rel=1e-3)
    assert one["serial_fraction"] is None
    assert four["low"] <= four["speed_up"] <= four["high"]
    text = cli("scale", "r.json").out
    assert "3.20" in text and "80 %" in text and "89 %" in text


def test_amdahl_finds_the_fraction_that_made_the_times(cli, write):
    """Times made with 10 % of serial work give 10 % back, with tiny residuals, and predictions to twice P, marked."""
    write(sweep({p: amdahl(p, 0.1) for p in (1, 2, 4, 8)}))
    found = curve(cli)
    (fit,) = found["fits"]
    (parameter,) = fit["parameters"]
    assert "Amdahl" == fit["law"] and 0.1 == pytest.approx(parameter["value"], abs=0.001)
    assert parameter["low"] <= 0.1 <= parameter["high"]
    assert max(map(abs, fit["residuals"])) < 0.01
    assert 16 == max(one["workers"] for one in fit["predictions"])
    assert {9, 10, 11, 12, 13, 14, 15, 16} == {one["workers"] for one in fit["predictions"] if one["speculative"]}
    text = cli("scale", "r.json").out
    assert "possible" in text and "residual" in text
    assert all(one["low"] is None for one in fit["predictions"] if one["speculative"])
    beyond = {one["workers"]: one for one in found["beyond"]}
    assert set(range(9, 17)) == set(beyond)
    assert beyond[16]["low"] <= amdahl(16, 0.1) <= beyond[16]["high"]
    assert {"Gustafson", "USL"} == found["refused"].keys()


def test_the_serial_time_is_printed(cli, write):
    """The first line holds what all others are divided by: 8 s over 4.21 s are 1.90."""
    write(sweep({1: 1.0, 2: 1.9}))
    serial, _, two = (line.split() for line in cli("scale", "r.json").out.splitlines()[5:8])
    assert (["serial", "8.00", "s", "1.00"], ["2", "4.21", "s", "1.90"]) == (serial[:4], two[:4])


@pytest.mark.parametrize("speedups", [{1: 1.0, 2: 2.2, 4: 3.0}, {1: 1.2, 2: 1.9}])
def test_an_inconsistent_baseline_leads_to_no_law(cli, write, speedups):
    """2.2 times with two workers, or 1.2 with one: no law, no prediction, and the speed-up against P = 1 instead."""
    write(sweep(speedups))
    found = curve(cli)
    assert ([], []) == (found["fits"], found["beyond"])
    assert "the serial baseline is inconsistent, measure it again" in found["inconsistent"]
    text = cli("scale", "r.json").out
    assert found["inconsistent"] in text and "to P = 1" in text
    assert f"{speedups[2] / speedups[1]:.2f}" in text


def test_a_negative_serial_fraction_is_not_printed(cli, write):
    """A speed-up of 2.01 with two workers is within noise; its serial fraction of -0.005 reads "< 0"."""
    write(sweep({1: 1.0, 2: 2.01}))
    text = cli("scale", "r.json").out
    assert "< 0" in text and "-0.00" not in text.split("fits")[0]


def test_no_law_from_figures_in_doubt(cli, write):
    """Processes half the time apart: the reason is in the row, and no law is fitted through it."""
    times = sweep({1: 1.0, 2: 1.9})
    times[backend("pool", 2)] = [4.3 + i for i in range(COUNT)]
    write(times)
    found = curve(cli)
    assert [] == found["fits"] and "in doubt" in found["refused"]["Amdahl"]
    assert "apart" in cli("scale", "r.json").out


def test_usl_needs_six_counts(cli, write):
    """Five distinct worker counts are refused with the number; six are fitted."""
    five = {p: amdahl(p, 0.1) for p in (1, 2, 3, 4, 5)}
    write(sweep(five))
    assert "USL needs 6 distinct worker counts, 5 were measured" in curve(cli)["refused"]["USL"]
    assert "USL needs 6" in cli("scale", "r.json").out
    write(sweep({**five, 6: amdahl(6, 0.1)}))
    assert {"Amdahl", "USL"} == {fit["law"] for fit in curve(cli)["fits"]}


def test_no_fit_uses_more_workers_than_cpus(cli, write):
    """On 4.5 usable CPUs, 5 and 8 workers are shown with a star and left out of every fit."""
    write(sweep({1: 1.0, 2: 1.9, 4: 3.2, 5: 3.0, 8: 2.0}), machine={"usable_cpus": 4.5})
    (fit,) = curve(cli)["fits"]
    assert ([1, 2, 4], [5, 8]) == (fit["workers"], fit["excluded"])
    text = cli("scale", "r.json").out
    assert "8 *" in text and "P = 5, 8 left out" in text


def test_weak_scaling_is_gustafsons(cli, write):
    """S = P - f (P - 1) with f = 0.2 gives 0.2 back; the speed-up counts the work of all; Amdahl wants fixed work."""
    write(sweep({p: p - 0.2 * (p - 1) for p in (1, 2, 4)}, weak=True, ceiling={1: 1.0, 2: 2.0, 4: 4.0}))
    found = curve(cli)
    (fit,) = found["fits"]
    assert "Gustafson" == fit["law"] and 0.2 == pytest.approx(fit["parameters"][0]["value"], abs=0.001)
    four = found["points"][-1]
    assert (3.4, 0.85, 0.85) == pytest.approx((four["speed_up"], four["efficiency"], four["share"]), rel=1e-3)
    assert "fixed work" in found["refused"]["Amdahl"]


def test_fixed_work_is_told_how_to_scale_weakly(cli, write):
    """The refusal of Gustafson's law names the command."""
    write(sweep({1: 1.0, 2: 1.9}))
    assert "primebench run --workload weak" in curve(cli)["refused"]["Gustafson"]


def test_a_failed_count_is_in_the_table(cli, write):
    """Two workers crashed: the curve of the others stands, and the reason with it."""
    write(sweep({1: 1.0, 4: 3.2}), failures={backend("pool", 2): ("crashed", "no memory")})
    assert {"2": "crashed: no memory"} == curve(cli)["failed"]
    assert "crashed: no memory" in cli("scale", "r.json").out


def test_members_are_told_apart_and_chosen(cli, write):
    """Every member and start method is its own curve; --member keeps one; an unknown one is wrong usage."""
    times = sweep({1: 1.0, 2: 1.9})
    times |= {backend("executor", p, start=start): around(5.0) for p in (1, 2) for start in ("fork", "spawn")}
    write(times)
    curves = json.loads(cli("scale", "r.json", "--format", "json").out)["curves"]
    assert [("pool", "fork"), ("executor", "fork"), ("executor", "spawn")] == [
        (one["member"], one["params"]["start"]) for one in curves
    ]
    assert "executor start=spawn: fixed work" in cli("scale", "r.json").out
    assert "pool" == curve(cli, "--member", "pool")["member"]
    done = cli("scale", "r.json", "--member", "pol")
    assert 2 == done.code and "did you mean pool?" in done.err


def test_csv_has_a_row_per_worker_count_with_the_fits(cli, write):
    """Speed-up 1.9 with 2 workers is a serial fraction of 2 / 1.9 - 1, with which Amdahl says what 4 workers reach."""
    write(sweep({1: 1.0, 2: 1.9}))
    lines = {
        int(line["workers"]): line for line in csv.DictReader(cli("scale", "r.json", "--format", "csv").out.split())
    }
    assert {1, 2, 3, 4} == set(lines)
    serial = 2 / 1.9 - 1
    assert [serial] * 4 == [pytest.approx(float(line["amdahl_serial_fraction"]), abs=1e-9) for line in lines.values()]
    assert float(lines[4]["amdahl_speed_up"]) == pytest.approx(amdahl(4, serial))
    assert float(lines[2]["speed_up"]) == pytest.approx(1.9) and "" == lines[4]["speed_up"]
    assert float(lines[4]["possible_low"]) < float(lines[4]["possible_high"])


@pytest.mark.parametrize("words", [(), ("--metg",)])
def test_nothing_to_scale(cli, write, words):
    """Without a serial loop, or a sweep over task sizes: exit code 1 and the command that measures one."""
    write({backend("pool", 2): 1.0})
    done = cli("scale", "r.json", *words)
    assert (1, "") == (done.code, done.out)
    assert "primebench run --" in done.err


def test_a_foreign_file_is_one_line(cli, tmp_path):
    """What is no record ends with exit code 1 and the file's name."""
    (tmp_path / "x.json").write_text("{}")
    done = cli("scale", "x.json")
    assert 1 == done.code and 1 == len(done.err.strip().splitlines()) and "x.json" in done.err


# --- METG ---------------------------------------------------------------------------------------------------------


TASKS, WORK_S, OVERHEAD_S = 256, 1e-6, 32e-6


def task_sweep(workers=2, numbers=(4, 8, 16, 32, 64, 128, 256)):
    """Return times of 256 tasks per size: a number takes 1 us of work, a task 32 us of overhead, all cores busy."""
    made: dict[Case, list[float]] = {}
    for size in numbers:
        name = f"1000000:{1_000_000 + TASKS * size}"
        made[backend("serial", workload=name)] = around(TASKS * size * WORK_S)
        wall = TASKS * (size * WORK_S + OVERHEAD_S) / workers
        made[backend("pool", workers, workload=name, chunksize=size)] = around(wall)
    return made


def test_metg_is_where_work_equals_overhead(cli, write):
    """With 32 us of overhead, half of the speed is at 32 us of work: 64 us of granularity, within a narrow interval."""
    write(task_sweep())
    done = cli("scale", "r.json", "--metg", "--format", "json")
    assert 0 == done.code, done.err
    (found,) = json.loads(done.out)["sweeps"]
    metg = found["metg"]["baseline"]
    assert (2, 256) == (found["workers"], found["tasks"])
    assert 64e-6 == pytest.approx(metg["seconds"], rel=0.01)
    assert metg["low"] <= metg["seconds"] <= metg["high"] and metg["high"] / metg["low"] < 1.02
    text = cli("scale", "r.json", "--metg").out
    assert "METG(50 %)" in text and "64." in text


def test_metg_of_many_sizes_uses_equally_many_tasks(cli, write):
    """A full product of ranges and chunk sizes holds the sweep: other numbers of tasks are left out."""
    times = task_sweep()
    times[backend("pool", 2, workload="1000000:1001024", chunksize=512)] = around(1.0)
    write(times)
    (found,) = json.loads(cli("scale", "r.json", "--metg", "--format", "json").out)["sweeps"]
    assert (256, 7) == (found["tasks"], len(found["metg"]["baseline"]["curve"]))


@pytest.mark.parametrize(
    ("times", "machine", "said"),
    [
        (task_sweep(numbers=(64, 128, 256)), {}, "measure smaller tasks"),
        (task_sweep(numbers=(4, 8, 16)), {}, "measure larger tasks"),
        (task_sweep(), {"usable_cpus": 1}, "each needs one of its own"),
    ],
)
def test_metg_refuses(cli, write, times, machine, said):
    """No size below half, none above, or workers without a CPU of their own: no number, and the reason."""
    write(times, machine=machine)
    done = cli("scale", "r.json", "--metg")
    assert 0 == done.code and said in done.out


def test_the_shipped_plan_is_a_sweep():
    """metg.toml leads to 10 sizes of 256 tasks for each backend, each measured against serial and ceiling."""
    from bench.cli.options import plan_file_of
    from bench.reports.doubts import doubted
    from bench.samples.curves import task_sweeps
    from tests.support.records import MACHINE

    drawing = plan_file_of("metg").drawing
    made = record(dict.fromkeys(drawing.cases, 1.0))
    from dataclasses import replace

    made = replace(made, plan=replace(made.plan, references=drawing.references))
    assert MACHINE == made.machine
    sweeps = task_sweeps(made, doubted(made))
    assert {"executor", "pool", "pool-imap", "process-pipe", "process-queue", "shared-memory"} == {
        sweep.case.member for sweep in sweeps
    }
    assert all((256, 10, 10) == (sweep.tasks, len(sweep.levels), len(sweep.limit_levels)) for sweep in sweeps)
