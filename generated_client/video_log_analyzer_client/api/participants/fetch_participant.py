from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.participant import Participant
from ...types import Response


def _get_kwargs(
    room_sid: str,
    participant_sid: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/Video/Rooms/{room_sid}/Participants/{participant_sid}".format(
            room_sid=quote(str(room_sid), safe=""),
            participant_sid=quote(str(participant_sid), safe=""),
        ),
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Error | Participant | None:
    if response.status_code == 200:
        response_200 = Participant.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Error.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Error.from_dict(response.json())

        return response_401

    if response.status_code == 404:
        response_404 = Error.from_dict(response.json())

        return response_404

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Error | Participant]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    room_sid: str,
    participant_sid: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[Error | Participant]:
    """Fetch a participant

     The log of one participant of one room.

    Args:
        room_sid (str): The identifier of a room.
        participant_sid (str): The identifier of a participant.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | Participant]
    """

    kwargs = _get_kwargs(
        room_sid=room_sid,
        participant_sid=participant_sid,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    room_sid: str,
    participant_sid: str,
    *,
    client: AuthenticatedClient | Client,
) -> Error | Participant | None:
    """Fetch a participant

     The log of one participant of one room.

    Args:
        room_sid (str): The identifier of a room.
        participant_sid (str): The identifier of a participant.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | Participant
    """

    return sync_detailed(
        room_sid=room_sid,
        participant_sid=participant_sid,
        client=client,
    ).parsed


async def asyncio_detailed(
    room_sid: str,
    participant_sid: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[Error | Participant]:
    """Fetch a participant

     The log of one participant of one room.

    Args:
        room_sid (str): The identifier of a room.
        participant_sid (str): The identifier of a participant.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | Participant]
    """

    kwargs = _get_kwargs(
        room_sid=room_sid,
        participant_sid=participant_sid,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    room_sid: str,
    participant_sid: str,
    *,
    client: AuthenticatedClient | Client,
) -> Error | Participant | None:
    """Fetch a participant

     The log of one participant of one room.

    Args:
        room_sid (str): The identifier of a room.
        participant_sid (str): The identifier of a participant.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | Participant
    """

    return (
        await asyncio_detailed(
            room_sid=room_sid,
            participant_sid=participant_sid,
            client=client,
        )
    ).parsed
