"""Lists that change while they are read. These checks run last, since they change the embedded emulator's data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_kit.check.list_laws import steady_judgement
from contract_kit.check.pages import rows_of
from contract_kit.check.properties import Property
from contract_kit.check.requester import Requester
from contract_kit.check.survey import CompleteList
from contract_kit.check.walks import walk
from contract_kit.findings.finding import Kind
from video_log_analyzer.emulator_client import EmulatorControl
from video_log_analyzer.kit import ROOM, ROOMS

ORDER = 95

ADDED = 3
WALK_WHILE_ADDED = Property(
    "walk-while-added",
    Kind.PAGING,
    "every room that was there at the start, once, while rooms are added",
    "D17",
    counts_rows=True,
)
WALK_WHILE_PASSING = Property(
    "walk-while-time-passes",
    Kind.PAGING,
    "the rooms of the window as it was at the start, each once",
    "D17",
    counts_rows=True,
)


@pytest.fixture
def control(requester: Requester) -> Iterator[EmulatorControl]:
    """The control API of the embedded emulator; other targets cannot be changed and are skipped."""
    if not requester.session.target.embedded:
        pytest.skip("only the embedded emulator can be moved while it is read")
    with EmulatorControl(requester.session.target.url) as control:
        # With a running clock, rooms could end between two readings.
        control.freeze_clock()
        yield control


def page_size(rooms: int) -> int:
    """The page size for about five pages."""
    return max(1, rooms // 5)


def test_a_walk_while_rooms_are_added(
    requester: Requester, room_window: CompleteList, control: EmulatorControl
) -> None:
    """A walk sees every room that existed at its start once, while others are added."""
    query = [pair for pair in room_window.window if pair[0] == "CreatedAfter"]
    before = rows_of(walk(requester, ROOM, ROOMS, [*query, ("PageSize", "1000")]))
    added: list[str] = []

    def add() -> None:
        account = requester.session.target.credentials.username
        for number in range(ADDED):
            room = control.put_room(account_sid=account, room_name=f"added-{number}")
            added.append(str(room["room_sid"]))

    size = ("PageSize", str(page_size(len(before))))
    pages = walk(requester, ROOM, ROOMS, [*query, size], meanwhile=add)
    if added:
        requester.session.judge([steady_judgement(WALK_WHILE_ADDED, pages, before, added)])


def test_a_walk_while_time_passes(requester: Requester, control: EmulatorControl) -> None:
    """A walk through the default window sees the rooms of the window at its start, while time passes."""
    before = rows_of(walk(requester, ROOM, ROOMS, [("PageSize", "1000")]))
    moved: list[bool] = []

    def pass_time() -> None:
        control.advance_clock(hours=6)
        moved.append(True)

    pages = walk(requester, ROOM, ROOMS, [("PageSize", str(page_size(len(before))))], meanwhile=pass_time)
    if moved:
        requester.session.judge([steady_judgement(WALK_WHILE_PASSING, pages, before, [])])
