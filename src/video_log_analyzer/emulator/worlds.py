"""The worlds that the emulator can live in: for each assumption, what else a sensible service might do.

``D17=in-progress-listed`` is the answer ``in-progress-listed`` to the probe of decision D17. Nothing here reads the
ledger: a test compares the names. Without a world the emulator does what the decisions say.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from contract_kit.catalogue import Catalogue
from contract_kit.emulator import rfc3339
from contract_kit.emulator.faults.hooks import Json, with_query, without_header
from contract_kit.emulator.faults.registry import Fault, Respond
from contract_kit.emulator.messages import Request, Response
from contract_kit.errors import UsageError
from video_log_analyzer.emulator.errors import NotFoundError, error_body
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily, only
from video_log_analyzer.emulator.pages import Select
from video_log_analyzer.emulator.selection import PageSelection, Rows

_DAY = 86_400
_PUBLISHED_PARAMETERS = frozenset(
    {"RoomType", "Codec", "RoomName", "CreatedAfter", "CreatedBefore", "PageSize", "Page", "PageToken"}
)


class World(ApiFaultFamily):
    """The other answers to the probe of one decision; each is one small function."""

    def __init__(self, decision: str) -> None:
        super().__init__(decision, "alternative")

    def add(self, function: Callable[..., object], plant: Callable[[Any], None]) -> None:
        """Add an answer: ``_kept_longer`` of D17 becomes ``D17=kept-longer``."""
        super().add(function, plant)
        last = self._faults[-1]
        self._faults[-1] = replace(last, name=f"{self._name}={last.name}")


d6, d10, d11, d14, d15, d17, d18, d19 = map(World, ("D6", "D10", "D11", "D14", "D15", "D17", "D18", "D19"))
d20, d21, d22, d25, d26, d28, d30, d31 = map(World, ("D20", "D21", "D22", "D25", "D26", "D28", "D30", "D31"))
d33, d35 = map(World, ("D33", "D35"))


def _ended(room: Json) -> int | None:
    return None if room.get("end_time") is None else rfc3339.parse(room["end_time"])


@d6.on_participant
def _reason_always(participant: Json) -> None:
    """Whoever left has a reason, in an ordinary way, too."""
    if participant.get("leave_time") and participant.get("end_reason") is None:
        participant["end_reason"] = "unknown"


@d6.on_participant
def _further_reasons(participant: Json) -> None:
    """There are reasons that no list has."""
    if participant.get("end_reason"):
        participant["end_reason"] = "left_the_room"


@d10.on_participant
def _snake_case_keys(participant: Json) -> None:
    """The keys of properties are in snake_case."""
    properties = participant["properties"]
    participant["properties"] = {re.sub("[A-Z]", lambda m: f"_{m[0].lower()}", k): v for k, v in properties.items()}


@d10.on_participant
def _further_keys(participant: Json) -> None:
    """The publisher's browser and device are told."""
    if participant.get("publisher_info"):
        participant["publisher_info"]["browser"] = "firefox"


@d10.on_participant
def _text_for_numbers(participant: Json) -> None:
    """Counts of tracks are text."""
    properties = participant["properties"]
    participant["properties"] = {k: str(v) if type(v) is int else v for k, v in properties.items()}


@d11.on_room
def _further_links(room: Json) -> None:
    """A room links to its recordings."""
    room["links"]["recordings"] = room["url"] + "/Recordings"


@d14.on_participant
def _text_codes(participant: Json) -> None:
    """Error codes are text."""
    if participant.get("error_code") is not None:
        participant["error_code"] = str(participant["error_code"])


@d15.on_document
def _null_keys_absent(document: Json) -> None:
    """What has no value is left out."""
    for rows in (document.get("rooms"), document.get("participants"), [document]):
        for row in rows or []:
            for key in [key for key, value in row.items() if value is None]:
                del row[key]


