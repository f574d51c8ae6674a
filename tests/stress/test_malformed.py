"""A hundred thousand requests that nobody should send: no 5xx, nothing of anybody else's, and the emulator goes on.

They are the same ones each time; ``STRESS_SEED`` changes them, ``STRESS_REQUESTS`` their number.
"""

from __future__ import annotations

import base64
import json
import os
import random
import re
import socket
import struct
import sys
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from tests.stress.conftest import Victim

SEED = int(os.environ.get("STRESS_SEED", "1"))
REQUESTS = int(os.environ.get("STRESS_REQUESTS", "100000"))
RAW_SHARE = 5  # one of so many is no HTTP at all, or nearly
TIMEOUT = 5  # seconds within which a request that is whole must be answered
ROOMS = b"/v1/Video/Rooms"
STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) ")
ALLOWED = {"200", "400", "401", "404", "405", "408", "413", "414", "417", "426", "431"}


def test_malformed_requests(victim: Victim) -> None:
    source = random.Random(SEED)
    before = sids(victim)
    warm_up(victim)
    files, memory, threads = victim.open_files(), victim.memory(), victim.threads()
    statuses: Counter[str] = Counter()
    connection = Connection(victim)
    for number in range(REQUESTS):
        if number % RAW_SHARE == 0:
            sent = raw_request(source, victim)
            answer = exchange(victim, sent)
        else:
            sent = http_request(source, victim)
            answer = connection.exchange(sent)
        found = [status.decode() for status in STATUS.findall(answer)] or ["closed"]
        statuses.update(found)
        assert set(found) <= ALLOWED | {"closed"}, (sent, answer[:2000])
        for secret in victim.secrets:
            assert secret not in answer, (sent, answer[:2000])
    connection.close()
    sys.stdout.write(f"{dict(statuses)}, {(victim.memory() - memory) / 2**20:.1f} MB more\n")
    assert sids(victim) == before
    assert b"Traceback" not in victim.log.read_bytes()
    assert victim.threads() == threads
    assert victim.open_files() <= files + 2
    assert victim.memory() - memory < 30 * 2**20


def warm_up(victim: Victim) -> None:
    """Let caches fill, so that what grows behind this grows for ever."""
    connection = Connection(victim)
    source = random.Random(0)
    for _ in range(2000):
        connection.exchange(http_request(source, victim))
    connection.close()


class Connection:
    """A connection that is kept alive, and opened anew where the emulator closes it."""

    def __init__(self, victim: Victim) -> None:
        self._victim = victim
        self._socket: socket.socket | None = None

    def exchange(self, sent: bytes) -> bytes:
        if self._socket is None:
            self._socket = connect(self._victim)
        try:
            self._socket.sendall(sent)
            answer = read_answer(self._socket)
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
        if not answer or b"connection: close" in answer.partition(b"\r\n\r\n")[0].lower():
            self.close()
        return answer

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def connect(victim: Victim) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", victim.port), timeout=TIMEOUT)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # Reset at the end: tens of thousands of connections must not use up the ports.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return connection


