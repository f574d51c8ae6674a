"""A Python client for the emulator's control API: put rooms, set the clock, plant faults.

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

_SECONDS = 60  # the timeout of a call; a bulk load has none


@dataclass(frozen=True)
class Mistake:
    """A mistake in a call: the JSON pointer of the value, what is wrong, and the line in a bulk load."""

    pointer: str
    message: str
    line: int | None = None


class EmulatorError(ContractKitError):
    """The emulator refused a call and stored nothing of it; ``mistakes`` has all reasons."""

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
    """The emulator's current time, and whether its clock is frozen."""

    now: datetime
    frozen: bool


class EmulatorControl:
    """Calls the control API of the emulator at ``base_url``; usable as a context manager.

    Pass the API's fields of a room or participant as keyword arguments; a ``datetime`` needs a time zone.
    ``account_sid=None`` means the first account. Methods raise EmulatorError if the emulator refuses a call.
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
        """Create a room, or replace the one with this SID, and return it as the API shows it.

        ``participants`` is a list of its participants; ``schedule`` has complete_at, end_reason, processed_after
        (seconds) and final_state.
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
        """End a room now (or at ``complete_at``); all participants leave; its log is complete ten minutes later."""
        return self._dict("POST", f"rooms/{room_sid}/complete", how, account_sid=account_sid)

    def schedule_room(self, room_sid: str, *, account_sid: str | None = None, **schedule: Any) -> dict[str, Any]:
        """Set when a room will end (``complete_at``) and how long processing takes (``processed_after``, seconds)."""
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
        """Create or replace a participant of a room; the room's counts and durations are updated."""
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
        """Change some fields of a participant; the room's counts and durations are updated."""
        path = f"rooms/{room_sid}/participants/{participant_sid}"
        return self._dict("PATCH", path, fields, account_sid=account_sid, allow_unknown=allow_unknown)

    def delete_participant(self, room_sid: str, participant_sid: str, *, account_sid: str | None = None) -> None:
        """Delete a participant; the room's counts and durations are updated."""
        self._dict("DELETE", f"rooms/{room_sid}/participants/{participant_sid}", account_sid=account_sid)

    def load(self, lines: Iterable[bytes], *, account_sid: str | None = None, allow_unknown: bool = False) -> int:
        """Load NDJSON, for example an open binary file, completely or not at all; return the number of records."""
        with self._http.stream(
            "POST", "load", params=_query(account_sid, allow_unknown), content=lines, timeout=None
        ) as response:
            response.read()
            return int(_checked(response)["loaded"])

    @contextmanager
    def dump(self) -> Iterator[Iterator[bytes]]:
        """Yield all rooms and participants as chunks of NDJSON."""
        with self._http.stream("GET", "dump", timeout=None) as response:
            if response.is_error:
                response.read()
            _checked(response)
            yield response.iter_bytes()

    def reset(self) -> None:
        """Delete all rooms, faults and limits, and return to the system's clock; accounts stay."""
        self._dict("POST", "reset")

    def clock(self) -> ClockState:
        """Return the emulator's time."""
        return _clock(self._dict("GET", "clock"))

    def set_clock(self, at: datetime | None = None, *, frozen: bool = False) -> ClockState:
        """Set the emulator's time; None returns to the system's clock."""
        return _clock(self._dict("PUT", "clock", {"at": at, "frozen": frozen}))

    def freeze_clock(self) -> ClockState:
        """Freeze the clock at the current time."""
        return _clock(self._dict("PUT", "clock", {"frozen": True}))

    def advance_clock(self, seconds: int = 0, *, minutes: int = 0, hours: int = 0, days: int = 0) -> ClockState:
        """Move the clock forward."""
        span = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        return _clock(self._dict("POST", "clock/advance", {"seconds": int(span.total_seconds())}))

    def faults(self) -> tuple[str, ...]:
        """Return the names of the planted faults."""
        return tuple(self._dict("GET", "faults")["active"])

    def known_faults(self) -> dict[str, str]:
        """Return every known fault's name with a description of what it imitates."""
        return {fault["name"]: fault["imitates"] for fault in self._dict("GET", "faults")["known"]}

    def set_faults(self, *names: str) -> None:
        """Plant exactly these faults; without a name, none."""
        self._dict("PUT", "faults", {"active": list(names)})

    def add_fault(self, name: str) -> None:
        """Plant one more fault."""
        self._dict("PUT", f"faults/{name}")

    def remove_fault(self, name: str) -> None:
        """Remove one fault."""
        self._dict("DELETE", f"faults/{name}")

    def limits(self) -> dict[str, Any]:
        """Return the limit of each account that has one."""
        return self._dict("GET", "limits")

    def set_limit(self, account_sid: str, *, requests: int, seconds: int, concurrent: int | None = None) -> None:
        """Answer 429 beyond this number of requests within ``seconds``, or of concurrent requests."""
        limit = {"requests": requests, "seconds": seconds, "concurrent": concurrent}
        self._dict("PUT", f"limits/{account_sid}", limit)

    def remove_limit(self, account_sid: str) -> None:
        """Remove an account's limit."""
        self._dict("DELETE", f"limits/{account_sid}")

    def counters(self) -> dict[str, int]:
        """Return the emulator's counters, such as ``answers_200``."""
        return self._dict("GET", "counters")

    def accounts(self) -> list[dict[str, Any]]:
        """Return the SIDs of all accounts and of their API keys, without secrets."""
        accounts: list[dict[str, Any]] = self._dict("GET", "accounts")["accounts"]
        return accounts

    def is_ready(self) -> bool:
        """Whether the emulator and its database respond."""
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
    """Convert datetimes at any depth to the API's text format; raises ValueError without a time zone."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: give it one, such as datetime.UTC")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value
