import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ... import requests
from ...models.codec import Codec
from ...models.error import Error
from ...models.room_page import RoomPage
from ...models.room_type import RoomType
from ...requests import Request
from ...types import Response

if TYPE_CHECKING:
    from ...client import AsyncClient, Client


def request(
    *,
    room_type: Iterable[RoomType | str] | RoomType | str | None = None,
    codec: Iterable[Codec | str] | Codec | str | None = None,
    room_name: str | None = None,
    created_after: datetime.datetime | None = None,
    created_before: datetime.datetime | None = None,
    page_size: int | None = 50,
    page: int | None = None,
    page_token: str | None = None,
) -> Request[RoomPage]:
    """What ``sync`` and the others send; raises ``errors.InvalidArgument``."""
    return Request(
        "list_rooms",
        "/v1/Video/Rooms",
        requests.query(
            {
                "RoomType": ("room_type", room_type),
                "Codec": ("codec", codec),
                "RoomName": ("room_name", room_name),
                "CreatedAfter": ("created_after", created_after),
                "CreatedBefore": ("created_before", created_before),
                "PageSize": ("page_size", page_size),
                "Page": ("page", page),
                "PageToken": ("page_token", page_token),
            }
        ),
        RoomPage,
        Error,
    )


def sync_detailed(
    *,
    client: "Client",
    room_type: Iterable[RoomType | str] | RoomType | str | None = None,
    codec: Iterable[Codec | str] | Codec | str | None = None,
    room_name: str | None = None,
    created_after: datetime.datetime | None = None,
    created_before: datetime.datetime | None = None,
    page_size: int | None = 50,
    page: int | None = None,
    page_token: str | None = None,
) -> Response[RoomPage | Error]:
    """List rooms.

    One page of the account's rooms. Without `created_after` and `created_before` these are the rooms that were
    completed within the last 24 hours; either of the two replaces that window, and rooms in progress then count as
    well. Filters narrow the list together; several values of one filter mean "any of these".

    Args:
        room_type: Only rooms of these types. Repeat the parameter for several. Example: ``['group',
            'group_small']``.
        codec: Only rooms in which at least one of these codecs was used. Repeat the parameter for several. Example:
            ``['VP8', 'opus']``.
        room_name: Only rooms with exactly this name. Names are not unique. Example: ``weekly-review``.
        created_after: Only rooms that started at this time or later (inclusive). Example: ``2026-11-14T00:00:00Z``.
        created_before: Only rooms that started earlier than this time (exclusive). Example:
            ``2026-11-21T00:00:00Z``.
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
        errors.UnreadableResponse: the answer is a success, but its body is no ``RoomPage``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = client.send(
        request(
            room_type=room_type,
            codec=codec,
            room_name=room_name,
            created_after=created_after,
            created_before=created_before,
            page_size=page_size,
            page=page,
            page_token=page_token,
        )
    )
    return answer


def sync(
    *,
    client: "Client",
    room_type: Iterable[RoomType | str] | RoomType | str | None = None,
    codec: Iterable[Codec | str] | Codec | str | None = None,
    room_name: str | None = None,
    created_after: datetime.datetime | None = None,
    created_before: datetime.datetime | None = None,
    page_size: int | None = 50,
    page: int | None = None,
    page_token: str | None = None,
) -> RoomPage | Error | None:
    """List rooms.

    One page of the account's rooms. Without `created_after` and `created_before` these are the rooms that were
    completed within the last 24 hours; either of the two replaces that window, and rooms in progress then count as
    well. Filters narrow the list together; several values of one filter mean "any of these".

    Args:
        room_type: Only rooms of these types. Repeat the parameter for several. Example: ``['group',
            'group_small']``.
        codec: Only rooms in which at least one of these codecs was used. Repeat the parameter for several. Example:
            ``['VP8', 'opus']``.
        room_name: Only rooms with exactly this name. Names are not unique. Example: ``weekly-review``.
        created_after: Only rooms that started at this time or later (inclusive). Example: ``2026-11-14T00:00:00Z``.
        created_before: Only rooms that started earlier than this time (exclusive). Example:
            ``2026-11-21T00:00:00Z``.
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
        errors.UnreadableResponse: the answer is a success, but its body is no ``RoomPage``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = client.send(
        request(
            room_type=room_type,
            codec=codec,
            room_name=room_name,
            created_after=created_after,
            created_before=created_before,
            page_size=page_size,
            page=page,
            page_token=page_token,
        )
    )
    return answer.parsed


