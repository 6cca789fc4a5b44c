"""primebench check."""

from __future__ import annotations

import json


def test_every_answer_right(cli, launch):
    """Right answers end with exit code 0, and each case is visited once."""
    done = cli("check", "--backend", "pool,executor")
    assert 0 == done.code
    assert "4 right, 0 failed" in done.out
    assert 4 == len(launch.visits)


def test_wrong_answer_is_named(cli, launch):
    """A wrong answer is shown with its reason and makes the exit code 1."""
    launch.failures["pool"] = ("wrong-answer", "1000003 is prime, but the answer says otherwise")
    done = cli("check", "--backend", "pool", "--format", "json")
    assert 1 == done.code
    found = {case["member"]: case for case in json.loads(done.out)["cases"]}
    assert "wrong-answer" == found["pool"]["status"]
    assert "1000003" in found["pool"]["reason"]


def test_check_for_real(cli):
    """One backend is really started, and its real answer verified."""
    done = cli("check", "--backend", "pool")
    assert 0 == done.code, done.out + done.err
    assert "0 failed" in done.out


def test_families_without_a_workload_can_be_checked_alone(cli, launch):
    """The short workload is chosen for searches only: channels have none, and are not asked for one."""
    done = cli("check", "--channel", "pipe")
    assert 0 == done.code, done.err
    assert ["pipe"] == [visit.case.member for visit in launch.visits]


def test_cases_of_one_member_are_told_apart(cli, launch):
    """The row that failed says what was asked of it, by the axes that differ and by no others."""
    launch.failures["pipe"] = ("timed-out", "no answer within 20 s")
    done = cli("check", "--channel", "pipe,queue", "--size", "8,64")
    rows = [line.split() for line in done.out.splitlines() if line.startswith("channels")]
    assert [["pipe", "size=8"], ["pipe", "size=64"], ["queue", "size=8"], ["queue", "size=64"]] == [
        row[1:3] for row in rows
    ]
    assert "params" not in cli("check", "--channel", "pipe,queue").out