@d15.on_participant
def _untold_objects_absent(participant: Json) -> None:
    """Participants have neither properties nor publisher info."""
    del participant["properties"], participant["publisher_info"]


@d17.on_select
def _bounds_within_window(inner: Select, selection: PageSelection) -> Rows:
    """Bounds narrow the window of 24 hours; what ended before stays out."""
    if selection.room_sid is not None or selection.filters.default_window:
        return inner(selection)
    start = selection.now - _DAY
    return only(inner, selection, lambda room: (ended := _ended(room)) is None or ended > start)


@d17.on_select
def _bounds_on_end_time(inner: Select, selection: PageSelection) -> Rows:
    """The bounds act on the end of a room; one in progress has none and is not in the list."""
    filters = selection.filters
    if selection.room_sid is not None or filters.default_window:
        return inner(selection)
    after, before = filters.created_after, filters.created_before
    everything = replace(selection, filters=replace(filters, created_after=0, created_before=None))

    def keep(room: Json) -> bool:
        ended = _ended(room)
        return ended is not None and (after is None or ended >= after) and (before is None or ended < before)

    return only(inner, everything, keep)


@d17.on_select
def _in_progress_listed(inner: Select, selection: PageSelection) -> Rows:
    """The list without bounds has rooms in progress, too."""
    return inner(replace(selection, in_progress_in_default_window=True))


@d17.on_select
def _completed_only_with_bounds(inner: Select, selection: PageSelection) -> Rows:
    """Rooms in progress are in no list."""
    if selection.room_sid is not None or selection.filters.default_window:
        return inner(selection)
    return only(inner, selection, lambda room: room["end_time"] is not None)


@d17.on_select
def _after_exclusive(inner: Select, selection: PageSelection) -> Rows:
    """A room that starts at CreatedAfter is not in the list."""
    after = selection.filters.created_after
    moved = None if after is None else after + 1
    return inner(replace(selection, filters=replace(selection.filters, created_after=moved)))


@d17.on_select
def _before_inclusive(inner: Select, selection: PageSelection) -> Rows:
    """A room that starts at CreatedBefore is in the list."""
    before = selection.filters.created_before
    moved = None if before is None else before + 1
    return inner(replace(selection, filters=replace(selection.filters, created_before=moved)))


def _aged(room: Json, resources: Iterable[Json]) -> None:
    """Make the times of a room's resources six days older, if the room ended four days ago."""
    if (_ended(room) or time.time()) < time.time() - 4 * _DAY:
        for resource in resources:
            for key in ("create_time", "end_time", "join_time", "leave_time"):
                if resource.get(key):
                    resource[key] = rfc3339.render(rfc3339.parse(resource[key]) - 6 * _DAY)


@d17.on_respond
def _kept_longer(inner: Respond, request: Request) -> Response:
    """Rooms are there for longer than seven days: those of four days ago are ten days old."""
    response = inner(request)
    if response.status != 200:
        return response
    document = json.loads(response.body)
    if below := re.fullmatch(r"(/v1/Video/Rooms/[^/]+)/Participants.*", request.path):
        room = json.loads(inner(replace(request, path=below[1], query=b"")).body)
        _aged(room, document.get("participants") or [document])
    else:
        for room in document.get("rooms") or [document]:
            _aged(room, [room])
    return replace(response, body=json.dumps(document).encode())


def _paging(inner: Respond, request: Request, change: Callable[[str, str], tuple[str, str] | None]) -> Response:
    return inner(with_query(request, change)) if request.query else inner(request)


def _is_list(request: Request) -> bool:
    return request.path.endswith(("/Rooms", "/Participants"))


@d18.on_respond
def _twenty_by_default(inner: Respond, request: Request) -> Response:
    """Twenty rows, where the request does not say how many."""
    if _is_list(request) and b"PageSize" not in request.query:
        query = request.query + (b"&" if request.query else b"") + b"PageSize=20"
        return inner(replace(request, query=query))
    return inner(request)


