"""Validate partitions in several processes, until all are done or the user interrupts them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import connection

from contract_kit.recordings.partitions import Partition, PartitionOutcome, partition

# Seconds between two calls of `waiting`.
_SILENT = 1.0
# Partitions submitted at a time, for each process.
_WAITING = 3


def judge_by_processes(
    work: Sequence[Partition],
    kit: str,
    given: tuple[str, Collection[str]],
    jobs: int,
    finished: Callable[[Partition, PartitionOutcome | Exception], None],
    waiting: Callable[[], None],
) -> str:
    """Validate all partitions.

    Args:
        work: The partitions.
        kit: The kit: ``my_api.kit:KIT``.
        given: The masking key, and further hosts.
        jobs: The number of processes.
        finished: Called with each partition and its outcome, or the exception that it raised.
        waiting: Called about every second while no partition finishes.

    Returns:
        Why some partitions were not validated (Ctrl-C, or a process was killed), or ``""`` if all were.
    """
    # Spawned processes start small; forked ones would inherit the memory of this one.
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _end_with_parent)
    running: dict[Future[PartitionOutcome], Partition] = {}
    left = iter(work)
    done, ended_early = 0, True

    def submit() -> None:
        for each in islice(left, jobs * _WAITING - len(running)):
            running[pool.submit(partition, kit, each.path, each.start, each.end, *given)] = each

    try:
        with _interrupts_ignored():
            submit()
        while running:
            ended = wait(running, _SILENT, return_when=FIRST_COMPLETED).done
            if not ended:
                waiting()
            for future in ended:
                each = running.pop(future)
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    raise error
                finished(each, error if isinstance(error, Exception) else future.result())
                done += 1
            submit()
        ended_early = False
        return ""
    except KeyboardInterrupt:
        return f"interrupted after {done} of {len(work)} parts"
    except BrokenProcessPool:
        problem = "a process was ended from outside (if there is too little memory, give fewer --jobs)"
        return f"{problem} after {done} of {len(work)} parts"
    finally:
        # A second Ctrl-C must not prevent the report.
        with _interrupts_ignored():
            for process in list((pool._processes or {}).values()) if ended_early else ():
                process.terminate()
            pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End this process when its parent has ended, even if the parent was killed."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch(sentinel: int) -> None:
        connection.wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, args=(parent.sentinel,), daemon=True).start()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Ignore Ctrl-C; child processes started meanwhile always ignore it, so that only the parent handles it."""
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
