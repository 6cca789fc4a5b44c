"""Which machine code is loaded from disk: what only this user can have put there, and nothing else."""

from __future__ import annotations

import ctypes
import marshal
import os
import pwd
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest

from primes.kernels import _machine_code

pytest.importorskip("numba")

SOURCE = """
from numba import int64
SIGNATURES = {"twice": int64(int64)}

def twice(number):
    return 2 * number
"""
PROTOTYPES = {"twice": ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)}
NOBODY = 65534


class Code:
    """A compiled function with a cache of its own."""

    def __init__(self, folder, monkeypatch):
        self.cache = folder / "home" / ".cache" / "primebench"
        self.temp = folder / "tmp"
        self.compilations = 0
        compile_ = _machine_code._compile

        def counted(*arguments):
            self.compilations += 1
            return compile_(*arguments)

        monkeypatch.setattr(_machine_code, "_compile", counted)

    def use(self):
        """Load the function and call it; return how often it has been compiled so far."""
        assert 42 == _machine_code.load("made_code", PROTOTYPES)["twice"](21)
        return self.compilations

    @property
    def file(self):
        """Where its machine code is."""
        (found,) = self.cache.iterdir()
        return found


@pytest.fixture
def code(tmp_path, monkeypatch):
    """Return a function that was never compiled, in a home and with a folder for temp files of its own."""
    (tmp_path / "made_code.py").write_text(SOURCE)
    for name in ("home", "tmp", "here"):
        (tmp_path / name).mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path / "here")
    yield Code(tmp_path, monkeypatch)
    sys.modules.pop("made_code", None)


def test_it_is_compiled_once(code):
    """The second time the code comes from the user's cache."""
    assert not _machine_code.is_kept("made_code")
    assert [1, 1] == [code.use(), code.use()]
    assert code.file.name.startswith("made_code-")
    assert _machine_code.is_kept("made_code")
    code.file.write_bytes(code.file.read_bytes()[:-1])
    assert not _machine_code.is_kept("made_code")


def test_a_changed_part_is_compiled_anew(code, tmp_path):
    """Machine code belongs to all sources of its folder, from which the compiled module may have imported parts."""
    code.use()
    (tmp_path / "made_part.py").write_text("FACTOR = 2")
    assert 2 == code.use()
    (tmp_path / "made_part.py").write_text("FACTOR = 3")
    assert 3 == code.use()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777], ids=oct)
def test_nobody_else_may_enter_the_folder(code, umask):
    """Folder and file are this user's alone, whatever the umask, and so are folders above that had to be made."""
    before = os.umask(umask)
    try:
        assert [1, 1] == [code.use(), code.use()]
    finally:
        os.umask(before)
    modes = [path.stat().st_mode & 0o777 for path in (code.cache.parent, code.cache, code.file)]
    assert [0o700, 0o700, 0o600] == modes


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")


def _link(file):
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")


def _pipe(file):
    file.unlink()
    os.mkfifo(file)