@d18.on_respond
def _too_large_clamped(inner: Respond, request: Request) -> Response:
    """A page size above the maximum becomes the maximum."""

    def change(name: str, value: str) -> tuple[str, str]:
        return name, "1000" if name == "PageSize" and value.isdigit() and int(value) > 1000 else value

    return _paging(inner, request, change)


@d18.on_respond
def _zero_is_default(inner: Respond, request: Request) -> Response:
    """A page size below one is as none."""
    return _paging(inner, request, lambda name, value: None if (name, value) == ("PageSize", "0") else (name, value))


@d18.on_respond
def _page_ignored(inner: Respond, request: Request) -> Response:
    """Page without a token is ignored."""
    if b"PageToken" in request.query:
        return inner(request)
    return _paging(inner, request, lambda name, value: None if name == "Page" else (name, value))


@d19.on_error
def _other_error_body(response: Response) -> Response:
    """Errors have another shape."""
    told = json.loads(response.body)
    return replace(response, body=json.dumps({"error": {"code": told["code"], "message": told["message"]}}).encode())


@d19.on_error
def _no_challenge(response: Response) -> Response:
    """A 401 does not say how to authenticate."""
    return without_header(response, b"www-authenticate")


def _without_cors(response: Response) -> Response:
    kept = tuple(header for header in response.headers if not header[0].startswith(b"access-control-"))
    return replace(response, headers=kept)


@d20.on_response
def _no_cors(response: Response) -> Response:
    """There are no CORS headers."""
    return _without_cors(response)


@d20.on_respond
def _cors_for_origins(inner: Respond, request: Request) -> Response:
    """Only who names an origin gets CORS headers."""
    response = inner(request)
    return response if request.headers.get("origin") else _without_cors(response)


@d21.on_participant
def _null_identities(participant: Json) -> None:
    """Who is still there has no SID yet."""
    if participant.get("leave_time") is None:
        participant["participant_sid"] = None


def _is_refused(response: Response) -> bool:
    return response.status == 404


def _refused(response: Response, message: str) -> Response:
    """A 400 in the place of an answer, with its headers."""
    return replace(response, status=400, body=error_body(400, 20001, message))


@d22.on_respond
def _path_first(inner: Respond, request: Request) -> Response:
    """An unknown path is told to everybody."""
    response = inner(request)
    if response.status == 401 and not request.path.startswith("/v1/Video/Rooms"):
        return without_header(
            replace(response, status=404, body=NotFoundError(request.path).body()), b"www-authenticate"
        )
    return response


@d22.on_respond
def _unknown_path_400(inner: Respond, request: Request) -> Response:
    """An unknown path is a bad request."""
    response = inner(request)
    is_known = re.fullmatch(r"/v1/Video/Rooms(/.*)?", request.path)
    return _refused(response, "Bad request") if _is_refused(response) and not is_known else response


@d22.on_respond
def _slash_served(inner: Respond, request: Request) -> Response:
    """A slash at the end means nothing."""
    return inner(replace(request, path=request.path.rstrip("/")))


@d22.on_respond
def _malformed_400(inner: Respond, request: Request) -> Response:
    """A malformed SID is a bad request."""
    response = inner(request)
    found = re.fullmatch(r"/v1/Video/Rooms/([^/]+)(?:/.*)?", request.path)
    is_malformed = found and not re.fullmatch(r"RM[0-9a-fA-F]{32}", found[1])
    return _refused(response, "Invalid RoomSid") if _is_refused(response) and is_malformed else response


@d25.on_room
def _status_lags(room: Json) -> None:
    """A room that has ended is still called in progress."""
    if room.get("end_time"):
        room["room_status"] = "in_progress"


@d26.on_room
def _now_participants(room: Json) -> None:
    """concurrent_participants is how many are there now."""
    if room.get("end_time"):
        room["concurrent_participants"] = 0


@d26.on_room
def _identities_counted(room: Json) -> None:
    """Who comes back counts once."""
    room["unique_participants"] = room["unique_participant_identities"]


