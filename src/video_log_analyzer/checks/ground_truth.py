"""The ground truth of an emulator, from its control API: it reveals lists that always hide the same rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contract_kit.api import Query
from contract_kit.check.filters import mismatches
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.findings.finding import Kind
from contract_kit.targets import Target
from video_log_analyzer.emulator_client import EmulatorControl
from video_log_analyzer.kit import ROOM

ROOMS = Property(
    "known-rooms", Kind.CONSISTENCY, "every room that is known to be there, and no other", "D17", counts_rows=True
)
PARTICIPANTS = Property(
    "known-participants",
    Kind.CONSISTENCY,
    "every participant that is known to be there, and no other",
    counts_rows=True,
)

Resource = Mapping[str, Any]


class GroundTruth:
    """The rooms and participants of our emulator, from its control API."""

    def __init__(self, target: Target) -> None:
        with EmulatorControl(target.url) as control, control.dump() as pieces:
            records = [json.loads(line) for line in b"".join(pieces).splitlines()]
        own = [record for record in records if record.get("account_sid") == target.credentials.username]
        self.rooms: list[dict[str, Any]] = [record for record in own if "participant_sid" not in record]
        self._participants = [record for record in own if "participant_sid" in record]

    def room_judgement(self, answer: ObservedResponse, rooms: Sequence[Resource], window: Query) -> Iterator[Judgement]:
        """Judge whether a list shows exactly the emulator's rooms of a window."""
        known = {room["room_sid"] for room in self.rooms if not mismatches(room, window, ROOM)}
        yield _judgement(ROOMS, answer, "/rooms", known, {room.get("room_sid") for room in rooms})

    def participant_judgement(
        self, answer: ObservedResponse, room_sid: object, participants: Sequence[Resource]
    ) -> Iterator[Judgement]:
        """Judge whether a list shows exactly the emulator's participants of a room."""
        known = {each["participant_sid"] for each in self._participants if each["room_sid"] == room_sid}
        shown = {participant.get("participant_sid") for participant in participants}
        yield _judgement(PARTICIPANTS, answer, "/participants", known, shown)


def _judgement(
    judged: Property, answer: ObservedResponse, location: str, known: set[Any], shown: set[Any]
) -> Judgement:
    detail = f"{len(known - shown)} of {len(known)} are missing, {len(shown - known)} are too many"
    return Judgement(judged, answer, location, known == shown, detail)
