"""A service that sends whatever bytes a test wants, also such as are no HTTP."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

# The bytes of an answer, in pieces, for the head of a request.
Answer = Callable[[bytes], Iterable[bytes]]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Run the service on a free port; yields its origin. It closes each connection after one answer."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                if not (received := connection.recv(65536)):
                    return
                head += received
            for piece in answer(head):
                if stopped.is_set():
                    return
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)

    def accept() -> None:
        while not stopped.is_set():
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stopped.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join(5)


def response(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A whole answer, with the length of its body."""
    lines = [b"HTTP/1.1 " + status, *headers, b"Content-Length: " + str(len(body)).encode(), b"", body]
    return b"\r\n".join(lines)
