"""How long a connection may take to send a request.

uvicorn limits only how long a connection is idle between two requests. A client that connects and sends nothing, or a
header byte now and then, would be kept forever.
"""

from __future__ import annotations

import asyncio
from typing import Any

HEAD_SECONDS = 30.0
_MOMENT = 0.1


def with_request_timeout(protocol: type[asyncio.Protocol], seconds: float = HEAD_SECONDS) -> type[asyncio.Protocol]:
    """Return uvicorn's ``protocol`` as one that closes a connection ``seconds`` after the first request head is due.

    That is from when it is opened, and later from the first byte that comes behind an answered request.
    """
    return type("RequestTimeoutProtocol", (_RequestTimeoutProtocol, protocol), {"seconds": seconds})


class _RequestTimeoutProtocol(asyncio.Protocol):
    """Wraps one of uvicorn's protocols, whose ``cycle`` is the latest request, None before the first."""

    seconds: float
    cycle: Any
    transport: asyncio.Transport
    _timer: asyncio.TimerHandle | None = None

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

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
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
