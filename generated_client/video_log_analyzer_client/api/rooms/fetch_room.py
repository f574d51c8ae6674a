from typing import TYPE_CHECKING

from ... import requests
from ...models.error import Error
from ...models.room import Room
from ...requests import Request
from ...types import Response

if TYPE_CHECKING:
    from ...client import AsyncClient, Client


def request(
    room_sid: str,
) -> Request[Room]:
    """What ``sync`` and the others send; raises ``errors.InvalidArgument``."""
    return Request(
        "fetch_room",
        requests.path(
            "/v1/Video/Rooms/{room_sid}",
            room_sid=room_sid,
        ),
        (),
        Room,
        Error,
        (("room_sid", room_sid),),
    )


def sync_detailed(
    room_sid: str,
    *,
    client: "Client",
) -> Response[Room | Error]:
    """Fetch a room.

    The log of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        client: The connection to use.

    Returns:
        The body with status, headers and the body's bytes; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer's status is 200, but its body is no ``Room``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = client.send(
        request(
            room_sid,
        )
    )
    return answer


def sync(
    room_sid: str,
    *,
    client: "Client",
) -> Room | Error | None:
    """Fetch a room.

    The log of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        client: The connection to use.

    Returns:
        The body; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer's status is 200, but its body is no ``Room``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = client.send(
        request(
            room_sid,
        )
    )
    return answer.parsed


async def asyncio_detailed(
    room_sid: str,
    *,
    client: "AsyncClient",
) -> Response[Room | Error]:
    """Fetch a room.

    The log of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        client: The connection to use.

    Returns:
        The body with status, headers and the body's bytes; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer's status is 200, but its body is no ``Room``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = await client.send(
        request(
            room_sid,
        )
    )
    return answer


async def asyncio(
    room_sid: str,
    *,
    client: "AsyncClient",
) -> Room | Error | None:
    """Fetch a room.

    The log of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        client: The connection to use.

    Returns:
        The body; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer's status is 200, but its body is no ``Room``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = await client.send(
        request(
            room_sid,
        )
    )
    return answer.parsed
