"""A proxy between check and emulator that changes the bytes of answers: heads, bodies, and what is between them."""

from __future__ import annotations

import itertools
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.check.raw_service import serving

# The pieces to send for an answer, given its bytes and its number, from 0.
Change = Callable[[bytes, int], Iterable[bytes]]


@contextmanager
def changing(origin: str, change: Change) -> Iterator[str]:
    """Run the proxy in front of ``origin``; yields its own origin, which also stands in the answers."""
    numbers = itertools.count()
    upstream = urlsplit(origin)

    def answer(head: bytes) -> Iterable[bytes]:
        asked = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        with socket.create_connection((upstream.hostname or "", upstream.port or 80)) as connection:
            connection.sendall(asked)
            whole = b"".join(iter(lambda: connection.recv(65536), b""))
        return change(whole, next(numbers))

    with serving(answer) as url:
        yield url