SPOILT = {
    "written by the group": lambda file: file.chmod(0o620),
    "written by others": lambda file: file.chmod(0o602),
    "a link": _link,
    "a pipe": _pipe,
    "of somebody else": pytest.param(lambda file: os.chown(file, NOBODY, -1), marks=needs_root),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_file_that_may_be_somebody_elses_is_replaced(code, spoil):
    """A file that others own or may write, a link and a pipe are not loaded or waited for, but made anew."""
    code.use()
    file = code.file
    spoil(file)
    assert [2, 2] == [code.use(), code.use()]
    assert file.is_file() and not file.is_symlink() and 0o600 == file.stat().st_mode & 0o777


def test_a_folder_in_place_of_the_file(code):
    """What cannot be replaced is left where it is, and the code kept elsewhere."""
    code.use()
    file = code.file
    file.unlink()
    file.mkdir()
    assert [2, 2] == [code.use(), code.use()]


def _linked(folder):
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to("elsewhere")


FOLDERS = {
    "written by the group": lambda folder: folder.chmod(0o770),
    "written by others": lambda folder: folder.chmod(0o1777),
    "a link": _linked,
    "of somebody else": pytest.param(lambda folder: os.chown(folder, NOBODY, -1), marks=needs_root),
}


@pytest.mark.parametrize("spoil", FOLDERS.values(), ids=FOLDERS)
def test_a_folder_that_may_be_somebody_elses_is_not_used(code, spoil):
    """Nothing is loaded from a folder that others own or may write; the code is kept among the temp files."""
    code.use()
    spoil(code.cache)
    before = sorted((entry.name, entry.lstat().st_mtime_ns) for entry in code.cache.iterdir())
    assert [2, 2] == [code.use(), code.use()]
    assert before == sorted((entry.name, entry.lstat().st_mtime_ns) for entry in code.cache.iterdir())
    (temp,) = code.temp.iterdir()
    assert 0o700 == temp.stat().st_mode & 0o777


BODIES = {
    "nothing": b"",
    "no data": b"\xff\xfe",
    "other data": marshal.dumps("text"),
    "no objects": marshal.dumps(({"twice": "no_such_symbol"}, [], [])),
    "objects of something else": marshal.dumps(({"twice": "x"}, [], [b"\x7fELF and no more"])),
    "other functions": marshal.dumps(({}, [], [])),
    "an empty object": marshal.dumps(({"twice": "x"}, [], [b""])),
    "no sections": marshal.dumps(({"twice": "x"}, [], [b"\x7fELF\2\1" + bytes(90)])),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_broken_body_under_a_valid_sum_is_replaced(code, body):
    """Whatever stands behind its right checksum, what is no machine code of these functions is compiled anew."""
    code.use()
    code.file.write_bytes(sha256(body).digest() + body)
    assert [2, 2] == [code.use(), code.use()]


@pytest.mark.parametrize("left", [0.1, 0.5, 0.9, 0.999])
def test_an_object_that_is_cut_short_is_replaced(code, left):
    """An object file that ends too early, under a right checksum, never reaches the linker, which would crash."""
    code.use()
    symbols, undefined, (whole,) = marshal.loads(code.file.read_bytes()[32:])
    body = marshal.dumps((symbols, undefined, [whole[: int(left * len(whole))]]))
    code.file.write_bytes(sha256(body).digest() + body)
    assert [2, 2] == [code.use(), code.use()]


@pytest.mark.parametrize("home", [None, "", "~", "relative", "/no/such/home"])
def test_without_a_home_no_folder_is_made_up(code, monkeypatch, tmp_path, home):
    """Without a home directory the code is kept among temp files; no folder ``~`` and no home appears anywhere."""

    def unknown(_user):
        raise KeyError("no such user")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    if home is None:
        monkeypatch.delenv("HOME")
    else:
        monkeypatch.setenv("HOME", home)
    assert [1, 1] == [code.use(), code.use()]
    assert [] == list((tmp_path / "here").iterdir())
    assert not Path("/no/such").exists() and not Path("/.cache/primebench").exists()
    assert 1 == len(list(code.temp.iterdir()))


def test_the_cache_that_is_named_is_used(code, monkeypatch, tmp_path):
    """XDG_CACHE_HOME is where the code is kept, also if it has to be made; a relative one is ignored."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "far" / "cache"))
    assert [1, 1] == [code.use(), code.use()]
    assert (tmp_path / "far" / "cache" / "primebench").is_dir()
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    assert [2, 2] == [code.use(), code.use()]
    assert code.file


def test_where_nothing_can_be_kept_it_is_compiled_each_time(code, monkeypatch):
    """Without a folder that could be trusted each process compiles for itself."""
    monkeypatch.setattr(_machine_code, "_folders", lambda: ["/dev/null/nowhere", "/proc/primebench"])
    assert [1, 2] == [code.use(), code.use()]
