"""Several processes that share one listening socket and the database, and nothing else."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable

from contract_kit.errors import UsageError


def run_workers(count: int, work: Callable[[Callable[[], None]], None], on_started: Callable[[], None]) -> None:
    """Run ``work`` in ``count`` child processes until this process is interrupted; a child that ends is replaced.

    ``work`` calls what it is given as soon as it serves; ``on_started`` is called when all do. Raises UsageError if one
    ends before that. Belongs in a process without threads, since it forks. A worker ends when this process does, even
    if that is killed.
    """
    workers: set[int] = set()
    # Nothing is ever written. Only this process has the writing end open, so that children notice when it ends.
    lifeline = os.pipe()
    try:
        for _ in range(count):
            workers.add(_start(work, lifeline))
        on_started()
        while True:
            ended, _ = os.wait()
            workers.discard(ended)
            workers.add(_start(work, lifeline))
    finally:
        _end(workers)
        for end in lifeline:
            os.close(end)


def _start(work: Callable[[Callable[[], None]], None], lifeline: tuple[int, int]) -> int:
    """Start one worker and return its process id once it serves."""
    reader, writer = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(reader)
        os.close(lifeline[1])
        threading.Thread(target=_end_with_parent, args=(lifeline[0],), daemon=True).start()
        _work(work, writer)
    os.close(writer)
    try:
        with open(reader, "rb") as ready:  # noqa: PTH123  a pipe has no path
            if ready.read(1):
                return worker
    except BaseException:
        # This process was interrupted before the caller knew of the worker, so it ends the worker here.
        _end({worker})
        raise
    os.waitpid(worker, 0)
    raise UsageError("a worker ended before it served; what it said stands above")


def _end_with_parent(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _end(workers: set[int]) -> None:
    for worker in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGTERM)
    for worker in workers:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(worker, 0)


def _work(work: Callable[[Callable[[], None]], None], writer: int) -> None:
    """Work and then end this process without the parent's cleanup."""
    # A worker that is ended while it starts should print no warning.
    warnings.filterwarnings("ignore", message="coroutine .* was never awaited", category=RuntimeWarning)
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
    try:
        os.write(writer, b"1")
    except BrokenPipeError:
        # The parent is being ended, and so is this process.
        raise KeyboardInterrupt from None
    os.close(writer)
