"""Parameters that are taken where they must be refused, and refused where they must be taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl

from contract_kit.emulator import rfc3339
from contract_kit.emulator.faults.hooks import with_query
from contract_kit.emulator.faults.registry import Respond
from contract_kit.emulator.messages import Request, Response
from video_log_analyzer.emulator import vocabulary
from video_log_analyzer.emulator.errors import INVALID_PAGE_TOKEN, INVALID_PARAMETER, BadRequestError
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily

faults = ApiFaultFamily("parameters")

# Accepted


@faults.on_respond
def _page_size_clamped(inner: Respond, request: Request) -> Response:
    """A page size above the maximum becomes the maximum without a word."""
    return inner(
        with_query(
            request,
            lambda name, value: (
                (name, "1000") if name == "PageSize" and value.isdecimal() and int(value) > 1000 else (name, value)
            ),
        )
    )


@faults.on_respond
def _page_size_zero_accepted(inner: Respond, request: Request) -> Response:
    """A page size that is no positive number means the default."""
    return _dropped(inner, request, lambda name, value: name == "PageSize" and (value == "0" or not value.isdecimal()))


@faults.on_respond
def _page_without_token_accepted(inner: Respond, request: Request) -> Response:
    """A page number without a token shows the first page, as a client that counts pages would never notice."""
    if b"PageToken=" in request.query:
        return inner(request)
    return _dropped(inner, request, lambda name, value: name == "Page")


@faults.on_respond
def _bad_date_accepted(inner: Respond, request: Request) -> Response:
    """A filter that is no date-time is dropped without a word."""
    return _dropped(
        inner, request, lambda name, value: name in ("CreatedAfter", "CreatedBefore") and not _is_date(value)
    )


@faults.on_respond
def _unknown_room_type_accepted(inner: Respond, request: Request) -> Response:
    """A type of room that does not exist is dropped without a word, and the list shows all."""
    return _dropped(
        inner, request, lambda name, value: name == "RoomType" and value not in vocabulary.ROOM_TYPE.current
    )


@faults.on_respond
def _unknown_codec_accepted(inner: Respond, request: Request) -> Response:
    """A codec that does not exist is dropped without a word, and the list shows all."""
    return _dropped(inner, request, lambda name, value: name == "Codec" and value not in vocabulary.CODEC.current)


@faults.on_respond
def _bad_page_token_accepted(inner: Respond, request: Request) -> Response:
    """An invalid page token starts again from the first page."""
    response = inner(request)
    if response.status == 400 and b'"code":21481' in response.body:
        return _dropped(inner, request, lambda name, value: name in ("Page", "PageToken"))
    return response


# Refused


@faults.on_respond
def _large_page_refused(inner: Respond, request: Request) -> Response:
    """Pages have at most a hundred rows, as in other lists of the vendor's."""
    return _refused(inner, request, lambda name, value: name == "PageSize" and value.isdecimal() and int(value) > 100)


@faults.on_respond
def _opus_refused(inner: Respond, request: Request) -> Response:
    """The filter knows only the codecs of before 2024."""
    return _refused(inner, request, lambda name, value: (name, value) == ("Codec", "opus"))


@faults.on_respond
def _repeated_filter_refused(inner: Respond, request: Request) -> Response:
    """A filter may be given only once."""
    names = [name for name, _ in parse_qsl(request.query.decode("latin-1"), keep_blank_values=True)]
    return _refused(inner, request, lambda name, value: names.count(name) > 1)


@faults.on_respond
def _offset_refused(inner: Respond, request: Request) -> Response:
    """Bounds must be in UTC and end in Z."""
    return _refused(
        inner,
        request,
        lambda name, value: name in ("CreatedAfter", "CreatedBefore") and _is_date(value) and value[-1] not in "zZ",
    )


@faults.on_respond
def _foreign_name_refused(inner: Respond, request: Request) -> Response:
    """A room's name must be ASCII."""
    return _refused(inner, request, lambda name, value: name == "RoomName" and not value.isascii())


@faults.on_respond
def _page_tokens_refused(inner: Respond, request: Request) -> Response:
    """Tokens are forgotten as soon as they are given."""
    return _refused(inner, request, lambda name, value: name == "PageToken", INVALID_PAGE_TOKEN)


# Read otherwise


@faults.on_respond
def _offset_ignored(inner: Respond, request: Request) -> Response:
    """The offset of a bound is dropped, as clients drop it: so time zones get lost."""

    def change(name: str, value: str) -> tuple[str, str]:
        bound = name in ("CreatedAfter", "CreatedBefore") and _is_date(value)
        return name, value[:19] + "Z" if bound else value

    return inner(with_query(request, change))


@faults.on_respond
def _other_default_page_size(inner: Respond, request: Request) -> Response:
    """Pages have twenty rows unless told otherwise."""
    if b"PageSize=" in request.query or request.path.count("/") not in (3, 5):
        return inner(request)
    return inner(replace(request, query=b"&".join(filter(None, (request.query, b"PageSize=20")))))


Matches = Callable[[str, str], bool]


def _dropped(inner: Respond, request: Request, matches: Matches) -> Response:
    return inner(with_query(request, lambda name, value: None if matches(name, value) else (name, value)))


def _refused(inner: Respond, request: Request, matches: Matches, code: int = INVALID_PARAMETER) -> Response:
    response = inner(request)
    pairs = parse_qsl(request.query.decode("latin-1"), keep_blank_values=True)
    if response.status == 200 and any(matches(name, value) for name, value in pairs):
        return replace(response, status=400, body=BadRequestError("Invalid parameter", code).body())
    return response


def _is_date(value: str) -> bool:
    try:
        rfc3339.parse(value)
    except ValueError:
        return False
    return True
