"""Texts in a page: what is markup is escaped, and what is no printable character is made visible."""

from __future__ import annotations

import html
import json
from typing import Any

from bench.core.visible import visible, visible_lines


def escaped(text: str) -> str:
    """Return a text as it stands between tags or in an attribute with quotes."""
    return html.escape(visible(text))


def escaped_lines(text: str) -> str:
    """Return the same of a text with several lines."""
    return html.escape(visible_lines(text))


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph of a class, if one is given."""
    opening = f'<p class="{kind}">' if kind else "<p>"
    return f"{opening}{escaped(text)}</p>"


def data(value: Any) -> str:
    """Return JSON that no reader of HTML takes for the end of its element; ValueError for NaN."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
