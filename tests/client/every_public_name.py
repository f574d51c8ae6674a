"""Every public name of the client in use, for type checkers: ``tox run -e types`` and ``tox run -e client-types``.

Nothing here is run. ``tests/client/test_types.py`` says that no name is left out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime

import video_log_analyzer_client
from video_log_analyzer_client import (
    UNSET,
    AsyncClient,
    Client,
    Codec,
    CreatedMethod,
    Deviation,
    EdgeLocation,
    Error,
    MediaRegion,
    PageMeta,
    Participant,
    ParticipantEndReason,
    ParticipantPage,
    ParticipantProperties,
    ParticipantStatus,
    ProcessingState,
    PublisherInfo,
    RawResponse,
    Response,
    Retry,
    Room,
    RoomEndReason,
    RoomLinks,
    RoomPage,
    RoomStatus,
    RoomType,
    Sent,
    StatusCallbackMethod,
    Unset,
    errors,
    models,
)
from video_log_analyzer_client.api.participants import fetch_participant, list_participants
from video_log_analyzer_client.api.rooms import fetch_room, list_rooms


def show(*values: object) -> None:
    """Make use of the values."""


def settings(region: MediaRegion, environment: Mapping[str, str]) -> tuple[Client, AsyncClient]:
    def tell(deviation: Deviation) -> None:
        kind: str = deviation.kind
        value: object = deviation.value
        show(deviation.operation, deviation.pointer, kind, value)

    def see(what: Sent | RawResponse) -> None:
        show(what.operation, what.headers, what.url if isinstance(what, Sent) else what.status_code)

    retry = Retry(attempts=2, total_seconds=10, first_pause=0.1, longest_pause=1)
    client = Client(
        "AC1",
        "secret",
        base_url="https://example.com",
        timeout=5,
        retry=retry,
        strict=True,
        on_unknown=tell,
        on_request=see,
        on_response=see,
        headers={"X-Team": "video"},
        max_response_bytes=1 << 20,
        app_info="billing/1.4",
        http2=True,
    )
    show(client.with_options(timeout=1, retry=None, headers={"X-Trace": "1"}).rooms)
    known: bool = region.is_known
    value: str = region.value
    show(known, value, client.username, client.base_url, client.timeout, client.retry, client.strict, client.http2)
    show(video_log_analyzer_client.BASE_URL, client.httpx_args, client.on_unknown, client.get_httpx_client().timeout)
    return Client.from_env(), AsyncClient.from_env(environment, retry=None, timeout=None)


def synchronous(client: Client, since: datetime) -> Iterator[str | None]:
    with client:
        page: RoomPage = client.rooms.list(
            room_type=[RoomType.GROUP, "go"],
            codec=Codec.VP8,
            room_name="standup",
            created_after=since,
            created_before=since,
            page_size=10,
            page=0,
            page_token="PT1",
        )
        yield from (room.room_name for room in page.rooms)
        for room in client.rooms.iterate(room_type="go", codec={Codec.OPUS}, created_after=since, limit=5):
            yield room.room_name
        for each in client.rooms.pages(page_size=1000):
            meta: PageMeta = each.meta
            yield meta.next_page_url
            following: RoomPage | None = each.next_page() if each.has_next_page else None
            show(following)
        pages = client.rooms.pages(page_url="https://example.com/v1/Video/Rooms?PageToken=PT1")
        yield pages.next_page_url
        rows = client.rooms.iterate(page_token="PT1", page_size=50, prefetch=True)
        yield rows.page_url
        rows.close()
        pages.close()
        room = client.rooms.fetch("RM1")
        people = client.rooms.participants(room.room_sid)
        listed: ParticipantPage = people.list(page_size=5, page=1, page_token="PT1")
        first: Participant = people.fetch(listed.participants[0].participant_sid)
        for participant in people.iterate(page_size=5, limit=2):
            yield participant.participant_identity
        for participants in people.pages():
            yield participants.meta.key
        yield first.url
    client.close()


async def asynchronous(client: AsyncClient, since: datetime) -> AsyncIterator[str | None]:
    async with client:
        page: RoomPage = await client.rooms.list(room_type=RoomType.GROUP, created_after=since)
        async for room in client.rooms.iterate(created_before=since, limit=5):
            yield room.room_name
        async for each in client.rooms.pages():
            yield each.meta.url
            following: RoomPage | None = await each.next_page_async()
            show(following)
        rows = client.rooms.iterate(page_url="https://example.com/v1/Video/Rooms?PageToken=PT1")
        await rows.aclose()
        people = client.rooms.participants((await client.rooms.fetch(page.rooms[0].room_sid)).room_sid)
        listed: ParticipantPage = await people.list()
        first: Participant = await people.fetch(listed.participants[0].participant_sid)
        async for participant in people.iterate():
            yield participant.participant_identity
        async for participants in people.pages():
            yield participants.meta.key
        yield first.url
        show(client.get_async_httpx_client().timeout, client.get_aiohttp_session().closed)
        show(client.transport, client.agent_headers("x/1"), client.authorization())
    await client.aclose()


def plain(client: Client) -> Response[RoomPage | Error]:
    page: RoomPage | Error | None = list_rooms.sync(client=client, room_type=["go"])
    room: Room | Error | None = fetch_room.sync("RM1", client=client)
    people: ParticipantPage | Error | None = list_participants.sync("RM1", client=client)
    person: Participant | Error | None = fetch_participant.sync("RM1", "PA1", client=client)
    show(page, room, people, person, fetch_room.sync_detailed("RM1", client=client).parsed)
    show(
        list_participants.sync_detailed("RM1", client=client), fetch_participant.sync_detailed("a", "b", client=client)
    )
    show(list_rooms.request(page=1), fetch_room.request("RM1"), list_participants.request("RM1"))
    show(fetch_participant.request("RM1", "PA1").operation)
    return list_rooms.sync_detailed(client=client)


async def plain_asynchronous(client: AsyncClient) -> Response[Room | Error]:
    page: RoomPage | Error | None = await list_rooms.asyncio(client=client, room_type=["go"])
    room: Room | Error | None = await fetch_room.asyncio("RM1", client=client)
    people: ParticipantPage | Error | None = await list_participants.asyncio("RM1", client=client)
    person: Participant | Error | None = await fetch_participant.asyncio("RM1", "PA1", client=client)
    show(page, room, people, person, await list_rooms.asyncio_detailed(client=client))
    show(await list_participants.asyncio_detailed("RM1", client=client))
    show(await fetch_participant.asyncio_detailed("RM1", "PA1", client=client))
    return await fetch_room.asyncio_detailed("RM1", client=client)


def answers(page: RoomPage, response: Response[RoomPage | Error]) -> bytes:
    raw: RawResponse = page.raw
    extra: dict[str, object] = raw.extra_keys()
    missing: list[str] = raw.missing_keys()
    unknown: dict[str, object] = raw.unknown_values()
    deviations: list[Deviation] = raw.deviations()
    headers: Mapping[str, str] = raw.headers
    show(extra, missing, unknown, deviations, headers, raw.json(), raw.request_id, raw.operation, raw.kind, raw.origin)
    show(raw.status_code, response.raw, response.parsed, response.status_code, response.headers, response.content)
    show(page.to_arrow(), page.to_dict(mode="python"), hash(page.rooms[0]))
    same: RoomPage = RoomPage.from_dict(page.to_dict())
    return raw.content + RoomPage.from_json(same.to_json()).to_json()


def values(room: Room, participant: Participant, error: Error) -> list[object]:
    ended: datetime | None = room.end_time
    method: StatusCallbackMethod | None = room.status_callback_method
    created: CreatedMethod | None = room.created_method
    reason: RoomEndReason | None = room.end_reason
    status: RoomStatus | None = room.room_status
    state: ProcessingState | None = room.processing_state
    edge: EdgeLocation | None = room.edge_location
    codecs: list[Codec] | None = room.codecs
    seconds: int | None = room.duration_sec
    recording: bool | None = room.recording_enabled
    links: RoomLinks | None = room.links
    left: ParticipantEndReason | None = participant.end_reason
    there: ParticipantStatus | None = participant.status
    properties: ParticipantProperties | None = participant.properties
    publisher: PublisherInfo | None = participant.publisher_info
    tracks: int | Unset | None = UNSET if properties is None else properties.num_audio_tracks
    code: int = error.code
    shown: list[object] = [ended, method, created, reason, status, state, edge, codecs, seconds, recording, links, code]
    return [*shown, left, there, publisher, tracks, models.Room, room.raw]


def failures(client: Client) -> object:
    try:
        return client.rooms.list()
    except (errors.InvalidRequest, errors.AuthenticationError, errors.NotFound, errors.ServerError) as error:
        return error.code, error.message, error.more_info, error.request_id, error.operation, error.status, error.body
    except errors.RateLimited as error:
        return error.retry_after
    except errors.Redirected as error:
        return error.headers["Location"]
    except errors.ApiError as error:
        return errors.error_for(error.status)
    except errors.UnknownContent as error:
        return error.pointer
    except errors.UnreadableResponse as error:
        return error.operation, error.status, error.request_id, error.pointer, error.expected, error.found, error.body
    except (errors.ConnectError, errors.TimeoutError, errors.DamagedResponse):
        return None
    except errors.TransportError as error:
        return error.operation, error.kind, error.detail, error.attempts
    except errors.ResponseTooLarge as error:
        return error.limit
    except errors.WrongAnswer as error:
        return error.name, error.asked, error.found, error.request_id
    except errors.PagingError as error:
        return error.operation, error.url, error.reason
    except (errors.NoRawResponse, errors.InvalidArgument, errors.ConfigurationError):
        return None
    except errors.ClientError as error:
        return str(error)
