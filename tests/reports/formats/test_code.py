"""Code in a report is shown as it is, so that it can be pasted."""

from __future__ import annotations

import pytest

from bench.reports.formats import html, markdown, text
from bench.reports.report import Code, Report

PROGRAM = 'if __name__ == "__main__":\n    print("*a* <b> `c`", "' + "long " * 30 + '")'


@pytest.fixture
def report() -> Report:
    """Return a report of a program alone."""
    return Report(heading=(), blocks=(Code(PROGRAM),), data={})


def test_text_indents_it_and_breaks_no_line(report: Report) -> None:
    """Each line stands four places in, however narrow the terminal is."""
    assert [f"    {line}" for line in PROGRAM.split("\n")] == text.fit(report, 40).split("\n")


def test_markdown_fences_it(report: Report) -> None:
    """Nothing in it is escaped, and a fence in it ends nothing."""
    assert markdown.render(report) == f"```python\n{PROGRAM}\n```"
    inner = Report(heading=(), blocks=(Code("'''\n```\n'''"),), data={})
    assert markdown.render(inner) == "````python\n'''\n```\n'''\n````"


def test_page_escapes_what_is_markup(report: Report) -> None:
    """The page shows the same characters."""
    assert "print(&quot;*a* &lt;b&gt; `c`&quot;" in html.render(report).replace('"*a*', "&quot;*a*").replace(
        '`c`"', "`c`&quot;"
    )
