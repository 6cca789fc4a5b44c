"""The page around tables and figures: what it may load (nothing), its style, its data, and the script that draws."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from bench.core.version import VERSION
from bench.reports.formats._html import texts
from bench.reports.formats._html.libraries import HERE, PLOT_STYLE, libraries

if TYPE_CHECKING:
    from collections.abc import Sequence


def page(title: str, body: Sequence[str], charts: Sequence[Any]) -> str:
    """Return the whole file; without charts it holds no script."""
    style, script = _shipped("page.css"), _shipped("page.js") if charts else ""
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<link rel="icon" href="data:,">',
        f"<title>{texts.escaped(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{texts.escaped(title)}</h1>",
        *body,
        "</main>",
        *_footer(drawn=bool(charts)),
    ]
    if charts:
        lines.append(f'<script type="application/json" id="charts">{texts.data(charts)}</script>')
        lines += [
            f'<script type="text/plain" class="library">{base64.b64encode(one.content).decode("ascii")}</script>'
            for one in libraries()
        ]
        lines.append(f"<script>{script}</script>")
    return "\n".join([*lines, "</body>", "</html>"])


def _shipped(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Allow our own style and script, Plot's style, and the libraries as they were published; no request at all."""
    scripts = " ".join([_hash(script), *(one.hash for one in libraries())]) if script else "'none'"
    rules = (
        "default-src 'none'",
        f"script-src {scripts}",
        f"style-src {_hash(style)} {_hash(PLOT_STYLE)}",
        "img-src data:",  # the empty icon, for which browsers ask the server otherwise
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(rules)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _footer(*, drawn: bool) -> list[str]:
    made = f"Made by primebench {texts.escaped(VERSION)}."
    if not drawn:
        return ["<footer>", f"<p>{made}</p>", "</footer>"]
    names = " and ".join(f"{one.name} {one.version} ({one.licence})" for one in reversed(libraries()))
    return [
        "<footer>",
        f"<p>{made} Charts are drawn by {texts.escaped(names)}.</p>",
        "<details><summary>Licences of what draws the charts</summary>",
        *(f"<p>{texts.escaped(one.name)}</p><pre>{texts.escaped_lines(one.licence_text)}</pre>" for one in libraries()),
        "</details>",
        "</footer>",
    ]
