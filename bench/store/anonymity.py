"""Taking out what tells whose machine a record came from: host name, user, absolute paths and the system's build."""

from __future__ import annotations

import getpass
import json
import platform
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bench.core.case import Case
    from bench.core.machine import Machine

# Folders of the kernel are the same on every machine, and messages about them are of use to whoever reads them.
_ABSOLUTE = re.compile(r"""(?<![\w.~>])/+(?!(?:dev|proc|sys)\b)[^\s/'"<>:;,()\[\]{}]+(?:/+[^\s/'"<>:;,()\[\]{}]*)*""")
# "Linux 6.1.0-18-amd64" as a record has it, "Linux-6.1.0-18-amd64-x86_64-with-glibc2.36" as Python's `platform` has it.
_RELEASE = re.compile(r"^([A-Za-z]+ \d+(?:\.\d+)*)[^\d.]\S*$")
_PLATFORM = re.compile(r"^(Linux-\d+(?:\.\d+)*)(?:[^\d.].*)?(-[^-]+-with-.*)$")
_NETWORK = re.compile(r"(?:tcp|tls)://[^\s'\"<>,;]*[\w\]]|(?<=--scheduler[= ])\S+")
_NOBODY = frozenset({"root", "localhost"})  # names that tell nothing


def scrubbed(text: str) -> str:
    """Return the text with ``~``, ``.`` and ``<path>/name`` for paths, and with ``<user>`` and ``<host>`` for names.

    The home folder and the working folder are known and replaced as they are, blanks in them included; of any other
    absolute path only the last part stays. Addresses of a cluster become ``<address>``.
    """
    for folder, sign in sorted(_folders(), key=lambda pair: -len(pair[0])):
        if len(folder) > 1:
            text = re.sub(rf"{re.escape(folder)}(?![\w.-])", sign, text)
    text = _NETWORK.sub("<address>", text)
    text = _ABSOLUTE.sub(lambda match: f"<path>/{Path(match[0]).name}", text)
    for name, sign in ((platform.node(), "<host>"), (_user(), "<user>")):
        if name and name not in _NOBODY:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", sign, text)
    return text


def _folders() -> Iterator[tuple[str, str]]:
    """Yield the current folder and the home, each with the sign for it; in many containers a user has neither."""
    for find, sign in ((Path.cwd, "."), (Path.home, "~")):
        with suppress(OSError, RuntimeError):
            yield str(find()), sign


def nameless(cases: Iterable[Case]) -> dict[str, str]:
    """Return what stands for the paths that users have given as values of axes: unlike ones stay unlike."""
    values = {str(value) for case in cases for _, value in case.params if str(value).startswith("/")}
    found: dict[str, str] = {}
    for value in sorted(values, key=lambda text: (-len(text), text)):  # none is replaced as a part of another one
        told = scrubbed(value)
        same = sum(other.startswith(told) for other in found.values())
        found[value] = f"{told}#{same + 1}" if same else told
    return found


def replaced(text: str, names: Mapping[str, str]) -> str:
    """Return a text of JSON in which names stand for paths."""
    for value, told in names.items():
        text = text.replace(json.dumps(value)[1:-1], json.dumps(told)[1:-1])
    return text


def anonymous(machine: Machine) -> Machine:
    """Return the machine without its host name, and with the number of its system's release only."""
    return replace(machine, host_name=None, os=without_build(machine.os))


def without_build(system: str) -> str:
    """Return the name of a system without what stands behind its release number: whoever built it chose that."""
    return _PLATFORM.sub(r"\1\2", _RELEASE.sub(r"\1", system))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user id without a name, as in many containers
        return ""
