"""Whether pickle takes a callable by its name alone: then that name travels, and workers have what it means there."""

from __future__ import annotations

import io
import pickle
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

_LONGEST = 1000  # letters of a name; what is longer is a text whose method is called

# A method is taken as its name and what it belongs to, which is a class then.
_NAMES = (type, FunctionType, BuiltinFunctionType, MethodType, tuple)


def goes_by_name(function: Any) -> bool:
    """Say whether pickle takes it by name; nothing large is pickled to find that out."""
    try:
        _Names(function).dump(function)
    except KeyboardInterrupt:
        raise
    except BaseException:  # what cannot be pickled at all does not either, whatever it raises
        return False
    return True


class _Names(pickle.Pickler):
    """Pickles names, and raises `PicklingError` where anything else is needed."""

    def __init__(self, whole: Any) -> None:
        super().__init__(io.BytesIO(), pickle.HIGHEST_PROTOCOL)
        self._whole = whole  # what it is made of is seen when its turn comes

    def persistent_id(self, part: Any) -> None:
        """Look at whatever comes next."""
        if isinstance(part, str) and len(part) <= _LONGEST:
            return
        if part is not self._whole and not isinstance(part, _NAMES):
            raise pickle.PicklingError(f"{type(part).__name__} is no name")
