"""A client that costs little, to be run as a process of its own: one request again and again over N connections.

Run as a script it reads an order (``Order`` as JSON) from standard input and writes a ``Report`` as JSON. Of an answer
it reads only the status, the length and whether the server closes; what answers say is checked once, before the load,
by whoever orders it.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_CHUNK = 1 << 18
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_STALLED_SECONDS = 20


@dataclass(frozen=True)
class Order:
    """What to send, where, on how many ``connections`` at once and for how long."""

    host: str
    port: int
    request: str
    connections: int
    seconds: float


@dataclass(frozen=True)
class Report:
    """What came back, every answer with status 200; latencies are from the first byte sent to the last received."""

    requests: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float

    @property
    def requests_per_second(self) -> float:
        """Answers a second over all connections."""
        return self.requests / self.seconds


class LoadError(Exception):
    """The server did not answer as it did before the load."""


def run(order: Order) -> Report:
    """Carry out ``order`` in a child process; raises LoadError with what went wrong."""
    child = subprocess.run(
        [sys.executable, "-P", __file__],
        input=json.dumps(asdict(order)),
        capture_output=True,
        text=True,
        timeout=order.seconds + 60,
        check=False,
        cwd=Path(__file__).parent,
    )
    if child.returncode:
        raise LoadError(child.stderr.strip().splitlines()[-1])
    return Report(**json.loads(child.stdout))


class _Connection:
    """One connection with one request under way, reconnecting when the server closes as moto's does."""

    def __init__(self, order: Order, selector: selectors.BaseSelector) -> None:
        self._address = (order.host, order.port)
        self._request = order.request.encode()
        self._selector = selector
        self._buffer = bytearray(_CHUNK)
        self._socket: socket.socket | None = None

    def send(self) -> None:
        """Send the request, on a new connection if there is none."""
        self._started = time.perf_counter_ns()
        self._head = b""
        self._missing: int | None = None
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=_STALLED_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(self._socket, selectors.EVENT_READ, self)
        self._socket.sendall(self._request)

    def receive(self) -> tuple[int, int] | None:
        """Take what has arrived; the answer's time in nanoseconds and its size once it is complete."""
        assert self._socket is not None
        count = self._socket.recv_into(self._buffer)
        if count == 0:
            raise LoadError("the connection was closed within an answer")
        if self._missing is not None:
            self._missing -= count
        else:
            self._head += self._buffer[:count]
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = self._head[:end]
            if head[9:12] != b"200":
                raise LoadError(f"answered {head[9:12].decode()} instead of 200")
            length = _LENGTH.search(head)
            if length is None:
                raise LoadError("an answer without Content-Length")
            self._size = end + 4 + int(length[1])
            self._closes = _CLOSE.search(head) is not None
            self._missing = self._size - len(self._head)
        if self._missing:
            return None
        if self._closes:
            self.close()
        return time.perf_counter_ns() - self._started, self._size

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._socket is not None:
            self._selector.unregister(self._socket)
            self._socket.close()
            self._socket = None


def _carry_out(order: Order) -> Report:
    latencies: list[int] = []
    received = 0
    with selectors.DefaultSelector() as selector:
        connections = [_Connection(order, selector) for _ in range(order.connections)]
        started = time.perf_counter_ns()
        end = started + int(order.seconds * 1e9)
        for connection in connections:
            connection.send()
        while time.perf_counter_ns() < end:
            ready = selector.select(_STALLED_SECONDS)
            if not ready:
                raise LoadError(f"no answer in {_STALLED_SECONDS} s")
            for key, _ in ready:
                answered = key.data.receive()
                if answered is not None:
                    latencies.append(answered[0])
                    received += answered[1]
                    key.data.send()
        took = time.perf_counter_ns() - started
        for connection in connections:
            connection.close()
    if not latencies:
        raise LoadError(f"no answer in {order.seconds} s")
    latencies.sort()
    return Report(len(latencies), took / 1e9, received, _percentile(latencies, 50), _percentile(latencies, 99))


def _percentile(ordered: list[int], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] / 1e6


if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(asdict(_carry_out(Order(**json.load(sys.stdin))))))
    except (LoadError, OSError) as error:
        sys.exit(str(error))
