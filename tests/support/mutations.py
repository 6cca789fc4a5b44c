"""Records damaged at random, and commands that read them: what is done to a file, and what of the answer is a fault."""

from __future__ import annotations

import contextlib
import copy
import csv
import gzip
import io
import json
import re
import sys
import time
import traceback
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.cli import main

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

FORMATS = ("text", "markdown", "csv", "json", "junit", "bencher", "google-benchmark", "github-action-benchmark")
COMMANDS = (
    ("show", "{file}"),
    ("scale", "{file}"),
    ("scale", "--metg", "{file}"),
    ("compare", "{whole}", "{file}"),
    ("compare", "{file}", "{whole}", "--normalise", "serial"),
    ("compare", "{file}", "--by", "member"),
    ("gate", "--records", "{whole}", "{file}"),
    ("gate", "--again", "{file}"),
    ("explain", "{file}"),
)
_CODES = range(6)
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3.5, -0.0, 2**31, 2**70, 10**400, 1e18, 1e308, 5e-324),
    *(float("nan"), float("inf"), -float("inf"), "", " ", "x", "none", "serial", "pool", "7", "1:5", "5:1", "9" * 5000),
    *("\x1b[31mred\x1b[0m", "\u202egnp.exe", "a\nb", "\n::error::x", "##[error]x", "=1+1", "-@x", "a|b`c`[d](e)<f>"),
    *("\ud800", "\x00", "\x85", "\u2028", "a\tb", "é" * 300, "backends/pool", "../x", "%s%n", "\ufeff"),
    *([], {}, [[]], [None], {"": {}}, ["serial"], {"serial": []}, {"a": [1]}, [1, 2, 3], [["a", "b"]]),
    *("<lists>", "<objects>"),
)
_DEEP = {'"<lists>"': "[" * 900 + "]" * 900, '"<objects>"': '{"a":' * 900 + "1" + "}" * 900}  # too deep to be copied


def whole(path: Path) -> dict[str, Any]:
    """Return a record's content."""
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)


def small(path: Path, cases: int = 12, runs: int = 8) -> dict[str, Any]:
    """Return a record's content with the first cases and runs only, so that it is read in a millisecond."""
    data = whole(path)
    kept = data["primebench"]["plan"]["cases"][:cases]
    data["primebench"]["plan"]["cases"] = kept
    names = {
        " ".join([f"{case['family']}/{case['member']}", *(f"{axis}={value}" for axis, value in case["params"].items())])
        for case in kept
    }
    data["benchmarks"] = [each for each in data["benchmarks"] if each["metadata"]["name"] in names]
    for benchmark in data["benchmarks"]:
        benchmark["runs"] = benchmark["runs"][:runs]
    references = data["primebench"]["plan"]["references"]
    data["primebench"]["plan"]["references"] = {key: value for key, value in references.items() if key in names}
    return data


def mutated(data: dict[str, Any], rng: random.Random) -> bytes:
    """Return the bytes of a file that was damaged: in one to three fields, in a word everywhere, or in its bytes.

    About half of them are still records, strange ones, so that what reads them is tried and not only what checks them.
    """
    deed = rng.random()
    if deed < 0.15:
        return rng.choice(_BYTES)(json.dumps(data).encode(), rng)
    text = json.dumps(data)
    if deed < 0.4:
        word, other = rng.choice(_WORDS), rng.choice([value for value in _VALUES if isinstance(value, str)])
        text = text.replace(f'"{word}"', json.dumps(other)).replace(f"{word} ", json.dumps(other)[1:-1] + " ")
        text = text.replace(f"={word}", "=" + json.dumps(other)[1:-1])
    data = json.loads(text)
    gently = rng.random() < 0.7
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        _damage(data, rng, gently=gently)
    text = json.dumps(data)
    for sign, value in _DEEP.items():
        text = text.replace(sign, value)
    return text.encode()


_WORDS = ("pool", "serial", "ceiling", "backends", "default", "textbook", "chunk", "fork", "channels", "base", "x86_64")


def _damage(data: dict[str, Any], rng: random.Random, *, gently: bool) -> None:
    at: Any = data["primebench"] if rng.random() < 0.6 and isinstance(data.get("primebench"), dict) else data
    path = []
    while isinstance(at, dict | list) and at:
        key = rng.choice(list(at)) if isinstance(at, dict) else rng.randrange(len(at))
        path.append((at, key))
        at = at[key]
    if not path:
        return
    if gently:
        _bend(*path[-1], rng)
        return
    holder, key = rng.choice(path[1:] or path) if rng.random() < 0.5 else path[-1]
    deed = rng.randrange(8)
    if deed == 0:
        del holder[key]
    elif deed == 1 and isinstance(holder, dict):
        holder[rng.choice([value for value in _VALUES if isinstance(value, str)])] = holder.pop(key)
    elif deed == 2 and isinstance(holder, list):
        holder.append(copy.deepcopy(rng.choice(holder)))
    elif deed == 3 and isinstance(holder[key], int | float):
        holder[key] = rng.choice((-holder[key], holder[key] * 1e12, str(holder[key]), [holder[key]]))
    else:
        holder[key] = copy.deepcopy(rng.choice(_VALUES))


