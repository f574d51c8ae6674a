"""Faults of lists: pages, tokens, page URLs, filters and the values of query parameters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contract_kit.api import PageStyle, Resource
from contract_kit.contract import Contract
from contract_kit.instants import instant
from contract_kit.mutation.exchange import Pairs, ProxyAnswer, ProxyRequest, Scene, array_in, is_data, set_at
from contract_kit.mutation.filters import QueryFilter, filters_of
from contract_kit.mutation.mutation import Mutation, OnAnswer, OnRequest
from contract_kit.mutation.paging_urls import ROLES, page_url, with_page_url, with_url_queries
from contract_kit.pointer import value_at
from contract_kit.schema import value_schema

Rows = list[Any]


def paging(contract: Contract) -> Iterator[Mutation]:
    """Yield faults of pages, for the style of paging that the kit declares."""
    style = contract.kit.paging
    if style is None:
        return
    listed = [each for each in contract.kit.resources if each.list]

    def fault(
        name: str, imitates: str, request: OnRequest | None = None, answer: OnAnswer | None = None
    ) -> Iterator[Mutation]:
        made = Mutation(name, "contract", "paging", imitates)
        made = made if request is None else replace(made, request=request)
        yield made if answer is None else replace(made, answer=answer)

    def rows(name: str, imitates: str, change: Callable[[Rows, ProxyRequest, Scene], None]) -> Iterator[Mutation]:
        for resource in listed:
            yield from fault(f"{name}:{resource.list}", imitates, answer=_rows(resource, change))

    def later(request: ProxyRequest) -> bool:
        return any(map(request.values, filter(None, (style.token, style.after_key, style.offset))))

    yield from rows(
        "first-row-lost",
        "The first row of every later page is lost",
        lambda rows, request, _: rows.__delitem__(slice(0, later(request))),
    )
    yield from rows(
        "last-row-lost", "The last row of every page is lost", lambda rows, _, __: rows.__delitem__(slice(-1, None))
    )
    yield from rows(
        "row-repeated",
        "The first row of a page comes twice",
        lambda rows, _, __: rows.__setitem__(slice(0, 0), rows[:1]),
    )
    yield from rows("row-of-page-before", "A page begins with the last row of the page before", _with_last_of_before)
    yield from rows("reversed", "The rows of a page come in reverse", lambda rows, _, __: rows.reverse())
    yield from rows(
        "two-rows-swapped",
        "Two rows of a page change places",
        lambda rows, _, __: rows.__setitem__(slice(0, 2), rows[1::-1]) if len(rows) > 1 else None,
    )
    yield from rows(
        "later-pages-empty",
        "Every page but the first is empty",
        lambda rows, request, _: rows.clear() if later(request) else None,
    )
    for most in (style.largest_size // 20, style.largest_size // 10, style.largest_size // 2):
        yield from rows(
            f"cut-at-{most}",
            f"A page ends at {most} rows, and the rest is lost",
            _cut(most),
        )
    if style.size:
        for most in (style.largest_size // 10, style.largest_size // 2):
            yield from fault(
                f"size-above-{most}-ignored",
                f"A page size above {most} counts as the usual one",
                _size(style, _usual_above(style, most)),
            )
        if style.default_size:
            for step in (-1, 1):
                yield from fault(
                    f"default-size-{style.default_size + step}",
                    f"Who names no page size gets {style.default_size + step} rows",
                    _default_size(style, style.default_size + step),
                )
        yield from fault(
            "size-plus-one",
            "A page has one row more than was asked for",
            *_echoing(style, lambda size: size + 1 if size < style.largest_size else size),
        )
        yield from fault(
            "size-ignored-later",
            "Later pages have the usual size, and say so",
            lambda request, _: request.without(style.size) if later(request) else request,
        )
    if style.next:
        yield from fault(
            "ends-early",
            "The second page says that it is the last",
            answer=_next(style, lambda answer, request: None if later(request) else page_url(answer, style, "next")),
        )
        yield from fault(
            "first-page-is-all",
            "The first page says that it is the last",
            answer=_next(style, lambda answer, request: page_url(answer, style, "next") if later(request) else None),
        )
        yield from fault(
            "loops",
            "The next page is the first one",
            answer=_next(
                style,
                lambda answer, request: page_url(answer, style, "first") if page_url(answer, style, "next") else None,
            ),
        )
        yield from fault(
            "endless", "The last page has a next page, which is itself", answer=_next(style, _itself(style))
        )
        yield from fault(
            "next-relative",
            "The next page's URL is relative",
            answer=_next(
                style, lambda answer, _: re.sub(r"^https?://[^/]+", "", page_url(answer, style, "next") or "") or None
            ),
        )
        yield from fault(
            "next-elsewhere",
            "The next page is on another host",
            answer=_next(
                style,
                lambda answer, _: (
                    re.sub(r"^https?://[^/]+", "https://other.example", page_url(answer, style, "next") or "") or None
                ),
            ),
        )
        yield from fault(
            "next-unusable",
            "The next page's URL cannot be read",
            answer=_next(style, lambda answer, _: "http://[::1/v1" if page_url(answer, style, "next") else None),
        )
    for role in ROLES:
        if role == "next" or not getattr(style, role):
            continue
        yield from fault(
            f"{role}-missing", f"There is no URL of the {role} page", answer=_role(style, role, lambda _: None)
        )
        if style.size:
            yield from fault(
                f"{role}-other-size",
                f"The URL of the {role} page has another page size",
                answer=_role(
                    style,
                    role,
                    lambda url: re.sub(rf"({style.size}=)(\d+)", lambda found: f"{found[1]}{int(found[2]) + 1}", url),
                ),
            )
    if style.first and style.previous:
        yield from fault(
            "previous-is-first",
            "The page before is always the first one",
            answer=_role_from(style, "previous", "first"),
        )
    for where, what in ((style.size_echo, "size"), (style.number_echo, "number"), (style.rows_echo, "list")):
        if where:
            yield from fault(
                f"wrong-{what}-echo",
                f"A page names another {what}",
                answer=_echo(where, lambda value: value + 1 if isinstance(value, int) else f"{value}s"),
            )
            yield from fault(
                f"wrong-{what}-echo-later",
                f"A later page names another {what}",
                answer=_echo(where, lambda value: value + 1 if isinstance(value, int) else f"{value}s", later),
            )
    if style.token:
        token = style.token
        yield from fault(
            "token-ignored", "Every page is the first", lambda request, _: request.without(token, style.number)
        )
        yield from fault(
            "forged-token-accepted",
            "A token that nobody gave out leads to the first page",
            answer=_instead_of(
                400, lambda request: request.without(token, style.number) if request.values(token) else request
            ),
        )
        yield from fault(
            "token-of-other-query",
            "A token goes with any query, and its own is used",
            _own_query(style),
            _remember(style),
        )
        if style.number:
            yield from fault(
                "number-without-token",
                "A page number needs no token",
                answer=_instead_of(
                    400,
                    lambda request: (
                        request.without(style.number)
                        if request.values(style.number) and not request.values(token)
                        else request
                    ),
                ),
            )
    for resource in listed:
        for each in filters_of(contract, resource):
            yield from fault(
                f"urls-forget:{resource.list}.{each.parameter}",
                f"Page URLs do not carry {each.parameter} on",
                answer=_forgetting(style, resource, each.parameter),
            )


def queries(contract: Contract) -> Iterator[Mutation]:
    """Yield faults of filters, of bounds, and of values that should be refused."""
    for resource in contract.kit.resources:
        filters = filters_of(contract, resource)
        for each in filters:
            yield from _of_filter(resource, each, filters)
    style = contract.kit.paging
    for operation in contract.operations:
        for name, node in operation.parameters.items():
            if node.get("in") != "query":
                continue
            location = contract.document.location(value_schema(node))
            where = f"{operation.name}.{name}"
            kinds = _mends_of(
                (location.items or location).types,
                (location.items or location).formats,
                is_enum=bool((location.items or location).enum),
                least=location.least,
            )
            for what, imitates, mend in kinds:
                yield Mutation(
                    f"value-accepted-{what}:{where}",
                    "contract",
                    "values of parameters",
                    f"{name}: {imitates}",
                    answer=_mended_value(operation.name, name, mend),
                )
            if not (style and name == style.token):
                yield Mutation(
                    f"invalid-ignored:{where}",
                    "contract",
                    "values of parameters",
                    f"What is no {name} is ignored",
                    answer=_only_at(operation.name, _instead_of(400, _without(name))),
                )
            if location.items is None:
                for what, index in (("first", 0), ("last", -1)):
                    yield Mutation(
                        f"repeated-{what}-counts:{where}",
                        "contract",
                        "values of parameters",
                        f"Of a repeated {name} the {what} counts",
                        answer=_only_at(operation.name, _instead_of(400, _one_of(name, index))),
                    )


def _of_filter(resource: Resource, each: QueryFilter, filters: tuple[QueryFilter, ...]) -> Iterator[Mutation]:
    name = each.parameter
    where = f"{resource.list}.{name}"

    def fault(what: str, imitates: str, change: Callable[[ProxyRequest], ProxyRequest]) -> Mutation:
        on_request, on_answer = asking_otherwise(resource, change)
        return Mutation(f"filter-{what}:{where}", "contract", "filters", imitates, "", on_request, on_answer)

    yield fault("ignored", f"{name} has no effect", _without(name))
    for other in filters:
        if other is not each:
            yield fault(
                f"ignored-with-{other.parameter}",
                f"{name} has no effect beside {other.parameter}",
                _without(name, beside=other.parameter),
            )
    others = {other.parameter for other in filters if other is not each}
    yield fault(
        "ignored-alone",
        f"{name} has no effect when it is the only filter",
        lambda request: request if any(map(request.values, others)) else request.without(name),
    )
    if each.takes_many:
        yield fault("first-value", f"Of several values of {name} only the first counts", _one_of(name, 0))
        yield fault("last-value", f"Of several values of {name} only the last counts", _one_of(name, -1))
        yield fault(
            "third-value",
            f"No more than two values of {name} count",
            lambda request: request.with_pairs(
                tuple(
                    pair
                    for index, pair in enumerate(request.pairs)
                    if pair[0] != name or [key for key, _ in request.pairs[:index]].count(name) < 2
                )
            ),
        )
    if each.kind in {"since", "until"}:
        steps = {
            "since": (("exclusive", 1), ("inclusive-of-second-before", -1)),
            "until": (("inclusive", 1), ("exclusive-of-last-second", -1)),
        }
        for what, seconds in steps[each.kind]:
            yield fault(what, f"{name} is off by one second", _moved(name, timedelta(seconds=seconds)))
        yield fault("hour-off", f"{name} is taken for local time", _moved(name, timedelta(hours=1)))
        yield fault("day-only", f"Of {name} only the day counts", _floored(name, 86400))
        yield fault("minute-only", f"Of {name} only the minute counts", _floored(name, 60))
        yield fault(
            "offset-ignored",
            f"The offset of {name} is ignored",
            lambda request: _each_value(request, name, lambda text: re.sub(r"[+-]\d\d:?\d\d$", "Z", text)),
        )
        yield fault("fraction-cut-off", f"A fraction of {name} is cut off", _floored(name, 1))
    if each.kind == "text":
        for what, imitates, fold in _FOLDS:
            yield Mutation(
                f"filter-{what}:{where}", "contract", "filters", f"{name} {imitates}", "", *_loose(resource, each, fold)
            )
    if each.kind == "enum":
        yield Mutation(
            f"filter-null-matches:{where}",
            "contract",
            "filters",
            f"{name} lets half of the other rows through",
            answer=_leaks(resource, each),
        )


# None for patterns, which are not compared by folding both sides.
_FOLDS: tuple[tuple[str, str, Callable[[str], str] | None], ...] = (
    ("case", "does not tell case", str.lower),
    (
        "accents",
        "does not tell accents",
        lambda text: "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each)),
    ),
    ("normal-form", "does not tell composed from decomposed", lambda text: unicodedata.normalize("NFC", text)),
    ("blanks", "does not see blanks around", str.strip),
    ("inner-blanks", "does not tell one blank from two", lambda text: re.sub(r"\s+", " ", text)),
    ("plus", "takes a plus for a blank", lambda text: text.replace("+", " ")),
    ("prefix", "asks for a beginning", lambda text: text[:3]),
    ("wildcards", "knows %, _, * and ? as any letters", None),
    ("cut", "looks at twenty letters", lambda text: text[:20]),
    ("decoded-twice", "is decoded twice", lambda text: text.replace("%20", " ").replace("%26", "&")),
)


def _loose(resource: Resource, each: QueryFilter, fold: Callable[[str], str] | None) -> tuple[OnRequest, OnAnswer]:
    """Find by a text that nothing has what has nearly this text, as far as it was seen before."""

    def nearest(text: str, scene: Scene) -> str:
        seen: set[str] = scene.memory.get("seen", set())
        if text in seen:
            return text
        if fold is None:
            pattern = re.escape(text).replace("%", ".*").replace("_", ".").replace(r"\*", ".*").replace(r"\?", ".")
            return next((known for known in sorted(seen) if re.fullmatch(pattern, known, re.S)), text)
        return next((known for known in sorted(seen) if fold(known) == fold(text)), text)

    def on_request(request: ProxyRequest, scene: Scene) -> ProxyRequest:
        if scene.listed(request) is not resource:
            return request
        return _each_value(request, each.parameter, lambda text: nearest(text, scene))

    def on_answer(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.resource(request) is not resource or not is_data(answer):
            return answer
        array = array_in(answer.document(), resource) or []
        seen: set[str] = scene.memory.setdefault("seen", set())
        seen |= {
            row[each.property] for row in array if isinstance(row, dict) and isinstance(row.get(each.property), str)
        }
        return answer if on_request(request, scene) == request else _with_own_query(answer, request, scene)

    return on_request, on_answer


def _leaks(resource: Resource, each: QueryFilter) -> OnAnswer:
    def change(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.listed(request) is not resource or not request.values(each.parameter) or not is_data(answer):
            return answer
        document = answer.document()
        array = array_in(document, resource)
        whole = array_in(scene.send(request.without(each.parameter)).document(), resource)
        if array is None or whole is None or request.values(scene.kit.paging.token if scene.kit.paging else ""):
            return answer
        others = [row for row in whole if row not in array]
        array[-1:] = others[:1] or array[-1:]
        return answer.with_document(document)

    return change


def asking_otherwise(resource: Resource, change: Callable[[ProxyRequest], ProxyRequest]) -> tuple[OnRequest, OnAnswer]:
    """Ask the service something else, and let the answer's URLs tell what the caller asked."""

    def on_request(request: ProxyRequest, scene: Scene) -> ProxyRequest:
        return change(request) if scene.listed(request) is resource else request

    def on_answer(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.listed(request) is not resource or change(request) == request:
            return answer
        return _with_own_query(answer, request, scene)

    return on_request, on_answer


def _with_own_query(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
    style = scene.kit.paging
    if style is None or not is_data(answer):
        return answer
    paging = {style.size, style.token, style.number, style.offset, style.after_key}
    own = tuple(pair for pair in request.pairs if pair[0] not in paging)

    def change(pairs: Pairs) -> Pairs:
        return (*own, *(pair for pair in pairs if pair[0] in paging))

    return with_url_queries(answer, style, change)


def _each_value(request: ProxyRequest, name: str, change: Callable[[str], str]) -> ProxyRequest:
    return request.with_pairs(tuple((key, change(value) if key == name else value) for key, value in request.pairs))


def _without(name: str, beside: str = "") -> Callable[[ProxyRequest], ProxyRequest]:
    return lambda request: request if beside and not request.values(beside) else request.without(name)


def _first_group(pattern: str) -> Callable[[str], str | None]:
    def found(text: str) -> str | None:
        matched = re.fullmatch(pattern, text, re.DOTALL)
        return next(filter(None, matched.groups()), None) if matched else None

    return found


def _cut(most: int) -> Callable[[Rows, ProxyRequest, Scene], None]:
    return lambda rows, _, __: rows.__delitem__(slice(most, None))


def _usual_above(style: PageStyle, most: int) -> Callable[[int], int | None]:
    return lambda size: style.default_size if size > most else size


def _default_size(style: PageStyle, size: int) -> OnRequest:
    def change(request: ProxyRequest, scene: Scene) -> ProxyRequest:
        is_named = scene.listed(request) is None or request.values(style.size)
        return request if is_named else request.with_value(style.size, str(size))

    return change


def _forgetting(style: PageStyle, resource: Resource, parameter: str) -> OnAnswer:
    def change(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.listed(request) is not resource:
            return answer
        return with_url_queries(answer, style, lambda pairs: tuple(pair for pair in pairs if pair[0] != parameter))

    return change


def _one_of(name: str, index: int) -> Callable[[ProxyRequest], ProxyRequest]:
    def change(request: ProxyRequest) -> ProxyRequest:
        values = request.values(name)
        return request.with_value(name, values[index]) if len(values) > 1 else request

    return change


def bound(text: str) -> datetime | None:
    """The moment that a bound of a filter names; None for what is no time of RFC 3339, to be refused as it is."""
    strict = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text, re.ASCII)
    return instant(text) if strict else None


def in_utc(moment: datetime) -> str:
    """A bound of a filter in whole seconds, also of years that strftime would not pad."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _moved(name: str, step: timedelta) -> Callable[[ProxyRequest], ProxyRequest]:
    def moved(text: str) -> str:
        moment = bound(text)
        if moment is None and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = instant(f"{text}T00:00:00+00:00")
            return text if day is None else (day + max(step, timedelta(days=1), key=abs)).strftime("%Y-%m-%d")
        return text if moment is None else in_utc(moment + step)

    return lambda request: _each_value(request, name, moved)


def _floored(name: str, seconds: int) -> Callable[[ProxyRequest], ProxyRequest]:
    def floored(text: str) -> str:
        moment = bound(text)
        if moment is None:
            return text
        whole = moment.astimezone(UTC)
        return in_utc(whole - timedelta(seconds=int(whole.timestamp()) % seconds, microseconds=whole.microsecond))

    return lambda request: _each_value(request, name, floored)


def _mends_of(
    types: tuple[str, ...], formats: frozenset[str], *, is_enum: bool, least: int
) -> Iterator[tuple[str, str, Callable[[str], str | None]]]:
    """Yield the ways in which a value that is none is taken for one."""
    if "integer" in types:
        for what, imitates, pattern in (
            ("prefix", "what follows the digits is ignored", r"\s*(\d+)\D.*"),
            ("signed", "a sign is accepted", r"\+(\d+)"),
            ("negative", "a minus is ignored", r"-(\d+)"),
            ("fraction", "a fraction is cut off", r"(\d+)\.\d*"),
            ("blanks", "blanks are trimmed", r"\s+(\d+)\s*|\s*(\d+)\s+"),
            ("exponent", "an exponent is cut off", r"(\d+)[eE]\+?\d+"),
        ):
            yield (
                what,
                imitates,
                _first_group(pattern),
            )
        yield (
            "digits",
            "digits of other scripts count",
            lambda text: str(int(text)) if text.isdecimal() and not text.isascii() else None,
        )
        yield "empty", "an empty one counts as none", lambda text: "" if not text else None
        yield (
            "too-large",
            "what is too large is cut to the largest",
            lambda text: "\1" if re.fullmatch(r"\d{3,18}", text) else None,
        )
        yield (
            "overflow",
            "what is beyond 64 bits counts as the largest",
            lambda text: "\1" if re.fullmatch(r"\d{19,}", text) else None,
        )
        yield "too-small", "zero counts as one", lambda text: str(least) if text == "0" and least else None
    if formats & {"date", "date-time"}:
        yield (
            "day",
            "a day counts as its midnight",
            lambda text: f"{text}T00:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None,
        )
        yield (
            "no-offset",
            "a time without an offset is UTC",
            lambda text: f"{text}Z" if re.fullmatch(r"[\d-]+T[\d:]+", text) else None,
        )
        yield (
            "blank-for-t",
            "a blank may stand for the T",
            lambda text: text.replace(" ", "T", 1) if " " in text else None,
        )
        yield (
            "epoch",
            "seconds since 1970 are a time",
            lambda text: "2026-01-01T00:00:00Z" if re.fullmatch(r"\d{9,13}", text) else None,
        )
        yield (
            "hour-24",
            "24:00 is the next midnight",
            lambda text: text.replace("T24:00:00", "T00:00:00") if "T24:00:00" in text else None,
        )
        yield (
            "no-such-day",
            "a day that the month does not have counts",
            lambda text: (
                re.sub(r"-\d\d(?=T|$)", "-28", text, count=1) if re.match(r"\d{4}-\d\d-(29|30|31)", text) else None
            ),
        )
    if is_enum:
        yield "case", "case is not told", lambda text: "\2"
        yield "blanks", "blanks are trimmed", lambda text: text.strip() if text != text.strip() else None
        yield "commas", "commas stand between several", lambda text: text.split(",")[0] if "," in text else None


def _mended_value(operation: str, name: str, mend: Callable[[str], str | None]) -> OnAnswer:
    """Answer what is refused for a value as if the value had been mended."""

    def change(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        values = request.values(name)
        asked = scene.operation(request)
        if answer.status != 400 or asked is None or asked.name != operation or len(values) != 1:
            return answer
        mended = mend(values[0])
        if mended is None:
            return answer
        location = scene.contract.document.location(value_schema(asked.parameters[name]))
        if mended == "\1":
            schema = location.alternatives[0].schema
            mended = str(schema.get("maximum", "")) if int(values[0]) > schema.get("maximum", int(values[0])) else ""
        elif mended == "\2":
            known = (location.items or location).enum
            mended = next((value for value in known if value.lower() == values[0].lower() and value != values[0]), "")
            if not mended:
                return answer
        is_number = scene.kit.paging is not None and scene.kit.paging.number == name
        found = scene.send(request.with_value(name, mended) if mended and not is_number else request.without(name))
        return found if found.status == 200 else answer

    return change


def _only_at(operation: str, change: OnAnswer) -> OnAnswer:
    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        asked = scene.operation(request)
        return change(answer, request, scene) if asked is not None and asked.name == operation else answer

    return changed


def _instead_of(status: int, change: Callable[[ProxyRequest], ProxyRequest]) -> OnAnswer:
    """Answer what is refused as if something else had been asked."""

    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        other = change(request) if answer.status == status else request
        if other == request:
            return answer
        found = scene.send(other)
        return found if found.status == 200 else answer

    return changed


def _rows(resource: Resource, change: Callable[[Rows, ProxyRequest, Scene], None]) -> OnAnswer:
    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.listed(request) is not resource or not is_data(answer):
            return answer
        document = answer.document()
        array = array_in(document, resource)
        if array:
            change(array, request, scene)
        return answer.with_document(document)

    return changed


def _with_last_of_before(rows: Rows, request: ProxyRequest, scene: Scene) -> None:
    style = scene.kit.paging
    last: dict[str, Any] = scene.memory.setdefault("last", {})
    key = request.path
    is_later = style is not None and any(
        map(request.values, filter(None, (style.token, style.after_key, style.offset)))
    )
    before = last.get(key)
    last[key] = rows[-1]
    if is_later and before is not None:
        rows.insert(0, before)


def _size(style: PageStyle, change: Callable[[int], int | None]) -> OnRequest:
    def changed(request: ProxyRequest, scene: Scene) -> ProxyRequest:
        asked = request.values(style.size)
        if scene.listed(request) is None or len(asked) != 1 or not re.fullmatch(r"[0-9]{1,9}", asked[0]):
            return request
        size = change(int(asked[0]))
        return (
            request
            if size is None or not 0 < int(asked[0]) <= style.largest_size
            else request.with_value(style.size, str(size))
        )

    return changed


def _echoing(style: PageStyle, change: Callable[[int], int | None]) -> tuple[OnRequest, OnAnswer]:
    """Ask for another page size, and say in the answer that it is the one asked for."""
    on_request = _size(style, change)

    def on_answer(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if on_request(request, scene) == request or not is_data(answer):
            return answer
        size = request.values(style.size)[0]
        answer = with_url_queries(
            answer, style, lambda pairs: tuple((name, size if name == style.size else value) for name, value in pairs)
        )
        if not style.size_echo:
            return answer
        document = answer.document()
        set_at(document, style.size_echo, int(size))
        return answer.with_document(document)

    return on_request, on_answer


def _next(style: PageStyle, make: Callable[[ProxyAnswer, ProxyRequest], str | None]) -> OnAnswer:
    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.listed(request) is None or not is_data(answer):
            return answer
        url = make(answer, request)
        return answer if url == page_url(answer, style, "next") else with_page_url(answer, style, "next", url)

    return changed


def _itself(style: PageStyle) -> Callable[[ProxyAnswer, ProxyRequest], str | None]:
    def make(answer: ProxyAnswer, request: ProxyRequest) -> str | None:
        found = page_url(answer, style, "next")
        known = page_url(answer, style, "this") or page_url(answer, style, "first")
        return found or (re.sub(r"^(https?://[^/]+).*", rf"\1{request.target}", known) if known else None)

    return make


def _role(style: PageStyle, role: str, make: Callable[[str], str | None]) -> OnAnswer:
    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        url = page_url(answer, style, role) if scene.listed(request) is not None and is_data(answer) else None
        return answer if url is None else with_page_url(answer, style, role, make(url))

    return changed


def _role_from(style: PageStyle, role: str, other: str) -> OnAnswer:
    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.listed(request) is None or not is_data(answer) or page_url(answer, style, role) is None:
            return answer
        return with_page_url(answer, style, role, page_url(answer, style, other))

    return changed


def _echo(pointer: str, make: Callable[[Any], Any], where: Callable[[ProxyRequest], bool] = lambda _: True) -> OnAnswer:
    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.listed(request) is None or not is_data(answer) or not where(request):
            return answer
        document = answer.document()
        set_at(document, pointer, make(value_at(document, pointer)))
        return answer.with_document(document)

    return changed


def _remember(style: PageStyle) -> OnAnswer:
    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.listed(request) is not None and is_data(answer):
            url = page_url(answer, style, "next") if style.next else None
            if url:
                there = ProxyRequest("GET", request.path, url.partition("?")[2])
                for token in there.values(style.token):
                    scene.memory.setdefault("queries", {})[token] = there
            return _with_own_query(answer, request, scene) if _own_query(style)(request, scene) != request else answer
        return answer

    return changed


def _own_query(style: PageStyle) -> OnRequest:
    def changed(request: ProxyRequest, scene: Scene) -> ProxyRequest:
        tokens = request.values(style.token)
        known: ProxyRequest | None = scene.memory.get("queries", {}).get(tokens[0]) if len(tokens) == 1 else None
        if known is None or known.path != request.path or sorted(known.pairs) == sorted(request.pairs):
            return request
        return replace(request, query=known.query)

    return changed
