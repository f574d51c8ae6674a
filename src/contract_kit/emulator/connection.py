"""What reads requests from a socket: uvicorn's own protocol, with bounds on what a client may send for nothing.

httptools takes header bytes for as long as they come and keeps them all, and uvicorn reads a body to its end even when
the answer is long gone. h11, which uvicorn takes where httptools is not to be had, has bounds of its own.

An application with an ``answer`` (see ``App``) is asked for it before uvicorn makes a task of the request: most
requests wait for nothing, and their answer is written at once and whole.
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

        # uvicorn's own name, not a published one: a version without it makes a task of every request, as ever.
        def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
            if self.transport.is_closing():
                return  # an earlier answer of this connection was its last
            # Whoever sends on without reading, or has asked for something that takes time, waits as uvicorn decides.
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
            cycle.on_response = lambda: None  # else cycle and connection keep each other until garbage is looked for
            self.transport.write(b"".join(parts))
            if not cycle.keep_alive:
                self.transport.close()
            self.on_response_complete()

    return BoundedHttpToolsProtocol