def _bend(holder: Any, key: Any, rng: random.Random) -> None:
    """Change a value so that it often still fits: other text, another number of the same kind, one item less."""
    value = holder[key]
    if isinstance(holder, list) and rng.random() < 0.4:
        del holder[key]
    elif isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int):
        holder[key] = rng.choice((value + 1, value * 2, 1, 7, 1000))
    elif isinstance(value, float):
        holder[key] = rng.choice((value / 2, value * 1e6, value * 1e-6, 1e17, 1e-17, 1.0, 1))
    elif isinstance(value, str):
        holder[key] = rng.choice([text for text in _VALUES if isinstance(text, str)])
    else:
        holder[key] = rng.choice((0.5, "text", 3))


def _flipped(raw: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(raw))
    return raw[:place] + bytes([raw[place] ^ 1 << rng.randrange(8)]) + raw[place + 1 :]


def _twice(raw: bytes, rng: random.Random) -> bytes:
    key = rng.choice((b'"plan"', b'"runs"', b'"params"', b'"name"'))
    return raw.replace(key + b":", key + b": 3, " + key + b":", rng.randrange(1, 4))


_BYTES = (
    lambda raw, rng: raw[: rng.randrange(len(raw))],
    _flipped,
    _twice,
    lambda raw, rng: raw.replace(b"0", b"NaN", rng.randrange(1, 9)),
    lambda raw, rng: b"\xef\xbb\xbf" + raw,
    lambda raw, rng: raw.decode().encode(rng.choice(("utf-16", "utf-32", "cp037"))),
    lambda raw, rng: _flipped(gzip.compress(raw), rng),
    lambda raw, rng: gzip.compress(raw)[: rng.randrange(200)],
    lambda raw, rng: gzip.compress(raw) + rng.randbytes(rng.randrange(9)),
    lambda raw, rng: rng.randbytes(rng.randrange(99)),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended, how long it took, and what about that is a fault; an empty fault is none."""

    code: int | None
    took_s: float
    fault: str


def ask(words: list[str]) -> Answer:
    """Run a command in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    before, sys.argv = sys.argv, ["primebench", *words]
    start, code, fault = time.monotonic(), None, ""
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main._run()
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        fault = "traceback: " + " <- ".join(
            f"{error!r:.200}" if not index else f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
            for index, frame in enumerate([None, *traceback.extract_tb(error.__traceback__)[:-5:-1]])
        )
    finally:
        sys.argv = before
    took_s = time.monotonic() - start
    if not fault:
        fault = "; ".join(_faults(code, words, *(_text(stream) for stream in (out, err))))
    return Answer(code, took_s, fault)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode()  # type: ignore[attr-defined]


def _faults(code: int | None, words: list[str], out: str, err: str) -> Iterator[str]:
    if code not in _CODES:
        yield f"exit code {code}"
    if code in (1, 2) and not out and not re.search("^primebench: ", err, re.MULTILINE) and "Error: " not in err:
        yield "failed without a word"
    for name, text in (("stdout", out), ("stderr", err)):
        if odd := sorted({f"U+{ord(sign):04X}" for sign in text if _is_dangerous(sign)}):
            yield f"{name} holds {', '.join(odd)}"
        if re.search(r"^\s*::|##\[", text, re.MULTILINE):
            yield f"{name} holds a workflow command"
    if out:
        try:
            _READERS.get(words[-1], lambda _text: None)(out)
        except Exception as error:
            yield f"no {words[-1]}: {error!r:.200}"


def _is_dangerous(sign: str) -> bool:
    if sign == "\n":
        return False
    return unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(sign) in (
        *("LRE", "RLE", "LRO", "RLO", "PDF"),
        *("LRI", "RLI", "FSI", "PDI"),
    )


def _read_csv(text: str) -> None:
    widths = {len(row) for row in csv.reader(io.StringIO(text), strict=True)}
    assert len(widths) <= 1, f"rows of {widths} cells"


def _read_json(text: str) -> None:
    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    json.loads(text, parse_constant=refuse)


_READERS = {"csv": _read_csv, "junit": ET.fromstring} | dict.fromkeys(
    ("json", "bencher", "google-benchmark", "github-action-benchmark"), _read_json
)