@d28.on_response
def _no_request_id(response: Response) -> Response:
    """No answer has an id."""
    return without_header(response, b"twilio-request-id")


@d30.on_select
def _go_two_days(inner: Select, selection: PageSelection) -> Rows:
    """Rooms of type go are gone after two days."""
    if selection.room_sid is not None:
        return inner(selection)
    start = selection.now - 2 * _DAY

    def keep(room: Json) -> bool:
        return room["room_type"] != "go" or (ended := _ended(room)) is None or ended > start

    return only(inner, selection, keep)


@d31.on_respond
def _unknown_refused(inner: Respond, request: Request) -> Response:
    """A query parameter that nobody published is refused, and named."""
    names = [pair.partition("=")[0] for pair in request.query.decode("latin-1").split("&") if pair]
    unknown = next((name for name in names if name not in _PUBLISHED_PARAMETERS), None)
    response = inner(request)
    return response if unknown is None or response.status >= 400 else _refused(response, f"Unknown parameter {unknown}")


def _spelled(row: Json) -> None:
    if row.get("edge_location"):
        row["edge_location"] = row["edge_location"].replace("_", "-").capitalize()


@d33.on_document
def _edges_otherwise(document: Json) -> None:
    """Edges are spelled with a hyphen and a capital letter."""
    for rows in (document.get("rooms"), document.get("participants"), [document]):
        for row in rows or []:
            _spelled(row)


@d35.on_room
def _event_words(room: Json) -> None:
    """The status has a hyphen, as in events."""
    room["room_status"] = room["room_status"].replace("_", "-")


class WorldRegistry(Catalogue[Fault]):
    """Every other answer of every probe.

    They are planted in the order of this module, whatever order they are named in: the later ones see first what is
    asked, and last what is answered.
    """

    what = "world"
    all_names = "--list-worlds names all of them"

    def planted(self, names: Iterable[str]) -> list[Fault]:
        """Return the worlds of these names in the order in which they are planted. Raises as ``find`` does."""
        found = self.find(names)
        return [each for each in self if each in found]

    def chosen(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the names of worlds: ``D17=a,D18=b`` may stand together; ``random:SEED`` is one for some decisions.

        Raises UsageError for an unknown one.
        """
        names: list[str] = []
        for each in (part.strip() for text in texts for part in text.split(",")):
            kind, _, seed = each.partition(":")
            if kind == "random":
                if not seed.isdigit():
                    raise UsageError(f"world {each!r}: expected random:SEED with a number, such as random:7")
                names += self.drawn(int(seed))
            else:
                names.append(each)
        self.find(names)
        return tuple(dict.fromkeys(names))

    def drawn(self, seed: int) -> list[str]:
        """Return a random world: for each clause of each decision the decided answer, or another one."""
        chance = random.Random(seed)  # noqa: S311  no secret
        return [each for group in _exclusive(self) for each in chance.choice([(), (chance.choice(group),)])]


# Answers to one clause exclude each other; all others may hold together.
_OF_ONE_CLAUSE = (
    ("D6=reason-always",),
    ("D6=further-reasons",),
    ("D10=snake-case-keys", "D10=further-keys"),
    ("D15=null-keys-absent", "D15=untold-objects-absent"),
    ("D20=no-cors", "D20=cors-for-origins"),
)


def _exclusive(registry: WorldRegistry) -> Sequence[tuple[str, ...]]:
    grouped = {name for group in _OF_ONE_CLAUSE for name in group}
    return (*_OF_ONE_CLAUSE, *((each.name,) for each in registry if each.name not in grouped))


WORLDS = WorldRegistry(
    # What errors look like comes last, because others make errors, too.
    [d6, d10, d11, d14, d15, d17, d18, d20, d21, d22, d25, d26, d28, d30, d31, d33, d35, d19]
)

__all__ = ["WORLDS"]
