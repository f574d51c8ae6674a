"""A service in memory, for tests of programs that use this package: no network, no account.

    service = testing.Service()
    service.add(testing.example(models.Room))
    with service.client() as client:
        assert len(list(client.rooms.iterate())) == 1

It answers what is listed and fetched, page by page, and errors as the service has them. Filters that name a property of a
row choose by it; any other filter is refused, because a test that passes without it would prove nothing. It is no evidence of
what the real service does.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, urlencode

import httpx

from . import errors, models
from .client import AsyncClient, Client
from .types import Answer

M = TypeVar("M", bound=Answer)

ORIGIN = "https://testing.invalid"

EXAMPLES: Mapping[type[Answer], str] = {
    models.Room: '{"account_sid": "AC00000000a1b2c3d4e5f60718293a4b5c", "room_sid": "RM000000001f0e4c5b7a3d9e8f6c2b4a15", "room_name": "weekly-review", "create_time": "2026-11-20T20:08:56Z", "end_time": "2026-11-20T20:38:56Z", "room_type": "group", "room_status": "completed", "status_callback": "https://app.example.com/video-events", "status_callback_method": "POST", "created_method": "sdk", "end_reason": "room_ended_via_api", "max_participants": 50, "unique_participants": 3, "unique_participant_identities": 2, "concurrent_participants": 2, "max_concurrent_participants": 50, "codecs": ["VP8", "opus"], "media_region": "us1", "duration_sec": 1800, "total_participant_duration_sec": 4100, "total_recording_duration_sec": 0, "processing_state": "complete", "recording_enabled": false, "edge_location": "ashburn", "url": "https://insights.twilio.com/v1/Video/Rooms/RM000000001f0e4c5b7a3d9e8f6c2b4a15", "links": {"participants": "https://insights.twilio.com/v1/Video/Rooms/RM000000001f0e4c5b7a3d9e8f6c2b4a15/Participants"}}',
    models.Participant: '{"participant_sid": "PA00000000c3d2e1f0a9b8c7d6e5f40312", "participant_identity": "identity-0001", "join_time": "2026-11-20T20:09:10Z", "leave_time": "2026-11-20T20:38:50Z", "duration_sec": 1780, "account_sid": "AC00000000a1b2c3d4e5f60718293a4b5c", "room_sid": "RM000000001f0e4c5b7a3d9e8f6c2b4a15", "status": "disconnected", "codecs": ["VP8", "opus"], "end_reason": "participant_disconnected_because_of_duplicate_identity", "error_code": 53205, "error_code_url": "https://www.twilio.com/docs/errors/53205", "media_region": "us1", "properties": {"recordOnConnect": false, "numAudioTracks": 1, "numVideoTracks": 1, "numDataTracks": 0, "isAdhoc": false}, "edge_location": "ashburn", "publisher_info": {"name": "twilio-video-js", "sdk_version": "2.31.0"}, "url": "https://insights.twilio.com/v1/Video/Rooms/RM000000001f0e4c5b7a3d9e8f6c2b4a15/Participants/PA00000000c3d2e1f0a9b8c7d6e5f40312"}',
}
"""An example of each resource from the document, as JSON."""


@dataclass(frozen=True)
class _Kind:
    """One kind of resource: where it is listed, and how its rows are told apart."""

    model: type[Answer]
    path: str
    rows: str
    identities: tuple[str, ...]
    size: int
    largest: int


_KINDS = (
    _Kind(
        models.Room,
        "/v1/Video/Rooms",
        "rooms",
        ("room_sid",),
        50,
        1000,
    ),
    _Kind(
        models.Participant,
        "/v1/Video/Rooms/{room_sid}/Participants",
        "participants",
        (
            "room_sid",
            "participant_sid",
        ),
        50,
        1000,
    ),
)
# Parameters that choose a page, not rows.
_PAGING = frozenset({"Page", "PageSize", "PageToken"})


def example(model: type[M], **changes: object) -> M:
    """A valid resource with few words: the document's example, with some values changed.

    ``example(models.Room, room_sid="…")``

    Args:
        model: The class of a resource.
        changes: Values by the names of keys, as JSON has them, or as Python does.

    Raises:
        errors.InvalidArgument: the document has no example of it, or no such key.
    """
    if model not in EXAMPLES:
        raise errors.InvalidArgument(
            f"{model.__name__} has no example: there are {', '.join(each.__name__ for each in EXAMPLES)}"
        )
    values = json.loads(EXAMPLES[model])
    unknown = sorted(changes.keys() - {*values, *model.__struct_encode_fields__})
    if unknown:
        raise errors.InvalidArgument(f"{model.__name__} has no key {', '.join(unknown)}")
    return model.from_dict({**values, **changes})


class Service:
    """A service in memory.

    Attributes:
        requests: What was asked for, in order: path and query.
    """

    def __init__(self) -> None:
        self._rows: dict[type[Answer], list[dict[str, Any]]] = {kind.model: [] for kind in _KINDS}
        self.requests: list[str] = []

    def add(self, *resources: Answer) -> None:
        """Add resources; those of a kind are listed in this order."""
        for each in resources:
            self._rows[type(each)].append(each.to_dict())

    def client(self, **settings: Any) -> Client:
        """A client of this service; the settings are those of ``Client``."""
        return Client("AC0", "secret", **self._settings(settings))

    def async_client(self, **settings: Any) -> AsyncClient:
        """The same, asynchronous."""
        return AsyncClient("AC0", "secret", **self._settings(settings))

    def _settings(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {"base_url": ORIGIN, "retry": None, **settings}
        return {**given, "httpx_args": {**(given.get("httpx_args") or {}), "transport": self.transport()}}

    def transport(self) -> httpx.MockTransport:
        """What stands in for the network, for ``httpx_args={"transport": …}``; synchronous and asynchronous."""
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.url.raw_path.decode())
        for kind in _KINDS:
            pattern = re.sub(r"\\\{[^}]*\\\}", "([^/]+)", re.escape(kind.path))
            listed, fetched = (
                re.fullmatch(pattern, request.url.path),
                re.fullmatch(f"{pattern}/([^/]+)", request.url.path),
            )
            if listed and self._has(kind.identities, listed.groups()):
                return self._page(kind, request, dict(zip(kind.identities, listed.groups(), strict=False)))
            if fetched:
                found = [
                    each
                    for each in self._rows[kind.model]
                    if [each[name] for name in kind.identities] == [*fetched.groups()]
                ]
                if found:
                    return httpx.Response(200, json=found[0])
        return httpx.Response(
            404, json={"code": 20404, "message": "The requested resource was not found", "more_info": "", "status": 404}
        )

    def _has(self, identities: tuple[str, ...], above: tuple[str, ...]) -> bool:
        """Whether the resource that a list lies below exists."""
        held = [row for rows in self._rows.values() for row in rows]
        return all(any(row.get(name) == value for row in held) for name, value in zip(identities, above, strict=False))

    def _page(self, kind: _Kind, request: httpx.Request, above: Mapping[str, str]) -> httpx.Response:
        query = parse_qs(request.url.query.decode(), keep_blank_values=True)
        rows = [each for each in self._rows[kind.model] if all(each[name] == value for name, value in above.items())]
        for name, wanted in query.items():
            if name not in _PAGING:
                rows = [each for each in rows if self._fits(kind, each, name, wanted)]
        size = min(int(query.get("PageSize", [str(kind.size)])[0]), kind.largest)
        number = int(query.get("Page", ["0"])[0])

        def url(page: int) -> str:
            return f"{ORIGIN}{request.url.path}?{urlencode({**query, 'PageSize': size, 'Page': page}, doseq=True)}"

        more = len(rows) > (number + 1) * size
        meta = {
            "key": kind.rows,
            "page": number,
            "page_size": size,
            "url": url(number),
            "first_page_url": url(0),
            "next_page_url": url(number + 1) if more else None,
            "previous_page_url": url(number - 1) if number else None,
        }
        return httpx.Response(200, json={kind.rows: rows[number * size : (number + 1) * size], "meta": meta})

    def _fits(self, kind: _Kind, row: Mapping[str, Any], parameter: str, wanted: list[str]) -> bool:
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", parameter).lower()
        names = [each for each in (name, f"{name}s") if each in kind.model.__struct_encode_fields__]
        if not names:
            raise errors.InvalidArgument(
                f"testing: {parameter} names no property of a {kind.model.__name__}: choose the rows by hand"
            )
        held: Any = row[names[0]]
        values = cast("list[object]", held) if isinstance(held, list) else [held]
        return any(each in wanted for each in values)
