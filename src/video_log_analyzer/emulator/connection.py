"""What reads requests from a socket: uvicorn's own protocol, with bounds on what a client may send for nothing.

httptools takes header bytes for as long as they come and keeps them all, and uvicorn reads a body to its end even when
the answer is long gone. h11, which uvicorn takes where httptools is not to be had, has bounds of its own.
"""

from __future__ import annotations

import asyncio

LARGEST_HEAD = 131_072  # bytes of request line and headers, behind the first piece that the socket gave
LARGEST_UNREAD_BODY = 1_048_576  # bytes that may still come once a request is answered


def protocol_class() -> type[asyncio.Protocol]:
    """Return the class for ``uvicorn.Config(http=…)``."""
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
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

    return BoundedHttpToolsProtocol
