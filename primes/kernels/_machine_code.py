"""Functions that numba compiled once, loaded from disk as machine code without numba.

Importing numba takes about half a second on its own, in every worker process. What it compiles here needs nothing of
it at run time, only the loader of llvmlite, which starts in a tenth of that. The code is kept beside the module it
came from, or where that is read-only in the user's cache folder, under a name that changes with the source, the
processor and the versions of llvmlite and Python. Where no such file is found, numba compiles and writes one.
"""

from __future__ import annotations

import ctypes
import marshal
import os
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

_kept: list[object] = []  # engines and compiled functions: their code must outlive every call


def load(module: str, prototypes: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    """Return the functions that ``module`` names in its SIGNATURES, callable with the GIL released.

    ``prototypes`` gives each function's ctypes prototype (see `ctypes.CFUNCTYPE`). The module itself is imported only
    if it has to be compiled. Raises ImportError if that is so and numba is not installed.
    """
    found = find_spec(module)
    if found is None or found.origin is None:
        raise ImportError(f"{module} has no source file")
    source = Path(found.origin)
    name = f"{source.stem}-{_key(source)}.machine-code"
    for folder in _folders(source):
        addresses = _read(folder / name)
        if addresses:
            break
    else:
        addresses = _compile(module, [folder / name for folder in _folders(source)])
    return {function: prototypes[function](address) for function, address in addresses.items()}


def _key(source: Path) -> str:
    """Return what the machine code depends on, as one short word."""
    import llvmlite.binding as llvm

    parts = (
        source.read_bytes(),
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


def _folders(source: Path) -> list[Path]:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return [source.parent / "__pycache__", Path(home) / "primebench"]


def _read(file: Path) -> dict[str, int] | None:
    """Return the addresses of the functions held in ``file``, or None where it is missing or damaged."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    digest, packed = content[:32], content[32:]
    if sha256(packed).digest() != digest:
        return None  # cut short; it is written anew
    symbols, undefined, objects = marshal.loads(packed)
    return _link(symbols, undefined, objects)


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


def _compile(module: str, files: list[Path]) -> dict[str, int]:
    from numba import cfunc

    compiled = import_module(module)
    made = {
        function: cfunc(signature, error_model="numpy")(getattr(compiled, function))
        for function, signature in compiled.SIGNATURES.items()
    }
    _kept.extend(made.values())
    try:
        packed = _pack(made)
    except (
        AttributeError
    ):  # a numba whose insides are named otherwise: compiled again in each process, right all the same
        return {function: each.address for function, each in made.items()}
    for file in files:
        if _write(file, sha256(packed).digest() + packed):
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


def _write(file: Path, content: bytes) -> bool:
    """Write ``file`` at once or not at all, so that no process ever reads half of it; say whether it worked."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.stem)
    except OSError:
        return False
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.replace(name, file)
    except OSError:
        os.unlink(name)
        return False
    return True
