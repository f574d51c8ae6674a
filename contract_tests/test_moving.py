"""Lists that move while they are read. Last of all, because it changes what the emulator of our own holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_kit.check.list_laws import WALK_WHILE_ADDED, WALK_WHILE_PASSING, rows_of, steady_judgement, walk
from contract_kit.check.requester import ROOMS, Api
from video_log_analyzer.checks.room_window import Whole
from video_log_analyzer.emulator_client import EmulatorControl

ADDED = 3


@pytest.fixture
def control(api: Api) -> Iterator[EmulatorControl]:
    """The control API of the emulator of our own; nobody moves another target for us."""
    if not api.session.target.embedded:
        pytest.skip("only the embedded emulator can be moved while it is read")
    with EmulatorControl(api.session.target.url) as control:
        # What happens by itself, rooms that end, must not happen between two readings.
        control.freeze_clock()
        yield control


def page_size(rooms: int) -> int:
    """So that there are some five pages."""
    return max(1, rooms // 5)


def test_a_walk_while_rooms_are_added(api: Api, whole: Whole, control: EmulatorControl) -> None:
    """A walk sees every room that was there at its start once, while others are added."""
    query = [pair for pair in whole.window if pair[0] == "CreatedAfter"]
    before = rows_of(walk(api, "list_rooms", ROOMS, [*query, ("PageSize", "1000")]))
    added: list[str] = []

    def add() -> None:
        account = api.session.target.credentials.username
        for number in range(ADDED):
            room = control.put_room(account_sid=account, room_name=f"added-{number}")
            added.append(str(room["room_sid"]))

    size = ("PageSize", str(page_size(len(before))))
    pages = walk(api, "list_rooms", ROOMS, [*query, size], meanwhile=add)
    if added:
        api.session.judge([steady_judgement(WALK_WHILE_ADDED, pages, before, added)])


def test_a_walk_while_time_passes(api: Api, control: EmulatorControl) -> None:
    """A walk through the default window sees the rooms of that window, while it moves on."""
    before = rows_of(walk(api, "list_rooms", ROOMS, [("PageSize", "1000")]))
    moved: list[bool] = []

    def pass_time() -> None:
        control.advance_clock(hours=6)
        moved.append(True)

    pages = walk(api, "list_rooms", ROOMS, [("PageSize", str(page_size(len(before))))], meanwhile=pass_time)
    if moved:
        api.session.judge([steady_judgement(WALK_WHILE_PASSING, pages, before, [])])
