"""The operations by what they are about: ``client.rooms.list()``."""

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import paging
from .api.participants import fetch_participant, list_participants
from .api.rooms import fetch_room, list_rooms
from .models import (
    Codec,
    Participant,
    ParticipantPage,
    Room,
    RoomPage,
    RoomType,
)
from .requests import Request

if TYPE_CHECKING:
    from .client import AsyncClient, Client


class Rooms:
    """The operations on rooms."""

    def __init__(
        self,
        client: "Client",
    ) -> None:
        self._client = client

    def list(
        self,
        *,
        room_type: Iterable[RoomType | str] | RoomType | str | None = None,
        codec: Iterable[Codec | str] | Codec | str | None = None,
        room_name: str | None = None,
        created_after: datetime.datetime | None = None,
        created_before: datetime.datetime | None = None,
        page_size: int | None = 50,
        page: int | None = None,
        page_token: str | None = None,
    ) -> RoomPage:
        """One page of the account's rooms. Without `created_after` and `created_before` these are the rooms that were
        completed within the last 24 hours; either of the two replaces that window, and rooms in progress then count
        as well. Filters narrow the list together; several values of one filter mean "any of these".

        Args:
            room_type: Only rooms of these types. Repeat the parameter for several. Example: ``['group',
                'group_small']``.
            codec: Only rooms in which at least one of these codecs was used. Repeat the parameter for several.
                Example: ``['VP8', 'opus']``.
            room_name: Only rooms with exactly this name. Names are not unique. Example: ``weekly-review``.
            created_after: Only rooms that started at this time or later (inclusive). Example:
                ``2026-11-14T00:00:00Z``.
            created_before: Only rooms that started earlier than this time (exclusive). Example:
                ``2026-11-21T00:00:00Z``.
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page: The index of the page, from 0, for the caller's own orientation. Above 0 it needs a `page_token`.
                Example: ``0``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.InvalidArgument: an argument cannot be sent, such as a datetime without a time zone.
        """
        return self._client.fetch(
            list_rooms.request(
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

    def pages(
        self,
        *,
        room_type: Iterable[RoomType | str] | RoomType | str | None = None,
        codec: Iterable[Codec | str] | Codec | str | None = None,
        room_name: str | None = None,
        created_after: datetime.datetime | None = None,
        created_before: datetime.datetime | None = None,
        page_size: int | None = 50,
        page_token: str | None = None,
        page_url: str | None = None,
    ) -> paging.Pages[RoomPage]:
        """All pages of ``list``, each asked for when it is wanted: ``for page in ….pages(): page.meta``.

        Where a page cannot be had, its error comes, and the same page is asked for the next time.

        Args:
            room_type: Only rooms of these types. Repeat the parameter for several. Example: ``['group',
                'group_small']``.
            codec: Only rooms in which at least one of these codecs was used. Repeat the parameter for several.
                Example: ``['VP8', 'opus']``.
            room_name: Only rooms with exactly this name. Names are not unique. Example: ``weekly-review``.
            created_after: Only rooms that started at this time or later (inclusive). Example:
                ``2026-11-14T00:00:00Z``.
            created_before: Only rooms that started earlier than this time (exclusive). Example:
                ``2026-11-21T00:00:00Z``.
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.
            page_url: Where another walk stopped, from its ``next_page_url``; with no other argument.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.PagingError: ``next_page_url`` or ``page_url`` leads to another host or list, or to a page seen before.
            errors.InvalidArgument: at once: an argument cannot be sent, such as a datetime without a time zone.
        """
        request: Request[RoomPage] = list_rooms.request(
            room_type=room_type,
            codec=codec,
            room_name=room_name,
            created_after=created_after,
            created_before=created_before,
            page_size=page_size,
            page_token=page_token,
        )
        return paging.Pages(self._client, request, page_url)

    def iterate(
        self,
        *,
        room_type: Iterable[RoomType | str] | RoomType | str | None = None,
        codec: Iterable[Codec | str] | Codec | str | None = None,
        room_name: str | None = None,
        created_after: datetime.datetime | None = None,
        created_before: datetime.datetime | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
        page_url: str | None = None,
        limit: int | None = None,
        prefetch: bool = False,
    ) -> paging.Rows[Room]:
        """All rows of all pages of ``list``, page after page as they are wanted.

        Without ``page_size`` the pages are as large as they can be, 1000 rows, and no larger than ``limit``.
        Where a page cannot be had, its error comes, and the walk goes on from there the next time.

        Args:
            room_type: Only rooms of these types. Repeat the parameter for several. Example: ``['group',
                'group_small']``.
            codec: Only rooms in which at least one of these codecs was used. Repeat the parameter for several.
                Example: ``['VP8', 'opus']``.
            room_name: Only rooms with exactly this name. Names are not unique. Example: ``weekly-review``.
            created_after: Only rooms that started at this time or later (inclusive). Example:
                ``2026-11-14T00:00:00Z``.
            created_before: Only rooms that started earlier than this time (exclusive). Example:
                ``2026-11-21T00:00:00Z``.
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.
            page_url: Where another walk stopped, from its ``page_url``: the rows of that page come again. With no other
                argument than ``limit``.
            limit: The most rows to give; None for all.
            prefetch: Ask for the next page while the rows of one are in use; one page more than is used may be asked for.

        Raises:
            Whatever ``pages`` raises.
        """
        paging.require_limit(limit)
        size = paging.size_for(limit, page_size, 1000)
        request: Request[RoomPage] = list_rooms.request(
            room_type=room_type,
            codec=codec,
            room_name=room_name,
            created_after=created_after,
            created_before=created_before,
            page_size=size,
            page_token=page_token,
        )
        pages = paging.Pages(self._client, request, page_url, prefetch=prefetch)
        return paging.Rows(pages, lambda page: page.rooms, limit)

    def fetch(self, room_sid: str) -> Room:
        """The log of one room.

        Args:
            room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.InvalidArgument: an identifier is empty.
        """
        return self._client.fetch(
            fetch_room.request(
                room_sid,
            )
        )

    def participants(
        self,
        room_sid: str,
    ) -> "Participants":
        """The participants of one room; asks nothing of the service yet."""
        return Participants(
            self._client,
            room_sid,
        )


class Participants:
    """The operations on participants of one room."""

    def __init__(
        self,
        client: "Client",
        room_sid: str,
    ) -> None:
        self._client = client
        self._room_sid = room_sid

    def list(
        self,
        *,
        page_size: int | None = 50,
        page: int | None = None,
        page_token: str | None = None,
    ) -> ParticipantPage:
        """One page of the participants of one room.

        Args:
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page: The index of the page, from 0, for the caller's own orientation. Above 0 it needs a `page_token`.
                Example: ``0``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.InvalidArgument: an argument cannot be sent, such as a datetime without a time zone.
        """
        return self._client.fetch(
            list_participants.request(
                self._room_sid,
                page_size=page_size,
                page=page,
                page_token=page_token,
            )
        )

    def pages(
        self, *, page_size: int | None = 50, page_token: str | None = None, page_url: str | None = None
    ) -> paging.Pages[ParticipantPage]:
        """All pages of ``list``, each asked for when it is wanted: ``for page in ….pages(): page.meta``.

        Where a page cannot be had, its error comes, and the same page is asked for the next time.

        Args:
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.
            page_url: Where another walk stopped, from its ``next_page_url``; with no other argument.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.PagingError: ``next_page_url`` or ``page_url`` leads to another host or list, or to a page seen before.
            errors.InvalidArgument: at once: an argument cannot be sent, such as a datetime without a time zone.
        """
        request: Request[ParticipantPage] = list_participants.request(
            self._room_sid,
            page_size=page_size,
            page_token=page_token,
        )
        return paging.Pages(self._client, request, page_url)

    def iterate(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        page_url: str | None = None,
        limit: int | None = None,
        prefetch: bool = False,
    ) -> paging.Rows[Participant]:
        """All rows of all pages of ``list``, page after page as they are wanted.

        Without ``page_size`` the pages are as large as they can be, 1000 rows, and no larger than ``limit``.
        Where a page cannot be had, its error comes, and the walk goes on from there the next time.

        Args:
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.
            page_url: Where another walk stopped, from its ``page_url``: the rows of that page come again. With no other
                argument than ``limit``.
            limit: The most rows to give; None for all.
            prefetch: Ask for the next page while the rows of one are in use; one page more than is used may be asked for.

        Raises:
            Whatever ``pages`` raises.
        """
        paging.require_limit(limit)
        size = paging.size_for(limit, page_size, 1000)
        request: Request[ParticipantPage] = list_participants.request(
            self._room_sid,
            page_size=size,
            page_token=page_token,
        )
        pages = paging.Pages(self._client, request, page_url, prefetch=prefetch)
        return paging.Rows(pages, lambda page: page.participants, limit)

    def fetch(self, participant_sid: str) -> Participant:
        """The log of one participant of one room.

        Args:
            participant_sid: Which participant of the room. Example: ``PA00000000c3d2e1f0a9b8c7d6e5f40312``.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.InvalidArgument: an identifier is empty.
        """
        return self._client.fetch(
            fetch_participant.request(
                self._room_sid,
                participant_sid,
            )
        )


class AsyncRooms:
    """The operations on rooms."""

    def __init__(
        self,
        client: "AsyncClient",
    ) -> None:
        self._client = client

    async def list(
        self,
        *,
        room_type: Iterable[RoomType | str] | RoomType | str | None = None,
        codec: Iterable[Codec | str] | Codec | str | None = None,
        room_name: str | None = None,
        created_after: datetime.datetime | None = None,
        created_before: datetime.datetime | None = None,
        page_size: int | None = 50,
        page: int | None = None,
        page_token: str | None = None,
    ) -> RoomPage:
        """One page of the account's rooms. Without `created_after` and `created_before` these are the rooms that were
        completed within the last 24 hours; either of the two replaces that window, and rooms in progress then count
        as well. Filters narrow the list together; several values of one filter mean "any of these".

        Args:
            room_type: Only rooms of these types. Repeat the parameter for several. Example: ``['group',
                'group_small']``.
            codec: Only rooms in which at least one of these codecs was used. Repeat the parameter for several.
                Example: ``['VP8', 'opus']``.
            room_name: Only rooms with exactly this name. Names are not unique. Example: ``weekly-review``.
            created_after: Only rooms that started at this time or later (inclusive). Example:
                ``2026-11-14T00:00:00Z``.
            created_before: Only rooms that started earlier than this time (exclusive). Example:
                ``2026-11-21T00:00:00Z``.
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page: The index of the page, from 0, for the caller's own orientation. Above 0 it needs a `page_token`.
                Example: ``0``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.InvalidArgument: an argument cannot be sent, such as a datetime without a time zone.
        """
        return await self._client.fetch(
            list_rooms.request(
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

    def pages(
        self,
        *,
        room_type: Iterable[RoomType | str] | RoomType | str | None = None,
        codec: Iterable[Codec | str] | Codec | str | None = None,
        room_name: str | None = None,
        created_after: datetime.datetime | None = None,
        created_before: datetime.datetime | None = None,
        page_size: int | None = 50,
        page_token: str | None = None,
        page_url: str | None = None,
    ) -> paging.AsyncPages[RoomPage]:
        """All pages of ``list``, each asked for when it is wanted: ``async for page in ….pages(): page.meta``.

        Where a page cannot be had, its error comes, and the same page is asked for the next time.

        Args:
            room_type: Only rooms of these types. Repeat the parameter for several. Example: ``['group',
                'group_small']``.
            codec: Only rooms in which at least one of these codecs was used. Repeat the parameter for several.
                Example: ``['VP8', 'opus']``.
            room_name: Only rooms with exactly this name. Names are not unique. Example: ``weekly-review``.
            created_after: Only rooms that started at this time or later (inclusive). Example:
                ``2026-11-14T00:00:00Z``.
            created_before: Only rooms that started earlier than this time (exclusive). Example:
                ``2026-11-21T00:00:00Z``.
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.
            page_url: Where another walk stopped, from its ``next_page_url``; with no other argument.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.PagingError: ``next_page_url`` or ``page_url`` leads to another host or list, or to a page seen before.
            errors.InvalidArgument: at once: an argument cannot be sent, such as a datetime without a time zone.
        """
        request: Request[RoomPage] = list_rooms.request(
            room_type=room_type,
            codec=codec,
            room_name=room_name,
            created_after=created_after,
            created_before=created_before,
            page_size=page_size,
            page_token=page_token,
        )
        return paging.AsyncPages(self._client, request, page_url)

    def iterate(
        self,
        *,
        room_type: Iterable[RoomType | str] | RoomType | str | None = None,
        codec: Iterable[Codec | str] | Codec | str | None = None,
        room_name: str | None = None,
        created_after: datetime.datetime | None = None,
        created_before: datetime.datetime | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
        page_url: str | None = None,
        limit: int | None = None,
        prefetch: bool = False,
    ) -> paging.AsyncRows[Room]:
        """All rows of all pages of ``list``, page after page as they are wanted.

        Without ``page_size`` the pages are as large as they can be, 1000 rows, and no larger than ``limit``.
        Where a page cannot be had, its error comes, and the walk goes on from there the next time.

        Args:
            room_type: Only rooms of these types. Repeat the parameter for several. Example: ``['group',
                'group_small']``.
            codec: Only rooms in which at least one of these codecs was used. Repeat the parameter for several.
                Example: ``['VP8', 'opus']``.
            room_name: Only rooms with exactly this name. Names are not unique. Example: ``weekly-review``.
            created_after: Only rooms that started at this time or later (inclusive). Example:
                ``2026-11-14T00:00:00Z``.
            created_before: Only rooms that started earlier than this time (exclusive). Example:
                ``2026-11-21T00:00:00Z``.
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.
            page_url: Where another walk stopped, from its ``page_url``: the rows of that page come again. With no other
                argument than ``limit``.
            limit: The most rows to give; None for all.
            prefetch: Ask for the next page while the rows of one are in use; one page more than is used may be asked for.

        Raises:
            Whatever ``pages`` raises.
        """
        paging.require_limit(limit)
        size = paging.size_for(limit, page_size, 1000)
        request: Request[RoomPage] = list_rooms.request(
            room_type=room_type,
            codec=codec,
            room_name=room_name,
            created_after=created_after,
            created_before=created_before,
            page_size=size,
            page_token=page_token,
        )
        pages = paging.AsyncPages(self._client, request, page_url, prefetch=prefetch)
        return paging.AsyncRows(pages, lambda page: page.rooms, limit)

    async def fetch(self, room_sid: str) -> Room:
        """The log of one room.

        Args:
            room_sid: Which room. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.InvalidArgument: an identifier is empty.
        """
        return await self._client.fetch(
            fetch_room.request(
                room_sid,
            )
        )

    def participants(
        self,
        room_sid: str,
    ) -> "AsyncParticipants":
        """The participants of one room; asks nothing of the service yet."""
        return AsyncParticipants(
            self._client,
            room_sid,
        )


class AsyncParticipants:
    """The operations on participants of one room."""

    def __init__(
        self,
        client: "AsyncClient",
        room_sid: str,
    ) -> None:
        self._client = client
        self._room_sid = room_sid

    async def list(
        self,
        *,
        page_size: int | None = 50,
        page: int | None = None,
        page_token: str | None = None,
    ) -> ParticipantPage:
        """One page of the participants of one room.

        Args:
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page: The index of the page, from 0, for the caller's own orientation. Above 0 it needs a `page_token`.
                Example: ``0``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.InvalidArgument: an argument cannot be sent, such as a datetime without a time zone.
        """
        return await self._client.fetch(
            list_participants.request(
                self._room_sid,
                page_size=page_size,
                page=page,
                page_token=page_token,
            )
        )

    def pages(
        self, *, page_size: int | None = 50, page_token: str | None = None, page_url: str | None = None
    ) -> paging.AsyncPages[ParticipantPage]:
        """All pages of ``list``, each asked for when it is wanted: ``async for page in ….pages(): page.meta``.

        Where a page cannot be had, its error comes, and the same page is asked for the next time.

        Args:
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.
            page_url: Where another walk stopped, from its ``next_page_url``; with no other argument.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.PagingError: ``next_page_url`` or ``page_url`` leads to another host or list, or to a page seen before.
            errors.InvalidArgument: at once: an argument cannot be sent, such as a datetime without a time zone.
        """
        request: Request[ParticipantPage] = list_participants.request(
            self._room_sid,
            page_size=page_size,
            page_token=page_token,
        )
        return paging.AsyncPages(self._client, request, page_url)

    def iterate(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
        page_url: str | None = None,
        limit: int | None = None,
        prefetch: bool = False,
    ) -> paging.AsyncRows[Participant]:
        """All rows of all pages of ``list``, page after page as they are wanted.

        Without ``page_size`` the pages are as large as they can be, 1000 rows, and no larger than ``limit``.
        Where a page cannot be had, its error comes, and the walk goes on from there the next time.

        Args:
            page_size: The largest number of rows that a page may have. From 1 to 1000. Example: ``200``.
            page_token: Where a page begins. Opaque, made by the service, and found only inside the page URLs of
                `meta`.
            page_url: Where another walk stopped, from its ``page_url``: the rows of that page come again. With no other
                argument than ``limit``.
            limit: The most rows to give; None for all.
            prefetch: Ask for the next page while the rows of one are in use; one page more than is used may be asked for.

        Raises:
            Whatever ``pages`` raises.
        """
        paging.require_limit(limit)
        size = paging.size_for(limit, page_size, 1000)
        request: Request[ParticipantPage] = list_participants.request(
            self._room_sid,
            page_size=size,
            page_token=page_token,
        )
        pages = paging.AsyncPages(self._client, request, page_url, prefetch=prefetch)
        return paging.AsyncRows(pages, lambda page: page.participants, limit)

    async def fetch(self, participant_sid: str) -> Participant:
        """The log of one participant of one room.

        Args:
            participant_sid: Which participant of the room. Example: ``PA00000000c3d2e1f0a9b8c7d6e5f40312``.

        Raises:
            errors.ApiError: the service answered with an error; ``errors.NotFound``, ``errors.RateLimited`` and so on.
            errors.TransportError: no answer came.
            errors.UnreadableResponse: the answer is no data.
            errors.InvalidArgument: an identifier is empty.
        """
        return await self._client.fetch(
            fetch_participant.request(
                self._room_sid,
                participant_sid,
            )
        )
