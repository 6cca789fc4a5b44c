"""Distributions as pip leaves them in a folder: metadata, entry points and modules, without building anything."""

from __future__ import annotations

from pathlib import Path


def install(folder: Path, name: str, points: dict[str, dict[str, str]], **modules: str) -> None:
    """Put a distribution into a folder of the path.

    Args:
        folder: of the path.
        name: of the distribution; its version is 1.5.
        points: group without its prefix -> {name: module}.
        modules: name -> text.
    """
    about = folder / f"{name.replace('-', '_')}-1.5.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n\nName: of something else\n")
    groups = (
        "\n".join([f"[primebench.{group}]", *(f"{key} = {value}" for key, value in entries.items())])
        for group, entries in points.items()
    )
    (about / "entry_points.txt").write_text("[console_scripts]\nother = other:main\n\n" + "\n\n".join(groups) + "\n")
    for module, text in modules.items():
        (folder / f"{module}.py").write_text(text)
