"""Ways in which such an API drifts or fails, by name, to measure a check against.

A ``contract`` fault breaks what the sources say: a check must report it. ``weather`` (latency, bursts, drops) is to be
ridden out. Each fault is one small function, and its docstring's one line says what it imitates; it wraps one of the
three seams of ``App``: ``authenticate``, ``select`` (the store's page of a list) or ``respond`` (request to response).
"""

from __future__ import annotations

import difflib
import itertools
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from video_log_analyzer.emulator import rfc3339
from video_log_analyzer.emulator.app import App
from video_log_analyzer.emulator.errors import InternalError, UnauthorizedError
from video_log_analyzer.emulator.messages import Request, Response
from video_log_analyzer.emulator.pages import Select
from video_log_analyzer.emulator.selection import Filters, Rows, Selection
from video_log_analyzer.errors import UsageError

Authenticate = Callable[[Request], str]
Respond = Callable[[Request], Response]
Json = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """One fault: ``plant`` changes an app for good."""

    name: str
    kind: Literal["contract", "weather"]
    imitates: str
    plant: Callable[[App], None]


REGISTRY: dict[str, Fault] = {}


def find(names: Iterable[str]) -> list[Fault]:
    """Return the faults of these names; raises UsageError for an unknown one."""
    faults = []
    for name in names:
        if name not in REGISTRY:
            near = difflib.get_close_matches(name, REGISTRY, n=4, cutoff=0.4) or sorted(REGISTRY)
            raise UsageError(f"fault {name!r}: unknown; did you mean {', '.join(near)}?")
        faults.append(REGISTRY[name])
    return faults


# How a function becomes a fault: one decorator a seam, and one for the most common case, a change to a JSON object.


def _register(function: Callable[..., object], plant: Callable[[App], None]) -> None:
    name = function.__name__.removeprefix("_").replace("_", "-")
    REGISTRY[name] = Fault(name, "contract", (function.__doc__ or "").rstrip("."), plant)


def _on_authenticate(function: Callable[[Authenticate, Request], str]) -> None:
    def plant(app: App) -> None:
        inner = app.authenticate
        app.authenticate = lambda request: function(inner, request)

    _register(function, plant)


def _on_select(function: Callable[[Select, Selection], Rows]) -> None:
    def plant(app: App) -> None:
        inner = app.select
        app.select = lambda selection: function(inner, selection)

    _register(function, plant)


def _on_respond(function: Callable[[Respond, Request], Response]) -> None:
    def plant(app: App) -> None:
        inner = app.respond
        app.respond = lambda request: function(inner, request)

    _register(function, plant)


def _on_document(function: Callable[[Json], None]) -> None:
    """Change the JSON object of every successful answer: a list with its ``meta``, or a resource."""

    def plant(app: App) -> None:
        inner = app.respond

        def respond(request: Request) -> Response:
            response = inner(request)
            if response.status != 200:
                return response
            document = json.loads(response.body)
            function(document)
            return replace(response, body=json.dumps(document, ensure_ascii=False).encode())

        app.respond = respond

    _register(function, plant)


def _on_meta(function: Callable[[Json], None]) -> None:
    def change(document: Json) -> None:
        if "meta" in document:
            function(document["meta"])

    change.__name__, change.__doc__ = function.__name__, function.__doc__
    _on_document(change)


def _on_resource(function: Callable[[Json], None], list_key: str, own_key: str) -> None:
    def change(document: Json) -> None:
        for resource in document.get(list_key, [document] if own_key in document else []):
            function(resource)

    change.__name__, change.__doc__ = function.__name__, function.__doc__
    _on_document(change)


def _on_room(function: Callable[[Json], None]) -> None:
    _on_resource(function, "rooms", "room_name")


def _on_participant(function: Callable[[Json], None]) -> None:
    _on_resource(function, "participants", "participant_sid")


# Values


@_on_room
def _unknown_room_type(room: Json) -> None:
    """A new type of room appears on the wire first."""
    room["room_type"] = "webinar"


@_on_room
def _unknown_room_status(room: Json) -> None:
    """A third room status appears."""
    room["room_status"] = "failed"


