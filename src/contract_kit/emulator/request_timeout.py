"""How long a connection may take to send a request.

uvicorn limits only how long a connection is idle between two requests. A client that connects and sends nothing, or a
header byte now and then, would be kept forever.
"""

from __future__ import annotations

import asyncio
from typing import Any

HEAD_SECONDS = 30.0
LEAST_OF_BODY = 1024  # bytes that must come in each such time while a body is due
_MOMENT = 0.1


def with_request_timeout(protocol: type[asyncio.Protocol], seconds: float = HEAD_SECONDS) -> type[asyncio.Protocol]:
    """Return uvicorn's ``protocol`` as one that closes a connection ``seconds`` after the first request head is due.

    That is from when it is opened, and later from the first byte that comes behind an answered request. While a body is
    due, it closes a connection that brings less than ``LEAST_OF_BODY`` bytes in ``seconds``.
    """
    return type("RequestTimeoutProtocol", (_RequestTimeoutProtocol, protocol), {"seconds": seconds})


class _RequestTimeoutProtocol(asyncio.Protocol):
    """Wraps one of uvicorn's protocols, whose ``cycle`` is the latest request, None before the first."""

    seconds: float
    cycle: Any
    transport: asyncio.Transport
    flow: Any
    _timer: asyncio.TimerHandle | None = None
    _body_timer: asyncio.TimerHandle | None = None
    _of_body = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        known = self.cycle
        super().data_received(data)
        if self.cycle is not known:
            self._stop()
        elif self._timer is None and known.response_complete:
            self._start()
        if self.cycle is not None and self.cycle.more_body:
            self._of_body += len(data)
            if self._body_timer is None:
                self._start_body()
        elif self._body_timer is not None:
            self._stop_body()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        self._stop_body()
        super().connection_lost(exc)

    def _start(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self.seconds, self._expire)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        # Perhaps this process was busy, and the client is not late: its bytes are read before this moment has passed.
        self._timer = asyncio.get_running_loop().call_later(_MOMENT, self.transport.close)

    def _start_body(self) -> None:
        self._of_body = 0
        self._body_timer = asyncio.get_running_loop().call_later(self.seconds, self._expire_body)

    def _stop_body(self) -> None:
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def _expire_body(self) -> None:
        self._body_timer = asyncio.get_running_loop().call_later(_MOMENT, self._judge_body)

    def _judge_body(self) -> None:
        # A body that the application does not take yet is not late.
        if self._of_body < LEAST_OF_BODY and not self.flow.read_paused:
            self.transport.close()
        else:
            self._start_body()
