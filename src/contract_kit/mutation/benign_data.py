"""Harmless variations of what a service holds and how it pages: the same in every view, so that nothing disagrees."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from zlib import crc32

from contract_kit.api import PageStyle, Resource
from contract_kit.contract import Contract
from contract_kit.instants import instant
from contract_kit.mutation.exchange import (
    Pairs,
    ProxyAnswer,
    ProxyRequest,
    Scene,
    array_in,
    is_data,
    rows_in,
    set_at,
)
from contract_kit.mutation.filters import QueryFilter, filters_of, row_location
from contract_kit.mutation.mutation import Mutation, OnAnswer, OnRequest
from contract_kit.mutation.paging_urls import page_url, with_page_url, with_page_urls, with_url_queries
from contract_kit.pointer import value_at
from contract_kit.schema import CURRENT, Location

_SCHEMA = "the schema allows it"
_FEWER = "a page may hold fewer rows than it could"
_OPAQUE = "a page's URL and token are the service's own: clients follow them as they are"


def paging(contract: Contract) -> Iterator[Mutation]:
    """Yield the variations of pages, tokens and page URLs."""
    style = contract.kit.paging
    if style is None or not style.next:
        return
    if style.size:
        yield _benign(
            "short-first-page",
            "paging",
            "The first page holds half of what was asked for, and has a next page.",
            _FEWER,
            *_halved(style, only_first=True),
        )
        yield _benign(
            "short-pages",
            "paging",
            "Every page holds half of what was asked for.",
            _FEWER,
            *_halved(style, only_first=False),
        )
    if style.token:
        yield _benign("empty-last-page", "paging", "The last page is empty.", _FEWER, *_empty_last(style))
        for name, imitates, make in (
            ("long-tokens", "Page tokens have a thousand characters.", lambda token: _sealed(token, "x" * 900)),
            (
                "odd-tokens",
                "Page tokens have characters that a URL escapes.",
                lambda token: _sealed(token, "+/ =&%äÄ:~"),
            ),
            (
                "numeric-tokens",
                "Page tokens are digits.",
                lambda token: "".join(f"{byte:03d}" for byte in _sealed(token, "").encode()),
            ),
        ):
            yield _benign(name, "paging", imitates, _OPAQUE, *_other_tokens(style, make))
    for name, imitates, allowed, change in (
        (
            "parameters-reversed",
            "Page URLs have their parameters in another order.",
            _OPAQUE,
            lambda pairs: pairs[::-1],
        ),
    ):
        yield _benign(name, "paging", imitates, allowed, answer=_on_queries(style, change))
    if style.number and style.token:
        number = style.number
        yield _benign(
            "no-page-numbers",
            "paging",
            "Page URLs have no page number.",
            _OPAQUE,
            answer=_on_queries(style, lambda pairs: tuple(pair for pair in pairs if pair[0] != number)),
        )
    equal = "RFC 3986 6.2.2: the two spellings are one URI"
    yield _benign(
        "urls-escaped", "paging", "Page URLs escape more than they must.", equal, answer=_on_urls(style, _escaped)
    )
    yield _benign(
        "urls-in-lower-hex",
        "paging",
        "Page URLs escape with small letters.",
        equal,
        answer=_on_urls(style, lambda url: re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), url)),
    )
    yield _benign(
        "url-scheme-in-capitals",
        "paging",
        "Page URLs begin with HTTP://.",
        equal,
        answer=_on_urls(style, lambda url: re.sub(r"^https?", lambda found: found[0].upper(), url)),
    )


def data(contract: Contract, kept: frozenset[str]) -> Iterator[Mutation]:
    """Yield the variations of values.

    Args:
        contract: The kit and its document.
        kept: Properties that the API's own meaning ties to others, as ``resource.property``: they keep their values.
    """
    for resource in contract.kit.resources:
        row = row_location(contract, resource)
        if row is None:
            continue
        filtered = {each.property: each for each in filters_of(contract, resource)}
        free = {name: below for name, below in row.properties.items() if f"{resource.name}.{name}" not in kept}
        nulls = [name for name, below in free.items() if "null" in below.types and name != resource.key]
        for name in nulls:
            yield _data(
                f"null-{resource.name}.{name}",
                f"One {resource.name} in four has no {name}.",
                _SCHEMA,
                *_nulled(resource, (name,), 4, filtered),
            )
        if nulls:
            yield _data(
                f"null-everywhere-{resource.name}",
                f"One {resource.name} in six has nothing that may be missing.",
                _SCHEMA,
                *_nulled(resource, tuple(nulls), 6, filtered),
            )
        for each in row.walk():
            if not _optional(each):
                continue
            yield _data(
                f"absent-keys-{resource.name}{each.path.rpartition('*')[2].replace('/', '.')}",
                "Keys that are not required are absent.",
                "the schema does not require them",
                answer=_on_rows(resource, _without_optional(each, resource)),
            )
        for statuses, name, imitates in (
            ((CURRENT, ""), "other-values", "Values of enums are exchanged for other current ones."),
            (
                ("withdrawn", "internal", "observed"),
                "old-values",
                "Values of enums that are not current come up.",
            ),
        ):
            swaps = {
                key: swap for key, below in free.items() if key not in filtered and (swap := _swap(below, statuses))
            }
            if swaps:
                yield _data(
                    f"{name}-{resource.name}", imitates, "the enum has them", answer=_on_rows(resource, _swapped(swaps))
                )
        # Another text for each text keeps what is equal equal.
        texts = [key for key, below in row.properties.items() if key != resource.key and _is_free_text(below)]
        for name, imitates, prefixes in _ODD_TEXTS:
            if texts:
                yield _data(
                    f"{name}-{resource.name}",
                    imitates,
                    "the schema allows any text",
                    *_odd_texts(resource, texts, filtered, prefixes, contract),
                )
        # The service's own addresses are always there.
        addresses = [key for key, below in free.items() if below.formats == {"uri"} and "null" in below.types]
        if addresses:
            yield _data(
                f"odd-addresses-{resource.name}",
                "An address has an IPv6 host, a port, a query and a fragment.",
                "the schema says any URI",
                answer=_on_rows(resource, _odd_addresses(addresses)),
            )
        for name, imitates, change in (
            ("offsets", "Times end in +00:00.", lambda text: re.sub(r"Z$", "+00:00", text)),
            ("fractions", "Times have milliseconds.", lambda text: re.sub(r"(:\d\d)(Z|[+-])", r"\1.000\2", text)),
        ):
            times = [key for key, below in free.items() if "date-time" in below.formats and not below.patterns]
            if times and not contract.kit.time_spelling:
                yield _data(
                    f"{name}-{resource.name}",
                    imitates,
                    "RFC 3339 allows it",
                    answer=_on_rows(resource, _changed(times, change)),
                )
        if resource.window is not None and not resource.parent:
            yield _data(
                f"late-{resource.name}",
                f"The newest {resource.name} appears while the check runs.",
                "the list grows; a period of the past does not",
                *_late(resource),
            )


def _benign(
    name: str,
    family: str,
    imitates: str,
    allowed: str,
    request: OnRequest | None = None,
    answer: OnAnswer | None = None,
) -> Mutation:
    made = Mutation(f"benign-{name}", "benign", family, imitates.rstrip("."), allowed)
    if request is not None:
        made = replace(made, request=request)
    return made if answer is None else replace(made, answer=answer)


def _data(
    name: str, imitates: str, allowed: str, request: OnRequest | None = None, answer: OnAnswer | None = None
) -> Mutation:
    return _benign(name, "data", imitates, allowed, request, answer)


# Pages


def _halved(style: PageStyle, *, only_first: bool) -> tuple[OnRequest, OnAnswer]:
    def applies(request: ProxyRequest, scene: Scene) -> int:
        """The page size that was asked for, where it is halved; 0 elsewhere."""
        if scene.listed(request) is None or (only_first and request.values(style.token)):
            return 0
        asked = request.values(style.size) or [str(style.default_size or "")]
        size = int(asked[0]) if len(asked) == 1 and re.fullmatch(r"[1-9][0-9]{0,8}", asked[0]) else 0
        return size if 2 <= size <= style.largest_size else 0

    def on_request(request: ProxyRequest, scene: Scene) -> ProxyRequest:
        size = applies(request, scene)
        return request.with_value(style.size, str(size // 2)) if size else request

    def on_answer(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        size = applies(request, scene)
        if not size or not is_data(answer):
            return answer

        def full(pairs: Pairs) -> Pairs:
            return tuple((name, str(size) if name == style.size else value) for name, value in pairs)

        answer = with_url_queries(answer, style, full)
        if style.size_echo:
            document = answer.document()
            set_at(document, style.size_echo, size)
            answer = answer.with_document(document)
        return answer

    return on_request, on_answer


def _empty_last(style: PageStyle) -> tuple[OnRequest, OnAnswer]:
    """The last page gets a next one, which the proxy answers from the last page by taking its rows out."""

    def marked(request: ProxyRequest, scene: Scene) -> tuple[ProxyRequest, int, str] | None:
        known: dict[str, tuple[Pairs, ProxyRequest, int, str]] = scene.memory.setdefault("tokens", {})
        pairs, last, index, url = known.get("".join(request.values(style.token)), ((), request, 0, ""))
        # The token goes with its own list and query only; the page number is for the caller's own orientation.
        given = sorted(request.without(style.number).pairs)
        is_same = given == sorted(pair for pair in pairs if pair[0] != style.number) and last.path == request.path
        return (last, index, url) if is_same and pairs else None

    def on_request(request: ProxyRequest, scene: Scene) -> ProxyRequest:
        found = marked(request, scene)
        return replace(found[0], headers=request.headers) if found else request

    def on_answer(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        resource = scene.listed(request)
        if resource is None or not is_data(answer):
            return answer
        document = answer.document()
        rows = array_in(document, resource)
        this = _url_of(request, scene, answer, style)
        if rows is None or this is None:
            return answer
        if (found := marked(request, scene)) is not None:
            rows.clear()
            if style.number_echo:
                set_at(document, style.number_echo, found[1])
            emptied = answer.with_document(document)
            if style.this:
                emptied = with_page_url(emptied, style, "this", this)
            if style.previous:
                emptied = with_page_url(emptied, style, "previous", found[2])
            return with_page_url(emptied, style, "next", None)
        if not rows or page_url(answer, style, "next") is not None:
            return answer
        # A caller may leave the number out of the request, but the page says its own.
        told = value_at(document, style.number_echo) if style.number_echo else None
        asked = (request.values(style.number) or [str(style.first_number)])[0]
        index = (told if isinstance(told, int) else int(asked)) + 1 if style.number else 0
        token = f"{scene.kit.privacy.token_prefix}{crc32(request.target.encode()):08x}{'e' * 24}"
        last = page_url(answer, style, "this") or this
        base, _, query = last.partition("?")
        named = parse_qsl(query, keep_blank_values=True)
        pairs = [pair for pair in named if pair[0] not in {style.token, style.number}]
        pairs += [(style.number, str(index))] if style.number in dict(named) else []
        pairs.append((style.token, token))
        scene.memory.setdefault("tokens", {})[token] = (tuple(pairs), request, index, last)
        return with_page_url(answer, style, "next", f"{base}?{urlencode(pairs)}")

    return on_request, on_answer


def _url_of(request: ProxyRequest, scene: Scene, answer: ProxyAnswer, style: PageStyle) -> str | None:
    """The absolute URL of a request, on the origin that the answer's own URLs have."""
    for role in ("this", "first", "next", "previous"):
        url = page_url(answer, style, role)
        if url is not None and (found := re.match(r"https?://[^/]+", url, re.I)):
            return f"{found[0]}{request.target}"
    return None