@_on_room
def _hyphenated_room_status(room: Json) -> None:
    """The spelling of the status callbacks leaks into the API."""
    room["room_status"] = room["room_status"].replace("_", "-")
    room["processing_state"] = room["processing_state"].replace("_", "-")


@_on_room
def _unknown_created_method(room: Json) -> None:
    """Rooms can be created in a new way."""
    room["created_method"] = "console"


@_on_room
def _unknown_room_end_reason(room: Json) -> None:
    """Rooms end for a new reason."""
    room["end_reason"] = "room_failed"


@_on_room
def _unknown_processing_state(room: Json) -> None:
    """Processing gains a state, as it did in 2025."""
    room["processing_state"] = "queued"


@_on_room
def _unknown_room_codec(room: Json) -> None:
    """A new codec appears, as opus did in 2024."""
    room["codecs"] = [*room["codecs"], "AV1"]


@_on_room
def _unknown_room_region(room: Json) -> None:
    """A media region opens."""
    room["media_region"] = "ca1"


@_on_room
def _internal_room_region(room: Json) -> None:
    """An internal media region leaks, as in 2024 and 2025."""
    room["media_region"] = "stage_us1"


@_on_room
def _unknown_room_edge(room: Json) -> None:
    """An edge location opens."""
    room["edge_location"] = "montreal"


@_on_room
def _withdrawn_callback_method(room: Json) -> None:
    """A callback method of 2020 comes back."""
    room["status_callback_method"] = "PUT"


@_on_participant
def _unknown_participant_status(participant: Json) -> None:
    """Participants gain a status, as they did in 2025."""
    participant["status"] = "reconnecting"


@_on_participant
def _unknown_participant_end_reason(participant: Json) -> None:
    """Participants leave for a new reason."""
    participant["end_reason"] = "removed_by_moderator"


@_on_participant
def _unknown_participant_codec(participant: Json) -> None:
    """A codec is spelt as in the status callbacks."""
    participant["codecs"] = [codec.lower() for codec in participant["codecs"]]


@_on_participant
def _internal_participant_region(participant: Json) -> None:
    """A participant's media region is an internal one."""
    participant["media_region"] = "outside"


# Keys


@_on_room
def _missing_room_key(room: Json) -> None:
    """A room loses a key, which the Node library then fills with the present."""
    del room["end_time"]


@_on_participant
def _missing_participant_key(participant: Json) -> None:
    """A participant loses a key."""
    del participant["publisher_info"]


@_on_room
def _renamed_room_key(room: Json) -> None:
    """A key turns from snake_case to camelCase."""
    room["durationSec"] = room.pop("duration_sec")


@_on_room
def _extra_room_key(room: Json) -> None:
    """A room gains a key that nobody documented."""
    room["large_room"] = False


@_on_participant
def _renamed_property(participant: Json) -> None:
    """A key of `properties` turns from camelCase to snake_case."""
    participant["properties"]["num_audio_tracks"] = participant["properties"].pop("numAudioTracks")


@_on_meta
def _missing_meta_key(meta: Json) -> None:
    """The last page no longer says so, but leaves the key out."""
    del meta["next_page_url"]


@_on_meta
def _extra_meta_key(meta: Json) -> None:
    """A total count appears in meta."""
    meta["total"] = 150


@_on_meta
def _null_page(meta: Json) -> None:
    """A key of meta that was never nullable is null."""
    meta["page"] = None


# Types and formats


@_on_room
def _integer_as_string(room: Json) -> None:
    """A count turns into text."""
    room["unique_participants"] = str(room["unique_participants"])


@_on_room
def _string_as_integer(room: Json) -> None:
    """A room's name is all digits, and some layer made a number of it."""
    room["room_name"] = 20261121


@_on_room
def _boolean_as_string(room: Json) -> None:
    """A flag turns into text."""
    room["recording_enabled"] = str(room["recording_enabled"]).lower()


@_on_room
def _list_as_object(room: Json) -> None:
    """A list turns into an object keyed by index."""
    room["codecs"] = {str(index): codec for index, codec in enumerate(room["codecs"])}


