"""The fidelity table: what recordings of the live API confirm. Only cassettes can add an entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contract_kit.api import PageStyle
from contract_kit.cassettes.cassette import Cassette
from contract_kit.check.conformance import Conformance
from contract_kit.check.coverage import Coverage
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.pages import Page
from contract_kit.contract import Contract
from contract_kit.masking import Masker

ASPECTS = ("status codes", "fields", "enum values", "filters", "paging", "errors", "headers")
NEVER = "never"
# The roles of page URLs in PageStyle.
_LINKS = {"next": "a next page", "previous": "a previous page", "first": "the first page"}


@dataclass(frozen=True)
class Confirmation:
    """One statement of the document, and the day of the newest live recording that shows it.

    Attributes:
        operation: The operationId.
        aspect: One of ASPECTS.
        name: ``404``, ``/items/*/status``, ``createdAfter``, ``a next page``, …
        on: ``2026-11-21``, or ``""`` if it was never recorded.
    """

    operation: str
    aspect: str
    name: str
    on: str


def confirmations(cassettes: Iterable[Cassette], contract: Contract) -> list[Confirmation]:
    """Return every statement of the document, each with the newest day on which a live recording shows it."""
    masker = Masker.of(contract)
    conformance = Conformance(contract.document)
    days: dict[tuple[str, str, str], str] = {}
    expected: dict[tuple[str, str, str], None] = dict.fromkeys(_expected(contract))
    for cassette in cassettes:
        if not cassette.label.is_live:
            continue
        for answer in cassette.answers(contract.document, masker):
            for thing in _shown(answer, contract, conformance):
                # Undocumented things in a response confirm nothing.
                if thing in expected:
                    days[thing] = max(days.get(thing, ""), cassette.label.recorded_at)
    return [Confirmation(*thing, days.get(thing, "")) for thing in expected]


def table(found: Iterable[Confirmation], made_by: str) -> str:
    """Return the confirmations as a Markdown page.

    Args:
        found: All confirmations.
        made_by: A Markdown sentence on how the page is generated: ``Made by `script` from `folder/`.``
    """
    everything = list(found)
    operations = list(dict.fromkeys(each.operation for each in everything))
    lines = [
        "# Fidelity",
        "",
        "What recordings of the live API have confirmed, and on which day (where on several, the oldest).",
        f"{made_by} What an emulator said is no evidence, not counted.",
        "`never` means that nobody has recorded it.",
        "",
        f"| operation | {' | '.join(ASPECTS)} |",
        f"|---|{'---|' * len(ASPECTS)}",
    ]
    for operation in operations:
        cells = [
            _cell([each for each in everything if (each.operation, each.aspect) == (operation, aspect)])
            for aspect in ASPECTS
        ]
        lines.append(f"| `{operation}` | {' | '.join(cells)} |")
    partly = [each for each in everything if not each.on and _is_partly(each, everything)]
    if partly:
        lines += ["", "## Not confirmed where others of their kind are", ""]
        lines += [f"* `{each.operation}`, {each.aspect}: `{each.name}`" for each in partly]
    return "\n".join(lines) + "\n"


def _cell(things: list[Confirmation]) -> str:
    days = sorted(each.on for each in things if each.on)
    if not things:
        return "–"
    # A cell is only as new as its oldest confirmation.
    return f"{len(days)} of {len(things)}, {days[0]}" if days else NEVER


def _is_partly(each: Confirmation, everything: list[Confirmation]) -> bool:
    return any(other.on for other in everything if (other.operation, other.aspect) == (each.operation, each.aspect))


def _expected(contract: Contract) -> Iterable[tuple[str, str, str]]:
    for each in Coverage(contract.document).results():
        if aspect := _aspect(contract, each.operation, each.aspect, each.name):
            yield each.operation, aspect, each.name
    style = contract.kit.paging or PageStyle()
    for operation in contract.document.operations:
        if style.token and style.token in operation.parameters:
            yield from ((operation.name, "paging", what) for role, what in _LINKS.items() if getattr(style, role))
            yield operation.name, "paging", "a last page"
        for status in operation.responses:
            if status.startswith("4"):
                yield operation.name, "errors", f"the body of {status}"


def _aspect(contract: Contract, operation: str, aspect: str, name: str) -> str:
    """Return the table column of a coverage entry; ``""`` for none."""
    if aspect == "parameter":
        style = contract.kit.paging or PageStyle()
        if name in {style.size, style.token, style.after_key, style.number, style.offset}:
            return "paging"
        return "" if name in contract.document.operation(operation).path_parameters else "filters"
    return {"status": "status codes", "field": "fields", "enum value": "enum values", "header": "headers"}.get(
        aspect, ""
    )


def _shown(answer: ObservedResponse, contract: Contract, conformance: Conformance) -> Iterable[tuple[str, str, str]]:
    """Yield what one response shows; request parameters count only if the response is a 200."""
    coverage = Coverage(contract.document)
    coverage.observe(answer, conformance.observed(answer).things)
    for each in coverage.results():
        aspect = _aspect(contract, each.operation, each.aspect, each.name)
        of_request = aspect in {"filters", "paging"} or (aspect == "enum values" and not each.name.startswith("/"))
        if each.count and aspect and (answer.status == 200 or not of_request):
            yield each.operation, aspect, each.name
    if answer.status >= 400 and not conformance.findings(answer):
        yield answer.operation, "errors", f"the body of {answer.status}"
    resource, style = contract.kit.listed_by(answer.operation), contract.kit.paging
    if answer.status == 200 and resource is not None and style is not None and answer.excerpt is not None:
        page = Page(style, resource, answer, ())
        yield from ((answer.operation, "paging", what) for role, what in _LINKS.items() if page.url(role))
        if dict(answer.query).get(style.token) and page.following is None:
            yield answer.operation, "paging", "a last page"
