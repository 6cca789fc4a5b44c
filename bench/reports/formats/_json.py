"""JSON that is safe to look at: the same data, with what is unsafe to print written as escapes of JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from bench.core.visible import UNSAFE

_SIGN = re.compile(
    f"(?!\n)[{UNSAFE}]|(?<=#)#(?=\\[)"
)  # outside of texts, which hold no newline, there is none of these


def dumps(data: Any) -> str:
    """Return the JSON text, indented, in which every text reads back as it was; ValueError for NaN."""
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    return _SIGN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