def _sealed(token: str, filling: str) -> str:
    """A token in other clothes, from which it can be read again if nothing was changed."""
    hidden = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
    return f"{hidden}.{filling}.{crc32(f'{hidden}.{filling}'.encode()):08x}"


def _unsealed(text: str) -> str | None:
    body, _, seal = text.rpartition(".")
    hidden = body.partition(".")[0]
    if not body or seal != f"{crc32(body.encode()):08x}":
        return None
    try:
        return base64.urlsafe_b64decode(hidden + "=" * (-len(hidden) % 4)).decode()
    except ValueError:
        return None


def _other_tokens(style: PageStyle, make: Callable[[str], str]) -> tuple[OnRequest, OnAnswer]:
    def original(text: str, prefix: str) -> str:
        shown = text.removeprefix(prefix)
        if re.fullmatch(r"([01][0-9][0-9])+", shown):
            shown = "".join(chr(int(shown[start : start + 3])) for start in range(0, len(shown), 3))
        return _unsealed(shown) or text

    def on_request(request: ProxyRequest, scene: Scene) -> ProxyRequest:
        prefix = scene.kit.privacy.token_prefix
        return request.with_pairs(
            tuple((name, original(value, prefix) if name == style.token else value) for name, value in request.pairs)
        )

    def on_answer(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.listed(request) is None or not is_data(answer):
            return answer
        prefix = scene.kit.privacy.token_prefix
        return with_url_queries(
            answer,
            style,
            lambda pairs: tuple(
                (name, prefix + make(value) if name == style.token else value) for name, value in pairs
            ),
        )

    return on_request, on_answer


def _on_queries(style: PageStyle, change: Callable[[Pairs], Pairs]) -> OnAnswer:
    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        listed = scene.listed(request) is not None and is_data(answer)
        return with_url_queries(answer, style, change) if listed else answer

    return changed


def _on_urls(style: PageStyle, change: Callable[[str], str]) -> OnAnswer:
    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        listed = scene.listed(request) is not None and is_data(answer)
        return with_page_urls(answer, style, change) if listed else answer

    return changed


def _escaped(url: str) -> str:
    base, _, query = url.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    everything = {"-", ".", "_", "~"}

    def spelled(text: str) -> str:
        whole = quote(text, safe="")
        return "".join(f"%{ord(each):02X}" if each in everything else each for each in whole)

    parts = [f"{quote(name, safe='')}={spelled(value)}" for name, value in pairs]
    return f"{base}?{'&'.join(parts)}" if query else url


# Data


def _on_rows(resource: Resource, change: Callable[[dict[str, Any]], None]) -> OnAnswer:
    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.resource(request) is not resource or not is_data(answer):
            return answer
        document = answer.document()
        for row in rows_in(document, resource, listed=scene.listed(request) is resource):
            change(row)
        return answer.with_document(document)

    return changed


def _chosen(row: dict[str, Any], resource: Resource, of: int) -> bool:
    return crc32(f"{row.get(resource.key)}".encode()) % of == 0


def _nulled(
    resource: Resource, names: tuple[str, ...], of: int, filtered: dict[str, QueryFilter]
) -> tuple[None, OnAnswer]:
    """Take values out of some rows, and those rows out of the lists that were filtered by such a value."""
    parameters = {each.parameter for name, each in filtered.items() if name in names}

    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.resource(request) is not resource or not is_data(answer):
            return answer
        listed = scene.listed(request) is resource
        document = answer.document()
        rows = rows_in(document, resource, listed=listed)
        hit = [row for row in rows if _chosen(row, resource, of)]
        for row in hit:
            row.update(dict.fromkeys(name for name in names if name in row))
        array = array_in(document, resource) if listed else None
        if array is not None and any(request.values(name) for name in parameters):
            gone = {id(row) for row in hit}
            array[:] = [row for row in array if id(row) not in gone]
        return answer.with_document(document)

    return None, changed


def _optional(location: Location) -> list[str]:
    """The keys that no alternative requires."""
    required = {name for each in location.alternatives for name in each.schema.get("required", ())}
    return [name for name in location.properties if name not in required]


def _without_optional(location: Location, resource: Resource) -> Callable[[dict[str, Any]], None]:
    steps = [step for step in location.path.rpartition("*")[2].split("/") if step]
    optional = _optional(location)

    def change(row: dict[str, Any]) -> None:
        found: Any = row
        for step in steps:
            found = found.get(step) if isinstance(found, dict) else None
        if isinstance(found, dict):
            for index, name in enumerate(optional):
                if crc32(f"{row.get(resource.key)}{index}".encode()) % 2:
                    found.pop(name, None)

    return change


def _swap(location: Location, statuses: tuple[str, ...]) -> dict[str, str]:
    current = [value for value, each in location.enum.items() if each.status in {CURRENT, ""}]
    wanted = [value for value, each in location.enum.items() if each.status in statuses]
    if not wanted or not current or "string" not in location.types:
        return {}
    return {value: wanted[(index + 1) % len(wanted)] for index, value in enumerate(current)}


def _swapped(swaps: dict[str, dict[str, str]]) -> Callable[[dict[str, Any]], None]:
    def change(row: dict[str, Any]) -> None:
        for name, swap in swaps.items():
            if isinstance(row.get(name), str):
                row[name] = swap.get(row[name], row[name])

    return change


def _is_free_text(location: Location) -> bool:
    bounded = any({"maxLength", "enum", "const"} & each.schema.keys() for each in location.alternatives)
    plain = "string" in location.types and not location.formats and not location.patterns
    return plain and not bounded and not location.is_address


_ODD_TEXTS = (
    ("emoji-names", "Names begin with emoji, combining and joined characters.", ("🎉", "e\u0301", "👩‍👩‍👧", "𝔘", "ﬁ")),
    (
        "right-to-left-names",
        "Names are Arabic or Hebrew, with marks of direction.",
        ("שלום ", "\u202eabc\u202c", "مرحبا "),
    ),
    ("blank-names", "Names begin with blanks of several kinds.", (" ", "\u00a0", "\t", "\u3000 ", "\n")),
    (
        "markup-names",
        "Names look like markup, queries or paths.",
        ("<b>&amp;", "a/../b?c=d&e#f", "100%25 _*", "\"'\\", "+ ; ,"),
    ),
    (
        "value-like-names",
        "Names look like other values.",
        ("null", "0", "true", "-1e9", "[]{}", "2026-11-24T00:00:00Z"),
    ),
    ("long-names", "Names have a thousand characters.", ("long-" * 200, "ä" * 500)),
)


def _odd_texts(
    resource: Resource,
    names: list[str],
    filtered: dict[str, QueryFilter],
    prefixes: tuple[str, ...],
    contract: Contract,
) -> tuple[OnRequest, OnAnswer]:
    """Put something before every text, and take it away from the filter that asks for such a text."""
    parameters = {each.parameter for name, each in filtered.items() if name in names}

    def odd(text: str) -> str:
        return prefixes[crc32(text.encode("utf-8", "surrogatepass")) % len(prefixes)] + text

    def plain(text: str) -> str:
        for prefix in prefixes:
            if text.startswith(prefix) and odd(text.removeprefix(prefix)) == text:
                return text.removeprefix(prefix)
        # No row has it now, so none may be found by it.
        return f"{text}\u2060" if text else text

    def on_request(request: ProxyRequest, scene: Scene) -> ProxyRequest:
        if scene.listed(request) is not resource:
            return request
        return request.with_pairs(
            tuple((name, plain(value) if name in parameters else value) for name, value in request.pairs)
        )

    def change(row: dict[str, Any]) -> None:
        for name in names:
            if isinstance(row.get(name), str):
                row[name] = odd(row[name])

    on_rows = _on_rows(resource, change)

    def on_answer(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        style = scene.kit.paging
        asked = [pair for pair in request.pairs if pair[0] in parameters]
        if style is not None and asked and is_data(answer) and scene.listed(request) is resource:
            values = {plain(value): value for _, value in asked}
            answer = with_url_queries(
                answer,
                style,
                lambda pairs: tuple(
                    (name, values.get(value, value) if name in parameters else value) for name, value in pairs
                ),
            )
        return on_rows(answer, request, scene)

    return on_request, on_answer


def _odd_addresses(names: list[str]) -> Callable[[dict[str, Any]], None]:
    def change(row: dict[str, Any]) -> None:
        for name in names:
            # Addresses of the service itself, which are the proxy's here, lead to what they name.
            if isinstance(row.get(name), str) and not _is_loopback(row[name]):
                row[name] = "http://[2001:db8::1]:8080/a%20b/?c=d&e=%C3%A4#f"

    return change


def _is_loopback(url: str) -> bool:
    return re.match(r"https?://(127\.|localhost)", url, re.I) is not None


def _changed(names: list[str], change: Callable[[str], str]) -> Callable[[dict[str, Any]], None]:
    def changed(row: dict[str, Any]) -> None:
        for name in names:
            if isinstance(row.get(name), str):
                row[name] = change(row[name])

    return changed


_REQUESTS_UNTIL_CHANGE = 120


def _late(resource: Resource) -> tuple[OnRequest, OnAnswer]:
    """Hide the rows that are younger than the window for some time, together with what is below them."""
    window = resource.window
    assert window is not None

    def is_hidden(row: dict[str, Any]) -> bool:
        began = instant(row.get(window.property))
        if began is None:
            return False
        # A margin, so that no row crosses the window's border while a check runs.
        return datetime.now(UTC) - began < window.newest * 7 / 8

    def counts(scene: Scene) -> bool:
        asked = scene.memory["requests"] = int(scene.memory.get("requests", 0)) + 1
        return bool(asked <= _REQUESTS_UNTIL_CHANGE)

    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        operation = scene.operation(request)
        if operation is None or not counts(scene) or not is_data(answer):
            return answer
        hidden: set[str] = scene.memory.setdefault("hidden", set())
        if scene.listed(request) is resource:
            document = answer.document()
            array = array_in(document, resource)
            if array is None:
                return answer
            hidden |= {str(row.get(resource.key)) for row in array if is_hidden(row)}
            array[:] = [row for row in array if str(row.get(resource.key)) not in hidden]
            return answer.with_document(document)
        segments = request.path.split("/")
        if hidden.isdisjoint(segments) and not (
            scene.resource(request) is resource and is_hidden(answer.document() or {})
        ):
            return answer
        unknown = "".join("0" if each.isalnum() else each for each in segments[-1][2:])
        path = request.path.replace(
            next((each for each in segments if each in hidden), segments[-1]), segments[-1][:2] + unknown
        )
        return scene.send(replace(request, path=path))

    return lambda request, _: request, changed
