"""The state besides rooms: the clock, accounts, faults, limits, counters and the key of the page tokens."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress

from contract_kit.emulator.clock import ClockReading, system_now
from contract_kit.emulator.database import Database, DatabaseBusyError
from contract_kit.emulator.limits import RequestLimit
from video_log_analyzer.emulator.accounts import Account, ApiKey
from video_log_analyzer.emulator.store import phases

_FLUSH_SECONDS = 1


class EmulatorState:
    """Everything in the database except rooms and participants, shared by every process that has it open."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted: Counter[str] = Counter()
        self._flushed = time.monotonic()

    def close(self) -> None:
        """Close the database; the store is of no use afterwards."""
        # A database that cannot be written must not keep the process from ending, or (below) from answering.
        with suppress(self._database.error, DatabaseBusyError), self._database.at_once():
            self._flush()
        self._database.close()

    @property
    def error(self) -> type[Exception]:
        """What is raised where the database cannot be read or written."""
        return self._database.error

    def at_once(self) -> AbstractContextManager[None]:
        """Raise DatabaseBusyError inside where another process is writing, instead of waiting for it."""
        return self._database.at_once()

    @contextmanager
    def undamaged(self) -> Iterator[None]:
        """Raise UsageError, which names the database, where something inside does not find in it what it needs."""
        try:
            yield
        except (self._database.error, IndexError, TypeError, ValueError) as error:
            raise self._database.refusal(f"is damaged or in use ({error})") from None

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything that is done inside, or nothing if anything fails. A nested one joins the outer one."""
        return self._database.transaction()

    def page_token_key(self) -> bytes:
        """Return the key that signs page tokens; it never changes in one database."""
        return bytes(self._database.execute("SELECT value FROM secret WHERE name = 'page token key'")[0][0])

    # The clock.

    def now(self) -> int:
        """Return the emulator's time in epoch seconds; everything that is due by then has happened."""
        return phases.now(self._database)

    def clock_state(self) -> ClockReading:
        """Return how the clock stands."""
        return phases.clock_state(self._database)

    def set_clock(self, at: int | None, *, frozen: bool) -> None:
        """Set the clock to ``at``, None for the system's time, and let it stand still there or go on from there."""
        self._change_clock(lambda _: (system_now() if at is None else at, frozen))

    def advance_clock(self, seconds: int) -> None:
        """Let ``seconds`` pass at once; a negative number takes the clock back."""
        self._change_clock(lambda state: (state.at + seconds, state.frozen))

    def _change_clock(self, change: Callable[[ClockReading], tuple[int, bool]]) -> None:
        with self.transaction():
            phases.sweep(self._database)
            at, frozen = change(self.clock_state())
            self._database.execute(
                "UPDATE clock SET frozen = :frozen, shift = :shift, at = :at",
                {"frozen": int(frozen), "shift": 0 if frozen else at - system_now(), "at": at},
            )
            phases.sweep(self._database)

    # Accounts.

    def add_account(self, account: Account) -> None:
        """Add an account, or give one that is there these secrets and no others."""
        with self.transaction():
            self._database.execute(
                "INSERT INTO account (sid, auth_token) VALUES (:sid, :token) "
                "ON CONFLICT (sid) DO UPDATE SET auth_token = excluded.auth_token",
                {"sid": account.sid, "token": account.auth_token},
            )
            number = self._database.execute("SELECT id FROM account WHERE sid = :sid", {"sid": account.sid})[0][0]
            self._database.execute("DELETE FROM api_key WHERE account = :account", {"account": number})
            for key in account.api_keys:
                self._database.execute(
                    "INSERT INTO api_key VALUES (:sid, :account, :secret) "
                    "ON CONFLICT (sid) DO UPDATE SET account = excluded.account, secret = excluded.secret",
                    {"sid": key.sid, "account": number, "secret": key.secret},
                )

    def accounts(self) -> list[Account]:
        """Return all accounts in the order in which they were added."""
        keys: dict[int, list[ApiKey]] = {}
        for number, sid, secret in self._database.execute("SELECT account, sid, secret FROM api_key ORDER BY sid"):
            keys.setdefault(number, []).append(ApiKey(sid, secret))
        return [
            Account(sid, token, tuple(keys.get(number, ())))
            for number, sid, token in self._database.execute("SELECT id, sid, auth_token FROM account ORDER BY id")
        ]

    def account(self, sid: str) -> Account | None:
        """Return the account with this SID."""
        return next((one for one in self.accounts() if one.sid == sid), None)

    def account_for(self, user: str) -> tuple[Account, str] | None:
        """Return the account that ``user``, the SID of an account or of an API key, belongs to, and user's secret."""
        if not possible_sid(user):
            return None
        found = self._database.execute(
            "SELECT sid, auth_token, auth_token FROM account WHERE sid = :user UNION ALL "
            "SELECT account.sid, auth_token, secret FROM api_key JOIN account ON account.id = api_key.account "
            "WHERE api_key.sid = :user",
            {"user": user},
        )
        return (Account(*found[0][:2]), found[0][2]) if found else None

    # Faults, limits and counters.

    def faults(self) -> tuple[str, ...]:
        """Return the names of the faults that are planted, in the order in which they are."""
        return tuple(name for (name,) in self._database.execute("SELECT name FROM fault ORDER BY place"))

    def set_faults(self, names: Iterable[str]) -> None:
        """Plant exactly these."""
        with self.transaction():
            self._database.execute("DELETE FROM fault")
            for place, name in enumerate(names):
                self._database.execute("INSERT INTO fault VALUES (:place, :name)", {"place": place, "name": name})

    def limits(self) -> Mapping[str, RequestLimit]:
        """Return the limit of each account that has one."""
        rows = self._database.execute("SELECT account, requests, seconds, concurrent FROM request_limit")
        return {account: RequestLimit(*rest) for account, *rest in rows}

    def set_limit(self, account_sid: str, limit: RequestLimit | None) -> None:
        """Set the limit of an account and begin to count; None lifts it."""
        with self.transaction():
            for table in ("request_limit", "taken"):
                self._database.execute(f"DELETE FROM {table} WHERE account = :account", {"account": account_sid})
            if limit is not None:
                self._database.execute(
                    "INSERT INTO request_limit VALUES (:account, :requests, :seconds, :concurrent)",
                    {
                        "account": account_sid,
                        "requests": limit.requests,
                        "seconds": limit.seconds,
                        "concurrent": limit.concurrent,
                    },
                )

    def take(self, account_sid: str, now: int) -> int | None:
        """Count a request; return None if it may go on, else how many seconds to wait.

        The seconds of a limit begin with the first request that is counted in them. None is counted during a load, or
        while another process is writing.
        """
        if self._database.writes_elsewhere:
            return None
        limit = self._database.execute(
            "SELECT requests, seconds FROM request_limit WHERE account = :account", {"account": account_sid}
        )
        if not limit:
            return None
        requests, seconds = limit[0]
        try:
            with self._database.at_once():
                started, taken = self._taken(account_sid, now, seconds)
        except DatabaseBusyError:
            return None
        wait: int = started + seconds - now
        return None if taken <= requests else wait

    def _taken(self, account_sid: str, now: int, seconds: int) -> tuple[int, int]:
        """Count a request, and return when the seconds began and how many requests were counted in them."""
        over = "excluded.started >= taken.started + :seconds OR excluded.started < taken.started"
        started, taken = self._database.execute(
            "INSERT INTO taken VALUES (:account, :now, 1) ON CONFLICT (account) DO UPDATE SET "
            f"requests = CASE WHEN {over} THEN 1 ELSE taken.requests + 1 END, "
            f"started = CASE WHEN {over} THEN excluded.started ELSE taken.started END RETURNING started, requests",
            {"account": account_sid, "now": now, "seconds": seconds},
        )[0]
        return started, taken

    def counters(self) -> Mapping[str, int]:
        """Return what was counted since the database was made, by every process, the others' last second excepted."""
        if not self._cannot_write:
            self._flush()
        written = Counter(dict(self._database.execute("SELECT name, value FROM counter")))
        return dict(sorted((written + self._counted).items()))

    def count(self, name: str) -> None:
        """Count one of these; it is written within a second, or when the next one is counted, or at the end."""
        self._counted[name] += 1
        if time.monotonic() - self._flushed >= _FLUSH_SECONDS and not self._cannot_write:
            with suppress(self._database.error, DatabaseBusyError), self._database.at_once():
                self._flush()

    @property
    def _cannot_write(self) -> bool:
        return self._database.in_transaction or self._database.writes_elsewhere

    def _flush(self) -> None:
        self._flushed = time.monotonic()
        counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            with self.transaction():
                # Always in the same order, so that two processes cannot wait for each other.
                for name, count in sorted(counted.items()):
                    self._database.execute(
                        "INSERT INTO counter VALUES (:name, :count) "
                        "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value",
                        {"name": name, "count": count},
                    )
        except self._database.error:
            self._counted.update(counted)
            raise


def possible_sid(text: str) -> bool:
    """Whether a caller's text can be a SID at all: PostgreSQL takes no NUL, no database half a surrogate pair."""
    return text.isascii() and text.isprintable()
