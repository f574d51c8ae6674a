"""Faults of statuses, headers, error bodies, methods, paths and credentials."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote

from contract_kit.api import Authentication, Credentials
from contract_kit.check import authorization
from contract_kit.contract import Contract
from contract_kit.mutation.exchange import ProxyAnswer, ProxyRequest, Scene, set_at
from contract_kit.mutation.mutation import Mutation, OnAnswer, OnRequest
from contract_kit.pointer import value_at
from contract_kit.schema import value_schema

_METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


def statuses(contract: Contract) -> Iterator[Mutation]:
    """Yield other statuses in place of the right one, with the right body."""
    for operation in contract.operations:
        for before, others in (
            (200, (201, 202, 203, 206)),
            (404, (400, 410, 403, 200)),
            (401, (403, 400)),
            (400, (422, 404, 500)),
            (405, (404, 501, 400)),
        ):
            if str(before) not in operation.responses:
                continue
            for after in others:
                yield Mutation(
                    f"status-{before}-{after}:{operation.name}",
                    "contract",
                    "statuses",
                    f"{operation.name} answers {after} where {before} is right",
                    answer=_status(operation.name, before, after),
                )


def _status(operation: str, before: int, after: int) -> OnAnswer:
    def change(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        asked = scene.contract.document.operation_at(request.path)
        if answer.status != before or asked is None or asked.name != operation:
            return answer
        changed = replace(answer, status=after)
        pointer = scene.kit.errors.status
        document = answer.document()
        # The body agrees, so that only the status is wrong.
        if pointer and before >= 400 and value_at(document, pointer) == before:
            set_at(document, pointer, after)
            changed = changed.with_document(document)
        return changed

    return change


def headers(contract: Contract) -> Iterator[Mutation]:
    """Yield documented headers that are missing or make no sense, and other media types."""
    names: dict[str, dict[str, Any]] = {}
    for operation in contract.operations:
        for response in operation.responses.values():
            for name, node in response.get("headers", {}).items():
                names.setdefault(name, dict(contract.document.resolve(node)))
    for name, node in names.items():
        if node.get("required") is True:
            yield _header(f"no-header:{name}", f"{name} goes missing", name, None)
        schema = contract.document.resolve(value_schema(node))
        for what, value in _nonsense(name, schema):
            yield _header(f"{what}:{name}", f"{name} says {value!r}", name, value)
    for media_type in (
        "text/html",
        "application/xml",
        "application/problem+json",
        "json",
        "application/json, text/html",
        None,
    ):
        what = re.sub(r"[^a-z+]+", "-", media_type or "none")
        for part, successes in (("Successes", True), ("Errors", False)):
            yield Mutation(
                f"media-type-{what}:{part.lower()}",
                "contract",
                "headers",
                f"{part} say that they are {media_type}",
                answer=_media_type(media_type, successes=successes),
            )
    for name, pattern in (
        (name, str(contract.document.resolve(value_schema(node)).get("pattern", ""))) for name, node in names.items()
    ):
        if pattern:
            yield Mutation(
                f"constant:{name}", "contract", "headers", f"{name} is the same in all answers", answer=_constant(name)
            )
    yield Mutation(
        "twice:Content-Type",
        "contract",
        "headers",
        "The media type comes twice, and differs",
        answer=lambda answer, _, __: replace(answer, headers=(*answer.headers, ("Content-Type", "text/plain"))),
    )
    for what, value in (
        ("past", formatdate(0, usegmt=True)),
        ("far", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("nonsense", "yesterday"),
    ):
        yield _header(f"date-{what}", f"The server's clock says {value}", "Date", value)
    for what, value in (
        ("nonsense", "soon"),
        ("negative", "-5"),
        ("superscript", "1²"),
        ("fraction", "1.5"),
        ("empty", ""),
    ):
        yield Mutation(
            f"retry-after-{what}",
            "contract",
            "headers",
            f"A refusal says when to come back: {value!r}",
            answer=_refused_now_and_then(value),
        )


def _nonsense(name: str, schema: Any) -> Iterator[tuple[str, str]]:
    if schema.get("type") == "boolean":
        yield "bad-header", "yes"
    elif schema.get("type") == "integer":
        yield "bad-header", "many"
    elif "pattern" in schema or "const" in schema:
        yield "bad-header", "!"
    if name.lower() == "allow":
        yield from (
            ("allows-nothing", ""),
            ("allows-others", "GET, POST"),
            ("allows-not-itself", "POST"),
            ("allow-in-lower-case", "get"),
        )
    elif name.lower() == "www-authenticate":
        yield from (("empty-challenge", ""), ("other-challenge", 'Digest realm="x"'), ("no-scheme", 'realm="x"'))


def _header(name: str, imitates: str, header: str, value: str | None) -> Mutation:
    def change(answer: ProxyAnswer, _: ProxyRequest, __: Scene) -> ProxyAnswer:
        return answer.with_header(header, value) if answer.has(header) else answer

    return Mutation(name, "contract", "headers", imitates, answer=change)


def _media_type(value: str | None, *, successes: bool) -> OnAnswer:
    def change(answer: ProxyAnswer, _: ProxyRequest, __: Scene) -> ProxyAnswer:
        if (answer.status < 400) != successes or answer.header("Content-Type").lower() == value:
            return answer
        return answer.with_header("Content-Type", value)

    return change


def _constant(name: str) -> OnAnswer:
    def change(answer: ProxyAnswer, _: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if not answer.has(name):
            return answer
        return answer.with_header(name, scene.memory.setdefault("first", answer.header(name)))

    return change


def _refused_now_and_then(value: str) -> OnAnswer:
    def change(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        asked = scene.memory["asked"] = scene.memory.get("asked", 0) + 1
        operation = scene.operation(request)
        if answer.status != 200 or operation is None or "429" not in operation.responses or asked % 30:
            return answer
        return error(
            replace(answer, headers=(("Content-Type", "application/json"), ("Retry-After", value))), 429, scene
        )

    return change


def error(answer: ProxyAnswer, status: int, scene: Scene) -> ProxyAnswer:
    """An error of another status, in the shape of the API's own errors, as far as one was seen."""
    shape = scene.kit.errors
    body = {shape.message: "Too many requests", **scene.memory.get("error", {})}
    for pointer, value in ((shape.status, status), (shape.code, status * 100 - 22471), (shape.more_info, "")):
        if pointer and "/" not in pointer.strip("/"):
            body[pointer.strip("/")] = value
    if shape.more_info and shape.code:
        body[shape.more_info.strip("/")] = f"https://help.example/errors/{body[shape.code.strip('/')]}"
    return replace(answer, status=status).with_document(body)


