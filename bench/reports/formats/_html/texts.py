"""Texts in a page: what is markup is escaped, and what is no printable character is made visible."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

from bench.core.visible import visible, visible_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.reports.report import Section


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


def program(text: str) -> str:
    """Return a program, as it is."""
    return f"<pre><code>{escaped_lines(text)}</code></pre>"


def contents(sections: Sequence[tuple[str, Section]]) -> list[str]:
    """Return links to sections, by the names of their places; none where there is nothing to choose from."""
    if len(sections) < 2:
        return []
    links = (
        f'<li class="level-{section.level}"><a href="#{name}">{escaped(section.title)}</a></li>'
        for name, section in sections
    )
    return ['<nav aria-label="Contents">', "<ul>", *links, "</ul>", "</nav>"]


def data(value: Any) -> str:
    """Return JSON that no reader of HTML takes for the end of its element; ValueError for NaN."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
