"""The map of the code in bench/README.md names what is there, and no more."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "bench" / "README.md"
PACKAGES = sorted(init.parent for top in ("bench", "primes") for init in (ROOT / top).rglob("__init__.py"))


def named():
    """Return what stands in code marks and looks like a path."""
    words = re.findall(r"`([\w./]+)`", README.read_text(encoding="utf-8"))
    return {word for word in words if "/" in word or word.endswith(".py")}


def test_every_folder_stands_in_the_map():
    """A folder of the code is named, with what it holds."""
    folders = {f"{folder.relative_to(ROOT)}/" for folder in PACKAGES} - {"bench/"}  # which all of the map is about
    assert folders - named() == set()


def test_every_path_in_the_map_exists():
    """A file or folder that the map names is there; one that begins with an underscore is in some family."""
    places = [README.parent, ROOT, *(ROOT / "bench" / "families").iterdir()]
    assert [name for name in named() if not any((place / name).exists() for place in places)] == []


def test_every_package_says_what_it_is():
    """An __init__.py holds a docstring and nothing else, so that importing a package costs nothing."""
    for folder in PACKAGES:
        (docstring,) = ast.parse((folder / "__init__.py").read_text()).body
        assert isinstance(docstring.value.value, str), folder
