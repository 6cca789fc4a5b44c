"""The set-up of a job in code to paste: each worker calls it once, before its first item."""

from __future__ import annotations


def argument(setup: str, name: str = "initializer") -> str:
    """Return the argument by which workers are told of it, behind others; nothing where there is no set-up."""
    return f", {name}={setup}" if setup else ""


def first(setup: str) -> str:
    """Return the line with which a function begins that a worker carries out; nothing where there is no set-up."""
    return f"    {setup}()\n" if setup else ""
