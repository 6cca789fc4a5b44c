"""The map of the code in bench/README.md is true. Run as a program, this file writes the map anew."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "bench" / "README.md"
BEGIN = "<!-- map: written by tests/docs/test_map.py -->\n"
END = "<!-- end of map -->\n"


def first_line(path):
    """Return the first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0]


def holds_plugins(folder):
    """Say whether the public files of a folder are found by name: families, and folders that say so."""
    return (folder / "_family.py").exists() or "one file" in first_line(folder / "__init__.py").lower()


def modules(folder):
    """Return the modules of a folder that the map lists."""
    private_only = holds_plugins(folder)
    paths = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
    return [path for path in paths if not private_only or path.name.startswith("_")]


def written_map():
    """Return the tables of all modules."""
    parts = []
    for init in sorted([*ROOT.glob("bench/**/__init__.py"), *ROOT.glob("primes/**/__init__.py")]):
        folder = init.parent
        rows = "".join(f"| `{path.name}` | {first_line(path)} |\n" for path in modules(folder))
        table = f"\n| module | what it is |\n| --- | --- |\n{rows}" if rows else ""
        parts.append(f"### `{folder.relative_to(ROOT)}/`\n\n{first_line(init)}\n{table}\n")
    return "\n" + "".join(parts)


def test_the_map_names_every_module():
    """Every package and module stands in the map with what its docstring says (else run this file as a program)."""
    there = README.read_text().partition(BEGIN)[2].partition(END)[0]
    assert written_map() == there


def test_every_path_in_the_map_exists():
    """A file or folder that the text of the map names is there."""
    text = README.read_text().partition(BEGIN)[0]
    named = {word for word in re.findall(r"`([\w./]+)`", text) if "/" in word or word.endswith(".py")}
    named -= {"_role.py", "_family.py"}  # one in each family
    missing = [name for name in named if not any((base / name).exists() for base in (README.parent, ROOT))]
    assert not missing


def test_every_package_says_what_it_is():
    """An __init__.py holds a docstring and nothing else, so that importing a package costs nothing."""
    for init in [*ROOT.glob("bench/**/__init__.py"), *ROOT.glob("primes/**/__init__.py")]:
        (docstring,) = ast.parse(init.read_text()).body
        assert isinstance(docstring.value.value, str), init


if __name__ == "__main__":
    head, _, tail = README.read_text().partition(BEGIN)
    README.write_text(head + BEGIN + written_map() + END + tail.partition(END)[2])
