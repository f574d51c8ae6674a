"""The emulator as a process: socket, database, sample, signals, and the three lines on standard output."""

from __future__ import annotations

import gc
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import uvicorn

from contract_kit.emulator.connection import protocol_class
from contract_kit.emulator.request_timeout import with_patience
from contract_kit.emulator.workers import run_workers
from contract_kit.errors import UsageError
from video_log_analyzer.emulator import faults
from video_log_analyzer.emulator.accounts import Account, first_account, second_account
from video_log_analyzer.emulator.app import App
from video_log_analyzer.emulator.lifecycle import PROCESSED_AT_LATEST_SECONDS, RoomPlan
from video_log_analyzer.emulator.records import Participant, Room
from video_log_analyzer.emulator.sample import Sample
from video_log_analyzer.emulator.settings import Settings
from video_log_analyzer.emulator.store import Store

_KEEP_ALIVE = 75  # seconds: longer than the pools of common clients keep an idle connection
_ROOMS_OF_SECOND_ACCOUNT = 12
_GARBAGE_THRESHOLD = 50_000  # new containers before Python looks for garbage: a page of 50 rooms makes about 200
_GRACE = 2  # seconds that a request may take to end once the emulator is told to stop
_THIS_HOST = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  where one bound to every address can be reached


def serve(settings: Settings) -> int:
    """Run the emulator until SIGINT or SIGTERM and return 0; raises UsageError for what it cannot run with.

    Once it answers, three lines on standard output say where and with which credentials, for a shell to evaluate.
    """
    faults.find(settings.faults)
    try:
        with _signals_as_interrupts(), _listening(settings) as listener, _database(settings) as path:
            with closing(open_store(settings, path)) as store:
                account = store.accounts()[0]
                if settings.workers == 1:
                    _run(App.from_settings(store, settings), listener, lambda: _announce(settings, listener, account))
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
        _fill(store, settings)
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
            _add_sample(store, Sample(account.sid, now, legacy_values=settings.legacy_values).rooms(count))


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
        _run(App.from_settings(store, settings), listener, on_started)


class _Server(uvicorn.Server):
    """uvicorn, telling when it answers."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What is there by now stays: to look through it for garbage again and again is what makes an answer late.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_GARBAGE_THRESHOLD)
        self._on_started()


def _run(app: App, listener: socket.socket, on_started: Callable[[], None]) -> None:
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        http=with_patience(protocol_class()),
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_GRACE,
    )
    _Server(config, on_started).run([listener])


def _announce(settings: Settings, listener: socket.socket, account: Account) -> None:
    host = _THIS_HOST.get(settings.host, settings.host)
    sys.stdout.write(
        f"BASE_URL=http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}\n"
        f"TWILIO_ACCOUNT_SID={account.sid}\n"
        f"TWILIO_AUTH_TOKEN={account.auth_token}\n"
    )
    sys.stdout.flush()


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    where = f"{settings.host}:{settings.port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[
            0
        ]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(f"{where}: {error.strerror or error}; name an address of this machine") from None
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen()
        except OSError as error:
            raise UsageError(
                f"{where}: {error.strerror or error}; stop what listens there, or choose another port (0: any free one)"
            ) from None
        yield listener


@contextmanager
def _database(settings: Settings) -> Iterator[Path | str]:
    if settings.database is not None:
        yield settings.database
        return
    with tempfile.TemporaryDirectory(prefix="video-log-analyzer-") as folder:
        yield Path(folder) / "emulator.sqlite"


@contextmanager
def _signals_as_interrupts() -> Iterator[None]:
    """Let SIGTERM end the emulator as SIGINT does: by KeyboardInterrupt, so that everything is cleaned up.

    uvicorn handles both while it serves and raises them again when it is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    previous = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
