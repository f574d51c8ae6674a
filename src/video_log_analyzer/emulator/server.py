"""The emulator as a process: database, sample, and the three lines on standard output."""

from __future__ import annotations

import fcntl
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from contract_kit.emulator.server import base_url, listening, run, signals_as_interrupts
from contract_kit.emulator.workers import run_workers
from video_log_analyzer.emulator.accounts import Account, first_account, second_account
from video_log_analyzer.emulator.app import App
from video_log_analyzer.emulator.faults import FAULTS
from video_log_analyzer.emulator.lifecycle import PROCESSED_AT_LATEST_SECONDS, RoomPlan
from video_log_analyzer.emulator.records import Participant, Room
from video_log_analyzer.emulator.sample import RoomSample
from video_log_analyzer.emulator.settings import Settings
from video_log_analyzer.emulator.store import Store

_ROOMS_OF_SECOND_ACCOUNT = 12


def serve(settings: Settings) -> int:
    """Run the emulator until SIGINT or SIGTERM and return 0; raises UsageError for what it cannot run with.

    Once it answers, three lines on standard output say where and with which credentials, for a shell to evaluate.
    """
    FAULTS.find(settings.faults)
    try:
        with signals_as_interrupts(), listening(settings.host, settings.port) as listener, _database(settings) as path:
            with closing(open_store(settings, path)) as store:
                with store.undamaged():
                    account = store.accounts()[0]
                    app = App.from_settings(store, settings)
                if settings.workers == 1:
                    with _shared_with_nobody(path):
                        run(app, listener, lambda: _announce(settings, listener, account))
            if settings.workers > 1:
                # Each opens the database for itself: a connection must not cross a fork.
                run_workers(
                    settings.workers,
                    lambda on_started: _work(settings, path, listener, on_started),
                    lambda: _announce(settings, listener, account),
                )
    except KeyboardInterrupt:
        pass
    return 0


def open_store(settings: Settings, where: Path | str) -> Store:
    """Open the database, give it the accounts, and a new one the faults and the first two accounts their sample."""
    store = Store.open(where)
    try:
        with store.undamaged():
            _fill(store, settings)
            # What every request needs: better found missing now than then.
            store.page_token_key(), store.now(), store.faults(), store.limits()
    except BaseException:
        store.close()
        raise
    return store


def _fill(store: Store, settings: Settings) -> None:
    accounts = settings.accounts or (first_account(settings.seed), second_account(settings.seed))
    # In one transaction: a database that was killed while it was filled is a new one.
    with store.transaction():
        is_new = not store.accounts()
        if is_new or settings.accounts:
            for account in accounts:
                store.add_account(account)
        if settings.faults:
            store.set_faults(settings.faults)
        if not is_new or settings.empty:
            return
        now = store.now()
        for account, count in zip(
            accounts, (settings.rooms, min(settings.rooms, _ROOMS_OF_SECOND_ACCOUNT)), strict=False
        ):
            _add_sample(store, RoomSample(account.sid, now, legacy_values=settings.legacy_values).rooms(count))


@contextmanager
def _shared_with_nobody(path: Path | str) -> Iterator[None]:
    """Say on standard error where another emulator serves the same file; that works, but is rarely meant."""
    if not Path(path).is_file():
        yield
        return
    # SQLite locks files in another way, with which this does not interfere. The file stays open: closing it would
    # end SQLite's locks of this process.
    with Path(path).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = "is served by another emulator already: both share its rooms, clock, faults and limits"
            sys.stderr.write(f"{path}: {said}\n")
        except OSError:
            pass  # this file system has no such locks
        yield


def _add_sample(store: Store, rooms: Iterable[tuple[Room, list[Participant]]]) -> None:
    in_processing: list[Room] = []

    def records() -> Iterator[Room | Participant]:
        for room, participants in rooms:
            if room.processing_state == "in_progress":
                in_processing.append(room)
            yield room
            yield from participants

    store.load(records())
    plan = RoomPlan(processed_after=PROCESSED_AT_LATEST_SECONDS)
    for room in in_processing:
        store.schedule_room(room.account_sid, room.room_sid, plan)


def _work(settings: Settings, path: Path | str, listener: socket.socket, on_started: Callable[[], None]) -> None:
    with closing(Store.open(path)) as store:
        run(App.from_settings(store, settings), listener, on_started)


def _announce(settings: Settings, listener: socket.socket, account: Account) -> None:
    sys.stdout.write(
        f"BASE_URL={base_url(settings.host, listener)}\n"
        f"TWILIO_ACCOUNT_SID={account.sid}\n"
        f"TWILIO_AUTH_TOKEN={account.auth_token}\n"
    )
    sys.stdout.flush()


@contextmanager
def _database(settings: Settings) -> Iterator[Path | str]:
    if settings.database is not None:
        yield settings.database
        return
    with tempfile.TemporaryDirectory(prefix="video-log-analyzer-") as folder:
        yield Path(folder) / "emulator.sqlite"
