"""The findings of report.html."""

from __future__ import annotations

from collections.abc import Iterator

from contract_kit.findings.finding import Example, Finding, Severity, State
from contract_kit.findings.groups import Group
from contract_kit.findings.results import Result
from contract_kit.reports import overview
from contract_kit.reports.html_elements import Html, element
from contract_kit.reports.text import block, counted

# The largest number of characters of a value and of an excerpt; report.json has all of them.
_MOST_VALUE, _MOST_EVIDENCE = 1000, 8000
_MANY = 200

_GROUPS = {State.OPEN: "Open", State.WARNING: "Warnings", State.ACCEPTED: "Accepted"}
_ABOUT = {
    State.OPEN: "",
    State.WARNING: "No source says so, and the target is live. They wait for a recording; the verdict stays.",
    State.ACCEPTED: "acceptances.yaml has them; the verdict stays.",
}


def section(result: Result) -> Html:
    """Return all findings, grouped by state, with a filter that needs no script."""
    heading = element("h2", f"Findings ({len(result.groups)})", id="findings-title")
    if not result.findings:
        return element("section", heading, element("p", "None."), id="findings", aria_labelledby="findings-title")
    return element(
        "section",
        heading,
        element(
            "p",
            *(("Does it still stand? ", element("code", again), ". ") if (again := result.recheck("ID")) else ()),
            *("Known and tolerated? ", element("code", f"{result.program} accept ID --reason … --expires DATE"), "."),
            class_="hint",
        ),
        _filter(result),
        *_groups(result),
        id="findings",
        # With many findings, the browser lays out only visible ones; a few are laid out at once, for print and search.
        class_="many" if len(result.groups) > _MANY else False,
        aria_labelledby="findings-title",
    )


def _filter(result: Result) -> Html:
    """Return checkboxes by which the style sheet hides findings; if that fails, all findings are shown."""
    present = {group.worst.severity for group in result.groups}
    boxes = [
        element("label", element("input", type="checkbox", checked=True, id=f"show-{severity}"), f" {severity}")
        for severity in Severity
        if severity in present
    ]
    return element("fieldset", element("legend", "Show"), *boxes, class_="filter")


def _groups(result: Result) -> Iterator[Html]:
    for state, groups in overview.by_state(result).items():
        title = element("h3", f"{_GROUPS[state]} ({overview.severities(group.worst for group in groups)})")
        about = element("p", _ABOUT[state], class_="hint") if _ABOUT[state] else Html("")
        yield Html.joined(title, about, *(_group(group, result) for group in groups))


def _group(group: Group, result: Result) -> Html:
    """Return a finding, with those that it explains as collapsed details."""
    if not group.explained:
        return _finding(group.root, result)
    summary = element("summary", f"Explains {counted(len(group.explained), 'other finding')}")
    # The whole group is shown or hidden by its worst severity.
    return element(
        "div",
        _finding(group.root, result),
        element("details", summary, *(_finding(each, result) for each in group.explained), class_="explained"),
        class_=f"group {group.worst.severity}",
    )


def _finding(finding: Finding, result: Result) -> Html:
    anchor = f"finding-{finding.fingerprint}"
    location = finding.location or "(body)"
    heading = element(
        "h4",
        element("span", finding.severity.capitalize(), class_=f"badge {finding.severity}"),
        *(" ", element("span", finding.kind.capitalize(), class_="kind"), " "),
        element("span", element("code", finding.operation), " ", element("code", location), class_="where"),
        id=f"{anchor}-title",
    )
    return element(
        "article",
        heading,
        element("dl", *_facts(finding, result)),
        *_examples(finding),
        class_=f"finding {finding.severity} {finding.state}",
        id=anchor,
        aria_labelledby=f"{anchor}-title",
    )


def _facts(finding: Finding, result: Result) -> Iterator[Html]:
    times = f" · {counted(finding.count, 'time')}" if finding.count > 1 else ""
    yield _fact("Found", block(finding.what, _MOST_VALUE), times)
    if finding.condition:
        yield _fact("Shows", block(finding.condition, _MOST_VALUE))
    yield _fact("Expected", block(finding.expected, _MOST_VALUE))
    if finding.impact:
        yield _fact("Impact", block(finding.impact, _MOST_VALUE))
    if finding.basis:
        yield _fact("Basis", element("code", finding.basis), f" {finding.grounds}" if finding.grounds else "")
    if finding.check:
        yield _fact("Check", element("code", finding.check))
    yield _fact("State", _state(finding, result))
    yield _fact("Remedy", finding.remedy)
    again = result.recheck(finding.fingerprint)
    yield _fact(*(("Again", element("code", again)) if again else ("Id", element("code", finding.fingerprint))))


def _state(finding: Finding, result: Result) -> str:
    state = str(finding.state)
    if finding.state is State.OPEN:
        state = "open, fails the run" if finding.counts(result.fail_on) else f"open, below --fail-on {result.fail_on}"
    return f"{state}: {block(finding.note, _MOST_VALUE)}" if finding.note else state


def _fact(term: str, *description: str) -> Html:
    return element("div", element("dt", term), element("dd", *description))


def _examples(finding: Finding) -> Iterator[Html]:
    """Yield the first example, and the others as collapsed details."""
    first, *others = finding.examples or (None,)
    if first is not None:
        yield _example(finding, first)
    if others:
        yield element(
            "details",
            element("summary", counted(len(others), "more example")),
            *(_example(finding, example) for example in others if example),
        )


def _example(finding: Finding, example: Example) -> Html:
    evidence = block(overview.evidence(finding, example), _MOST_EVIDENCE)
    return element(
        "div",
        element("pre", element("code", block(example.request, _MOST_VALUE)), class_="request"),
        element("pre", element("code", block(example.curl, _MOST_VALUE)), class_="curl") if example.curl else Html(""),
        element("pre", element("code", evidence), class_="evidence") if evidence else Html(""),
        class_="example",
    )
