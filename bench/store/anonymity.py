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

_BLANK, _NAME = r"""\s/'"<>:;,()\[\]{}""", r"""[^\s/'"<>:;,()\[\]{}]"""
_AFTER_OPTION = r"(?<=\s-[A-Za-z])"  # as in -o/srv/a.json
# Folders of the kernel are the same on every machine, and messages about them are of use to whoever reads them.
_ROOTED = r"(?:~/+|/+(?!(?:dev|proc|sys)\b))"
_ABSOLUTE = re.compile(rf"(?:(?<![\w.~>])|{_AFTER_OPTION}){_ROOTED}{_NAME}+(?:/+{_NAME}*)*")
_UPWARD = re.compile(rf"(?:(?<![^\s'\"<>:;,()\[\]{{}}=])|{_AFTER_OPTION})/*(?:[^={_BLANK}]+/+)*\.\.(?:/+{_NAME}*)+")
# Names with blanks stand in quotes; other quotes are those of a sentence, in which a path is found by itself.
_REST = r"""[^'"\n;,()\[\]{}]*(?=\1)"""
_QUOTED_ABSOLUTE = re.compile(rf"""(?<=(['"])){_ROOTED}{_REST}""")
_QUOTED_UPWARD = re.compile(rf"""(?<=(['"]))/*(?:[^={_BLANK}]+/+)*\.\./{_REST}""")
# "Linux 6.1.0-18-amd64" as a record has it, "Linux-6.1.0-18-amd64-x86_64-with-glibc2.36" as Python's `platform` has it.
_RELEASE = re.compile(r"^([A-Za-z]+ \d+(?:\.\d+)*)[^\d.]\S*$")
_PLATFORM = re.compile(r"^(Linux-\d+(?:\.\d+)*)(?:[^\d.].*)?(-[^-]+-with-.*)$")
_NETWORK = re.compile(r"(?:tcp|tls)://[^\s'\"<>,;]*[\w\]]|(?<=--scheduler[= ])\S+")
_NOBODY = frozenset({"root", "localhost"})  # names that tell nothing


def scrubbed(text: str) -> str:
    """Return the text with ``.`` and ``<path>/name`` for paths, and with ``<user>`` and ``<host>`` for names.

    The working folder becomes a point, and what lies in it keeps its place there. Of any other path, those of the home
    folder and those that lead upwards (``../``) included, only the last part stays. The home folder itself is ``~``.
    Addresses of a cluster become ``<address>``.
    """
    for upward in (_QUOTED_UPWARD, _UPWARD):  # before the folders, one of which it may hold
        text = upward.sub(_last, text)
    for folder, sign in sorted(_folders(), key=lambda pair: -len(pair[0])):
        if len(folder) > 1:
            text = re.sub(rf"{re.escape(folder)}(?![\w.-])", sign, text)
    text = _NETWORK.sub("<address>", text)
    for absolute in (_QUOTED_ABSOLUTE, _ABSOLUTE):
        text = absolute.sub(_last, text)
    for name, sign in ((platform.node(), "<host>"), (_user(), "<user>")):
        if name and name not in _NOBODY:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", sign, text)
    return text


def scrubbed_value(value: str) -> str:
    """Return what is left of a value that is one path if it leads out of the folder, whatever blanks are in it."""
    return scrubbed(f"'{value}'")[1:-1] if _leads_out(value) else scrubbed(value)


def _last(path: re.Match[str]) -> str:
    return f"<path>/{Path(path[0]).name}"


def _folders() -> Iterator[tuple[str, str]]:
    """Yield the current folder and the home, each with the sign for it; in many containers a user has neither."""
    for find, sign in ((Path.cwd, "."), (Path.home, "~")):
        with suppress(OSError, RuntimeError):
            yield str(find()), sign


def nameless(cases: Iterable[Case]) -> dict[str, str]:
    """Return what stands for the paths that users have given as values of axes: unlike ones stay unlike."""
    values = {text for case in cases for _, value in case.params if _leads_out(text := str(value))}
    found: dict[str, str] = {}
    for value in sorted(values, key=lambda text: (-len(text), text)):  # none is replaced as a part of another one
        told = scrubbed_value(value)
        same = sum(other.startswith(told) for other in found.values())
        found[value] = f"{told}#{same + 1}" if same else told
    return found


def _leads_out(value: str) -> bool:
    return value.startswith("/") or ".." in value.split("/")


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
