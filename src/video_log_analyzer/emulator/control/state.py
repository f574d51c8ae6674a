"""Clock, faults, limits and counters as JSON."""

from __future__ import annotations

from typing import Any

from contract_kit.emulator import rfc3339
from contract_kit.emulator.limits import RequestLimit
from contract_kit.errors import UsageError
from video_log_analyzer.emulator.control import fields
from video_log_analyzer.emulator.control.problems import CallProblem, ControlError, Problems, not_found
from video_log_analyzer.emulator.faults import FAULTS
from video_log_analyzer.emulator.store import Store

LONGEST_ADVANCE = 100 * 366 * 86_400  # seconds; a typing mistake should not leave the calendar


def _whole_number(smallest: int, largest: int) -> fields.Reader:
    def read(value: Any) -> int:
        if type(value) is not int or not smallest <= value <= largest:
            raise ValueError(f"expected an integer from {smallest} to {largest}")
        return value

    return read


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("expected a list of names")
    wrong = []
    for index, name in enumerate(value):
        try:
            FAULTS.find([name])
        except UsageError as error:
            wrong.append((f"/{index}", str(error)))
    if wrong:
        raise fields.ItemsError(wrong)
    return tuple(dict.fromkeys(value))


_COUNT = _whole_number(1, 1_000_000)
_CLOCK: fields.Readers = {"at": fields.time, "frozen": _truth}
_ADVANCE: fields.Readers = {"seconds": _whole_number(0, LONGEST_ADVANCE)}
_FAULTS: fields.Readers = {"active": _names}
_LIMIT: fields.Readers = {
    "requests": _COUNT,
    "seconds": _COUNT,
    "concurrent": lambda value: None if value is None else _COUNT(value),
}


def _read(body: Any, readers: fields.Readers, *required: str) -> dict[str, Any]:
    problems = Problems()
    given = fields.read_object(body, readers, problems)
    for name in required:
        if isinstance(body, dict) and name not in body:
            problems.add(f"/{name}", "is missing")
    problems.raise_any()
    return given


def clock(store: Store) -> dict[str, Any]:
    """Return what time it is for the emulator, and whether time stands still."""
    return {"now": rfc3339.render(store.now()), "frozen": store.clock_state().frozen}


def set_clock(store: Store, body: Any) -> dict[str, Any]:
    """Set the time (``at``; null: the system's; left out: what it is) and let it stand still (``frozen``) or run."""
    given = _read(body, _CLOCK)
    store.set_clock(given["at"] if "at" in given else store.now(), frozen=given.get("frozen", False))
    return clock(store)


def advance_clock(store: Store, body: Any) -> dict[str, Any]:
    """Let ``seconds`` pass at once."""
    store.advance_clock(_read(body, _ADVANCE, "seconds")["seconds"])
    return clock(store)


def list_faults(store: Store) -> dict[str, Any]:
    """Return the names of the active faults, and every fault there is."""
    return {
        "active": list(store.faults()),
        "known": [{"name": fault.name, "kind": fault.kind, "imitates": fault.imitates} for fault in FAULTS],
    }


def set_faults(store: Store, body: Any) -> dict[str, Any]:
    """Plant exactly the faults named in ``active``."""
    store.set_faults(_read(body, _FAULTS, "active")["active"])
    return {"active": list(store.faults())}


def set_fault(store: Store, name: str, *, active: bool) -> dict[str, Any]:
    """Plant one fault beside the others, or lift it."""
    try:
        FAULTS.find([name])
    except UsageError as error:
        raise ControlError(404, CallProblem("", str(error))) from None
    others = tuple(one for one in store.faults() if one != name)
    store.set_faults((*others, name) if active else others)
    return {"active": list(store.faults())}


def limits(store: Store) -> dict[str, Any]:
    """Return the limit of each account that has one."""
    return {
        account_sid: {"requests": limit.requests, "seconds": limit.seconds, "concurrent": limit.concurrent}
        for account_sid, limit in store.limits().items()
    }


def set_limit(store: Store, account_sid: str, body: Any) -> dict[str, Any]:
    """Let an account make so many ``requests`` in so many ``seconds``, and so many at once (``concurrent``)."""
    if store.account(account_sid) is None:
        raise not_found(f"account {account_sid}")
    given = _read(body, _LIMIT, "requests", "seconds")
    store.set_limit(account_sid, RequestLimit(given["requests"], given["seconds"], given.get("concurrent")))
    return limits(store)


def lift_limit(store: Store, account_sid: str) -> dict[str, Any]:
    """Let an account make as many requests as it likes."""
    store.set_limit(account_sid, None)
    return limits(store)


def reset(store: Store) -> dict[str, Any]:
    """Back to an empty emulator: no rooms, faults or limits, the system's clock. Accounts and page tokens stay."""
    with store.transaction():
        store.reset()
        store.set_faults(())
        for account_sid in list(store.limits()):
            store.set_limit(account_sid, None)
        store.set_clock(None, frozen=False)
    return {}
