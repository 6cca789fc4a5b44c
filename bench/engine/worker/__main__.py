"""Measure one case: the module that `bench.engine.launch.command` starts with a case and pyperf's options.

This file is the sole owner of ``pyperf.Runner``. It is the ``__main__`` of a package and imports inside `main`,
because children of spawn and forkserver import any other main module anew, and that time would be the backend's.
pyperf starts this program twice: as a manager, which only starts the second one and collects its times, and as the
worker, which prepares the trial and runs it.
"""


def main() -> int:
    """Run as pyperf's manager or as its worker; return the exit code."""
    import sys

    import pyperf

    from bench.core import start
    from bench.core.case import Case
    from bench.engine.worker.clock import keep_to_itself, session_names, time_bodies
    from bench.store.suite import case_metadata, source_metadata

    text = sys.argv[1]
    case = Case.from_json(text)
    runner = pyperf.Runner(program_args=start.program("bench.engine.worker", text))
    args = runner.parse_args(sys.argv[2:])
    runner.metadata.update(case_metadata(case) | source_metadata())
    if not args.worker:
        runner.bench_time_func(case.id, _measured_in_the_worker)
        return 0
    session_names()
    keep_to_itself(args.pipe)
    return time_bodies(runner, case)


def _measured_in_the_worker(loops: int) -> float:
    raise RuntimeError("pyperf's manager was asked to measure; only its worker does.")


if __name__ == "__main__":
    import sys

    sys.exit(main())
