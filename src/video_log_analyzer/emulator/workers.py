"""Several processes that serve one socket, with nothing shared but that and the database."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable

from video_log_analyzer.errors import UsageError


def run_workers(count: int, work: Callable[[Callable[[], None]], None], on_started: Callable[[], None]) -> None:
    """Run ``work`` in ``count`` children until this process is interrupted; one that ends before is replaced.

    ``work`` calls what it is given as soon as it serves; ``on_started`` is called when all do. Raises UsageError if one
    ends before that. Belongs in a process without threads, since it forks.
    """
    workers: set[int] = set()
    try:
        for _ in range(count):
            workers.add(_start(work))
        on_started()
        while True:
            ended, _ = os.wait()
            workers.discard(ended)
            workers.add(_start(work))
    finally:
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGTERM)
        for worker in workers:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(worker, 0)


def _start(work: Callable[[Callable[[], None]], None]) -> int:
    """Start one worker and return its process id once it serves."""
    reader, writer = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(reader)
        _work(work, writer)
    os.close(writer)
    with open(reader, "rb") as ready:  # noqa: PTH123  a pipe has no path
        if ready.read(1):
            return worker
    os.waitpid(worker, 0)
    raise UsageError("a worker ended before it served; what it said stands above")


def _work(work: Callable[[Callable[[], None]], None], writer: int) -> None:
    """Work and end this process: nothing of the parent's own cleaning up is the child's business."""
    status = 1
    try:
        work(lambda: _tell(writer))
        status = 0
    except KeyboardInterrupt:
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _tell(writer: int) -> None:
    os.write(writer, b"1")
    os.close(writer)
