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

from contract_kit.recordings.partitions import Partition, PartitionOutcome, group

# Seconds between two calls of `waiting`.
_SILENT = 1.0
# Groups submitted at a time, for each process.
_WAITING = 3


def judge_by_processes(
    work: Sequence[Sequence[Partition]],
    kit: str,
    given: tuple[str, Collection[str]],
    jobs: int,
    finished: Callable[[Sequence[Partition], Sequence[PartitionOutcome | Exception]], None],
    waiting: Callable[[], None],
) -> str:
    """Validate all partitions.

    Args:
        work: The partitions, in groups that one process validates in one go.
        kit: The kit: ``my_api.kit:KIT``.
        given: The masking key, and further hosts.
        jobs: The number of processes.
        finished: Called with each group and its outcomes; an exception stands for an outcome.
        waiting: Called about every second while no group finishes.

    Returns:
        Why some partitions were not validated (Ctrl-C, or a process was killed), or ``""`` if all were.
    """
    # Spawned processes start small; forked ones would inherit the memory of this one.
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _end_with_parent)
    running: dict[Future[list[PartitionOutcome | Exception]], Sequence[Partition]] = {}
    left = iter(work)
    done, ended_early, parts = 0, True, sum(map(len, work))

    def submit() -> None:
        for each in islice(left, jobs * _WAITING - len(running)):
            ranges = [(one.path, one.start, one.end) for one in each]
            running[pool.submit(group, kit, ranges, *given)] = each

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
                finished(each, [error] * len(each) if isinstance(error, Exception) else future.result())
                done += len(each)
            submit()
        ended_early = False
        return ""
    except KeyboardInterrupt:
        return f"interrupted after {done} of {parts} parts"
    except BrokenProcessPool:
        problem = "a process was ended from outside (if there is too little memory, give fewer --jobs)"
        return f"{problem} after {done} of {parts} parts"
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