@_on_room
def _list_as_string(room: Json) -> None:
    """A list turns into text with commas."""
    room["codecs"] = ",".join(room["codecs"])


@_on_participant
def _fractional_duration(participant: Json) -> None:
    """A duration gains milliseconds."""
    participant["duration_sec"] = (participant["duration_sec"] or 0) + 0.5


@_on_participant
def _object_as_string(participant: Json) -> None:
    """An object arrives as JSON within JSON."""
    participant["properties"] = json.dumps(participant["properties"])


@_on_meta
def _page_size_as_string(meta: Json) -> None:
    """The page size is echoed as the query spelt it."""
    meta["page_size"] = str(meta["page_size"])


@_on_room
def _bad_date(room: Json) -> None:
    """A date is written with a space, as databases do."""
    room["create_time"] = room["create_time"].replace("T", " ").rstrip("Z")


@_on_room
def _fraction_in_date(room: Json) -> None:
    """A date gains microseconds, which the vendor's Python library cannot read."""
    room["create_time"] = room["create_time"].replace("Z", ".000000Z")


@_on_participant
def _offset_in_date(participant: Json) -> None:
    """A date is written with an offset, which the vendor's Python library cannot read."""
    participant["join_time"] = participant["join_time"].replace("Z", "+00:00")


@_on_room
def _malformed_room_sid(room: Json) -> None:
    """A SID has the length of another system's identifiers."""
    room["room_sid"] += "00"


@_on_participant
def _malformed_participant_sid(participant: Json) -> None:
    """A SID has the prefix of another resource."""
    participant["participant_sid"] = "PX" + participant["participant_sid"][2:]


@_on_room
def _relative_url(room: Json) -> None:
    """A URL loses its origin, so that clients cannot follow it."""
    room["url"] = urlsplit(room["url"]).path


@_on_room
def _foreign_origin(room: Json) -> None:
    """URLs name a host behind the gateway instead of the caller's."""
    room["links"]["participants"] = "http://insights.internal" + urlsplit(room["links"]["participants"]).path


# Meaning of one resource


@_on_room
def _duration_off(room: Json) -> None:
    """A duration is counted in milliseconds."""
    room["duration_sec"] = (room["duration_sec"] or 1) * 1000


@_on_room
def _end_before_start(room: Json) -> None:
    """Start and end of a room are swapped."""
    if room["end_time"]:
        room["create_time"], room["end_time"] = room["end_time"], room["create_time"]


@_on_room
def _total_off(room: Json) -> None:
    """A total counts one second too many."""
    room["total_participant_duration_sec"] += 1


@_on_room
def _completed_without_end(room: Json) -> None:
    """A completed room has no end."""
    room["room_status"], room["end_time"] = "completed", None


@_on_document
def _list_differs_from_detail(document: Json) -> None:
    """The list is read from a replica that lags behind the details."""
    for room in document.get("rooms", []):
        room["unique_participants"] += 1


# Headers, statuses and errors


def _without_header(response: Response, name: bytes) -> Response:
    return replace(response, headers=tuple(header for header in response.headers if header[0] != name))


@_on_respond
def _no_cors(inner: Respond, request: Request) -> Response:
    """A published CORS header goes missing, and browsers refuse the answer."""
    return _without_header(inner(request), b"access-control-allow-origin")


@_on_respond
def _wrong_content_type(inner: Respond, request: Request) -> Response:
    """JSON is sent as text."""
    response = _without_header(inner(request), b"content-type")
    return replace(response, headers=(*response.headers, (b"content-type", b"text/html; charset=utf-8")))


@_on_respond
def _no_challenge(inner: Respond, request: Request) -> Response:
    """A 401 does not say how to authenticate."""
    return _without_header(inner(request), b"www-authenticate")


@_on_respond
def _no_allow(inner: Respond, request: Request) -> Response:
    """A 405 does not say which methods are allowed."""
    return _without_header(inner(request), b"allow")


