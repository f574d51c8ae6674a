"""Wrong uses of the client that ``mypy --strict`` has to find: an ignored error that is none is an error of its own.

Nothing here is run.
"""

from __future__ import annotations

from video_log_analyzer_client import Client, MediaRegion, Room


def show(*values: object) -> None:
    """Make use of the values."""


def wrong(client: Client, room: Room) -> None:
    client.rooms.list(created_after="2026-11-20")  # type: ignore[arg-type]
    client.rooms.list(colour="red")  # type: ignore[call-arg]
    client.rooms.fetch(5)  # type: ignore[arg-type]
    client.rooms.participants()  # type: ignore[call-arg]
    show(room.room_nam)  # type: ignore[attr-defined]
    show(room.duration_sec + 1)  # type: ignore[operator]
    room.room_name = "standup"  # type: ignore[misc]
    region: MediaRegion = room.media_region  # type: ignore[assignment]
    Client.from_env(retries=3)  # type: ignore[call-arg]
    show(region)
