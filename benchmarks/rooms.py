"""Rooms by the million: the same rules at every size, so that only the size differs.

They ended, evenly spread, within the last six and a half days. Most values are common; some are rare, and held by the
same number of rooms at every size, so that a filter by them finds the same number among 10⁴ rooms as among 10⁶.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.run import Run
from benchmarks.servers import Emulator
from video_log_analyzer.emulator.records import Room
from video_log_analyzer.emulator.store import Store

SPAN = 13 * 86_400 // 2  # seconds: under the seven days after which a room is gone
COMMON_TYPE, RARE_TYPE = "group", "group_small"
COMMON_CODEC, RARE_CODEC = "VP8", "VP9"
COMMON_NAME, RARE_NAME = "daily standup", "board meeting"
_ROOMS_WITH_RARE_VALUES = 960
_CODECS = (("VP8", "opus"), ("VP8", "opus"), ("VP8", "H264", "opus"), ("H264", "opus"), ("opus",), ())


def rooms(account_sid: str, count: int, now: int) -> Iterator[Room]:
    """Yield ``count`` rooms of an account; a tenth has the common name, three of five the common type and codec."""
    source = random.Random(count)
    step = max(1, count // _ROOMS_WITH_RARE_VALUES)
    for number in range(count):
        # Bit by bit one of rare type, codec and name, or two, or three, or none.
        rare = number // step % 8 if number % step == 0 else 0
        ended = now - 60 - SPAN * number // count
        # One room in a hundred lasts for days: the order by start is not the order by end.
        duration = source.randrange(2 * 86_400) if source.random() < 0.01 else source.randrange(60, 7200)
        codecs = source.choice(_CODECS)
        yield Room(
            account_sid=account_sid,
            room_sid=f"RM00000000{source.getrandbits(96):024x}",
            room_name=RARE_NAME if rare & 1 else COMMON_NAME if source.random() < 0.1 else f"room {number}",
            create_time=ended - duration,
            end_time=ended,
            room_type=RARE_TYPE if rare & 2 else source.choices((COMMON_TYPE, "go", "peer_to_peer"), (6, 2, 2))[0],
            room_status="completed",
            status_callback="https://app.example.com/video-events",
            status_callback_method="POST",
            created_method="sdk",
            end_reason="room_ended_via_api",
            max_participants=50,
            unique_participants=3,
            unique_participant_identities=2,
            concurrent_participants=0,
            max_concurrent_participants=3,
            codecs=(*codecs[:1], RARE_CODEC, *codecs[1:]) if rare & 4 else codecs,
            media_region="us1",
            duration_sec=duration,
            total_participant_duration_sec=3 * duration,
            total_recording_duration_sec=0,
            processing_state="complete",
            recording_enabled=False,
            edge_location="ashburn",
        )


def database(run: Run, count: int) -> Path:
    """Return a database of the emulator's with ``count`` rooms, made once a run."""
    if count not in run.databases:
        path = run.folder / f"{count}.sqlite3"
        run.say(f"loading {count} rooms")
        with Emulator("--empty", "--database", str(path)) as emulator:
            account_sid = emulator.account_sid
        store = Store.open(path)
        try:
            store.load(rooms(account_sid, count, int(time.time())))
        finally:
            store.close()
        run.databases[count] = path
    return run.databases[count]
