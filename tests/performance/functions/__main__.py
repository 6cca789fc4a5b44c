"""Measure ten functions of the kind that people distribute, through every backend that is installed, in one record.

Run ``python -m tests.performance.functions -o FILE`` from the root of the repository, with primebench installed; some
five minutes on two quiet CPUs with the extra ``all`` and pandas. Further options are those of ``primebench run``.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
JOBS = {  # function -> its items
    "real:digest": "real:files",
    "real:parse": "real:orders",
    "real:tokens": "real:logs",
    "real:squeeze": "real:blocks",
    "arrays:order": "arrays:sizes",
    "frames:total": "range(50)",
    "real:fetch": "range(25)",
    "real:fib": "real:numbers",
    "real:simulate": "real:walks",
    "real:noise": "range(80)",
}
LIBRARIES = {"arrays": "numpy", "frames": "pandas"}  # what a module needs
RESULT_BYTES = {"real:noise": 512 << 10}
# Two visits are the least that shows how far processes lie apart; the bodies last long enough to be timed one by one.
EFFORT = ["--rounds", "2", "--values", "1", "--warmups", "0", "--min-time", "0.01", "--timeout", "60"]


def main() -> int:
    """Write the plan, let primebench carry it out where the functions lie, and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.functions", description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="where the record goes")
    parser.add_argument("--workers", default="2", metavar="N,N-M", help="workers of each backend (2)")
    parser.add_argument(
        "--backend", default="everything", metavar="NAME,...", help="all that are installed if not given"
    )
    parser.add_argument("--only", default=",".join(JOBS), metavar="FUNCTION,...", help=f"of {', '.join(JOBS)}")
    asked, options = parser.parse_known_args()
    names = asked.only.split(",")
    if unknown := [name for name in names if name not in JOBS]:
        parser.error(f"{', '.join(unknown)} is none of {', '.join(JOBS)}")
    left_out = [name for name in names if not _can_run(name)]
    for name in left_out:
        print(f"{name} is left out: {LIBRARIES[_module(name)]} is not installed.", file=sys.stderr)
        names.remove(name)
    effort = [] if any(option.startswith("--effort") for option in options) else EFFORT
    output = asked.output.absolute()  # before another folder is the current one
    with tempfile.TemporaryDirectory(prefix="primebench-functions-") as folder:
        for module in {_module(name) for name in JOBS}:
            shutil.copy(HERE / f"{module}.py", folder)
        Path(folder, "functions.toml").write_text(plan(names, asked.backend, asked.workers))
        command = [sys.executable, "-m", "bench", "run", "--plan", "functions.toml", *effort, *options, "--anonymous"]
        environ = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH")])),
        }
        return subprocess.run([*command, "--output", str(output)], cwd=folder, env=environ, check=False).returncode


def _module(name: str) -> str:
    return name.partition(":")[0]


def _can_run(name: str) -> bool:
    library = LIBRARIES.get(_module(name))
    return library is None or importlib.util.find_spec(library) is not None


def plan(names: list[str], backends: str, workers: str) -> str:
    """Return a plan in which every backend does the job of each function."""
    parts = [
        f"""
[[part]]
backend = {backends.split(",")!r}
workers = {workers!r}
function = "{name}"
items = "{JOBS[name]}"
{f"result_bytes = {RESULT_BYTES[name]}" if name in RESULT_BYTES else ""}
"""
        for name in names
    ]
    return 'summary = "Ten functions of the kind that people distribute, through every backend"\n' + "".join(parts)


if __name__ == "__main__":
    sys.exit(main())