def errors(contract: Contract) -> Iterator[Mutation]:
    """Yield error bodies that do not agree with themselves or their answer."""
    shape = contract.kit.errors

    def fault(name: str, imitates: str, pointer: str, make: Callable[[Any], Any]) -> Iterator[Mutation]:
        if pointer:
            for status in ("all", "400", "401", "404", "405"):
                yield Mutation(
                    f"{name}:{status}", "contract", "errors", imitates, answer=_in_error(pointer, make, status)
                )

    yield from fault(
        "error-status-differs",
        "An error's body names another status",
        shape.status,
        lambda value: value + 1 if isinstance(value, int) else value,
    )
    yield from fault(
        "error-code-differs",
        "An error has another code",
        shape.code,
        lambda value: value + 1 if isinstance(value, int) else f"{value}x",
    )
    yield from fault(
        "error-explained-wrongly",
        "An error is explained under another code",
        shape.more_info,
        lambda value: re.sub(r"\d+$", "10001", str(value)),
    )


def _in_error(pointer: str, make: Callable[[Any], Any], status: str) -> OnAnswer:
    def change(answer: ProxyAnswer, _: ProxyRequest, __: Scene) -> ProxyAnswer:
        if answer.status < 400 or status not in {"all", str(answer.status)}:
            return answer
        document = answer.document()
        if (value := value_at(document, pointer)) is None:
            return answer
        set_at(document, pointer, make(value))
        return answer.with_document(document)

    return change


def methods(contract: Contract) -> Iterator[Mutation]:
    """Yield other methods that are taken for GET where the document does not have them."""
    for method in _METHODS:

        def change(answer: ProxyAnswer, request: ProxyRequest, scene: Scene, method: str = method) -> ProxyAnswer:
            if (
                request.method != method
                or answer.status < 400
                or scene.contract.document.operation_at(request.path) is None
            ):
                return answer
            found = scene.send(replace(request, method="GET", body=b""))
            return replace(found, body=b"") if method == "HEAD" and found.status == 200 else found

        yield Mutation(
            f"method-accepted:{method}", "contract", "methods", f"{method} is answered like GET", answer=change
        )


