import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.codec import Codec
from ...models.error import Error
from ...models.room_page import RoomPage
from ...models.room_type import RoomType
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    room_type: list[RoomType] | Unset = UNSET,
    codec: list[Codec] | Unset = UNSET,
    room_name: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    page_size: int | Unset = 50,
    page: int | Unset = UNSET,
    page_token: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_room_type: list[str] | Unset = UNSET
    if not isinstance(room_type, Unset):
        json_room_type = []
        for room_type_item_data in room_type:
            room_type_item = room_type_item_data.value
            json_room_type.append(room_type_item)

    params["RoomType"] = json_room_type

    json_codec: list[str] | Unset = UNSET
    if not isinstance(codec, Unset):
        json_codec = []
        for codec_item_data in codec:
            codec_item = codec_item_data.value
            json_codec.append(codec_item)

    params["Codec"] = json_codec

    params["RoomName"] = room_name

    json_created_after: str | Unset = UNSET
    if not isinstance(created_after, Unset):
        json_created_after = created_after.isoformat()
    params["CreatedAfter"] = json_created_after

    json_created_before: str | Unset = UNSET
    if not isinstance(created_before, Unset):
        json_created_before = created_before.isoformat()
    params["CreatedBefore"] = json_created_before

    params["PageSize"] = page_size

    params["Page"] = page

    params["PageToken"] = page_token

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/Video/Rooms",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Error | RoomPage | None:
    if response.status_code == 200:
        response_200 = RoomPage.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Error.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Error.from_dict(response.json())

        return response_401

    if response.status_code == 405:
        response_405 = Error.from_dict(response.json())

        return response_405

    if response.status_code == 429:
        response_429 = Error.from_dict(response.json())

        return response_429

    if 500 <= response.status_code <= 599:
        response_5xx = Error.from_dict(response.json())

        return response_5xx

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Error | RoomPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    room_type: list[RoomType] | Unset = UNSET,
    codec: list[Codec] | Unset = UNSET,
    room_name: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    page_size: int | Unset = 50,
    page: int | Unset = UNSET,
    page_token: str | Unset = UNSET,
) -> Response[Error | RoomPage]:
    """List rooms

     One page of the account's rooms. Without `CreatedAfter` and `CreatedBefore` these are the rooms that
    were
    completed within the last 24 hours; either of the two replaces that window, and rooms in progress
    then count
    as well. Filters narrow the list together; several values of one filter mean "any of these".

    Args:
        room_type (list[RoomType] | Unset):
        codec (list[Codec] | Unset):
        room_name (str | Unset):
        created_after (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        page_size (int | Unset):  Default: 50.
        page (int | Unset):
        page_token (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | RoomPage]
    """

    kwargs = _get_kwargs(
        room_type=room_type,
        codec=codec,
        room_name=room_name,
        created_after=created_after,
        created_before=created_before,
        page_size=page_size,
        page=page,
        page_token=page_token,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    room_type: list[RoomType] | Unset = UNSET,
    codec: list[Codec] | Unset = UNSET,
    room_name: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    page_size: int | Unset = 50,
    page: int | Unset = UNSET,
    page_token: str | Unset = UNSET,
) -> Error | RoomPage | None:
    """List rooms

     One page of the account's rooms. Without `CreatedAfter` and `CreatedBefore` these are the rooms that
    were
    completed within the last 24 hours; either of the two replaces that window, and rooms in progress
    then count
    as well. Filters narrow the list together; several values of one filter mean "any of these".

    Args:
        room_type (list[RoomType] | Unset):
        codec (list[Codec] | Unset):
        room_name (str | Unset):
        created_after (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        page_size (int | Unset):  Default: 50.
        page (int | Unset):
        page_token (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | RoomPage
    """

    return sync_detailed(
        client=client,
        room_type=room_type,
        codec=codec,
        room_name=room_name,
        created_after=created_after,
        created_before=created_before,
        page_size=page_size,
        page=page,
        page_token=page_token,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    room_type: list[RoomType] | Unset = UNSET,
    codec: list[Codec] | Unset = UNSET,
    room_name: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    page_size: int | Unset = 50,
    page: int | Unset = UNSET,
    page_token: str | Unset = UNSET,
) -> Response[Error | RoomPage]:
    """List rooms

     One page of the account's rooms. Without `CreatedAfter` and `CreatedBefore` these are the rooms that
    were
    completed within the last 24 hours; either of the two replaces that window, and rooms in progress
    then count
    as well. Filters narrow the list together; several values of one filter mean "any of these".

    Args:
        room_type (list[RoomType] | Unset):
        codec (list[Codec] | Unset):
        room_name (str | Unset):
        created_after (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        page_size (int | Unset):  Default: 50.
        page (int | Unset):
        page_token (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | RoomPage]
    """

    kwargs = _get_kwargs(
        room_type=room_type,
        codec=codec,
        room_name=room_name,
        created_after=created_after,
        created_before=created_before,
        page_size=page_size,
        page=page,
        page_token=page_token,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    room_type: list[RoomType] | Unset = UNSET,
    codec: list[Codec] | Unset = UNSET,
    room_name: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    page_size: int | Unset = 50,
    page: int | Unset = UNSET,
    page_token: str | Unset = UNSET,
) -> Error | RoomPage | None:
    """List rooms

     One page of the account's rooms. Without `CreatedAfter` and `CreatedBefore` these are the rooms that
    were
    completed within the last 24 hours; either of the two replaces that window, and rooms in progress
    then count
    as well. Filters narrow the list together; several values of one filter mean "any of these".

    Args:
        room_type (list[RoomType] | Unset):
        codec (list[Codec] | Unset):
        room_name (str | Unset):
        created_after (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        page_size (int | Unset):  Default: 50.
        page (int | Unset):
        page_token (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | RoomPage
    """

    return (
        await asyncio_detailed(
            client=client,
            room_type=room_type,
            codec=codec,
            room_name=room_name,
            created_after=created_after,
            created_before=created_before,
            page_size=page_size,
            page=page,
            page_token=page_token,
        )
    ).parsed
