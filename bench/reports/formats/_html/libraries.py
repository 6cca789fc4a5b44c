"""The libraries that draw the charts of a page: files as they were published, with version, licence and digest."""

from __future__ import annotations

import base64
import functools
import tomllib
from dataclasses import dataclass
from importlib import resources

HERE = resources.files(__package__)
CLASS = "plot"
"""The class of what Plot draws; the page names it to Plot, and its styles hold for it."""

PLOT_STYLE = f""":where(.{CLASS}) {{
  --plot-background: white;
  display: block;
  height: auto;
  height: intrinsic;
  max-width: 100%;
}}
:where(.{CLASS} text),
:where(.{CLASS} tspan) {{
  white-space: pre;
}}"""
"""What Plot puts into a style element of each chart: the page allows these words and no others."""


@dataclass(frozen=True, slots=True)
class Library:
    """One of them; the attributes are described in ``libraries.toml``."""

    name: str
    version: str
    licence: str
    package: str
    file: str
    sha256: str
    packed: str
    licence_file: str

    @property
    def content(self) -> bytes:
        """The file, packed with gzip."""
        return (HERE / self.packed).read_bytes()

    @property
    def licence_text(self) -> str:
        """The whole licence, which has to go wherever the library goes."""
        return (HERE / self.licence_file).read_text(encoding="utf-8")

    @property
    def hash(self) -> str:
        """The digest of the unpacked file as a content policy names it."""
        return f"'sha256-{base64.b64encode(bytes.fromhex(self.sha256)).decode('ascii')}'"


@functools.cache
def libraries() -> tuple[Library, ...]:
    """Return them in the order in which they need each other."""
    found = tomllib.loads((HERE / "libraries.toml").read_text(encoding="utf-8"))
    return tuple(Library(**entry) for entry in found["library"])