def paths(contract: Contract) -> Iterator[Mutation]:
    """Yield paths that the document does not have, and that are answered all the same."""
    known = [each.path for each in contract.operations]

    def case_folded(path: str) -> str | None:
        for template in known:
            steps, given = template.split("/"), path.split("/")
            if len(steps) == len(given) and all(
                a.startswith("{") or a.lower() == b.lower() for a, b in zip(steps, given, strict=True)
            ):
                return "/".join(b if a.startswith("{") else a for a, b in zip(steps, given, strict=True))
        return None

    def other_version(path: str) -> str | None:
        return next(
            (
                re.sub(r"^/[^/]+", template[: template.index("/", 1)], path)
                for template in known
                if re.fullmatch(r"/v\d+", template[: template.index("/", 1)]) and re.match(r"/v?\d+(\.\d+)?/", path)
            ),
            None,
        )

    for name, imitates, mend in (
        (
            "trailing-slash",
            "A slash at the end of a path changes nothing",
            lambda path: path.rstrip("/") if path.endswith("/") else None,
        ),
        ("double-slash", "Two slashes count as one", lambda path: re.sub(r"/{2,}", "/", path)),
        (
            "dot-segments",
            "Segments of dots are resolved",
            lambda path: re.sub(r"/[^/]+/\.\.(?=/|$)|/\.(?=/|$)", "", path),
        ),
        ("path-case", "Paths do not tell case", case_folded),
        ("other-version", "Every version is answered", other_version),
        ("suffix", "A suffix of a path is taken for a format", lambda path: re.sub(r"\.(json|xml|html)$", "", path)),
        ("semicolon", "Parameters of a path segment are ignored", lambda path: re.sub(r";[^/]*", "", path)),
        ("decoded-twice", "Paths are decoded twice", lambda path: unquote(path) if "%25" in path else None),
        ("encoded-slash", "An encoded slash is a slash", lambda path: re.sub("%2f", "/", path, flags=re.I)),
        (
            "blanks-in-keys",
            "Blanks around a key are trimmed",
            lambda path: re.sub(r"(?<=/)(%20|\+)+|(%20|%09|%0A|\+)+(?=/|$)", "", path),
        ),
        ("key-case", "Keys do not tell case", None),
        ("key-prefix", "What follows a key is ignored", None),
        ("longer-paths", "What follows a path is ignored", lambda path: path.rpartition("/")[0]),
    ):
        if mend is not None:
            yield Mutation(f"path-accepted:{name}", "contract", "paths", imitates, answer=_mended(mend))
        else:
            yield Mutation(f"path-accepted:{name}", "contract", "paths", imitates, answer=_loose_key(name))


