"""Hold folders of NDJSON against the document over all processors, going on where an interrupted run was."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import secrets
import signal
import stat
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import connection
from pathlib import Path

from contract_kit import __version__
from contract_kit.contract import Contract
from contract_kit.errors import FileError, UsageError
from contract_kit.findings.finding import Severity
from contract_kit.findings.results import Result
from contract_kit.masking import VARIABLE, Masker
from contract_kit.recordings.cross_check import CrossCheck
from contract_kit.recordings.journal import Journal
from contract_kit.recordings.outcome import Recordings, complaint_lines, result
from contract_kit.recordings.partitions import SIZE, Outcome, Partition, identity, partition, partitions
from contract_kit.recordings.source import kind_of
from contract_kit.recordings.tally import Tally

_SUFFIXES = frozenset({".ndjson", ".jsonl"})
_OF_REPLAY = frozenset({".har", ".yaml", ".yml"})
# Seconds without a word, at most.
_SILENT = 1.0
# Partitions that wait for a process, for each process.
_WAITING = 3


@dataclass(frozen=True)
class Audit:
    """What is read, and how.

    Attributes:
        paths: Folders, searched to their bottom for NDJSON, and files.
        journal: Where finished partitions are noted.
        fresh: Forget what the journal has.
        jobs: Processes.
        fail_on: The least severity that makes the run fail.
        masking_key: Of the environment; ``""`` for a random one.
        hosts: Hosts that count as this API besides the known ones.
        size: Bytes of a partition.
    """

    paths: Sequence[Path]
    journal: Path
    fresh: bool = False
    jobs: int = 1
    fail_on: Severity = Severity.DRIFT
    masking_key: str = ""
    hosts: Collection[str] = ()
    size: int = SIZE


@dataclass(frozen=True)
class Progress:
    """How far an audit is.

    Attributes:
        done: Bytes of files that were judged.
        all: Bytes of all files.
        records: What they hold.
        read: How many of these were read by this run, not by one before.
        seconds: Since it began.
    """

    done: int
    all: int
    records: int
    read: int
    seconds: float


def audit(
    what: Audit, contract: Contract, complain: Callable[[str], None], progress: Callable[[Progress], None]
) -> tuple[Result, bool]:
    """Judge all files.

    Returns:
        The result, and whether a file or a part of one could not be read.

    Raises:
        UsageError: there is nothing to read, or the journal cannot be written.
    """
    return _Run(what, contract, complain, progress).run()


class _Run:
    def __init__(
        self, what: Audit, contract: Contract, complain: Callable[[str], None], progress: Callable[[Progress], None]
    ) -> None:
        self._what = what
        self._contract = contract
        self._complain = complain
        self._progress = progress
        self._cross_check = CrossCheck(contract)
        self._key = what.masking_key or secrets.token_hex(16)
        self._masker = Masker.of(contract, self._key)
        self._tallies: dict[str, Tally] = {}
        self._begun = time.monotonic()
        self._bytes = 0
        self._records = 0
        self._read = 0
        self._gaps: list[str] = []

    def run(self) -> tuple[Result, bool]:
        """All of it."""
        started = datetime.now(UTC)
        work = list(self._work())
        self._all = sum(each.end - each.start for each in work)
        content = hashlib.sha256(self._contract.document.file.path.read_bytes()).hexdigest()
        head = {"tool": __version__, "document": content, "size": self._what.size}
        journal = Journal(self._what.journal, head, fresh=self._what.fresh)
        try:
            self._through(work, journal)
        finally:
            journal.close()
        recordings = Recordings(gaps=self._gaps)
        for path in sorted(self._tallies):
            name = self._masker.text(path)
            recordings.add(name, self._tallies[path], 0.0)
            for line in complaint_lines(name, self._tallies[path]):
                self._complain(line)
        found = result(
            recordings,
            self._cross_check,
            self._contract,
            started=started,
            seconds=time.monotonic() - self._begun,
            profile="audit",
            fail_on=self._what.fail_on,
            masking=f"key from {self._contract.kit.variable(VARIABLE)}"
            if self._what.masking_key
            else "random key of this run",
        )
        return found, recordings.unreadable

    def _work(self) -> Iterator[Partition]:
        seen: set[tuple[int, int]] = set()
        for path in self._files():
            try:
                known = path.stat()
                if (known.st_dev, known.st_ino) in seen:
                    continue
                seen.add((known.st_dev, known.st_ino))
                if not stat.S_ISREG(known.st_mode):
                    raise FileError(path, "is no file but a device or a pipe: write what it gives into a file")
                yield from partitions(path, self._what.size)
            except (FileError, OSError) as error:
                said = str(error) if isinstance(error, FileError) else f"{path}: cannot be read: {error.strerror}"
                self._complain_of(path, said)
        if not seen and not self._tallies:
            named = ", ".join(map(str, self._what.paths))
            raise UsageError(f"{named}: no file called .ndjson or .jsonl (also with .gz or .zst) is there")

    def _files(self) -> Iterator[Path]:
        for path in self._what.paths:
            if not os.path.isdir(path):  # noqa: PTH112  False, not an error, where nobody may look
                if kind_of(path) in _OF_REPLAY:
                    self._complain_of(path, f"{path}: is no NDJSON by its name: `vla replay` reads it")
                else:
                    yield path
                continue
            seen: set[tuple[int, int]] = set()
            for folder, below, names in os.walk(path, onerror=self._unseen, followlinks=True):
                # Links are followed, but not in a circle.
                known = Path(folder).stat()
                if (known.st_dev, known.st_ino) in seen:
                    below.clear()
                    continue
                seen.add((known.st_dev, known.st_ino))
                below.sort()
                yield from (Path(folder, name) for name in sorted(names) if kind_of(Path(name)) in _SUFFIXES)

    def _unseen(self, error: OSError) -> None:
        self._complain_of(error.filename, f"{error.filename}: cannot be read: {error.strerror}")

    def _complain_of(self, path: str | Path, said: str) -> None:
        self._tally(str(path)).complain(self._masker.text(said))

    def _tally(self, path: str) -> Tally:
        return self._tallies.setdefault(path, Tally())

    def _through(self, work: Sequence[Partition], journal: Journal) -> None:
        left: list[Partition] = []
        for each in work:
            known = journal.known(each)
            if known is None:
                left.append(each)
            else:
                self._take(each, known)
        # Started afresh, a process is as large as it needs to be, not as this one happens to be.
        pool = ProcessPoolExecutor(self._what.jobs, multiprocessing.get_context("spawn"), _end_with_parent)
        kit = self._contract.kit.reference
        given = (self._key, tuple(self._what.hosts))
        running: dict[Future[Outcome], Partition] = {}
        done = 0
        try:
            waiting = iter(left)
            with _interrupts_ignored():
                for each in islice(waiting, self._what.jobs * _WAITING):
                    running[pool.submit(partition, kit, each.path, each.start, each.end, *given)] = each
            while True:
                for each in islice(waiting, self._what.jobs * _WAITING - len(running)):
                    running[pool.submit(partition, kit, each.path, each.start, each.end, *given)] = each
                if not running:
                    break
                ended = wait(running, _SILENT, return_when=FIRST_COMPLETED).done
                if not ended:
                    self._tell()
                for future in ended:
                    each = running.pop(future)
                    error = future.exception()
                    if error is None:
                        self._finished(each, future.result(), journal)
                    elif isinstance(error, BrokenProcessPool):
                        raise error
                    else:  # what is wrong with us must not cost all that was right
                        place = f"{self._masker.text(each.path)} from byte {each.start}"
                        self._gaps.append(
                            f"{place} could not be judged ({type(error).__name__}), which is a bug to report"
                        )
                    done += 1
        except KeyboardInterrupt:
            self._gaps.append(f"interrupted after {done} of {len(left)} partitions: run it again to go on from there")
        except BrokenProcessPool:
            self._gaps.append(
                f"a process was ended from outside (is there too little memory?) after {done} of {len(left)} "
                "partitions: run it again to go on from there, with fewer --jobs"
            )
        finally:
            # A second Ctrl-C must not cost the report; the end is near.
            with _interrupts_ignored():
                for process in list((pool._processes or {}).values()) if self._gaps else ():
                    process.terminate()
                pool.shutdown(cancel_futures=True)

    def _finished(self, each: Partition, outcome: Outcome, journal: Journal) -> None:
        for sample in outcome.samples:
            self._cross_check.examine(sample, outcome.tally)
        try:
            changed = identity(Path(each.path)) != each.identity
        except FileError:
            changed = True
        if changed:
            self._gaps.append(f"{self._masker.text(each.path)} changed while it was read: run it again")
        elif outcome.opened:
            journal.add(each, outcome.tally)
        self._read += outcome.tally.judged
        self._take(each, outcome.tally)

    def _take(self, each: Partition, tally: Tally) -> None:
        self._tally(each.path).add(tally)
        self._bytes += each.end - each.start
        self._records += tally.judged
        self._tell()

    def _tell(self) -> None:
        seconds = time.monotonic() - self._begun
        self._progress(Progress(self._bytes, self._all, self._records, self._read, seconds))


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, even if that had no time to say so."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch(sentinel: int) -> None:
        connection.wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, args=(parent.sentinel,), daemon=True).start()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Processes that are started meanwhile ignore Ctrl-C for good: it goes to all, and only the first one decides."""
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
