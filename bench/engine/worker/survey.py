"""Survey a job: what its items cost in the plain loop, on a sample; arguments: case, seconds, 1 or 0, file.

The sample is spread over all items at any moment, so that it may end whenever the time is up. With 1 it is done
in threads as well.
"""


def main() -> int:
    """Write what is found, or why nothing is; return the exit code."""
    import json
    import sys
    import warnings
    from pathlib import Path

    from bench.core.case import Case
    from bench.core.errors import PrimebenchError
    from bench.engine.facts_line import gil_module
    from bench.engine.worker.sampling import ItemFailed, survey
    from bench.engine.worker.semaphores import session_names
    from primes.user_code import BrokenCode, UnknownCode, said

    session_names()
    text, seconds, in_threads, answer = sys.argv[1:]
    found: dict[str, object]
    try:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("default")
            found = survey(Case.from_json(text), float(seconds), in_threads=in_threads == "1")
        if found["lock_on"]:
            found["lock_by"] = gil_module(" ".join(str(one.message) for one in heard)) or "a module or a setting"
    except (PrimebenchError, UnknownCode, BrokenCode) as error:
        found = {"kind": "usage", "message": str(error)}
    except ItemFailed as error:
        found = {"kind": "crashed", "message": f"there is nothing to advise: {error}"}
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        found = {"kind": "crashed", "message": f"the job fails in the plain loop ({said(error)})"}
    Path(answer).write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    import sys

    sys.exit(main())
