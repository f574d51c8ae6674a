"""Block the network during a replay, whichever library uses it.

CPython's audit hooks report every connecting socket, name lookup and nearly every started process. They do not report
data sent on a connected socket, so the methods of ``socket.socket`` and ``ssl.SSLSocket`` are patched. uvloop uses its
own C code, so its loops are patched, too.

Not blocked: code that bypasses Python's ``socket`` (``_socket.socket``, ``os.write`` to a socket's descriptor, uvloop
connections that are already open, pyOpenSSL, pycurl, gRPC), and a running process that is reached through a pipe or an
unnamed socket pair.
"""

from __future__ import annotations

import os
import socket
import ssl
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any

from contract_kit.errors import ContractKitError

_CONNECT = "connect a socket"
_SEND = "send to a socket"
_LOOK_UP = "look up a name"
_START = "start a process"

_REFUSED = {
    "socket.connect": _CONNECT,
    "socket.sendto": _SEND,
    "socket.sendmsg": _SEND,
    "socket.getaddrinfo": _LOOK_UP,
    "socket.gethostbyname": _LOOK_UP,
    "socket.gethostbyaddr": _LOOK_UP,
    "socket.getnameinfo": _LOOK_UP,
    "subprocess.Popen": _START,
    "os.posix_spawn": _START,
    "os.spawn": _START,
    "os.startfile": _START,
    "os.system": _START,
    "os.exec": _START,
    "os.fork": _START,
    "os.forkpty": _START,
    "_winapi.CreateProcess": _START,
}

# CPython has no audit event for these.
_SENDING = ("send", "sendall", "sendfile")
_SENDING_BY_TLS = ("send", "sendall", "sendfile", "write", "do_handshake", "unwrap")

# Methods of a uvloop event loop that leave the process.
_WAYS_OUT = {
    "create_connection": _CONNECT,
    "create_datagram_endpoint": "open a socket",
    "create_unix_connection": _CONNECT,
    "getaddrinfo": _LOOK_UP,
    "getnameinfo": _LOOK_UP,
    "sendfile": _SEND,
    "sock_connect": _CONNECT,
    "sock_sendall": _SEND,
    "sock_sendfile": _SEND,
    "sock_sendto": _SEND,
    "start_tls": _SEND,
    "subprocess_exec": _START,
    "subprocess_shell": _START,
}


class NetworkBlockedError(ContractKitError):
    """Something tried to use the network or start a process while the network was blocked."""


class _Guard:
    """The audit hook and patches of this process. They cannot be removed, so they block only after ``enter``."""

    def __init__(self) -> None:
        self._depth = 0
        self._installed = False
        self._lock = threading.Lock()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._depth and event in _REFUSED:
            # Without an address, the message goes to the connected peer.
            if event == "socket.sendmsg" and arguments[1] is None and _is_pair(arguments[0]):
                return
            self.refuse(_REFUSED[event])

    def enter(self) -> None:
        """Block the network; calls may be nested."""
        with self._lock:
            if not self._installed:
                self._installed = True
                self._install()
            self._depth += 1

    def leave(self) -> None:
        """Undo one call of ``enter``."""
        with self._lock:
            self._depth -= 1

    def refuse(self, what: str) -> None:
        """Raise NetworkBlockedError if the network is blocked."""
        if self._depth:
            raise NetworkBlockedError(f"a replay must not use the network: something wanted to {what}")

    def _install(self) -> None:
        sys.addaudithook(self)
        for name in _SENDING:
            self._guard(socket.socket, name, _SEND, unless=_is_pair)
        for name in _SENDING_BY_TLS:
            self._guard(ssl.SSLSocket, name, _SEND)
        if hasattr(os, "sendfile"):
            self._guard(os, "sendfile", _SEND, unless=_is_no_socket)
        with suppress(ImportError):
            # multiprocessing starts processes with it, without an audit event of `subprocess`.
            import _posixsubprocess

            self._guard(_posixsubprocess, "fork_exec", _START)
        with suppress(ImportError):
            import uvloop

            for name, what in _WAYS_OUT.items():
                self._guard(uvloop.Loop, name, what)

    def _guard(self, owner: Any, name: str, what: str, unless: Callable[[Any], bool] = lambda _: False) -> None:
        """Patch ``owner.name`` to refuse while blocked, unless ``unless`` accepts its first argument."""
        unguarded = getattr(owner, name)

        @wraps(unguarded)
        def guarded(*arguments: Any, **options: Any) -> Any:
            if self._depth and not (arguments and unless(arguments[0])):
                self.refuse(what)
            return unguarded(*arguments, **options)

        setattr(owner, name, guarded)


def _is_pair(asked: socket.socket) -> bool:
    """Whether a socket comes from ``socketpair``, which event loops use to wake themselves up.

    Neither end of such a pair has a name; a connection to a service has a name at one end.
    """
    if asked.family != getattr(socket, "AF_UNIX", None):
        return False
    try:
        return not asked.getsockname() and not asked.getpeername()
    except OSError:
        return False


def _is_no_socket(descriptor: int) -> bool:
    """Whether a descriptor is not a socket: sendfile then copies to a file."""
    try:
        return not stat.S_ISSOCK(os.fstat(descriptor).st_mode)
    except (OSError, TypeError):
        return False


_GUARD = _Guard()


@contextmanager
def blocked() -> Iterator[None]:
    """Block the network, including localhost, and new processes, in all threads of this process.

    Raises:
        NetworkBlockedError: in the code that tried to use them.
    """
    _GUARD.enter()
    try:
        yield
    finally:
        _GUARD.leave()