def _mended(mend: Callable[[str], str | None]) -> OnAnswer:
    """Answer what was not found as if its path had been mended."""

    def change(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        path = mend(request.path) if answer.status in {404, 400} and request.method == "GET" else None
        if path is None or path == request.path or not path:
            return answer
        found = scene.send(replace(request, path=path))
        return found if found.status == 200 else answer

    return change


def _loose_key(name: str) -> OnAnswer:
    """Find by another case of letters, or by more than the key, what was seen before."""

    def change(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        seen: set[str] = scene.memory.setdefault("seen", set())
        steps = request.path.split("/")
        if answer.status == 200 and scene.operation(request) is not None:
            seen |= {step for step in steps if len(step) > 8}
            return answer
        if answer.status not in {404, 400} or request.method != "GET":
            return answer
        for index, step in enumerate(steps):
            for known in seen:
                hit = step.lower() == known.lower() if name == "key-case" else step.startswith(known)
                if hit and step != known:
                    return scene.send(replace(request, path="/".join([*steps[:index], known, *steps[index + 1 :]])))
        return answer

    return change


def credentials(contract: Contract) -> Iterator[Mutation]:
    """Yield credentials that are not right, and let their bearer in, everywhere and at single operations."""
    authentication = contract.kit.authentication
    if authentication.scheme == "none":
        return
    for name, imitates, is_accepted in _accepted(authentication):
        yield Mutation(
            f"credentials-accepted:{name}",
            "contract",
            "credentials",
            imitates,
            request=_let_in(authentication, is_accepted),
        )
    for operation in contract.operations:
        for name, imitates, is_accepted in _accepted(authentication):
            if name in {"none", "any-secret"}:
                yield Mutation(
                    f"credentials-accepted:{name}:{operation.name}",
                    "contract",
                    "credentials",
                    f"{imitates}, at {operation.name}",
                    request=_let_in(authentication, is_accepted, operation.name),
                )
    style = contract.kit.paging
    if style is not None and style.token:
        token = style.token

        def by_token(request: ProxyRequest, scene: Scene) -> ProxyRequest:
            return _with_right(request, scene, authentication) if request.values(token) else request

        yield Mutation(
            "credentials-accepted:page-token",
            "contract",
            "credentials",
            "A page token lets its bearer in",
            request=by_token,
        )
    for status in (404, 400, 405):
        yield Mutation(
            f"{status}-without-credentials",
            "contract",
            "credentials",
            f"Strangers get {status} before they are told to authenticate",
            answer=_told_first(authentication, status),
        )


Given = tuple[str, str, str] | None  # scheme, user name, secret


def _accepted(authentication: Authentication) -> Iterator[tuple[str, str, Callable[[Given, Credentials], bool]]]:
    def by_secret(check: Callable[[str, str], bool]) -> Callable[[Given, Credentials], bool]:
        return lambda given, right: (
            given is not None
            and given[1] == right.username
            and given[2] != right.secret
            and check(given[2], right.secret)
        )

    yield "none", "Nobody needs credentials", lambda given, _: given is None
    yield "any-secret", "Any secret will do", by_secret(lambda _, __: True)
    yield "empty-secret", "An empty secret will do", by_secret(lambda given, _: not given)
    yield "case", "Secrets do not tell case", by_secret(lambda given, right: given.lower() == right.lower())
    yield "shorter", "The last letter of a secret is not compared", by_secret(lambda given, right: given == right[:-1])
    yield (
        "first-half",
        "Only the first half of a secret is compared",
        by_secret(lambda given, right: given[: len(right) // 2] == right[: len(right) // 2]),
    )
    yield "longer", "What follows a secret is ignored", by_secret(lambda given, right: given.startswith(right))
    yield "blank-behind", "Blanks around a secret are trimmed", by_secret(lambda given, right: given.strip() == right)
    yield "doubled", "A secret is also right twice", by_secret(lambda given, right: given == right * 2)
    if authentication.scheme == "Basic":
        yield (
            "no-user",
            "A secret needs no user name",
            lambda given, right: (
                given is not None and given[0] == "basic" and not given[1] and given[2] == right.secret
            ),
        )
        yield (
            "any-user",
            "A secret goes with any user name",
            lambda given, right: (
                given is not None and given[0] == "basic" and given[1] != right.username and given[2] == right.secret
            ),
        )
        yield (
            "user-case",
            "User names do not tell case",
            lambda given, right: (
                given is not None
                and given[1] != right.username
                and given[1].lower() == right.username.lower()
                and given[2] == right.secret
            ),
        )
        yield (
            "user-alone",
            "A user name needs no secret",
            lambda given, right: given is not None and given[1] == right.username and not given[2],
        )
        yield (
            "swapped",
            "User name and secret may change places",
            lambda given, right: given is not None and (given[1], given[2]) == (right.secret, right.username),
        )
        yield (
            "bearer",
            "The secret is also a bearer token",
            lambda given, right: (
                given is not None
                and given[0] == "bearer"
                and given[2] in {right.secret, f"{right.username}:{right.secret}"}
            ),
        )
    else:
        yield (
            "other-scheme",
            "The secret is right under any scheme",
            lambda given, right: (
                given is not None and given[0] != authentication.scheme.lower() and right.secret in given[1:]
            ),
        )


def _given(request: ProxyRequest, authentication: Authentication) -> Given:
    if authentication.scheme == "query":
        values = request.values(authentication.name)
        return ("query", "", values[0]) if values else None
    if authentication.scheme == "header":
        value = request.header(authentication.name)
        return ("header", "", value) if value else None
    # What a header ends with may be the blank that a secret is said to end with.
    scheme, _, rest = request.header("Authorization").partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "basic":
        return scheme.lower(), "", rest
    try:
        user, _, secret = base64.b64decode(rest.strip()).decode().partition(":")
    except (binascii.Error, ValueError):
        return "basic", rest, "\0"
    return "basic", user, secret


def _with_right(request: ProxyRequest, scene: Scene, authentication: Authentication) -> ProxyRequest:
    header = authorization.header(authentication, scene.credentials)
    if header is not None:
        return request if request.header(header[0]) == header[1] else request.with_header(*header)
    for name, value in authorization.parameters(authentication, scene.credentials).items():
        request = request.with_value(name, value)
    return request


def _let_in(
    authentication: Authentication, is_accepted: Callable[[Given, Credentials], bool], operation: str = ""
) -> OnRequest:
    def change(request: ProxyRequest, scene: Scene) -> ProxyRequest:
        asked = scene.contract.document.operation_at(request.path)
        if operation and (asked is None or asked.name != operation):
            return request
        accepted = is_accepted(_given(request, authentication), scene.credentials)
        return _with_right(request, scene, authentication) if accepted else request

    return change


def _told_first(authentication: Authentication, status: int) -> OnAnswer:
    def change(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if answer.status not in scene.kit.errors.unauthorized:
            return answer
        found = scene.send(_with_right(request, scene, authentication))
        return found if found.status == status else answer

    return change
