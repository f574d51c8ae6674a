"""What is confirmed of the live API, made from cassettes: nothing else can put an entry into the table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from contract_kit.cassettes.cassette import Cassette
from contract_kit.check.conformance import Conformance
from contract_kit.check.coverage import Coverage
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.contract import Contract
from contract_kit.document import Document
from contract_kit.masking import Masker

ASPECTS = ("status codes", "fields", "enum values", "filters", "paging", "errors", "headers")
NEVER = "never"
_PAGING = frozenset({"PageSize", "Page", "PageToken"})
_LINKS = {"next_page_url": "a next page", "previous_page_url": "a previous page", "first_page_url": "the first page"}


@dataclass(frozen=True)
class Confirmation:
    """One thing that the document says, and the day of the newest live recording that shows it.

    Attributes:
        operation: The operationId.
        aspect: One of ASPECTS.
        name: ``404``, ``/rooms/*/media_region``, ``RoomType``, ``a next page``, …
        on: ``2026-11-21``, or ``""`` where nobody recorded it.
    """

    operation: str
    aspect: str
    name: str
    on: str


def confirmations(cassettes: Iterable[Cassette], contract: Contract) -> list[Confirmation]:
    """Everything that the document says, each with the day on which a live recording showed it."""
    document = contract.document
    masker = Masker.of(contract)
    conformance = Conformance(document)
    days: dict[tuple[str, str, str], str] = {}
    expected: dict[tuple[str, str, str], None] = dict.fromkeys(_expected(document))
    for cassette in cassettes:
        if not cassette.label.is_live:
            continue
        for answer in cassette.answers(document, masker):
            for thing in _shown(answer, document, conformance):
                # An answer that the document has otherwise confirms nothing that it does not have.
                if thing in expected:
                    days[thing] = max(days.get(thing, ""), cassette.label.recorded_at)
    return [Confirmation(*thing, days.get(thing, "")) for thing in expected]


def table(found: Iterable[Confirmation]) -> str:
    """The confirmations as a page of Markdown."""
    everything = list(found)
    operations = list(dict.fromkeys(each.operation for each in everything))
    lines = [
        "# Fidelity",
        "",
        "What recordings of the live API have confirmed, and on which day (where on several, the oldest). Made by",
        "`scripts/fidelity.py` from `contract_tests/cassettes/`; what the emulator said is no evidence, not counted.",
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
    # The oldest: the cell as a whole is no newer than that.
    return f"{len(days)} of {len(things)}, {days[0]}" if days else NEVER


def _is_partly(each: Confirmation, everything: list[Confirmation]) -> bool:
    return any(other.on for other in everything if (other.operation, other.aspect) == (each.operation, each.aspect))


def _expected(document: Document) -> Iterable[tuple[str, str, str]]:
    for each in Coverage(document).results():
        if aspect := _aspect(each.aspect, each.name):
            yield each.operation, aspect, each.name
    for operation in document.operations:
        if "PageToken" in operation.parameters:
            for name in (*_LINKS.values(), "a last page"):
                yield operation.name, "paging", name
        for status in operation.responses:
            if status.startswith("4"):
                yield operation.name, "errors", f"the body of {status}"


def _aspect(aspect: str, name: str) -> str:
    """The column of something that coverage counts; ``""`` for none."""
    if aspect == "parameter":
        return "paging" if name in _PAGING else "" if name.endswith("Sid") else "filters"
    return {"status": "status codes", "field": "fields", "enum value": "enum values", "header": "headers"}.get(
        aspect, ""
    )


def _shown(answer: ObservedResponse, document: Document, conformance: Conformance) -> Iterable[tuple[str, str, str]]:
    """What one answer shows; parameters count where they were answered with a success."""
    coverage = Coverage(document)
    coverage.observe(answer, conformance.observed(answer).things)
    for each in coverage.results():
        aspect = _aspect(each.aspect, each.name)
        of_request = aspect in {"filters", "paging"} or (aspect == "enum values" and not each.name.startswith("/"))
        if each.count and aspect and (answer.status == 200 or not of_request):
            yield each.operation, aspect, each.name
    broken = conformance.findings(answer)
    if answer.status >= 400 and not broken:
        yield answer.operation, "errors", f"the body of {answer.status}"
    meta = _meta(answer)
    query = dict(parse_qsl(urlsplit(answer.url).query, keep_blank_values=True))
    if answer.status == 200 and meta is not None:
        yield from ((answer.operation, "paging", what) for name, what in _LINKS.items() if meta.get(name))
        if query.get("PageToken") and meta.get("next_page_url") is None:
            yield answer.operation, "paging", "a last page"


def _meta(answer: ObservedResponse) -> Mapping[str, object] | None:
    try:
        body = json.loads(answer.body)
    except ValueError:
        return None
    meta = body.get("meta") if isinstance(body, dict) else None
    return meta if isinstance(meta, dict) else None