def read_answer(connection: socket.socket) -> bytes:
    """Read one answer, or to the end of the connection; raises TimeoutError for a worker that is stuck."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = connection.recv(65_536)
        if not piece:
            return answer
        answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *([0-9]+)", head)
    missing = (int(length[1]) if length else 0) - len(body)
    while missing > 0 and (piece := connection.recv(65_536)):
        answer += piece
        missing -= len(piece)
    return answer


def exchange(victim: Victim, sent: bytes) -> bytes:
    """Send something, say that it is all, and read all that comes back."""
    connection = connect(victim)
    answer = b""
    try:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(65_536):
            answer += piece
    except (BrokenPipeError, ConnectionResetError, OSError) as error:
        if isinstance(error, TimeoutError):
            raise AssertionError(f"stuck: {sent!r}") from None
    finally:
        connection.close()
    return answer


def sids(victim: Victim) -> list[str]:
    """All rooms: the sample lives on, but none comes or goes within minutes."""
    target = ROOMS + b"?CreatedAfter=2000-01-01T00:00:00Z&PageSize=1000"
    connection = connect(victim)
    connection.sendall(b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\n%b\r\n" % (target, authorization(*victim.credentials)))
    head, _, body = read_answer(connection).partition(b"\r\n\r\n")
    connection.close()
    assert b" 200 " in head, head
    return [room["room_sid"] for room in json.loads(body)["rooms"]]


def authorization(user: str, password: str) -> bytes:
    return b"Authorization: Basic %b\r\n" % base64.b64encode(f"{user}:{password}".encode())


# HTTP with contents that make no sense


def http_request(source: random.Random, victim: Victim) -> bytes:
    method = source.choice(
        [b"GET"] * 12 + [b"HEAD", b"OPTIONS", b"POST", b"PUT", b"DELETE", b"PATCH", b"TRACE", b"PURGE"]
    )
    target = path(source) + (b"?" + query(source) if source.random() < 0.8 else b"")
    headers = header_lines(source, victim)
    # Read as an answer with a body, if it were one to HEAD.
    method = b"GET" if method == b"HEAD" else method
    return b"%b %b HTTP/1.1\r\n%b\r\n" % (method, target, headers)


SEGMENTS: list[Callable[[random.Random], bytes]] = [
    lambda source: b"RM%032x" % source.getrandbits(128),
    lambda source: b"PA%032x" % source.getrandbits(128),
    lambda source: b"Participants",
    lambda source: b"",
    lambda source: b"..",
    lambda source: b"%2e%2e%2f",
    lambda source: b"%00",
    lambda source: b"%ff%fe",
    lambda source: b"%",
    lambda source: b"RM'%20OR%201=1%20--",
    lambda source: printable(source, 40),
    lambda source: b"a" * source.choice([100, 3000, 9000]),
]


def path(source: random.Random) -> bytes:
    count = source.choice([0, 0, 0, 0, 1, 1, 2, 3, 4, 9])
    segments = [source.choice(SEGMENTS)(source) for _ in range(count)]
    return source.choice([b"/", b"/", b"/", b"/", b"//"]).join([ROOMS, *segments])


VALUES: list[Callable[[random.Random], bytes]] = [
    lambda source: b"",
    lambda source: b"0",
    lambda source: b"-1",
    lambda source: b"1",
    lambda source: b"%d" % source.getrandbits(source.choice([4, 31, 64, 128])),
    lambda source: b"9" * source.choice([20, 400, 5000]),
    lambda source: b"1e3",
    lambda source: "٣".encode(),
    lambda source: quote("١٢").encode(),
    lambda source: b"%00",
    lambda source: b"%ff",
    lambda source: b"%C0%AF",
    lambda source: b"%ED%A0%80",
    lambda source: b"%",
    lambda source: b"%zz",
    lambda source: b"%u0041",
    lambda source: b"go",
    lambda source: b"group,go",
    lambda source: b"VP8",
    lambda source: b"vp8",
    lambda source: b"opus%20",
    lambda source: b"2026-11-21T00:00:00Z",
    lambda source: b"2026-11-21T00:00:00%2B23:59",
    lambda source: b"2026-02-30T00:00:00Z",
    lambda source: b"0000-01-01T00:00:00%2B23:59",
    lambda source: b"9999-12-31T23:59:60-23:59",
    lambda source: b"2026-11-21T24:00:00Z",
    lambda source: b"PT",
    lambda source: b"PT" + base64.urlsafe_b64encode(source.randbytes(source.choice([1, 15, 16, 17, 60, 300]))),
    lambda source: b"PT" + b"A" * source.choice([5, 5000]),
    lambda source: b"'; DROP TABLE room; --".replace(b" ", b"+"),
    lambda source: quote("\u202e\u0000🙂").encode(),
    lambda source: printable(source, 60),
    lambda source: b"x" * source.choice([1000, 16_000, 17_000]),
]
NAMES = (b"PageSize", b"Page", b"PageToken", b"RoomType", b"Codec", b"RoomName", b"CreatedAfter", b"CreatedBefore")


def query(source: random.Random) -> bytes:
    pairs = []
    for _ in range(source.choice([1, 1, 2, 3, 5, 40])):
        name = source.choice([*NAMES, *NAMES, b"pagesize", b"", b"RoomType%5B%5D", b"%FF", printable(source, 10)])
        pairs.append(name + source.choice([b"=", b"=", b"=", b"=", b"", b"=="]) + source.choice(VALUES)(source))
    return source.choice([b"&", b"&", b"&", b";", b"&&"]).join(pairs)


def header_lines(source: random.Random, victim: Victim) -> bytes:
    lines = [b"Host: 127.0.0.1\r\n" if source.random() < 0.9 else b"Host: %b\r\n" % printable(source, 30)]
    user, password = victim.credentials
    if source.random() < 0.85:
        lines.append(authorization(user, password))
    else:
        lines.append(
            source.choice(
                [
                    authorization(user, ""),
                    authorization("", password),
                    authorization("\x00", "\ud7ff"),
                    authorization(user * 100, password),
                    b"Authorization: Basic\r\n",
                    b"Authorization: Basic %b\r\n" % printable(source, 50),
                    b"Authorization: Basic %b\r\n" % base64.b64encode(source.randbytes(20)),
                    b"Authorization: Bearer %b\r\n" % printable(source, 50),
                    b"Authorization: \xff\xfe\r\n",
                    authorization(user, password) * 2,
                ]
            )
        )
    if source.random() < 0.2:
        lines.append(
            source.choice(
                [
                    b"X-Forwarded-Proto: javascript\r\n",
                    b"X-Forwarded-Proto: https, http\r\n",
                    b"X-Forwarded-Host: evil.example\r\n",
                    b"Accept: application/xml\r\n",
                    b"Accept-Encoding: gzip;q=-1\r\n",
                    b"Content-Type: \xff\r\n",
                    b"If-None-Match: *\r\n",
                    b"Range: bytes=0-0\r\n",
                    b"Expect: the impossible\r\n",
                    b"Connection: close\r\n",
                    b"X: " + b"y" * 20_000 + b"\r\n",
                    b"".join(b"X-%d: y\r\n" % number for number in range(source.choice([50, 150]))),
                ]
            )
        )
    return b"".join(lines)


def printable(source: random.Random, most: int) -> bytes:
    """ASCII that may stand in a request line."""
    return bytes(source.choice(range(0x21, 0x7F)) for _ in range(source.randint(0, most))).replace(b"#", b"")


# What is no HTTP, or nearly

RAW: list[Callable[[random.Random, bytes], bytes]] = [
    lambda source, whole: source.randbytes(source.choice([1, 10, 100, 5000])),
    lambda source, whole: whole[: source.randrange(len(whole))],
    lambda source, whole: changed(source, whole, 1),
    lambda source, whole: changed(source, whole, 8),
    lambda source, whole: whole.replace(b"\r\n", b"\n"),
    lambda source, whole: whole.replace(b"\r\n", b"\r"),
    lambda source, whole: whole.replace(
        b"HTTP/1.1", source.choice([b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9", b"HTCPCP", b""])
    ),
    lambda source, whole: whole.replace(
        b"GET ", source.choice([b"get ", b"G\x00T ", b"", b"GET  ", b"A" * 5000 + b" "])
    ),
    lambda source, whole: whole.replace(b"Host: 127.0.0.1\r\n", b""),
    lambda source, whole: whole.replace(b"Host:", source.choice([b"Host :", b" Host:", b"Host", b"\x00Host:", b":"])),
    lambda source, whole: (
        whole[:-2] + b"Content-Length: %b\r\n\r\n" % source.choice([b"-1", b"1e9", b"99999999999", b"x", b"5, 6"])
    ),
    lambda source, whole: whole[:-2] + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    lambda source, whole: whole[:-2] + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + whole,
    lambda source, whole: whole[:-2] + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",
    lambda source, whole: whole[:-2] + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    lambda source, whole: whole[:-2] + b"Transfer-Encoding: gzip\r\n\r\n" + source.randbytes(50),
    lambda source, whole: whole[:-2] + b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n",
    lambda source, whole: whole[:-2] + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
    lambda source, whole: whole[:-2] + b"Expect: 100-continue\r\nContent-Length: 10\r\n\r\n",
    lambda source, whole: whole[:-2] + b"X: " + b"y" * source.choice([70_000, 200_000]) + b"\r\n\r\n",
    lambda source, whole: whole[:-2] + b"X: y\r\n" * source.choice([101, 3000]) + b"\r\n",
    lambda source, whole: whole[:-2] + b"X: y\r\n folded\r\n\r\n",
    lambda source, whole: b"GET " + b"/" * source.choice([9000, 70_000]) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    lambda source, whole: whole * source.choice([2, 20]),
    lambda source, whole: whole.replace(ROOMS, b"http://insights.twilio.com" + ROOMS, 1),
    lambda source, whole: b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    lambda source, whole: b"CONNECT insights.twilio.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    lambda source, whole: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    lambda source, whole: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + source.randbytes(300),
    lambda source, whole: b"\r\n" * source.choice([1, 50]) + whole,
    lambda source, whole: b"\x00" * 1000,
]


def raw_request(source: random.Random, victim: Victim) -> bytes:
    return source.choice(RAW)(source, http_request(source, victim))


def changed(source: random.Random, whole: bytes, count: int) -> bytes:
    """The same with some bytes changed."""
    altered = bytearray(whole)
    for _ in range(count):
        altered[source.randrange(len(altered))] = source.randrange(256)
    return bytes(altered)
