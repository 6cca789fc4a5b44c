"""Who may import whom: what the contracts of import-linter in pyproject.toml cannot say."""

from __future__ import annotations

import ast
from pathlib import Path

from bench.core import catalog

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("bench/**/*.py"), *ROOT.glob("primes/**/*.py")])
PLUGINS = [
    *(f"bench.families.{family}" for family in catalog.families("bench.families")),
    "bench.families.primitives.kinds",
    "bench.cli.commands",
    "bench.reports.formats",
    "primes.kernels",
    "primes.workloads",
]
MEMBERS = {f"{package}.{name.replace('-', '_')}" for package in PLUGINS for name in catalog.names(package)}
THE_YARDSTICK = "primes.kernels.baillie_psw"  # what large answers are held against, whatever kernel was measured


def imported(path):
    """Return the dotted names that a file imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_members_are_found_and_not_imported():
    """No module imports a member of a plugin folder: members are found by name, so any of them can be taken away."""
    found = {str(path.relative_to(ROOT)): imported(path) & (MEMBERS - {THE_YARDSTICK}) for path in SOURCES}
    assert {path: members for path, members in found.items() if members} == {}


def test_there_are_members():
    """The rule above is about something: each plugin folder holds members."""
    assert all(catalog.names(package) for package in PLUGINS)


def test_relative_imports_do_not_hide_anything():
    """Every import is written in full, so that the rules see it."""
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative
