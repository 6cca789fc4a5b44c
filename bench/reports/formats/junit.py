"""JUnit XML for CI systems that show tests: a case is a test, a regression a failure, an open verdict is skipped."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from bench.core.visible import visible
from bench.reports.measures import cases_of, names_of, unfit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.reports.report import Report

NAME = "junit"

_SKIPPED = {"inconclusive", "skipped", "missing", "pending"}
_GOOD = {"ok", "control", "slower", "faster", "alike"}


def render(report: Report) -> str:
    """Return the XML, without a newline at the end.

    A verdict *regressed* and a case that failed are failures, *inconclusive* and whatever was not tried is skipped, all
    else has passed. Files that are not comparable are one failure. A case that is missing on one side is skipped,
    or a failure if it was tried there and failed.

    Raises:
        UsageError: the report has no verdicts and no states.

    Source: junit-10.xsd of the Jenkins xUnit plugin.
    """
    data: Any = report.data
    suite = ET.Element("testsuite", name="primebench")
    cases = cases_of(report)
    for case, name in zip(cases, names_of(cases), strict=True):
        if "verdict" in case or "status" in case:
            _add(suite, case, name)
    for entry in data.get("missing", ()) if isinstance(data, dict) else ():
        element = ET.SubElement(suite, "testcase", classname="missing", name=visible(entry["id"]))
        message = visible(f"missing in {entry['where']}: {entry['reason']}")
        ET.SubElement(element, "failure" if entry["failed"] else "skipped", message=message)
    if isinstance(data, dict) and data.get("void"):
        element = ET.SubElement(suite, "testcase", classname="gate", name="undisturbed")
        ET.SubElement(element, "skipped", message=visible("; ".join(data["reasons"])))
    if isinstance(data, dict) and data.get("verdict") == "not comparable":
        element = ET.SubElement(suite, "testcase", classname="compare", name="comparable")
        ET.SubElement(element, "failure", message=visible("; ".join(data["reasons"])), type="not comparable")
    if not len(suite):
        raise unfit(NAME, "verdicts, as gate, compare, check, show and run have")
    counts = {"tests": "testcase", "failures": "testcase/failure", "skipped": "testcase/skipped"}
    for name, path in counts.items():
        suite.set(name, str(len(suite.findall(path))))
    suite.set("errors", "0")  # required by the schema; nothing here is one
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _add(suite: ET.Element, case: Mapping[str, Any], name: str) -> None:
    word = str(case.get("verdict", case.get("status")))
    name = name or " ".join(str(case[key]) for key in ("member", "params") if case.get(key))
    element = ET.SubElement(suite, "testcase", classname=_class(case, str(name)), name=visible(str(name)))
    message = visible(": ".join(text for text in (word, str(case.get("reason") or "")) if text))
    if word in _SKIPPED:
        ET.SubElement(element, "skipped", message=message)
    elif word not in _GOOD:
        ET.SubElement(element, "failure", message=message, type=visible(word))


def _class(case: Mapping[str, Any], name: str) -> str:
    """Return what readers group by: family and member, where a case has them."""
    if "family" in case and "member" in case:
        return visible(f"{case['family']}.{case['member']}")
    return visible(name.split(" ", maxsplit=1)[0].replace("/", "."))
