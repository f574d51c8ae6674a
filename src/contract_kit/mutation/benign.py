"""Harmless variations of how answers are delivered, spelled and headed: a check must not report them."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from zlib import crc32

from contract_kit.contract import Contract
from contract_kit.mutation.exchange import ProxyAnswer, ProxyRequest, Scene
from contract_kit.mutation.mutation import Mutation, OnAnswer
from contract_kit.pointer import value_at
from contract_kit.schema import Location, value_schema

FAMILY_WIRE, FAMILY_HEADERS, FAMILY_SPELLING, FAMILY_ERRORS = "delivery", "headers", "spelling", "errors"

_FRAMING = "RFC 9112 gives a message this framing, and no recipient may care"
_FIELD = "RFC 9110 allows any further field; the document does not close the list of headers"
_JSON = "RFC 8259 gives it no meaning"

# A JSON string, so that what is between strings can be told from what is within. One that does not end goes to the end.
_STRING = re.compile(r'"(?:[^"\\]|\\.?)*+(?:"|$)', re.DOTALL)


def delivery(contract: Contract) -> Iterator[Mutation]:
    """Yield the variations of framing, interim answers, encodings and time."""

    def variation(name: str, imitates: str, allowed: str, **changes: Any) -> Mutation:
        return _benign(name, FAMILY_WIRE, imitates, allowed, lambda answer, _, __: answer.delivered(**changes))

    yield variation("chunked", "A gateway sends chunks.", _FRAMING, chunk=4096)
    yield _benign("small-chunks", FAMILY_WIRE, "A server flushes every few bytes.", _FRAMING, _small_chunks)
    yield variation(
        "chunk-extensions", "A gateway notes something at each chunk.", _FRAMING, chunk=1500, extension=';note="a b"'
    )
    trailers = (("X-Checksum", "0"), ("Server-Timing", "total;dur=1"))
    yield variation("trailers", "A server sends fields behind the body.", _FRAMING, chunk=2000, trailers=trailers)
    yield variation(
        "connection-closed-each-time", "A server keeps no connection open, and says so.", _FRAMING, closes=True
    )
    yield _benign(
        "http-1-0",
        FAMILY_WIRE,
        "An old balancer answers each other address with HTTP/1.0.",
        "RFC 9110: a server may answer with a lower version",
        _old_version,
    )
    for status, what in ((100, "Continue, though nothing was sent"), (102, "Processing"), (103, "Early Hints")):
        yield variation(
            f"interim-{status}",
            f"A server first sends {status}, {what}.",
            "RFC 9110 15.2: a client must be able to read interim answers",
            interim=(status,),
        )
    yield variation(
        "several-interim",
        "A gateway sends three interim answers.",
        "RFC 9110 15.2: a client must be able to read interim answers",
        interim=(102, 103, 102),
    )
    yield variation("no-reason", "A server leaves the reason phrase out.", "RFC 9112: it may be absent", reason="")
    yield variation(
        "other-reason",
        "A server has its own words for a status.",
        "RFC 9110: clients ignore the reason phrase",
        reason="As you like it",
    )
    yield variation(
        "slow-answers", "Every answer takes a moment.", "no document bounds the time of an answer", pause=0.005
    )
    yield _benign(
        "very-slow-answers",
        FAMILY_WIRE,
        "Now and then an answer takes a second and a half.",
        "no document bounds the time of an answer",
        _very_slow,
    )
    yield variation("in-pieces", "An answer arrives in pieces.", _FRAMING, pieces=3, gap=0.001)
    yield _benign(
        "gzip",
        FAMILY_WIRE,
        "A gateway packs answers for those who accept it.",
        "RFC 9110: Accept-Encoding of the request allows it",
        _packed("gzip", gzip.compress),
    )
    yield _benign(
        "deflate",
        FAMILY_WIRE,
        "A gateway packs answers in the other way.",
        "RFC 9110: Accept-Encoding of the request allows it",
        _packed("deflate", zlib.compress),
    )


def headers(contract: Contract) -> Iterator[Mutation]:
    """Yield the variations of header fields."""

    def added(name: str, imitates: str, *pairs: tuple[str, str], allowed: str = _FIELD) -> Mutation:
        def change(answer: ProxyAnswer, _: ProxyRequest, __: Scene) -> ProxyAnswer:
            return replace(answer, headers=(*answer.headers, *pairs))

        return _benign(name, FAMILY_HEADERS, imitates, allowed, change)

    def each(name: str, imitates: str, allowed: str, change: Callable[[str, str], list[tuple[str, str]]]) -> Mutation:
        def changed(answer: ProxyAnswer, _: ProxyRequest, __: Scene) -> ProxyAnswer:
            return replace(answer, headers=tuple(new for pair in answer.headers for new in change(*pair)))

        return _benign(name, FAMILY_HEADERS, imitates, allowed, changed)

    yield added(
        "further-headers",
        "A gateway adds fields of its own.",
        ("Via", "1.1 gateway"),
        ("X-Cache", "MISS"),
        ("Strict-Transport-Security", "max-age=31536000"),
        ("X-Home-Region", "us1"),
        ("Server", "unknown"),
    )
    yield added(
        "cache-headers",
        "A cache may keep answers.",
        ("ETag", 'W/"0815"'),
        ("Cache-Control", "private, max-age=0"),
        ("Vary", "Accept-Encoding, Authorization"),
        ("Age", "0"),
        ("Last-Modified", "Mon, 02 Nov 2026 08:00:00 GMT"),
    )
    yield added(
        "repeated-headers",
        "A field comes in several lines.",
        ("Vary", "Accept"),
        ("Vary", "Origin"),
        ("Cache-Control", "no-cache"),
        ("Cache-Control", "private"),
        allowed="RFC 9110 5.3: lines of one name are one list",
    )
    yield added("cookies", "A balancer sets cookies.", ("Set-Cookie", "lb=a1; Path=/; HttpOnly"), ("Set-Cookie", "v=2"))
    yield added(
        "many-headers", "A gateway adds forty fields.", *((f"X-Trace-{number}", "0" * 40) for number in range(40))
    )
    yield added(
        "bytes-in-headers",
        "A field has letters beyond ASCII.",
        ("X-Served-By", "Zürich"),
        allowed="RFC 9110 5.5: obs-text is opaque data",
    )
    yield added("empty-header", "A field has no value.", ("X-Debug", ""))
    yield each(
        "upper-case-names",
        "An old gateway writes names of fields in capitals.",
        "RFC 9110 5.1: names do not tell case",
        lambda name, value: [(name.upper(), value)],
    )
    yield each(
        "blanks-around-values",
        "A server indents values.",
        "RFC 9112 5: blanks around a value are no part of it",
        lambda name, value: [(name, f" \t {value}  ")],
    )
    yield each(
        "lists-in-lines",
        "A list comes in a line for each member.",
        "RFC 9110 5.3: lines of one name are one list",
        _split_list,
    )
    yield _benign(
        "headers-reversed",
        FAMILY_HEADERS,
        "Fields come in another order.",
        "RFC 9110 5.3: their order means nothing",
        lambda answer, _, __: replace(answer, headers=answer.headers[::-1]),
    )
    for name, imitates, change in (
        ("charset", "The media type has a charset.", lambda value: f"{value}; charset=utf-8"),
        ("quoted-charset", "The media type has a quoted charset.", lambda value: f'{value};Charset="UTF-8"'),
        ("media-type-in-capitals", "The media type has capitals.", str.title),
    ):
        yield each(
            name,
            imitates,
            "RFC 9110 8.3.1: it tells no case, and may have parameters",
            _media_type(change),
        )
    yield _benign(
        "optional-headers-missing",
        FAMILY_HEADERS,
        "A field that is not required does not come.",
        "the document does not require the field",
        _without_optional(contract),
    )
    yield _benign(
        "cross-origin-values",
        FAMILY_HEADERS,
        "Cross-origin fields name one origin and other methods.",
        "the document says text of any kind",
        _cross_origin(contract),
    )
    yield _benign(
        "identifiers-in-capitals",
        FAMILY_HEADERS,
        "A header's identifier comes in the other case of letters.",
        "the header's pattern allows both",
        _swapped_case(contract),
    )
    if contract.kit.authentication.scheme == "Basic":
        yield _benign(
            "other-realm",
            FAMILY_HEADERS,
            "A challenge names another realm.",
            "RFC 7617: a realm is any text",
            _challenge('Basic realm="somewhere else, and more", charset="UTF-8"'),
        )
        yield _benign(
            "challenge-in-lower-case",
            FAMILY_HEADERS,
            "A challenge's scheme is in lower case.",
            "RFC 9110 11.1: schemes do not tell case",
            _challenge('basic realm="api"'),
        )
        yield _benign(
            "two-challenges",
            FAMILY_HEADERS,
            "A second way to authenticate is offered.",
            "RFC 9110 11.6.1: a challenge may have company",
            _challenge('Basic realm="api", Bearer'),
        )


def spelling(contract: Contract) -> Iterator[Mutation]:
    """Yield the variations of how JSON is written."""

    def spelled(name: str, imitates: str, change: Callable[[str], str], allowed: str = _JSON) -> Mutation:
        return _benign(name, FAMILY_SPELLING, imitates, allowed, _in_text(change))

    order = "RFC 8259: an object's members have no order"
    yield spelled(
        "keys-reversed",
        "Keys come in reverse.",
        lambda text: _dumped(_reordered(json.loads(text), reverse=True)),
        order,
    )
    yield spelled(
        "keys-shuffled",
        "Keys come in any order, another each time.",
        lambda text: _dumped(_reordered(json.loads(text), reverse=False)),
        order,
    )
    if not _has_integer_keys(contract):
        yield spelled(
            "zero-fractions",
            "Whole numbers are written as 1.0.",
            _zero_fractions,
            "JSON Schema 2020-12, validation 6.1.1: a number with a zero fraction is an integer",
        )
    yield spelled(
        "indented",
        "JSON is indented, for people.",
        lambda text: json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n",
    )
    yield spelled(
        "escaped-slashes",
        "Slashes are escaped.",
        lambda text: _STRING.sub(lambda found: found[0].replace("/", r"\/"), text),
    )
    yield spelled(
        "escaped-unicode",
        "Everything beyond ASCII is escaped.",
        lambda text: _STRING.sub(lambda found: json.dumps(json.loads(found[0])), text),
    )
    yield spelled(
        "escaped-letters",
        "Letters of keys and values are escaped, as some libraries do.",
        lambda text: _STRING.sub(_escaped_letter, text),
    )
    yield spelled("blanks", "Blanks, tabs and line ends stand between all parts.", _blanks)


def errors(contract: Contract) -> Iterator[Mutation]:
    """Yield the variations of what errors say to people."""
    shape = contract.kit.errors
    words = "the document says that it is text, for a person"
    for name, imitates, text in (
        ("other-messages", "Errors have other words.", "Nope."),
        ("messages-in-japanese", "Errors speak another language.", "要求されたリソースは見つかりませんでした 🙇"),
        ("long-messages", "Errors explain at length.", 'He said: "no" \\ <b>never</b>\n' * 60),
        ("empty-messages", "Errors say nothing to people.", ""),
    ):
        yield _benign(name, FAMILY_ERRORS, imitates, words, _error_text(f"/{shape.message}", text))
    if shape.more_info:
        yield _benign(
            "explained-elsewhere",
            FAMILY_ERRORS,
            "Errors are explained at another address.",
            "the document says any URI; its end still names the code",
            _error_text(shape.more_info, _moved),
        )


def _benign(name: str, family: str, imitates: str, allowed: str, answer: OnAnswer) -> Mutation:
    return Mutation(f"benign-{name}", "benign", family, imitates.rstrip("."), allowed, answer=answer)


def _small_chunks(answer: ProxyAnswer, _: ProxyRequest, __: Scene) -> ProxyAnswer:
    return answer.delivered(chunk=max(3, len(answer.body) // 200))


def _old_version(answer: ProxyAnswer, request: ProxyRequest, _: Scene) -> ProxyAnswer:
    return answer.delivered(version="HTTP/1.0") if crc32(request.target.encode()) % 2 else answer


def _very_slow(answer: ProxyAnswer, _: ProxyRequest, scene: Scene) -> ProxyAnswer:
    asked = scene.memory["asked"] = int(scene.memory.get("asked", 0)) + 1
    return answer if asked % 150 else answer.delivered(pause=1.5)


def _packed(name: str, pack: Callable[[bytes], bytes]) -> OnAnswer:
    def change(answer: ProxyAnswer, request: ProxyRequest, _: Scene) -> ProxyAnswer:
        if name not in request.header("Accept-Encoding") or not answer.body:
            return answer
        before = answer.header("Content-Encoding")
        packed = replace(answer, body=pack(answer.body), is_ours=False)
        return packed.with_header("Content-Encoding", f"{before}, {name}" if before else name)

    return change


def _split_list(name: str, value: str) -> list[tuple[str, str]]:
    if not name.lower().startswith("access-control-") or "," not in value:
        return [(name, value)]
    return [(name, part.strip()) for part in value.split(",")]


def _documented_headers(contract: Contract, request: ProxyRequest, status: int) -> dict[str, Any]:
    operation = contract.document.operation_at(request.path)
    response = operation.response(status) if operation else None
    found = (response or {}).get("headers", {})
    return {str(name): contract.document.resolve(node) for name, node in found.items()}


def _without_optional(contract: Contract) -> OnAnswer:
    paging = {getattr(contract.kit.paging, role, "") for role in ("next", "previous", "first", "this")}

    def change(answer: ProxyAnswer, request: ProxyRequest, _: Scene) -> ProxyAnswer:
        for name, node in _documented_headers(contract, request, answer.status).items():
            if node.get("required") is not True and name not in paging:
                answer = answer.with_header(name, None) if answer.has(name) else answer
        return answer

    return change


def _cross_origin(contract: Contract) -> OnAnswer:
    values = {
        "access-control-allow-origin": "https://console.example",
        "access-control-allow-methods": "GET",
        "access-control-allow-headers": "Authorization, Accept, X-Requested-With",
        "access-control-expose-headers": "*",
    }

    def change(answer: ProxyAnswer, request: ProxyRequest, _: Scene) -> ProxyAnswer:
        for name, node in _documented_headers(contract, request, answer.status).items():
            schema = contract.document.resolve(value_schema(node))
            if name.lower() in values and not {"enum", "const", "pattern"} & schema.keys():
                answer = answer.with_header(name, values[name.lower()])
        return answer

    return change


def _swapped_case(contract: Contract) -> OnAnswer:
    def change(answer: ProxyAnswer, request: ProxyRequest, _: Scene) -> ProxyAnswer:
        for name, node in _documented_headers(contract, request, answer.status).items():
            pattern = str(contract.document.resolve(value_schema(node)).get("pattern", ""))
            value = answer.header(name)
            for other in (value.swapcase(), value[:2] + value[2:].swapcase()):
                if pattern and value and re.search(pattern, other):
                    answer = answer.with_header(name, other)
        return answer

    return change


def _challenge(value: str) -> OnAnswer:
    def change(answer: ProxyAnswer, _: ProxyRequest, __: Scene) -> ProxyAnswer:
        return answer.with_header("WWW-Authenticate", value) if answer.has("WWW-Authenticate") else answer

    return change


def _in_text(change: Callable[[str], str]) -> OnAnswer:
    def changed(answer: ProxyAnswer, _: ProxyRequest, __: Scene) -> ProxyAnswer:
        try:
            text = answer.body.decode()
            json.loads(text)
        except ValueError:
            return answer
        return replace(answer, body=change(text).encode(), is_ours=False)

    return changed


def _reordered(value: Any, *, reverse: bool) -> Any:
    if isinstance(value, list):
        return [_reordered(each, reverse=reverse) for each in value]
    if not isinstance(value, dict):
        return value
    salt = str(next(iter(value.values()), ""))
    names = list(value)[::-1] if reverse else sorted(value, key=lambda name: crc32(f"{name}{salt}".encode()))
    return {name: _reordered(value[name], reverse=reverse) for name in names}


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _zero_fractions(text: str) -> str:
    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: change(each) for name, each in value.items()}
        if isinstance(value, list):
            return [change(each) for each in value]
        # A larger one would not be the same number to a reader that knows only doubles.
        return float(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else value

    return _dumped(change(json.loads(text)))


def _has_integer_keys(contract: Contract) -> bool:
    """Whether a key is an integer, whose spelling also stands in paths."""
    return any(
        _is_integer(body, resource.key) for resource in contract.kit.resources for body in contract.document.bodies()
    )


def _is_integer(body: Location, key: str) -> bool:
    """Whether a property of this name is an integer somewhere in a body."""
    return any(
        "integer" in each.types for location in body.walk() for name, each in location.properties.items() if name == key
    )


def _escaped_letter(found: re.Match[str]) -> str:
    text = found[0]
    if len(text) < 3 or "\\" in text or not text[1].isascii():
        return text
    return f'"\\u{ord(text[1]):04x}{text[2:]}'


def _blanks(text: str) -> str:
    parts, end = [], 0
    for found in _STRING.finditer(text):
        parts += [re.sub(r"([\[\]{}:,])", "\t\\1 \r\n", text[end : found.start()]), found[0]]
        end = found.end()
    return " \n" + "".join(parts) + re.sub(r"([\[\]{}:,])", " \\1 ", text[end:]) + "\n"


def _moved(url: str) -> str:
    return re.sub(r"^https?://[^/]+", "https://help.example/en", url)


def _media_type(change: Callable[[str], str]) -> Callable[[str, str], list[tuple[str, str]]]:
    return lambda name, value: [(name, change(value) if name.lower() == "content-type" else value)]


def _error_text(pointer: str, change: Callable[[str], str] | str) -> OnAnswer:
    def changed(answer: ProxyAnswer, _: ProxyRequest, __: Scene) -> ProxyAnswer:
        if answer.status < 400:
            return answer
        document = answer.document()
        value = value_at(document, pointer)
        if not isinstance(value, str):
            return answer
        name = pointer.strip("/")
        return (
            answer.with_document({**document, name: change if isinstance(change, str) else change(value)})
            if "/" not in name
            else answer
        )

    return changed
