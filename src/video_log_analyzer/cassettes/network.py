"""No network while a recording is replayed, whichever library asks.

CPython tells its audit hooks of every socket that connects, sends or looks up a name, and of every process that is
started, whichever module asked for it. uvloop does all that in C of its own; its loops are asked to refuse by
themselves. Out of reach is what else opens sockets past Python's ``socket``: pycurl, gRPC.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any

from video_log_analyzer.errors import VlaError

_REFUSED = {
    "socket.connect": "connect a socket",
    "socket.sendto": "send to a socket",
    "socket.sendmsg": "send to a socket",
    "socket.getaddrinfo": "look up a name",
    "socket.gethostbyname": "look up a name",
    "socket.gethostbyaddr": "look up a name",
    "subprocess.Popen": "start a process",
    "os.posix_spawn": "start a process",
    "os.system": "start a process",
    "os.exec": "start a process",
    "os.fork": "start a process",
    "os.forkpty": "start a process",
}

# Of an event loop: what leads out of the process.
_WAYS_OUT = {
    "create_connection": "connect a socket",
    "create_datagram_endpoint": "open a socket",
    "create_unix_connection": "connect a socket",
    "getaddrinfo": "look up a name",
    "getnameinfo": "look up a name",
    "sock_connect": "connect a socket",
    "sock_sendto": "send to a socket",
    "subprocess_exec": "start a process",
    "subprocess_shell": "start a process",
}


class NetworkBlockedError(VlaError):
    """Something tried to leave the process while the network was blocked."""


class _Guard:
    """One for the process, because audit hooks cannot be taken away again: it refuses only while somebody asks."""

    def __init__(self) -> None:
        self.depth = 0
        self.installed = False

    def __call__(self, event: str, _arguments: tuple[Any, ...]) -> None:
        if event in _REFUSED:
            self.refuse(_REFUSED[event])

    def refuse(self, what: str) -> None:
        """Refuse, if somebody asks for it."""
        if self.depth:
            raise NetworkBlockedError(f"a replay must not use the network: something wanted to {what}")

    def install(self) -> None:
        """Listen to CPython, and stand before the loops of uvloop."""
        if self.installed:
            return
        self.installed = True
        sys.addaudithook(self)
        with suppress(ImportError):
            import uvloop

            for name, what in _WAYS_OUT.items():
                setattr(uvloop.Loop, name, self._guarded(getattr(uvloop.Loop, name), what))

    def _guarded(self, method: Callable[..., Any], what: str) -> Callable[..., Any]:
        @wraps(method)
        def guarded(*arguments: Any, **options: Any) -> Any:
            self.refuse(what)
            return method(*arguments, **options)

        return guarded


_GUARD = _Guard()


@contextmanager
def blocked() -> Iterator[None]:
    """Refuse every socket and every process of this process, in all its threads; also to this machine itself.

    Raises:
        NetworkBlockedError: in whatever tried.
    """
    _GUARD.install()
    _GUARD.depth += 1
    try:
        yield
    finally:
        _GUARD.depth -= 1
