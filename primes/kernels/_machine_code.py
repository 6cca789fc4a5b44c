"""Functions that numba compiled once, loaded from disk as machine code without numba.

Importing numba takes about half a second on its own, in every worker process. What it compiles here needs nothing of
it at run time, only the loader of llvmlite, which starts in a tenth of that. The code is kept in the user's cache
folder, under a name that changes with the sources, the processor and the versions of llvmlite and Python. Where no such
file is found, numba compiles and writes one.

Whoever can write that file decides what is executed. So it is loaded only if folder and file belong to this user and
nobody else may write them, and whatever else is found there is as if there were nothing.
"""

from __future__ import annotations

import ctypes
import marshal
import os
import stat
import struct
import sys
import tempfile
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_NO_CONTENT = 8  # SHT_NOBITS: a section of zeros, which takes no room in the file
_kept: list[object] = []  # engines and compiled functions: their code must outlive every call


def load(module: str, prototypes: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    """Return the functions that ``module`` names in its SIGNATURES, callable with the GIL released.

    ``prototypes`` gives each function's ctypes prototype (see `ctypes.CFUNCTYPE`). The module itself is imported only
    if it has to be compiled. Raises ImportError if that is so and numba is not installed.
    """
    name = _name(module)
    for folder in _folders():
        addresses = _read(folder, name)
        if addresses and addresses.keys() == prototypes.keys():
            break
    else:
        addresses = _compile(module, name)
    return {function: prototypes[function](address) for function, address in addresses.items()}


def is_kept(module: str) -> bool:
    """Say whether a folder holds machine code of ``module``, whole and of this user, so that nothing is compiled."""
    name = _name(module)
    return any(_content(folder, name) for folder in _folders())


def _name(module: str) -> str:
    """Return the name of the file that holds the machine code of ``module``."""
    found = find_spec(module)
    if found is None or found.origin is None:
        raise ImportError(f"{module} has no source file")
    source = Path(found.origin)
    return f"{source.stem}-{_key(source)}.machine-code"


def _key(source: Path) -> str:
    """Return what the machine code depends on, as one short word."""
    import llvmlite.binding as llvm

    parts = (
        *(path.read_bytes() for path in sorted(source.parent.glob("*.py"))),  # what it imports of ours lies beside it
        Path(__file__).read_bytes(),
        llvm.get_host_cpu_name().encode(),
        llvm.get_host_cpu_features().flatten().encode(),
        llvm.get_process_triple().encode(),
        _release("llvmlite").encode(),
        _release("numba").encode(),
        sys.version.encode(),
    )
    return sha256(b"\0".join(parts)).hexdigest()[:16]


def _release(package: str) -> str:
    """Return what names the installed version of ``package``; ImportError when it is not installed.

    That is the name of the folder beside it in which installers keep its metadata (Python packaging specification
    "Recording installed projects"). To look inside, importlib.metadata imports a parser of e-mail, which takes longer
    than all else here but llvmlite.
    """
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ImportError(f"{package} is not installed")
    for name in os.listdir(Path(found.origin).parents[1]):
        if name.startswith(f"{package}-") and name.endswith(".dist-info"):
            return name
    from importlib.metadata import version  # installed in some other way

    return version(package)


# --- where it is kept ---------------------------------------------------------------------------------------------


def _folders() -> list[str]:
    """Return the folders that may hold machine code: the user's cache, where there is one, and one for temp files."""
    places = []
    cache = os.environ.get("XDG_CACHE_HOME", "")
    home = os.path.expanduser("~")  # stays as it is without a home, and is the root folder for an empty HOME
    if os.path.isabs(cache):  # others are to be ignored (XDG Base Directory Specification)
        places.append(os.path.join(cache, "primebench"))
    elif os.path.isabs(home) and os.path.isdir(home) and home != os.sep:
        places.append(os.path.join(home, ".cache", "primebench"))
    return [*places, os.path.join(tempfile.gettempdir(), f".primebench-cache-{os.geteuid()}")]


def _open_folder(path: str) -> int:
    """Return a descriptor of a folder; OSError if there is none, or somebody else could have put something into it."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    if _is_ours(os.fstat(folder)):
        return folder
    os.close(folder)
    raise PermissionError(f"{path} belongs to somebody else, or others may write into it")


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _make(path: str) -> None:
    """Make a folder that only this user may enter, and those above it that are missing, whatever the umask."""
    if os.path.isdir(path):
        return
    _make(os.path.dirname(path))
    try:
        os.mkdir(path)
    except FileExistsError:  # made by another process at the same time, or no folder at all
        return
    os.chmod(path, 0o700)


def _read(path: str, name: str) -> dict[str, int] | None:
    """Return the addresses of the functions held in a file; None where it is missing, damaged or perhaps not ours."""
    packed = _content(path, name)
    if packed is None:
        return None
    try:
        symbols, undefined, objects = marshal.loads(packed)
        if not all(map(_is_whole, objects)):
            return None
        addresses = _link(symbols, undefined, objects)
    except Exception:  # whatever its content leads to: it is compiled anew
        return None
    return addresses if all(addresses.values()) else None


def _content(path: str, name: str) -> bytes | None:
    """Return what a file holds; None where it is missing, cut short or perhaps not ours."""
    try:
        folder = _open_folder(path)
    except OSError:
        return None
    try:
        # Neither a link is followed nor a pipe waited for; what was opened is what is looked at and read.
        with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or not _is_ours(found):
                return None
            content = file.read()
    except OSError:
        return None
    finally:
        os.close(folder)
    digest, packed = content[:32], content[32:]
    return packed if sha256(packed).digest() == digest else None


def _write(path: str, name: str, content: bytes) -> bool:
    """Write a file at once or not at all, so that no process ever reads half of it; say whether it worked."""
    part = f"{name}.{os.urandom(4).hex()}"
    try:
        _make(path)
        folder = _open_folder(path)
    except OSError:
        return False
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, dir_fd=folder)
        try:
            with open(handle, "wb") as stream:
                os.fchmod(handle, 0o600)  # whatever the umask
                stream.write(content)
            os.replace(part, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:  # an interrupt must not leave a part behind either
            os.unlink(part, dir_fd=folder)
            raise
    except OSError:
        return False
    finally:
        os.close(folder)
    return True


# --- what it is ---------------------------------------------------------------------------------------------------


def _is_whole(content: bytes) -> bool:
    """Say whether an object file holds all that its header promises; the linker trusts it, and would crash.

    Source: Tool Interface Standard, "Executable and Linking Format", version 1.2, and the ELF-64 object file format.
    """
    if content[:4] != b"\x7fELF" or content[4] != 2:  # of another system, such as Mach-O; all that we meet has 64 bits
        return content[:4] in (b"\xcf\xfa\xed\xfe", b"\x7fELF") and len(content) > 64
    order = "<" if content[5] == 1 else ">"
    (table,) = struct.unpack_from(f"{order}Q", content, 0x28)
    length, count = struct.unpack_from(f"{order}HH", content, 0x3A)
    if not count or length != 64 or table + length * count > len(content):
        return False
    for at in range(table, table + length * count, length):
        (kind,) = struct.unpack_from(f"{order}I", content, at + 4)
        start, size = struct.unpack_from(f"{order}QQ", content, at + 24)
        if kind != _NO_CONTENT and start + size > len(content):
            return False
    return True


def _link(symbols: dict[str, str], undefined: list[str], objects: list[bytes]) -> dict[str, int]:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    process = ctypes.CDLL(None)
    never = ctypes.cast(process.abort, ctypes.c_void_p).value
    for symbol in undefined:
        # Numba's own runtime, named by error paths that functions without Python objects never take.
        if not hasattr(process, symbol):
            llvm.add_symbol(symbol, never)
    module = llvm.parse_assembly("")
    machine = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine()
    engine = llvm.create_mcjit_compiler(module, machine)
    for content in objects:
        engine.add_object_file(llvm.ObjectFileRef.from_data(content))
    engine.finalize_object()
    _kept.append(engine)
    return {function: engine.get_function_address(symbol) for function, symbol in symbols.items()}


def _compile(module: str, name: str) -> dict[str, int]:
    from numba import cfunc

    compiled = import_module(module)
    made = {
        function: cfunc(signature, error_model="numpy")(getattr(compiled, function))
        for function, signature in compiled.SIGNATURES.items()
    }
    _kept.extend(made.values())
    try:
        packed = _pack(made)
    except AttributeError:  # a numba whose insides are named otherwise: compiled in each process, right all the same
        return {function: each.address for function, each in made.items()}
    for folder in _folders():
        if _write(folder, name, sha256(packed).digest() + packed):
            break
    return {function: each.address for function, each in made.items()}


def _pack(made: Mapping[str, Any]) -> bytes:
    """Return the machine code of compiled functions, and the names of what it calls, as bytes."""
    undefined: set[str] = set()
    objects: list[bytes] = []
    for each in made.values():
        library = each._library
        objects.append(library._get_compiled_object())
        declared = (f.name for f in library._final_module.functions if f.is_declaration)
        undefined.update(symbol for symbol in declared if not symbol.startswith("llvm."))
    symbols = {function: each._wrapper_name for function, each in made.items()}
    return marshal.dumps((symbols, sorted(undefined), objects))
