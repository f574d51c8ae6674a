"""The protocol that reads requests from a socket: uvicorn's own, with limits on what a client may send.

httptools keeps header bytes without any limit, and uvicorn reads a request's body to its end even after the answer was
sent. h11, which uvicorn uses where httptools is missing, has limits of its own.

Most requests wait for nothing. An application may therefore have a method ``answer(scope)``, which returns the whole
response or None; the protocol writes that response at once, without making a task of the request.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

    from contract_kit.emulator.messages import Response

LARGEST_HEAD = 131_072  # bytes of request line and headers, behind the first piece that the socket gave
LARGEST_UNREAD_BODY = 1_048_576  # bytes that may still come once a request is answered


def protocol_class() -> type[asyncio.Protocol]:
    """Return the class for ``uvicorn.Config(http=…)``."""
    try:
        from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
    except ImportError:
        from uvicorn.protocols.http.h11_impl import H11Protocol

        return H11Protocol

    class BoundedHttpToolsProtocol(HttpToolsProtocol):
        _in_head = False
        _surplus = 0

        def data_received(self, data: bytes) -> None:
            begun = self._in_head
            answered = not begun and self.cycle is not None and self.cycle.response_complete
            super().data_received(data)
            if self.transport.is_closing():
                return
            if begun and self._in_head:
                self._surplus += len(data)
                if self._surplus > LARGEST_HEAD:
                    self.send_400_response("Request head too large.")
            elif answered and not self._in_head and self.cycle is not None and self.cycle.response_complete:
                self._surplus += len(data)
                if self._surplus > LARGEST_UNREAD_BODY:
                    self.transport.close()

        def on_message_begin(self) -> None:
            self._in_head, self._surplus = True, 0
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            self._in_head = False
            super().on_headers_complete()

        # A private method of uvicorn: in a version without it every request becomes a task, which is only slower.
        def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
            if self.transport.is_closing():
                return  # an earlier answer of this connection was its last
            # uvicorn queues requests that are pipelined, and waits for a client that does not read.
            at_once = not self.pipeline and not self.flow.write_paused and hasattr(app, "answer")
            response = app.answer(cycle.scope) if at_once else None
            if response is None:
                super()._start_asgi_task(cycle, app)
            else:
                self._write(cycle, response)

        def _write(self, cycle: RequestResponseCycle, response: Response) -> None:
            """Write an answer and end the cycle as its own ``send`` does."""
            parts = [STATUS_LINE[response.status]]
            for name, value in (*self.server_state.default_headers, *response.headers):
                parts += (name, b": ", value, b"\r\n")
            if not cycle.keep_alive:
                parts.append(b"connection: close\r\n")
            parts += (b"\r\n", response.body)
            cycle.response_started = cycle.response_complete = True
            # Without this, cycle and connection keep each other alive until a garbage collection.
            cycle.on_response = lambda: None
            self.transport.write(b"".join(parts))
            if not cycle.keep_alive:
                self.transport.close()
            self.on_response_complete()

    return BoundedHttpToolsProtocol
