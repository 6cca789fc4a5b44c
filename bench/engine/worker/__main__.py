"""Measure one case: the module that `bench.engine.launch.command` starts with a case and its options.

It is the ``__main__`` of a package and imports inside `main`, because children of spawn and forkserver import any other
main module anew, and that time would be the backend's.
"""


def main() -> int:
    """Prepare the case, time it, write what was measured, and return the exit code."""
    import sys
    from functools import partial

    from bench.core.case import Case
    from bench.engine.worker.answer import write
    from bench.engine.worker.clock import time_bodies
    from bench.engine.worker.options import Options
    from bench.engine.worker.semaphores import session_names

    text, *words = sys.argv[1:]
    case, options = Case.from_json(text), Options.read(words)
    session_names()
    write_runs = partial(write, case, options)
    return 0 if time_bodies(case, options, write_runs) else 1


if __name__ == "__main__":
    import sys

    sys.exit(main())
