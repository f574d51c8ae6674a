"""report.html: one file that needs no network and runs no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from contract_kit.findings.finding import Severity
from contract_kit.findings.results import CheckResult, ExitStatus, PropertyResult, Result
from contract_kit.reports import html_findings, overview
from contract_kit.reports.html_elements import Html, element
from contract_kit.reports.text import counted, duration, line

_MARKS = {ExitStatus.CONFORMS: "✓", ExitStatus.FINDINGS: "✕", ExitStatus.INCONCLUSIVE: "?"}
_OUTCOMES = ("failed", "error", "skipped", "passed")
_SECTIONS = {
    "not-seen": "Not seen",
    "operations": "Operations",
    "findings": "Findings",
    "coverage": "Coverage",
    "properties": "Properties",
    "checks": "Checks",
}


def render(result: Result) -> str:
    """Return the file's text."""
    verdict = overview.TITLES[result.exit_status].capitalize()
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy()),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="robots", content="noindex"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{verdict}: {line(result.target.label)}"),
        # Without this, a browser requests an icon from the report's server.
        element("link", rel="icon", href="data:,"),
        element("style", _style()),
    )
    body = element(
        "body",
        element("a", "Skip to the findings", href="#findings", class_="skip"),
        _header(result, verdict),
        element(
            "nav",
            element("ul", *(element("li", element("a", title, href=f"#{name}")) for name, title in _SECTIONS.items())),
            aria_label="Sections",
        ),
        element(
            "main",
            _not_seen(result),
            _operations(result),
            html_findings.section(result),
            _coverage(result),
            _properties(result),
            _checks(result),
        ),
        element("footer", element("p", f"{result.program} {result.tool}. report.json holds the same for machines.")),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


@cache
def _style() -> Html:
    return Html(resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8"))


def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _header(result: Result, verdict: str) -> Html:
    facts = {
        "Document": f"version {result.document}",
        "Started": result.started,
        "Took": duration(result.seconds),
        "Profile": result.profile,
        "Fails on": str(result.fail_on),
        "Masking": result.masking,
    }
    return element(
        "header",
        element(
            "h1",
            element("span", _MARKS[result.exit_status], class_="mark", aria_hidden="true"),
            element("span", verdict),
        ),
        element("p", overview.verdict_detail(result), class_="detail"),
        element("p", result.target.label, class_="target"),
        element("dl", *(element("div", element("dt", term), element("dd", fact)) for term, fact in facts.items())),
        class_=f"verdict {result.exit_status.name.lower()}",
    )


def _section(name: str, *children: str) -> Html:
    title = element("h2", _SECTIONS[name], id=f"{name}-title")
    return element("section", title, *children, id=name, aria_labelledby=f"{name}-title")


def _not_seen(result: Result) -> Html:
    """Return what the run did not check or see."""
    parts: list[Html] = []
    if result.blind_spots:
        parts.append(element("ul", *(element("li", reason) for reason in result.blind_spots), class_="blind"))
    for reason, names in overview.not_checked(result).items():
        summary = element("summary", f"{counted(len(names), 'check')} skipped: ", element("span", reason))
        parts.append(element("details", summary, element("ul", *(element("li", name) for name in names))))
    idle = [each for each in result.properties if not each.held and not each.broken]
    if idle:
        summary = element("summary", f"{counted(len(idle), 'property')} had nothing to bite on")
        items = (element("li", element("code", each.name), f" of {each.operation}: {each.sentence}") for each in idle)
        parts.append(element("details", summary, element("ul", *items)))
    if not parts:
        parts.append(element("p", "Every check ran, and each had something to look at."))
    if result.remarks:
        parts.append(element("h3", "Remarks"))
        parts.append(element("ul", *(element("li", remark) for remark in result.remarks)))
    return _section("not-seen", *parts)


def _operations(result: Result) -> Html:
    severities = [severity.capitalize() for severity in Severity]
    titles = ["Operation", "Requests", "With data", "Properties", *severities, "Warnings", "Accepted", "Answers"]
    rows = []
    for operation in overview.operations(result):
        numbers = operation.numbers
        cells = [_figure(figure) for figure in (numbers.requests, numbers.properties)] if numbers else []
        if numbers:
            class_ = "figure" if numbers.with_data else "figure alarm"
            text = str(numbers.with_data) if numbers.with_data else "none"
            cells.insert(1, element("td", text, class_=class_))
        else:
            cells = [element("td", "–", class_="figure")] * 3
        cells += [
            element("td", str(number), class_=f"figure {severity}" if number else "figure zero")
            for number, severity in zip(operation.open, Severity, strict=True)
        ]
        cells += [_figure(operation.warnings), _figure(operation.accepted)]
        statuses = numbers.statuses if numbers else {}
        chips = (element("span", f"{status} × {count}", class_="chip") for status, count in sorted(statuses.items()))
        rows.append([element("th", element("code", operation.name), scope="row"), *cells, element("td", *chips)])
    return _section("operations", _table("Numbers by operation", titles, rows))


def _figure(number: int) -> Html:
    return element("td", str(number), class_="figure" if number else "figure zero")


def _table(label: str, titles: Iterable[str], rows: Iterable[Iterable[str]], **attributes: str) -> Html:
    """Return a table that can be scrolled on a narrow screen, by touch, mouse and keyboard."""
    heading = element("tr", *(element("th", title, scope="col") for title in titles))
    body = element("tbody", *(element("tr", *row) for row in rows))
    table = element("table", element("caption", label), element("thead", heading), body, **attributes)
    return element("div", table, class_="scroll", role="region", aria_label=label, tabindex="0")


def _coverage(result: Result) -> Html:
    aspects = overview.aspects(result)
    if not aspects:
        return _section("coverage", element("p", "Nothing was counted."))
    rows, unseen = [], []
    for operation, by_aspect in overview.coverage(result).items():
        name = element("th", element("code", operation), scope="row")
        rows.append([name, *(_heat(by_aspect[aspect]) for aspect in aspects)])
        unseen += list(_unseen(operation, by_aspect))
    titles = ["Operation", *(_plural(aspect) for aspect in aspects)]
    return _section(
        "coverage",
        element("p", "How much of the document the requests exercised and the answers showed.", class_="hint"),
        _table("Seen of the document", titles, rows, class_="heat-map"),
        *unseen,
    )


def _plural(aspect: str) -> str:
    return {"status": "Statuses"}.get(aspect, f"{aspect.capitalize()}s")


def _heat(coverage: overview.AspectCoverage) -> Html:
    """Return a coverage cell in one of eleven shades, with the numbers as text."""
    if not coverage.total:
        return element("td", "–", class_="none")
    tenths = 10 * coverage.seen // coverage.total
    share = "all" if coverage.seen == coverage.total else f"{100 * coverage.seen // coverage.total} %"
    return element("td", element("b", str(coverage)), " ", element("span", share), class_=f"heat heat-{tenths}")


def _unseen(operation: str, by_aspect: dict[str, overview.AspectCoverage]) -> Iterator[Html]:
    total = sum(len(coverage.unseen) for coverage in by_aspect.values())
    if not total:
        return
    lists: list[Html] = []
    for aspect, coverage in by_aspect.items():
        if coverage.unseen:
            lists.append(element("h3", f"{_plural(aspect)} ({len(coverage.unseen)})"))
            lists.append(
                element("ul", *(element("li", element("code", name)) for name in coverage.unseen), class_="names")
            )
    summary = element("summary", element("code", operation), f": {total} not seen")
    yield element("details", summary, *lists)


def _properties(result: Result) -> Html:
    if not result.properties:
        return _section("properties", element("p", "None was asked."))
    rows = (_property(each) for each in sorted(result.properties, key=lambda each: -each.broken))
    titles = ["Property", "Operation", "Held", "Broken", "Basis"]
    return _section("properties", _table("What must hold between answers", titles, rows))


def _property(each: PropertyResult) -> list[Html]:
    basis = "inferred" if each.inferred else each.basis
    return [
        element("th", element("code", each.name), element("span", each.sentence, class_="sentence"), scope="row"),
        element("td", element("code", each.operation)),
        _figure(each.held),
        element("td", str(each.broken), class_="figure breaking" if each.broken else "figure zero"),
        element("td", basis),
    ]


def _checks(result: Result) -> Html:
    def order(check: CheckResult) -> int:
        return _OUTCOMES.index(check.outcome) if check.outcome in _OUTCOMES else 0

    rows = (
        [
            element("td", element("span", check.outcome, class_=f"outcome {check.outcome}")),
            element(
                "th",
                element("span", check.name),
                element("code", check.id),
                *([element("span", check.reason, class_="sentence")] if check.reason else []),
                scope="row",
            ),
            _figure(sum(check.requests.values())),
            element("td", duration(check.seconds), class_="figure"),
        ]
        for check in sorted(result.checks, key=order)
    )
    passed = sum(check.outcome == "passed" for check in result.checks)
    summary = element("summary", f"{passed} of {counted(len(result.checks), 'check')} passed")
    table = _table("Checks", ["Outcome", "Check", "Requests", "Took"], rows)
    return _section("checks", element("details", summary, table))
