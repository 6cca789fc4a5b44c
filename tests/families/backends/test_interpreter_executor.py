"""What an interpreter cannot load."""

from __future__ import annotations

from bench.families.backends.interpreter_executor import refusing


def test_the_module_that_is_refused_is_found_in_what_led_to_the_error():
    """CPython 3.14 says that arguments are not shareable; the reason is the text of a traceback behind it."""
    error, reason = (
        ValueError("args not shareable"),
        RuntimeError(
            "Traceback (most recent call last):\nImportError: Original error was: module "
            "numpy._core._multiarray_umath does not support loading in subinterpreters\n"
        ),
    )
    error.__cause__ = reason
    assert "numpy._core._multiarray_umath" == refusing(error)


def test_other_errors_are_left_alone():
    """An error of the task itself names no module."""
    assert refusing(ValueError("no such item")) is None
