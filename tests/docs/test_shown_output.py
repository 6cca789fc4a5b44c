"""What the README and the guide show as output is what their commands print."""

from __future__ import annotations

import pytest

from tests.support import documents

SHOWN = [
    pytest.param(command, output, id=f"{documents.name(page)}: {command}")
    for page in documents.PAGES
    for command, output in documents.shown(page)
]
PRINTED = "A head\n\nFirst  table\n1  2\n\nSecond table\n3  4\n\nA note\n"


@pytest.mark.parametrize(("command", "output"), SHOWN)
def test_shown_output_is_printed(command, output):
    """A command prints what is shown (``python -m tests.support.documents`` renews it)."""
    assert documents.renewed(output, documents.printed(command)) == output


def test_there_is_output():
    """The pages show outputs, so that the test above tests something."""
    assert len(SHOWN) >= 8


@pytest.mark.parametrize(
    ("output", "now"),
    [
        ("old\n", PRINTED),
        ("...\nFirst table\nold\n...\n", "...\nFirst  table\n1  2\n...\n"),
        ("old\n...\n", "A head\n...\n"),
        ("...\nSecond table\n", "...\nSecond table\n3  4\n\nA note\n"),
        ("old\n...\nSecond table\n...\n", "A head\n...\nSecond table\n3  4\n...\n"),
        ("...\nFirst table\nold\n\nold\n...\n", "...\nFirst  table\n1  2\n\nSecond table\n3  4\n...\n"),
    ],
)
def test_an_excerpt_keeps_its_paragraphs(output, now):
    """Each shown paragraph is found by its first line and becomes what is printed now; dots stand for the others."""
    assert now == documents.renewed(output, PRINTED)


def test_a_paragraph_that_has_gone_is_named():
    """A shown paragraph that is printed no more is an error, and no silent change of the document."""
    with pytest.raises(LookupError, match="Third table"):
        documents.renewed("...\nThird table\n", PRINTED)
