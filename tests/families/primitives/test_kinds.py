"""What a kind of primitive has to define, and where it may stand."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from bench.core.errors import BrokenPlugin
from bench.families.primitives import _kind, _role
from bench.families.primitives.kinds import event


def module(name: str, **defined: object) -> ModuleType:
    """Return a module that defines so much."""
    made = ModuleType(name)
    made.__file__ = f"{name}.py"
    vars(made).update(defined)
    return made


def test_a_kind_without_a_proof_is_broken() -> None:
    """It would be timed without truth; the message names the file and all that is missing."""
    with pytest.raises(BrokenPlugin, match=r"turnstile\.py: does not define prove, alone, which a kind"):
        _kind.of(module("turnstile", make=event.make, contended=event.contended))


def test_a_primitive_may_be_a_kind_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member without KIND defines what its parties do in its own file."""
    names = ("make", "prove", "alone", "contended")
    made = module("turnstile", SOURCE="threading", **{name: getattr(event, name) for name in names})
    monkeypatch.setitem(sys.modules, f"{_role.PACKAGE}.turnstile", made)
    kind = _role.load("turnstile").kind
    assert (event.prove, event.contended, None) == (kind.prove, kind.contended, kind.handoff)


def test_an_unknown_kind_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message repeats what the file says and offers the files in the folder of kinds."""
    monkeypatch.setitem(sys.modules, f"{_role.PACKAGE}.turnstile", module("t", SOURCE="threading", KIND="gate"))
    with pytest.raises(BrokenPlugin, match=r"KIND is 'gate'; known are barrier, bounded-semaphore, condition"):
        _role.load("turnstile")
