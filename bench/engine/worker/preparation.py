"""Prepare the job of a case: what `bench.engine.preparation` starts with the case and a file to answer in."""


def main() -> int:
    """Write what is known of the job, or why it fails; return the exit code."""
    import json
    import os
    import sys
    from pathlib import Path

    from bench.core import jobs
    from bench.core.case import Case
    from bench.core.errors import BrokenPlugin, JobFailed, NoSuchFunction, UsageError
    from bench.core.job import FOLDER
    from bench.engine.worker.semaphores import session_names
    from primes.user_code import said

    session_names()
    text, answer = sys.argv[1:]
    params = dict(Case.from_json(text).params)
    kind = jobs.of(params)
    if kind is None or kind.prepare is None:
        raise ValueError(f"{text} has no job that is prepared.")
    try:
        found: dict[str, object] = dict(kind.prepare(params, Path(os.environ[FOLDER])))
    except NoSuchFunction as error:
        found = {"kind": "absent", "message": str(error)}
    except UsageError as error:
        found = {"kind": "usage", "message": str(error)}
    except BrokenPlugin as error:
        found = {"kind": "broken", "message": str(error)}
    except JobFailed as error:
        found = {"kind": error.kind, "message": str(error)}
    except Exception as error:
        found = {"kind": "crashed", "message": f"preparing the job fails ({said(error)})."}
    Path(answer).write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    import os

    os._exit(main())  # threads that the user's code has started, and that never end, are no reason to wait
