"""Text from elsewhere made safe to print: what would steer a terminal, a reader's eye or a CI service is made visible.

Names and messages come from files, plug-ins, exceptions and options. Control characters move the cursor or forge a
line; marks of direction let text read as something else (CVE-2021-42574); a line that begins with ``::`` is a command
to the runner of GitHub Actions, and so is ``##[`` anywhere.
"""

from __future__ import annotations

import re

# C0, DEL and C1; marks, embeddings, overrides and isolates of direction; separators of lines and paragraphs, which some
# readers take for newlines; lone surrogates and other signs that UTF-8 or XML cannot carry.
UNSAFE = "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
"""The inside of a character class of `re`."""

_SIGN = re.compile(f"[{UNSAFE}]")
_SIGN_IN_LINES = re.compile(f"(?!\n)[{UNSAFE}]")
_COMMAND = re.compile(r"(?<!\S)::|##\[")


def visible(text: str) -> str:
    r"""Return the text as one line of printable characters, with ``\x1b`` for an escape and ``\n`` for a newline."""
    return _COMMAND.sub(_disarmed, _SIGN.sub(_written, text))


def visible_lines(text: str) -> str:
    """Return the same of a text whose newlines are ours."""
    return _COMMAND.sub(_disarmed, _SIGN_IN_LINES.sub(_written, text))


def _written(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


def _disarmed(match: re.Match[str]) -> str:
    return f"{match[0][0]}\\{match[0][1:]}"
