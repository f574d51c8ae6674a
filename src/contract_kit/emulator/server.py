"""An emulator as a process: its socket, uvicorn, and signals."""

from __future__ import annotations

import gc
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from contract_kit.emulator.asgi import ASGIApp
from contract_kit.emulator.connection import protocol_class
from contract_kit.emulator.request_timeout import with_request_timeout
from contract_kit.errors import UsageError

_KEEP_ALIVE = 75  # seconds: longer than the pools of common clients keep an idle connection
_GARBAGE_THRESHOLD = 50_000  # new containers before Python looks for garbage: a page of 50 rows makes about 200
_GRACE = 2  # seconds that a request may take to end once the emulator is told to stop
_THIS_HOST = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  where one bound to every address can be reached


def run(app: ASGIApp, listener: socket.socket, on_started: Callable[[], None]) -> None:
    """Serve an application on a socket that listens, until SIGINT or SIGTERM; ``on_started`` is called once it does."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        http=with_request_timeout(protocol_class()),
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,  # the application knows what time it is there
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_GRACE,
    )
    _Server(config, on_started).run([listener])


class _Server(uvicorn.Server):
    """uvicorn, which also tells when it answers."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # Objects that exist by now stay; collecting them again and again would delay answers.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_GARBAGE_THRESHOLD)
        self._on_started()


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens there; port 0 picks a free one. Raises UsageError if there can be none."""
    where = f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
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


def base_url(host: str, listener: socket.socket) -> str:
    """Return where a client reaches the socket, such as ``http://127.0.0.1:8080``."""
    host = _THIS_HOST.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


@contextmanager
def signals_as_interrupts() -> Iterator[None]:
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