async def asyncio_detailed(
    *,
    client: "AsyncClient",
    room_type: Iterable[RoomType | str] | RoomType | str | None = None,
    codec: Iterable[Codec | str] | Codec | str | None = None,
    room_name: str | None = None,
    created_after: datetime.datetime | None = None,
    created_before: datetime.datetime | None = None,
    page_size: int | None = 50,
    page: int | None = None,
    page_token: str | None = None,
) -> Response[RoomPage | Error]:
    """List rooms.

    One page of the account's rooms. Without `created_after` and `created_before` these are the rooms that were
    completed within the last 24 hours; either of the two replaces that window, and rooms in progress then count as
    well. Filters narrow the list together; several values of one filter mean "any of these".

    Args:
        room_type: Only rooms of these types. Repeat the parameter for several. Example: ``['group',
            'group_small']``.
        codec: Only rooms in which at least one of these codecs was used. Repeat the parameter for several. Example:
            ``['VP8', 'opus']``.
        room_name: Only rooms with exactly this name. Names are not unique. Example: ``weekly-review``.
        created_after: Only rooms that started at this time or later (inclusive). Example: ``2026-11-14T00:00:00Z``.
        created_before: Only rooms that started earlier than this time (exclusive). Example:
            ``2026-11-21T00:00:00Z``.
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
        errors.UnreadableResponse: the answer is a success, but its body is no ``RoomPage``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = await client.send(
        request(
            room_type=room_type,
            codec=codec,
            room_name=room_name,
            created_after=created_after,
            created_before=created_before,
            page_size=page_size,
            page=page,
            page_token=page_token,
        )
    )
    return answer


async def asyncio(
    *,
    client: "AsyncClient",
    room_type: Iterable[RoomType | str] | RoomType | str | None = None,
    codec: Iterable[Codec | str] | Codec | str | None = None,
    room_name: str | None = None,
    created_after: datetime.datetime | None = None,
    created_before: datetime.datetime | None = None,
    page_size: int | None = 50,
    page: int | None = None,
    page_token: str | None = None,
) -> RoomPage | Error | None:
    """List rooms.

    One page of the account's rooms. Without `created_after` and `created_before` these are the rooms that were
    completed within the last 24 hours; either of the two replaces that window, and rooms in progress then count as
    well. Filters narrow the list together; several values of one filter mean "any of these".

    Args:
        room_type: Only rooms of these types. Repeat the parameter for several. Example: ``['group',
            'group_small']``.
        codec: Only rooms in which at least one of these codecs was used. Repeat the parameter for several. Example:
            ``['VP8', 'opus']``.
        room_name: Only rooms with exactly this name. Names are not unique. Example: ``weekly-review``.
        created_after: Only rooms that started at this time or later (inclusive). Example: ``2026-11-14T00:00:00Z``.
        created_before: Only rooms that started earlier than this time (exclusive). Example:
            ``2026-11-21T00:00:00Z``.
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
        errors.UnreadableResponse: the answer is a success, but its body is no ``RoomPage``.
        errors.InvalidArgument: an argument cannot be sent.
    """
    answer = await client.send(
        request(
            room_type=room_type,
            codec=codec,
            room_name=room_name,
            created_after=created_after,
            created_before=created_before,
            page_size=page_size,
            page=page,
            page_token=page_token,
        )
    )
    return answer.parsed
