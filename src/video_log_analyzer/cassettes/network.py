"""No network while a recording is replayed, whichever library asks.

CPython tells its audit hooks of every socket that connects, sends or looks up a name, and of every process that is
started, whichever module asked for it. Out of reach is what opens sockets in C of its own, past Python's ``socket``:
uvloop, pycurl, gRPC.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


class NetworkBlockedError(VlaError):
    """Something tried to leave the process while the network was blocked."""


class _Guard:
    """One for the process, because audit hooks cannot be taken away again: it refuses only while somebody asks."""

    def __init__(self) -> None:
        self.depth = 0
        self.installed = False

    def __call__(self, event: str, _arguments: tuple[Any, ...]) -> None:
        if self.depth and event in _REFUSED:
            raise NetworkBlockedError(f"a replay must not use the network: something wanted to {_REFUSED[event]}")


_GUARD = _Guard()


@contextmanager
def blocked() -> Iterator[None]:
    """Refuse every socket and every process of this process, in all its threads; also to this machine itself.

    Raises:
        NetworkBlockedError: in whatever tried.
    """
    if not _GUARD.installed:
        sys.addaudithook(_GUARD)
        _GUARD.installed = True
    _GUARD.depth += 1
    try:
        yield
    finally:
        _GUARD.depth -= 1
