"""The emulator's control API from Python: put rooms, turn the clock, plant faults.

::

    control = EmulatorControl("http://127.0.0.1:8080")
    room = control.put_room(room_name="standup", participants=[{"participant_identity": "alice"}])
    control.advance_clock(days=7)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx

from contract_kit.errors import ContractKitError
from contract_kit.targets import is_loopback

_SECONDS = 60  # that a call may take; a bulk load may take any time


@dataclass(frozen=True)
class Mistake:
    """One thing that was wrong with a call: the JSON pointer of the value, its line in a bulk load, what to mend."""

    pointer: str
    message: str
    line: int | None = None


class EmulatorError(ContractKitError):
    """The emulator refused a call, and stored nothing of it; ``mistakes`` are all its reasons."""

    def __init__(self, status: int, mistakes: Iterable[Mistake]) -> None:
        self.status = status
        self.mistakes = tuple(mistakes)
        lines = "; ".join(
            " ".join(filter(None, (f"line {one.line}" if one.line else "", one.pointer, one.message)))
            for one in self.mistakes
        )
        super().__init__(f"the emulator answered {status}: {lines}")


@dataclass(frozen=True)
class ClockState:
    """What time it is for the emulator, and whether time stands still."""

    now: datetime
    frozen: bool


class EmulatorControl:
    """Calls the control API of the emulator at ``base_url``; usable as a context manager.

    Fields are the published ones of a room or a participant, by keyword; a ``datetime`` with a time zone is written as
    the API writes times. ``account_sid`` None is the first account. Raises EmulatorError for what the emulator refuses.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._http = httpx.Client(
            base_url=f"{self.base_url}/_emulator/",
            timeout=_SECONDS,
            trust_env=not is_loopback(httpx.URL(base_url).host),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def put_room(
        self,
        room_sid: str | None = None,
        *,
        account_sid: str | None = None,
        allow_unknown: bool = False,
        **fields: Any,
    ) -> dict[str, Any]:
        """Put a room, new or in place of the one with this SID, and return it as the API shows it.

        ``participants`` is a list of participants to put with it; ``schedule`` has complete_at, end_reason,
        processed_after (seconds) and final_state.
        """
        path = "rooms" if room_sid is None else f"rooms/{room_sid}"
        return self._dict("PUT", path, fields, account_sid=account_sid, allow_unknown=allow_unknown)

    def read_room(self, room_sid: str, *, account_sid: str | None = None) -> dict[str, Any]:
        """Return a room as the API shows it, without the origin in its URLs."""
        return self._dict("GET", f"rooms/{room_sid}", account_sid=account_sid)

    def change_room(
        self, room_sid: str, *, account_sid: str | None = None, allow_unknown: bool = False, **fields: Any
    ) -> dict[str, Any]:
        """Change some fields of a room."""
        return self._dict("PATCH", f"rooms/{room_sid}", fields, account_sid=account_sid, allow_unknown=allow_unknown)

    def complete_room(self, room_sid: str, *, account_sid: str | None = None, **how: Any) -> dict[str, Any]:
        """End a room now (or at ``complete_at``); everybody leaves, and ten minutes later its log is complete."""
        return self._dict("POST", f"rooms/{room_sid}/complete", how, account_sid=account_sid)

    def schedule_room(self, room_sid: str, *, account_sid: str | None = None, **schedule: Any) -> dict[str, Any]:
        """Say when a room will end (``complete_at``) and how long processing takes (``processed_after``)."""
        return self._dict("PUT", f"rooms/{room_sid}/schedule", schedule, account_sid=account_sid)

    def delete_room(self, room_sid: str, *, account_sid: str | None = None) -> None:
        """Delete a room with its participants."""
        self._dict("DELETE", f"rooms/{room_sid}", account_sid=account_sid)

    def put_participant(
        self,
        room_sid: str,
        participant_sid: str | None = None,
        *,
        account_sid: str | None = None,
        allow_unknown: bool = False,
        **fields: Any,
    ) -> dict[str, Any]:
        """Put a participant into a room; the room's numbers follow."""
        path = f"rooms/{room_sid}/participants" + (f"/{participant_sid}" if participant_sid else "")
        return self._dict("PUT", path, fields, account_sid=account_sid, allow_unknown=allow_unknown)

    def change_participant(
        self,
        room_sid: str,
        participant_sid: str,
        *,
        account_sid: str | None = None,
        allow_unknown: bool = False,
        **fields: Any,
    ) -> dict[str, Any]:
        """Change some fields of a participant; the room's numbers follow."""
        path = f"rooms/{room_sid}/participants/{participant_sid}"
        return self._dict("PATCH", path, fields, account_sid=account_sid, allow_unknown=allow_unknown)

    def delete_participant(self, room_sid: str, participant_sid: str, *, account_sid: str | None = None) -> None:
        """Delete a participant; the room's numbers follow."""
        self._dict("DELETE", f"rooms/{room_sid}/participants/{participant_sid}", account_sid=account_sid)

    def load(self, lines: Iterable[bytes], *, account_sid: str | None = None, allow_unknown: bool = False) -> int:
        """Load NDJSON, such as an open binary file, all of it or nothing; return how many records there were."""
        with self._http.stream(
            "POST", "load", params=_query(account_sid, allow_unknown), content=lines, timeout=None
        ) as response:
            response.read()
            return int(_checked(response)["loaded"])

    @contextmanager
    def dump(self) -> Iterator[Iterator[bytes]]:
        """Give all rooms and participants as pieces of NDJSON, to be written to a file one by one."""
        with self._http.stream("GET", "dump", timeout=None) as response:
            if response.is_error:
                response.read()
            _checked(response)
            yield response.iter_bytes()

    def reset(self) -> None:
        """Forget all rooms, faults and limits, and take the system's clock; accounts stay."""
        self._dict("POST", "reset")

    def clock(self) -> ClockState:
        """Return what time it is for the emulator."""
        return _clock(self._dict("GET", "clock"))

    def set_clock(self, at: datetime | None = None, *, frozen: bool = False) -> ClockState:
        """Set the time; None goes back to the system's."""
        return _clock(self._dict("PUT", "clock", {"at": at, "frozen": frozen}))

    def freeze_clock(self) -> ClockState:
        """Let time stand still where it is."""
        return _clock(self._dict("PUT", "clock", {"frozen": True}))

    def advance_clock(self, seconds: int = 0, *, minutes: int = 0, hours: int = 0, days: int = 0) -> ClockState:
        """Let so much time pass at once."""
        span = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        return _clock(self._dict("POST", "clock/advance", {"seconds": int(span.total_seconds())}))

    def faults(self) -> tuple[str, ...]:
        """Return the names of the faults that are planted."""
        return tuple(self._dict("GET", "faults")["active"])

    def known_faults(self) -> dict[str, str]:
        """Return every fault by name, with what it imitates."""
        return {fault["name"]: fault["imitates"] for fault in self._dict("GET", "faults")["known"]}

    def set_faults(self, *names: str) -> None:
        """Plant exactly these faults; without a name, none."""
        self._dict("PUT", "faults", {"active": list(names)})

    def add_fault(self, name: str) -> None:
        """Plant one more fault."""
        self._dict("PUT", f"faults/{name}")

    def remove_fault(self, name: str) -> None:
        """Lift one fault."""
        self._dict("DELETE", f"faults/{name}")

    def limits(self) -> dict[str, Any]:
        """Return the limit of each account that has one."""
        return self._dict("GET", "limits")

    def set_limit(self, account_sid: str, *, requests: int, seconds: int, concurrent: int | None = None) -> None:
        """Answer 429 to what is more than so many requests in so many seconds, or so many at once."""
        limit = {"requests": requests, "seconds": seconds, "concurrent": concurrent}
        self._dict("PUT", f"limits/{account_sid}", limit)

    def remove_limit(self, account_sid: str) -> None:
        """Lift an account's limit."""
        self._dict("DELETE", f"limits/{account_sid}")

    def counters(self) -> dict[str, int]:
        """Return how often what happened, such as ``answers_200``."""
        return self._dict("GET", "counters")

    def accounts(self) -> list[dict[str, Any]]:
        """Return the SIDs of all accounts and of their API keys, without a secret."""
        accounts: list[dict[str, Any]] = self._dict("GET", "accounts")["accounts"]
        return accounts

    def is_ready(self) -> bool:
        """Whether it answers, with a database that does."""
        try:
            return self._http.get("ready").is_success
        except httpx.TransportError:
            return False

    def _dict(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        account_sid: str | None = None,
        allow_unknown: bool = False,
    ) -> dict[str, Any]:
        query = _query(account_sid, allow_unknown)
        return _checked(self._http.request(method, path, params=query, json=None if body is None else _plain(body)))


def _query(account_sid: str | None, allow_unknown: bool) -> dict[str, str]:  # noqa: FBT001  two of the query's own names
    query = {"account_sid": account_sid} if account_sid is not None else {}
    return query | ({"allow_unknown": "true"} if allow_unknown else {})


def _checked(response: httpx.Response) -> dict[str, Any]:
    if response.is_success:
        return {} if response.headers["content-type"] != "application/json" else dict(response.json())
    try:
        mistakes = [
            Mistake(str(one["pointer"]), str(one["message"]), one.get("line")) for one in response.json()["errors"]
        ]
    except (ValueError, KeyError, TypeError):
        mistakes = [Mistake("", f"{response.text[:200]!r}: is this an emulator, and its control API on?")]
    raise EmulatorError(response.status_code, mistakes)


def _clock(answer: Mapping[str, Any]) -> ClockState:
    return ClockState(datetime.fromisoformat(answer["now"]), answer["frozen"])


def _plain(value: Any) -> Any:
    """Turn datetimes, however deep, into the text that the API writes."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: give it one, such as datetime.UTC")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value
