"""Finding plugins."""

from __future__ import annotations

import sys

import pytest

from bench.core import catalog
from bench.core.errors import BrokenPlugin, UnknownName, UsageError


@pytest.fixture
def plugins(tmp_path, monkeypatch):
    """A plugin folder ``somewhere.plugins`` with good, bad and private files."""
    package = tmp_path / "somewhere" / "plugins"
    (package / "nested").mkdir(parents=True)
    for folder in (package.parent, package, package / "nested"):
        (folder / "__init__.py").write_text('"""A folder."""\n')
    files = {
        "pool": '"""One line."""\nVALUE = 1\n',
        "pool_map": '"""Another.\n\nWith more below."""\nVALUE = 2\n',
        "raw": 'r"""A \\raw one."""\n',
        "bare": "VALUE = 3\n",
        "slow_import": 'raise ImportError("libfoo is not there")\n',
        "quits": "import sys\nsys.exit(3)\n",
        "typo": "def f(:\n",
        "_private": '"""Not a member."""\n',
    }
    for name, text in files.items():
        (package / f"{name}.py").write_text(text)
    (package / "latin.py").write_bytes('"""Caf\xe9."""\n'.encode("latin-1"))
    (package / "notes.txt").write_text("no plugin")
    monkeypatch.syspath_prepend(tmp_path)
    yield "somewhere.plugins"
    for name in [name for name in sys.modules if name.partition(".")[0] == "somewhere"]:
        del sys.modules[name]


def test_every_public_file_is_a_member(plugins):
    """Public modules are members, with hyphens for underscores; private ones, folders and other files are not."""
    names = ("bare", "latin", "pool", "pool-map", "quits", "raw", "slow-import", "typo")
    assert names == catalog.names(plugins)


def test_a_family_is_a_folder_with_a_family_file(plugins):
    """A folder is a family once it holds a _family.py; other folders are not."""
    assert catalog.families(plugins) == ()
    (catalog.folder(plugins) / "nested" / "_family.py").write_text("")
    assert catalog.families(plugins) == ("nested",)


def test_listing_imports_nothing(plugins):
    """Names and summaries are read from the folder, so that a broken file hurts nobody else."""
    for name in catalog.names(plugins):
        catalog.summary(plugins, name)
    assert not [name for name in sys.modules if name.startswith(f"{plugins}.")]


@pytest.mark.parametrize(
    ("name", "summary"),
    [("pool", "One line."), ("pool-map", "Another."), ("raw", "A \\raw one."), ("bare", ""), ("latin", "Caf\ufffd.")],
)
def test_the_first_line_is_the_summary(plugins, name, summary):
    """The summary is the first line of the docstring; a file in a foreign encoding does not stop the listing."""
    assert summary == catalog.summary(plugins, name)


@pytest.mark.parametrize(
    ("patterns", "chosen"),
    [
        (["pool"], ("pool",)),
        (["pool*"], ("pool", "pool-map")),
        (["raw", "pool*", "pool"], ("raw", "pool", "pool-map")),
        (["all"], ("bare", "latin", "pool", "pool-map", "quits", "raw", "slow-import", "typo")),
    ],
)
def test_selecting(plugins, patterns, chosen):
    """Names, globs and ``all`` choose members in the order of the patterns, each once."""
    assert chosen == catalog.select(plugins, patterns, "plugin", "list plugins")


@pytest.mark.parametrize("pattern", ["pool-mop", "zzz*", "", "_private", "pool_map", "POOL"])
def test_choosing_nothing_is_an_error(plugins, pattern):
    """A pattern without a match is wrong usage, and the command that shows all is named."""
    with pytest.raises(UnknownName, match='"list plugins" shows all'):
        catalog.select(plugins, [pattern], "plugin", "list plugins")


def test_one_name_is_checked(plugins):
    """A known name passes; an unknown one comes back with the nearest."""
    catalog.check_name(plugins, "pool-map", "plugin", "list plugins")
    with pytest.raises(UsageError, match="did you mean pool-map"):
        catalog.check_name(plugins, "pool-mop", "plugin", "list plugins")


def test_loading(plugins):
    """A member is loaded by its shown name."""
    assert catalog.load(plugins, "pool-map", needs=["VALUE"]).VALUE == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("slow-import", "cannot be imported (ImportError: libfoo is not there)"),
        ("quits", "cannot be imported (SystemExit: 3)"),
        ("typo", "cannot be imported (SyntaxError: "),
        ("bare", "does not define open_mapper"),
    ],
)
def test_a_broken_file_is_named(plugins, name, reason):
    """The error of a file that breaks its contract gives the file and the reason, whatever the file does."""
    with pytest.raises(BrokenPlugin) as caught:
        catalog.load(plugins, name, needs=["VALUE", "open_mapper"])
    assert str(catalog.path(plugins, name)) in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize("raised", ["raise SystemExit(0)", "raise GeneratorExit", "raise ValueError('a.\\nb.')"])
@pytest.mark.parametrize("place", ["import", "missing"])
def test_whatever_a_plugin_raises_is_one_sentence(tmp_path, monkeypatch, raised, place):
    """What is raised on import or by ``missing`` names the file in one line with one full stop, whatever it is."""
    text = raised if place == "import" else f"def missing():\n    {raised}\n"
    package = f"plugins_{abs(hash(str(tmp_path)))}"
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / package / "bad.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(BrokenPlugin) as caught:
        catalog.missing(catalog.load(package, "bad"))
    assert "bad.py: " in str(caught.value) and str(caught.value).endswith(").")
    assert "\n" not in str(caught.value) and ".)" not in str(caught.value)


def test_an_interrupt_is_no_fault_of_a_plugin(tmp_path, monkeypatch):
    """Ctrl-C while a plug-in is imported ends what was asked for."""
    (tmp_path / "slow_plugins").mkdir()
    (tmp_path / "slow_plugins" / "__init__.py").write_text("")
    (tmp_path / "slow_plugins" / "slow.py").write_text("raise KeyboardInterrupt")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        catalog.load("slow_plugins", "slow")


@pytest.mark.parametrize("package", ["bench.core.units", "bench.nowhere"])
def test_only_folders_hold_plugins(package):
    """A module, or a package that does not exist, is no plugin folder."""
    with pytest.raises(BrokenPlugin, match="is no plugin folder"):
        catalog.names(package)
