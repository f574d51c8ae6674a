from typing import TYPE_CHECKING

from ... import requests
from ...models.error import Error
from ...models.participant import Participant
from ...requests import Request
from ...types import Response

if TYPE_CHECKING:
    from ...client import AsyncClient, Client


def request(
    room_sid: str,
    participant_sid: str,
) -> Request[Participant]:
    """What ``sync`` and the others send; raises ``errors.InvalidArgument``."""
    return Request(
        "fetch_participant",
        requests.path(
            "/v1/Video/Rooms/{room_sid}/Participants/{participant_sid}",
            room_sid=room_sid,
            participant_sid=participant_sid,
        ),
        (),
        Participant,
        Error,
        (
            ("room_sid", room_sid),
            ("participant_sid", participant_sid),
        ),
    )


def sync_detailed(
    room_sid: str,
    participant_sid: str,
    *,
    client: "Client",
) -> Response[Participant | Error]:
    """Fetch a participant.

    The log of one participant of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        participant_sid: Which participant of the room. Example: ``PA00000000c3d2e1f0a9b8c7d6e5f40312``.
        client: The connection to use.

    Returns:
        The body with status, headers and the body's bytes; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer's status is 200, but its body is no ``Participant``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = client.send(
        request(
            room_sid,
            participant_sid,
        )
    )
    return answer


def sync(
    room_sid: str,
    participant_sid: str,
    *,
    client: "Client",
) -> Participant | Error | None:
    """Fetch a participant.

    The log of one participant of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        participant_sid: Which participant of the room. Example: ``PA00000000c3d2e1f0a9b8c7d6e5f40312``.
        client: The connection to use.

    Returns:
        The body; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer's status is 200, but its body is no ``Participant``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = client.send(
        request(
            room_sid,
            participant_sid,
        )
    )
    return answer.parsed


async def asyncio_detailed(
    room_sid: str,
    participant_sid: str,
    *,
    client: "AsyncClient",
) -> Response[Participant | Error]:
    """Fetch a participant.

    The log of one participant of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        participant_sid: Which participant of the room. Example: ``PA00000000c3d2e1f0a9b8c7d6e5f40312``.
        client: The connection to use.

    Returns:
        The body with status, headers and the body's bytes; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer's status is 200, but its body is no ``Participant``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = await client.send(
        request(
            room_sid,
            participant_sid,
        )
    )
    return answer


async def asyncio(
    room_sid: str,
    participant_sid: str,
    *,
    client: "AsyncClient",
) -> Participant | Error | None:
    """Fetch a participant.

    The log of one participant of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        participant_sid: Which participant of the room. Example: ``PA00000000c3d2e1f0a9b8c7d6e5f40312``.
        client: The connection to use.

    Returns:
        The body; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer's status is 200, but its body is no ``Participant``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = await client.send(
        request(
            room_sid,
            participant_sid,
        )
    )
    return answer.parsed
