"""Filters that are ignored, half applied, or off by one."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contract_kit.emulator import rfc3339
from contract_kit.emulator.faults.hooks import Json
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily, only
from video_log_analyzer.emulator.pages import Select
from video_log_analyzer.emulator.selection import Filters, PageSelection, Rows

faults = ApiFaultFamily("filters")

_DAY = 86_400


def _with_filters(selection: PageSelection, **changes: Any) -> PageSelection:
    return replace(selection, filters=replace(selection.filters, **changes))


@faults.on_select
def _room_type_ignored(inner: Select, selection: PageSelection) -> Rows:
    """The RoomType filter is accepted and not applied."""
    return inner(_with_filters(selection, room_types=()))


@faults.on_select
def _room_type_half_applied(inner: Select, selection: PageSelection) -> Rows:
    """Of a repeated RoomType only the last counts."""
    return inner(_with_filters(selection, room_types=selection.filters.room_types[-1:]))


@faults.on_select
def _room_type_prefix(inner: Select, selection: PageSelection) -> Rows:
    """RoomType=group finds small groups too."""
    types = selection.filters.room_types
    return inner(_with_filters(selection, room_types=(*types, "group_small")) if types == ("group",) else selection)


@faults.on_select
def _codec_ignored(inner: Select, selection: PageSelection) -> Rows:
    """The Codec filter is accepted and not applied."""
    return inner(_with_filters(selection, codecs=()))


@faults.on_select
def _codec_half_applied(inner: Select, selection: PageSelection) -> Rows:
    """Of a repeated Codec only the first counts."""
    return inner(_with_filters(selection, codecs=selection.filters.codecs[:1]))


@faults.on_select
def _codec_all_of(inner: Select, selection: PageSelection) -> Rows:
    """A repeated Codec asks for rooms with all of them."""
    wanted = set(selection.filters.codecs)
    return only(inner, selection, lambda room: wanted <= set(room.get("codecs") or ()))


@faults.on_select
def _codec_alone(inner: Select, selection: PageSelection) -> Rows:
    """Codec finds only rooms that used no other."""
    wanted = set(selection.filters.codecs)
    return only(inner, selection, lambda room: not wanted or set(room.get("codecs") or ()) <= wanted)


@faults.on_select
def _room_name_ignored(inner: Select, selection: PageSelection) -> Rows:
    """The RoomName filter is accepted and not applied."""
    return inner(_with_filters(selection, room_name=None))


@faults.on_select
def _room_name_prefix(inner: Select, selection: PageSelection) -> Rows:
    """RoomName finds every name that begins with it."""
    return _by_name(inner, selection, lambda wanted, name: name.startswith(wanted))


@faults.on_select
def _room_name_within(inner: Select, selection: PageSelection) -> Rows:
    """RoomName finds every name that it is a part of."""
    return _by_name(inner, selection, lambda wanted, name: wanted in name)


@faults.on_select
def _room_name_any_case(inner: Select, selection: PageSelection) -> Rows:
    """RoomName does not tell small letters from capitals."""
    return _by_name(inner, selection, lambda wanted, name: wanted.casefold() == name.casefold())


def _by_name(inner: Select, selection: PageSelection, matches: Callable[[str, str], bool]) -> Rows:
    wanted = selection.filters.room_name
    if wanted is None:
        return inner(selection)
    return only(
        inner, _with_filters(selection, room_name=None), lambda room: matches(wanted, room.get("room_name") or "")
    )


@faults.on_select
def _created_after_ignored(inner: Select, selection: PageSelection) -> Rows:
    """CreatedAfter is accepted and not applied."""
    after = selection.filters.created_after
    return inner(selection if after is None else _with_filters(selection, created_after=0))


@faults.on_select
def _created_before_ignored(inner: Select, selection: PageSelection) -> Rows:
    """CreatedBefore is accepted and not applied."""
    before = selection.filters.created_before
    return inner(selection if before is None else _with_filters(selection, created_before=2**40))


@faults.on_select
def _created_after_exclusive(inner: Select, selection: PageSelection) -> Rows:
    """CreatedAfter leaves out the second that it names."""
    after = selection.filters.created_after
    return inner(selection if after is None else _with_filters(selection, created_after=after + 1))


@faults.on_select
def _created_before_inclusive(inner: Select, selection: PageSelection) -> Rows:
    """CreatedBefore includes the second that it names."""
    before = selection.filters.created_before
    return inner(selection if before is None else _with_filters(selection, created_before=before + 1))


@faults.on_select
def _bounds_by_day(inner: Select, selection: PageSelection) -> Rows:
    """Bounds are taken for days: what the vendor's other lists filter by."""
    after, before = selection.filters.created_after, selection.filters.created_before
    return inner(
        _with_filters(
            selection,
            created_after=after and after // _DAY * _DAY,
            created_before=before and (before // _DAY + 1) * _DAY,
        )
    )


@faults.on_select
def _bounds_on_end(inner: Select, selection: PageSelection) -> Rows:
    """CreatedAfter and CreatedBefore act on a room's end instead of its start."""
    after, before = selection.filters.created_after, selection.filters.created_before
    if selection.filters.default_window or selection.room_sid is not None:
        return inner(selection)

    def keep(room: Json) -> bool:
        end = _end(room)
        return end is not None and (after is None or end >= after) and (before is None or end < before)

    return only(inner, _with_filters(selection, created_after=0, created_before=None), keep)


@faults.on_select
def _no_default_window(inner: Select, selection: PageSelection) -> Rows:
    """Without bounds the list shows all seven days."""
    if selection.room_sid is None and selection.filters.default_window:
        return inner(_with_filters(selection, created_after=0))
    return inner(selection)


@faults.on_select
def _default_window_of_an_hour(inner: Select, selection: PageSelection) -> Rows:
    """Without bounds the list shows only the last hour."""
    if selection.room_sid is not None or not selection.filters.default_window:
        return inner(selection)
    return only(inner, selection, lambda room: (_end(room) or 0) > selection.now - 3600)


@faults.on_select
def _default_window_always(inner: Select, selection: PageSelection) -> Rows:
    """The list never shows more than the last 24 hours, whatever the bounds are."""
    if selection.room_sid is not None or selection.filters.default_window:
        return inner(selection)
    return only(inner, selection, lambda room: (_end(room) or 0) > selection.now - _DAY)


@faults.on_select
def _second_filter_ignored(inner: Select, selection: PageSelection) -> Rows:
    """Of RoomType and Codec only one is applied, because each has its own index."""
    return inner(_with_filters(selection, codecs=()) if selection.filters.room_types else selection)


@faults.on_select
def _filters_added_up(inner: Select, selection: PageSelection) -> Rows:
    """A room is shown if it passes one of RoomType and Codec, not both."""
    types, codecs = set(selection.filters.room_types), set(selection.filters.codecs)
    if not types or not codecs:
        return inner(selection)
    return only(
        inner,
        _with_filters(selection, room_types=(), codecs=()),
        lambda room: room.get("room_type") in types or bool(codecs & set(room.get("codecs") or ())),
    )


@faults.on_select
def _filters_on_first_page_only(inner: Select, selection: PageSelection) -> Rows:
    """The page token forgets the filters."""
    if selection.cursor is None or selection.room_sid is not None:
        return inner(selection)
    return inner(replace(selection, filters=Filters(created_after=0)))


@faults.on_select
def _other_rooms_participants(inner: Select, selection: PageSelection) -> Rows:
    """The participants of a room include one of another room."""
    found = inner(selection)
    if selection.room_sid is None or selection.cursor is not None:
        return found
    rooms = inner(replace(selection, room_sid=None, filters=Filters(created_after=0), limit=50)).rows
    strangers = (
        stranger
        for room in rooms
        if room.sid != selection.room_sid
        for stranger in inner(replace(selection, room_sid=room.sid, limit=1)).rows
    )
    return Rows([*itertools.islice(strangers, 1), *found.rows], found.more)


def _end(room: Json) -> int | None:
    return None if room["end_time"] is None else rfc3339.parse(room["end_time"])
