"""Skipping a test for want of a library or of two hosts, and failing it where none may be skipped."""

from __future__ import annotations

import os
from importlib import import_module

import pytest

NONE_ALLOWED = "PRIMEBENCH_NO_SKIP"
"""A variable of the environment that is set where everything is there, so that what lacks is a fault."""


def skip(reason):
    """End this test, or this file of tests, as skipped; as failed where `NONE_ALLOWED` is set."""
    if os.environ.get(NONE_ALLOWED):
        pytest.fail(f"{reason}; {NONE_ALLOWED} is set, so this may not be skipped: install it, or unset the variable.")
    pytest.skip(reason, allow_module_level=True)


def need(library):
    """Return the module of this name; without it skip what asks."""
    try:
        return import_module(library)
    except ImportError as error:
        skip(f"{library} cannot be imported ({error})")
