"""Validate recordings: files of any known format, and folders of them.

This process reads most files one by one. Large amounts of NDJSON are divided into ranges for several processes; a
journal notes the finished ranges, so that an interrupted validation can continue.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from contract_kit import __version__
from contract_kit.check.coverage import Coverage
from contract_kit.configuration import Configuration
from contract_kit.contract import Contract
from contract_kit.errors import FileError, UsageError
from contract_kit.findings.results import Result
from contract_kit.masking import Masker
from contract_kit.recordings import files, folders
from contract_kit.recordings.cross_check import CrossCheck
from contract_kit.recordings.exchange import Selection
from contract_kit.recordings.journal import Journal
from contract_kit.recordings.outcome import Recordings, complaint_lines, result
from contract_kit.recordings.partitions import SIZE, Partition, PartitionOutcome, groups, identity, partitions
from contract_kit.recordings.processes import judge_by_processes
from contract_kit.recordings.source import NO_FILE, MalformedError, kind_of
from contract_kit.recordings.tally import Tally
from contract_kit.recordings.validator import Sample, Validator
from contract_kit.redaction import VARIABLE

_LINES = frozenset({".ndjson", ".jsonl"})


@dataclass(frozen=True)
class Validation:
    """What to validate, and how.

    Attributes:
        paths: Files of any known format, and folders, which are searched recursively.
        settings: The severity that makes the run fail, and overridden severities.
        hosts: Further hosts that serve this API.
        masking_key: The key of the pseudonyms; ``""`` for a random key.
        journal: The file that notes finished ranges, or None.
        fresh: Whether to discard the journal's content.
        jobs: The number of processes.
        size: Bytes of a range; without a journal, NDJSON of up to two ranges is read in this process.
    """

    paths: Sequence[Path]
    settings: Configuration = field(default_factory=Configuration)
    hosts: Collection[str] = ()
    masking_key: str = ""
    journal: Path | None = None
    fresh: bool = False
    jobs: int = 1
    size: int = SIZE


@dataclass(frozen=True)
class Progress:
    """The progress of the processes.

    Attributes:
        done: Validated bytes.
        all: Bytes of all files.
        records: Validated records.
        read: Records that this run validated, not an earlier one according to the journal.
        seconds: Seconds since the run began.
    """

    done: int
    all: int
    records: int
    read: int
    seconds: float


def validate(
    what: Validation,
    contract: Contract,
    complain: Callable[[str], None],
    progress: Callable[[Progress], None] = lambda _now: None,
) -> tuple[Result, bool]:
    """Validate all files.

    Args:
        what: The files and options.
        contract: The kit and its document.
        complain: Called with a message for each file or line that cannot be read.
        progress: Called with the progress of the processes.

    Returns:
        The result, and whether a file or a part of one could not be read.

    Raises:
        UsageError: there is no recording, or the journal cannot be written.
    """
    return _Run(what, contract, complain, progress).run()


class _Run:
    def __init__(
        self,
        what: Validation,
        contract: Contract,
        complain: Callable[[str], None],
        progress: Callable[[Progress], None],
    ) -> None:
        self._what = what
        self._contract = contract
        self._complain = complain
        self._progress = progress
        self._coverage = Coverage(contract.document)
        self._cross_check = CrossCheck(contract, self._coverage)
        self._key = what.masking_key or secrets.token_hex(16)
        self._masker = Masker.of(contract, self._key)
        self._recordings = Recordings()
        # By path: the tallies of files that processes validate, and of files that are inaccessible.
        self._tallies: dict[str, Tally] = {}
        self._begun = time.monotonic()
        self._bytes = self._all = self._records = self._read = 0

    def run(self) -> tuple[Result, bool]:
        """Validate everything."""
        started = datetime.now(UTC)
        found = list(self._files())
        if not found and not self._tallies:
            raise UsageError(
                f"{', '.join(map(str, self._what.paths))}: no recording is there, which are files called "
                f"{', '.join(sorted(files.FORMATS))} (also with .gz or .zst)"
            )
        lines = [path for path in found if kind_of(path) in _LINES and path.is_file()]
        size = sum(path.stat().st_size for path in lines)
        in_processes = self._what.journal is not None or size > 8 * self._what.size
        for_processes = frozenset(lines if in_processes else ())
        one_by_one = [path for path in found if path not in for_processes]
        if self._one_by_one(one_by_one) and for_processes:
            self._in_processes(lines)
        for path in sorted(self._tallies):
            self._add(path, self._tallies.pop(path), 0.0)
        validated = result(
            self._recordings,
            self._cross_check,
            self._contract,
            started=started,
            seconds=time.monotonic() - self._begun,
            fail_on=self._what.settings.fail_on,
            masking=f"key from {self._contract.kit.variable(VARIABLE)}"
            if self._what.masking_key
            else "random key of this run",
            coverage=self._coverage if one_by_one else None,
        )
        given = self._what.settings.severities
        findings = tuple(replace(each, override=given.get(each.kind)) for each in validated.findings)
        return replace(validated, findings=findings), self._recordings.unreadable

    def _files(self) -> Iterator[Path]:
        """All files, in the order of the paths, each only once."""
        seen: set[tuple[int, int]] = set()
        for path in self._what.paths:
            is_folder = os.path.isdir(path)  # noqa: PTH112  False, not an error, without permission
            for each in folders.found(path, self._complain_of) if is_folder else [path]:
                try:
                    known = each.stat()
                except OSError as error:
                    self._complain_of(str(each), str(FileError(each, _reason(error))))
                    continue
                if (known.st_dev, known.st_ino) in seen:
                    continue
                seen.add((known.st_dev, known.st_ino))
                if not stat.S_ISREG(known.st_mode):
                    self._complain_of(str(each), str(FileError(each, NO_FILE)))
                else:
                    yield each

    def _one_by_one(self, paths: Sequence[Path]) -> bool:
        """Validate files in this process; return False if the user interrupted it."""

        def examine(sample: Sample) -> None:
            self._cross_check.examine(sample, validator.tally)

        validator = Validator(self._contract, self._masker, Selection(self._contract, self._what.hosts), examine)
        for number, path in enumerate(paths):
            at = time.monotonic()
            name = self._masker.text(str(path))
            validator.begin(name)
            is_live = False
            try:
                is_live = files.read(path, validator)
            except FileError as error:
                validator.tally.complain(self._masker.text(str(error)))
            except MalformedError as error:
                validator.tally.complain(f"{name}: {error}")
            except KeyboardInterrupt:
                self._recordings.gaps.append(f"interrupted after {number} of {len(paths)} files")
                return False
            self._add(str(path), validator.tally, time.monotonic() - at, live=is_live)
        return True

    def _add(self, path: str, tally: Tally, seconds: float, *, live: bool = False) -> None:
        name = self._masker.text(path)
        for line in complaint_lines(name, tally):
            self._complain(line)
        self._recordings.add(name, tally, seconds, live=live)

    def _complain_of(self, path: str, said: str) -> None:
        self._tallies.setdefault(path, Tally()).complain(self._masker.text(said))

    def _in_processes(self, paths: Sequence[Path]) -> None:
        """Validate NDJSON files by ranges, except those ranges that the journal has."""
        work = [each for path in paths for each in partitions(path, self._what.size)]
        self._all = sum(each.end - each.start for each in work)
        journal = self._journal()
        try:
            left: list[Partition] = []
            for each in work:
                known = journal.known(each) if journal is not None else None
                if known is None:
                    left.append(each)
                else:
                    self._count(each, known)
                    self._tell()
            given = (self._key, tuple(self._what.hosts))
            unfinished = judge_by_processes(
                list(groups(left)),
                self._contract.kit.reference,
                given,
                self._what.jobs,
                lambda together, outcomes: self._finished(together, outcomes, journal),
                self._tell,
            )
            if unfinished:
                again = ": run it again to go on from there" if journal is not None else ""
                self._recordings.gaps.append(f"{unfinished}{again}")
        finally:
            if journal is not None:
                journal.close()

    def _journal(self) -> Journal | None:
        if self._what.journal is None:
            return None
        content = hashlib.sha256(self._contract.document.file.path.read_bytes()).hexdigest()
        hosts = sorted(self._what.hosts)
        head = {"tool": __version__, "document": content, "size": self._what.size, "hosts": hosts}
        journal = Journal(self._what.journal, head, fresh=self._what.fresh)
        if journal.broken:
            are = "1 of its parts is" if journal.broken == 1 else f"{journal.broken} of its parts are"
            again = "it is" if journal.broken == 1 else "they are"
            self._complain(f"{self._what.journal}: {are} not whole or not ours: {again} read again from the files")
        return journal

    def _finished(
        self, together: Sequence[Partition], outcomes: Sequence[PartitionOutcome | Exception], journal: Journal | None
    ) -> None:
        sound: list[tuple[Partition, Tally]] = []
        for each, outcome in zip(together, outcomes, strict=True):
            if isinstance(outcome, Exception):  # our own bug must not cost the results of all other ranges
                where = f"{self._masker.text(each.path)} from byte {each.start}"
                problem = f"could not be validated ({type(outcome).__name__}), which is a bug to report"
                self._recordings.gaps.append(f"{where} {problem}")
                continue
            for sample in outcome.samples:
                self._cross_check.examine(sample, outcome.tally)
            try:
                changed = identity(Path(each.path)) != each.identity
            except FileError:
                changed = True
            if changed:
                self._recordings.gaps.append(f"{self._masker.text(each.path)} changed while it was read: run it again")
            elif outcome.opened:
                sound.append((each, outcome.tally))
            self._read += outcome.tally.judged
            self._count(each, outcome.tally)
        if journal is not None:
            journal.add(sound)
        self._tell()

    def _count(self, each: Partition, tally: Tally) -> None:
        self._tallies.setdefault(each.path, Tally()).add(tally)
        self._bytes += each.end - each.start
        self._records += tally.judged

    def _tell(self) -> None:
        seconds = time.monotonic() - self._begun
        self._progress(Progress(self._bytes, self._all, self._records, self._read, seconds))


def _reason(error: OSError) -> str:
    return "no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