@_on_respond
def _wrong_error_shape(inner: Respond, request: Request) -> Response:
    """Errors take the shape of a gateway's."""
    response = inner(request)
    return replace(response, body=b'{"error":"request failed"}') if response.status >= 400 else response


@_on_respond
def _html_errors(inner: Respond, request: Request) -> Response:
    """Errors are pages for people."""
    response = inner(request)
    if response.status < 400:
        return response
    response = _without_header(response, b"content-type")
    return replace(response, headers=(*response.headers, (b"content-type", b"text/html")), body=b"<h1>Error</h1>")


@_on_respond
def _status_203(inner: Respond, request: Request) -> Response:
    """A proxy in between answers with a success that nobody documented."""
    response = inner(request)
    return replace(response, status=203) if response.status == 200 else response


@_on_respond
def _status_418(inner: Respond, request: Request) -> Response:
    """A status that nobody documented takes the place of 404."""
    response = inner(request)
    return replace(response, status=418) if response.status == 404 else response


@_on_respond
def _participants_fail(inner: Respond, request: Request) -> Response:
    """One operation is broken for good."""
    response = inner(request)
    if response.status == 200 and request.path.endswith("/Participants"):
        return replace(response, status=500, body=InternalError().body())
    return response


@_on_respond
def _post_accepted(inner: Respond, request: Request) -> Response:
    """Any method is taken for a GET."""
    return inner(replace(request, method="GET"))


@_on_authenticate
def _wrong_secret_accepted(inner: Authenticate, request: Request) -> str:
    """Whoever knows an account's SID gets in."""
    try:
        return inner(request)
    except UnauthorizedError:
        user, _ = request.credentials() or ("", "")
        if user.startswith("AC"):
            return user
        raise


# Parameters


def _with_query(request: Request, change: Callable[[str, str], tuple[str, str] | None]) -> Request:
    pairs = (change(name, value) for name, value in parse_qsl(request.query.decode("latin-1"), keep_blank_values=True))
    return replace(request, query=urlencode([pair for pair in pairs if pair]).encode())


@_on_respond
def _page_size_clamped(inner: Respond, request: Request) -> Response:
    """A page size above the maximum becomes the maximum without a word."""
    return inner(
        _with_query(
            request,
            lambda name, value: (
                (name, "1000") if name == "PageSize" and value.isdecimal() and int(value) > 1000 else (name, value)
            ),
        )
    )


@_on_respond
def _bad_date_accepted(inner: Respond, request: Request) -> Response:
    """A filter that is no date-time is dropped without a word."""

    def change(name: str, value: str) -> tuple[str, str] | None:
        if name in ("CreatedAfter", "CreatedBefore"):
            try:
                rfc3339.parse(value)
            except ValueError:
                return None
        return name, value

    return inner(_with_query(request, change))


@_on_respond
def _bad_page_token_accepted(inner: Respond, request: Request) -> Response:
    """An invalid page token starts again from the first page."""
    response = inner(request)
    if response.status == 400 and b'"code":21481' in response.body:
        return inner(_with_query(request, lambda name, value: None if name in ("Page", "PageToken") else (name, value)))
    return response


# Filters


def _with_filters(selection: Selection, **changes: Any) -> Selection:
    return replace(selection, filters=replace(selection.filters, **changes))


@_on_select
def _room_type_ignored(inner: Select, selection: Selection) -> Rows:
    """The RoomType filter is accepted and not applied."""
    return inner(_with_filters(selection, room_types=()))


@_on_select
def _codec_half_applied(inner: Select, selection: Selection) -> Rows:
    """Of a repeated Codec only the first counts."""
    return inner(_with_filters(selection, codecs=selection.filters.codecs[:1]))


@_on_select
def _room_name_prefix(inner: Select, selection: Selection) -> Rows:
    """RoomName finds every name that begins with it."""
    name = selection.filters.room_name
    if name is None:
        return inner(selection)
    rows = inner(_with_filters(replace(selection, limit=10_000), room_name=None)).rows
    # Not strict, because a body in the store contains the placeholder of the origin, a control character.
    matching = [row for row in rows if json.loads(row.body, strict=False)["room_name"].startswith(name)]
    return Rows(matching[: selection.limit], more=len(matching) > selection.limit)


