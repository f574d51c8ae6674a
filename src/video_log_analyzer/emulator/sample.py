"""Sample rooms: seeded, consistent, and together showing every value that the API publishes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from contract_kit.intervals import peak
from video_log_analyzer.emulator import vocabulary
from video_log_analyzer.emulator.accounts import invented_sid
from video_log_analyzer.emulator.errors import more_info
from video_log_analyzer.emulator.lifecycle import PROCESSED_AT_LATEST_SECONDS, duration, summary
from video_log_analyzer.emulator.records import Participant, Room

Card = TypeVar("Card")

HOUR = 3600
_NAMES = (
    "daily-standup",
    "Sprechstunde Müller",
    "会議室 7",
    "interview",
    "Room with spaces & more",
    "télé-consultation ☕",
)
_IDENTITIES = ("alice", "bob", "chloé", "dmitri", "eve", "farid", "grace", "hiro", "ines", "jamal", "kim", "lena")
_SDKS = (("twilio-video-js", "2.28.1"), ("twilio-video-ios", "5.8.2"), ("twilio-video-android", "7.6.4"))
_ERROR_CODES = {
    "disconnected_via_api": 0,
    "signaling_connection_error": 53000,
    "signaling_connection_disconnected": 53001,
    "signaling_connection_timed_out": 53002,
    "room_contains_too_many_participants": 53105,
    "room_not_found": 53106,
    "participant_disconnected_because_of_duplicate_identity": 53205,
    "media_connection_failed_or_media_activity_ceased": 53405,
}


class Deck(Generic[Card]):
    """Deals cards in random order and shuffles again when none is left, so that a small sample shows every value."""

    def __init__(self, source: random.Random, cards: Sequence[Card]) -> None:
        self._source = source
        self._cards = cards
        self._left: list[Card] = []

    def deal(self) -> Card:
        """Return the next card."""
        if not self._left:
            self._left = self._source.sample(self._cards, len(self._cards))
        return self._left.pop()


class RoomSample:
    """Makes rooms for one account around ``now``: always the same ones for the same account and ``seed``."""

    def __init__(self, account_sid: str, now: int, *, legacy_values: bool = False, seed: str = "") -> None:
        self._account_sid = account_sid
        self._now = now
        self._random = random.Random(account_sid + seed)  # noqa: S311  repeatable on purpose

        def deck(published: vocabulary.Vocabulary) -> Deck[str]:
            return Deck(self._random, published.values(legacy=legacy_values))

        self._room_type = deck(vocabulary.ROOM_TYPE)
        self._created_method = deck(vocabulary.CREATED_METHOD)
        self._room_end_reason = deck(vocabulary.ROOM_END_REASON)
        self._callback_method = deck(vocabulary.STATUS_CALLBACK_METHOD)
        self._room_region, self._participant_region = deck(vocabulary.MEDIA_REGION), deck(vocabulary.MEDIA_REGION)
        self._room_edge, self._participant_edge = deck(vocabulary.EDGE_LOCATION), deck(vocabulary.EDGE_LOCATION)
        self._participant_end_reason = deck(vocabulary.PARTICIPANT_END_REASON)
        self._head_count = Deck(self._random, range(13))
        self._present_status = Deck(self._random, ("connected", "in_progress"))
        self._left_status = Deck(self._random, ("disconnected", "completed"))
        # Most rooms are processed. This is for rooms that ended more than half an hour ago.
        self._processing_state = Deck(self._random, ("complete",) * 6 + ("timeout", "not_started"))
        self._codecs = Deck(
            self._random, (("VP8", "opus"), ("H264", "opus"), ("VP9", "opus"), ("opus",), ("VP8", "H264"), ("VP8",))
        )
        self._sdk = Deck(self._random, _SDKS)

    def rooms(self, count: int) -> Iterator[tuple[Room, list[Participant]]]:
        """Yield ``count`` rooms of every state over the last seven days."""
        created, length = self._now, HOUR
        for number in range(count):
            ended: int | None
            if number % 8 == 1:
                length = self._random.randrange(60, 3 * HOUR)
                created, ended = self._now - length, None
            elif number % 9 == 8:
                # Created in the same second as the room before, because bounds and pages go wrong at equal times.
                length = self._random.randrange(30, length + 1)
                ended = created + length
            else:
                length = self._random.randrange(30, 4 * HOUR)
                ended = self._now - self._age_at_end(number)
                created = ended - length
            yield self.room(created, ended)

    def _age_at_end(self, number: int) -> int:
        """Seconds since the room ended: each tenth within the last minutes, a third within the default window."""
        if number % 10 == 0:
            return self._random.randrange(1, PROCESSED_AT_LATEST_SECONDS)
        if number % 3 == 0:
            return self._random.randrange(PROCESSED_AT_LATEST_SECONDS, 23 * HOUR)
        return self._random.randrange(25 * HOUR, 7 * 24 * HOUR - 2 * HOUR)

    def room(self, created: int, ended: int | None) -> tuple[Room, list[Participant]]:
        """Return a room of the given times, still in progress if ``ended`` is None, and its participants."""
        room_sid = invented_sid("RM", self._random)
        recording = self._random.random() < 0.4
        count = self._head_count.deal()
        # By identity, the stays so far: nobody is in a room twice at one time.
        stays: dict[str, list[tuple[int, int | None]]] = {}
        participants: list[Participant] = []
        moments = self._moments(created, self._now if ended is None else ended, 2 * count)
        for one, other in zip(moments[:count], moments[count:], strict=True):
            joined = min(one, other)
            left = None if ended is None and self._random.random() < 0.7 else max(one, other)
            # Now and then somebody leaves and comes back, under the same identity and a new SID.
            absent = [who for who, times in stays.items() if peak([*times, (joined, left)]) == 1]
            # Always as many random numbers, so that a room does not depend on the times of another one.
            chance, place = self._random.random(), self._random.random()
            known = absent if absent and chance < 0.3 else None
            identity = (
                known[int(place * len(known))]
                if known
                else f"{_IDENTITIES[int(place * len(_IDENTITIES))]}-{len(participants)}"
            )
            stays.setdefault(identity, []).append((joined, left))
            participants.append(self._participant(room_sid, identity, joined, left, recording=recording))
        callback = self._random.random() < 0.6
        in_progress = ended is None
        name = room_sid if self._random.random() < 0.3 else self._random.choice(_NAMES)
        room = Room(
            account_sid=self._account_sid,
            room_sid=room_sid,
            room_name=name,
            create_time=created,
            end_time=ended,
            room_type=self._room_type.deal(),
            room_status="in_progress" if in_progress else "completed",
            status_callback="https://example.com/video-events" if callback else None,
            status_callback_method=self._callback_method.deal() if callback else None,
            created_method=self._created_method.deal(),
            end_reason=None if in_progress else self._room_end_reason.deal(),
            max_participants=50,
            max_concurrent_participants=self._random.choice((12, 50)),
            media_region=self._room_region.deal(),
            duration_sec=duration(created, ended),
            processing_state=self._processing(ended),
            recording_enabled=recording,
            edge_location=self._room_edge.deal(),
            **summary(participants),
        )
        return room, participants

    def _processing(self, ended: int | None) -> str:
        if ended is None:
            return "not_started"
        return "in_progress" if self._now - ended < PROCESSED_AT_LATEST_SECONDS else self._processing_state.deal()

    def _moments(self, first: int, last: int, count: int) -> list[int]:
        """Seconds to join and leave: no two the same, where there are enough, so that the order of things is plain."""
        seconds = range(first, last + 1)
        return self._random.sample(seconds, count) if count <= len(seconds) else self._random.choices(seconds, k=count)

    def _participant(
        self, room_sid: str, identity: str, joined: int, left: int | None, *, recording: bool
    ) -> Participant:
        still_there = left is None
        # No published reason is that of somebody who just leaves, so an ordinary leave has none.
        reason = None if still_there or self._random.random() < 0.4 else self._participant_end_reason.deal()
        error_code = _ERROR_CODES.get(reason or "")
        codecs = self._codecs.deal()
        sdk_name, sdk_version = self._sdk.deal()
        return Participant(
            participant_sid=invented_sid("PA", self._random),
            participant_identity=identity,
            join_time=joined,
            leave_time=left,
            duration_sec=duration(joined, left),
            account_sid=self._account_sid,
            room_sid=room_sid,
            status=(self._present_status if still_there else self._left_status).deal(),
            codecs=codecs,
            end_reason=reason,
            error_code=error_code,
            error_code_url=more_info(error_code) if error_code else None,
            media_region=self._participant_region.deal(),
            properties={
                "recordOnConnect": recording and self._random.random() < 0.8,
                "numAudioTracks": int("opus" in codecs),
                "numVideoTracks": sum(codec != "opus" for codec in codecs),
                "numDataTracks": self._random.randrange(2),
                "isAdhoc": self._random.random() < 0.2,
            },
            edge_location=self._participant_edge.deal(),
            publisher_info={"name": sdk_name, "sdk_version": sdk_version},
        )
