"""Taking out of a text what tells whose machine it came from: host name, user and absolute paths."""

from __future__ import annotations

import getpass
import platform
import re
from pathlib import Path

# Folders of the kernel are the same on every machine, and messages about them are of use to whoever reads them.
_ABSOLUTE = re.compile(r"""(?<![\w.~>])/+(?!(?:dev|proc|sys)\b)[^\s/'"<>:;,()\[\]{}]+(?:/+[^\s/'"<>:;,()\[\]{}]*)*""")
_NOBODY = frozenset({"root", "localhost"})  # names that tell nothing


def scrubbed(text: str) -> str:
    """Return the text with ``~``, ``.`` and ``<path>/name`` for paths, and with ``<user>`` and ``<host>`` for names.

    The home folder and the working folder are known and replaced as they are, blanks in them included; of any other
    absolute path only the last part stays.
    """
    for folder, sign in sorted(((str(Path.cwd()), "."), (str(Path.home()), "~")), key=lambda pair: -len(pair[0])):
        if len(folder) > 1:
            text = re.sub(rf"{re.escape(folder)}(?![\w.-])", sign, text)
    text = _ABSOLUTE.sub(lambda match: f"<path>/{Path(match[0]).name}", text)
    for name, sign in ((platform.node(), "<host>"), (_user(), "<user>")):
        if name and name not in _NOBODY:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", sign, text)
    return text


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user id without a name, as in many containers
        return ""
