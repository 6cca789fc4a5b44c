"""What the CPUs of a machine are called, by the text of ``/proc/cpuinfo``.

Source: Linux, ``arch/*/kernel``: ``cpu/proc.c`` (x86), ``cpuinfo.c`` (arm64), ``setup-common.c`` (powerpc), ``cpu.c``
(riscv), ``proc.c`` (mips, loongarch).
"""

from __future__ import annotations

from bench.core.machine import is_model

_NAMES = ("model name", "Model Name", "Model", "cpu model", "uarch", "cpu")
"""Keys that hold a name, the most telling first; ``model``, which is a number on x86, is none of them."""


def model_in(cpuinfo: str) -> str | None:
    """Return the name of the CPUs; where there is none, the numbers by which ARM tells its cores apart; else None.

    A machine with several kinds of cores has a number for each, in the order in which the text lists them.
    """
    pairs = [(key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in cpuinfo.splitlines())]
    names = [value for name in _NAMES for key, value in pairs if key == name and is_model(value)]
    return names[0] if names else _cores(pairs)


def _cores(pairs: list[tuple[str, str]]) -> str | None:
    found: dict[str, None] = {}
    implementer = ""
    for key, value in pairs:
        if key == "CPU implementer":
            implementer = value
        elif key == "CPU part":
            found[f"CPU implementer {implementer}, part {value}"] = None
    return " + ".join(found) or None
