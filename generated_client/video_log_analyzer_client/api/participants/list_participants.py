from typing import TYPE_CHECKING

from ... import requests
from ...models.error import Error
from ...models.participant_page import ParticipantPage
from ...requests import Request
from ...types import Response

if TYPE_CHECKING:
    from ...client import AsyncClient, Client


def request(
    room_sid: str,
    *,
    page_size: int | None = 50,
    page: int | None = None,
    page_token: str | None = None,
) -> Request[ParticipantPage]:
    """What ``sync`` and the others send; raises ``errors.InvalidArgument``."""
    return Request(
        "list_participants",
        requests.path(
            "/v1/Video/Rooms/{room_sid}/Participants",
            room_sid=room_sid,
        ),
        requests.query(
            {
                "PageSize": ("page_size", page_size),
                "Page": ("page", page),
                "PageToken": ("page_token", page_token),
            }
        ),
        ParticipantPage,
        Error,
    )


def sync_detailed(
    room_sid: str,
    *,
    client: "Client",
    page_size: int | None = 50,
    page: int | None = None,
    page_token: str | None = None,
) -> Response[ParticipantPage | Error]:
    """List a room's participants.

    One page of the participants of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
        page: The index of the page, from 0, for the caller's own orientation. Above 0 it needs a `page_token`.
            Example: ``0``.
        page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of `meta`.
        client: The connection to use.

    Returns:
        The body with status, headers and the body's bytes; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer is a success, but its body is no ``ParticipantPage``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = client.send(
        request(
            room_sid,
            page_size=page_size,
            page=page,
            page_token=page_token,
        )
    )
    return answer


def sync(
    room_sid: str,
    *,
    client: "Client",
    page_size: int | None = 50,
    page: int | None = None,
    page_token: str | None = None,
) -> ParticipantPage | Error | None:
    """List a room's participants.

    One page of the participants of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
        page: The index of the page, from 0, for the caller's own orientation. Above 0 it needs a `page_token`.
            Example: ``0``.
        page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of `meta`.
        client: The connection to use.

    Returns:
        The body; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer is a success, but its body is no ``ParticipantPage``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = client.send(
        request(
            room_sid,
            page_size=page_size,
            page=page,
            page_token=page_token,
        )
    )
    return answer.parsed


async def asyncio_detailed(
    room_sid: str,
    *,
    client: "AsyncClient",
    page_size: int | None = 50,
    page: int | None = None,
    page_token: str | None = None,
) -> Response[ParticipantPage | Error]:
    """List a room's participants.

    One page of the participants of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
        page: The index of the page, from 0, for the caller's own orientation. Above 0 it needs a `page_token`.
            Example: ``0``.
        page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of `meta`.
        client: The connection to use.

    Returns:
        The body with status, headers and the body's bytes; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer is a success, but its body is no ``ParticipantPage``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = await client.send(
        request(
            room_sid,
            page_size=page_size,
            page=page,
            page_token=page_token,
        )
    )
    return answer


async def asyncio(
    room_sid: str,
    *,
    client: "AsyncClient",
    page_size: int | None = 50,
    page: int | None = None,
    page_token: str | None = None,
) -> ParticipantPage | Error | None:
    """List a room's participants.

    One page of the participants of one room.

    Args:
        room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
        page: The index of the page, from 0, for the caller's own orientation. Above 0 it needs a `page_token`.
            Example: ``0``.
        page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of `meta`.
        client: The connection to use.

    Returns:
        The body; for an error of the service
        ``Error``, or None if its body is not readable.

    Raises:
        errors.TransportError: no answer came.
        errors.UnreadableResponse: the answer is a success, but its body is no ``ParticipantPage``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = await client.send(
        request(
            room_sid,
            page_size=page_size,
            page=page,
            page_token=page_token,
        )
    )
    return answer.parsed