@_on_select
def _created_after_exclusive(inner: Select, selection: Selection) -> Rows:
    """CreatedAfter leaves out the second that it names."""
    after = selection.filters.created_after
    return inner(selection if after is None else _with_filters(selection, created_after=after + 1))


@_on_select
def _created_before_inclusive(inner: Select, selection: Selection) -> Rows:
    """CreatedBefore includes the second that it names."""
    before = selection.filters.created_before
    return inner(selection if before is None else _with_filters(selection, created_before=before + 1))


@_on_select
def _no_default_window(inner: Select, selection: Selection) -> Rows:
    """Without bounds the list shows all seven days."""
    if selection.room_sid is None and selection.filters.default_window:
        return inner(_with_filters(selection, created_after=0))
    return inner(selection)


def _other_account_leaked(app: App) -> None:
    """Lists show another account's rooms too."""
    inner = app.select

    def select(selection: Selection) -> Rows:
        found = inner(selection)
        if selection.cursor is not None:
            return found
        other = next(one.sid for one in app.store.accounts() if one.sid != selection.account_sid)
        return Rows([*inner(replace(selection, account_sid=other, limit=1)).rows, *found.rows], found.more)

    app.select = select


_register(_other_account_leaked, _other_account_leaked)


@_on_select
def _other_rooms_participants(inner: Select, selection: Selection) -> Rows:
    """The participants of a room include one of another room."""
    found = inner(selection)
    if selection.room_sid is None or selection.cursor is not None:
        return found
    rooms = inner(replace(selection, room_sid=None, filters=Filters(created_after=0), limit=50)).rows
    strangers = (
        stranger
        for room in rooms
        if room.sid != selection.room_sid
        for stranger in inner(replace(selection, room_sid=room.sid, limit=1)).rows
    )
    return Rows([*itertools.islice(strangers, 1), *found.rows], found.more)


# Paging


@_on_select
def _page_size_ignored(inner: Select, selection: Selection) -> Rows:
    """Pages always have fifty rows, whatever is asked for."""
    return inner(replace(selection, limit=50))


@_on_select
def _page_repeats_row(inner: Select, selection: Selection) -> Rows:
    """A page begins with the last row of the page before."""
    if selection.cursor is None or selection.backward:
        return inner(selection)
    return inner(replace(selection, cursor=replace(selection.cursor, after=False)))


@_on_select
def _page_skips_row(inner: Select, selection: Selection) -> Rows:
    """A row falls between two pages."""
    found = inner(selection)
    return found if selection.cursor is None or len(found.rows) == 1 else Rows(found.rows[1:], found.more)


@_on_select
def _pages_end_early(inner: Select, selection: Selection) -> Rows:
    """The second page claims to be the last."""
    found = inner(selection)
    return found if selection.cursor is None else Rows(found.rows, more=False)


@_on_select
def _wrong_order(inner: Select, selection: Selection) -> Rows:
    """The rows of a page come in the order of their SIDs."""
    found = inner(selection)
    return Rows(sorted(found.rows, key=lambda row: row.sid), found.more)


@_on_meta
def _next_page_loops(meta: Json) -> None:
    """The next page is this page, for ever."""
    if meta["next_page_url"]:
        meta["next_page_url"] = meta["url"]


@_on_meta
def _no_last_page(meta: Json) -> None:
    """The last page leads on to the first."""
    meta["next_page_url"] = meta["next_page_url"] or meta["first_page_url"]


@_on_meta
def _wrong_first_page_url(meta: Json) -> None:
    """first_page_url forgets the filters and the page size."""
    meta["first_page_url"] = meta["first_page_url"].partition("?")[0] + "?PageSize=50&Page=0"


@_on_meta
def _wrong_key(meta: Json) -> None:
    """meta.key names a list that is not in the answer."""
    meta["key"] = "items"


@_on_meta
def _wrong_page(meta: Json) -> None:
    """Pages are counted from one."""
    meta["page"] += 1
