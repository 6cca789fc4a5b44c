"""Find out what one way to distribute costs: making and ending workers, messages, items, bytes; arguments: case, file.

Children of spawn and forkserver import this module anew, so it imports inside `main`.
"""


def main() -> int:
    """Write what is found; return the exit code."""
    import json
    import sys
    from pathlib import Path

    from bench.core.case import Case
    from bench.engine.worker.pricing import price
    from bench.engine.worker.semaphores import session_names

    text, answer = sys.argv[1:]
    session_names()
    Path(answer).write_text(json.dumps(price(Case.from_json(text))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    import sys

    sys.exit(main())
