"""Validate one byte range of one NDJSON file: a plain function without state, so that any engine can run it.

>>> partition("my_api.kit:KIT", "items.ndjson", 0, 67108864).tally.judged  # doctest: +SKIP
65536
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from contract_kit import contract
from contract_kit.contract import Contract
from contract_kit.errors import FileError
from contract_kit.findings.finding import MOST_EXAMPLES
from contract_kit.masking import Masker
from contract_kit.recordings.exchange import Selection
from contract_kit.recordings.lines import Lines
from contract_kit.recordings.source import MalformedError, blocks, is_packed, opened
from contract_kit.recordings.tally import Tally
from contract_kit.recordings.validator import Sample, Validator

# Bytes of a plain file in one partition, which is what an interruption can lose.
SIZE = 64 << 20
# Small files that are validated together: their number and their bytes. A packed file may have many times its size.
_MOST_FILES = 256
_MOST_BYTES = 4 << 20
_UNPACKED = 20
# Bytes of the samples that a partition returns: of sound records, and of deviating ones (a few for each finding).
_MOST_SOUND = 1 << 20
_MOST_DEVIATING = 16 << 20


@dataclass(frozen=True, slots=True)
class Partition:
    """A byte range of a file, and the state of the file at that time.

    Attributes:
        path: The file.
        start: The first byte.
        end: One past the last byte; for a packed file its size, since it is read whole.
        identity: Size, modification time in ns, and inode; if they are the same, the file is unchanged.
    """

    path: str
    start: int
    end: int
    identity: tuple[int, int, int]

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole file."""
        return self.start == 0 and self.end == self.identity[0]


@dataclass
class PartitionOutcome:
    """The outcome of one partition.

    Attributes:
        tally: Counts and findings.
        samples: Responses for the cross-check. They are not masked, so never write them anywhere.
        opened: Whether the file could be opened; if not, a later run may still succeed.
    """

    tally: Tally
    samples: list[Sample] = field(default_factory=list)
    opened: bool = True


def identity(path: Path) -> tuple[int, int, int]:
    """The size, modification time and inode of a file, as in Partition.

    Raises:
        FileError: the file is missing or inaccessible.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from None
    return found.st_size, found.st_mtime_ns, found.st_ino


def partitions(path: Path, size: int = SIZE) -> Iterator[Partition]:
    """Divide a file into ranges of ``size`` bytes; a packed file is a single range.

    Raises:
        FileError: the file is missing or inaccessible.
    """
    known = identity(path)
    length = known[0]
    step = max(length, 1) if is_packed(path) else size
    for start in range(0, max(length, 1), step):
        yield Partition(str(path), start, min(start + step, length), known)


def partition(
    kit: str, path: str, start: int, end: int, masking_key: str = "", hosts: Collection[str] = ()
) -> PartitionOutcome:
    """Validate the records that begin in ``[start, end)`` of ``path``.

    Args:
        kit: The kit: ``my_api.kit:KIT``.
        path: An NDJSON file, plain or packed; a packed file is read whole, whatever the range.
        start: The first byte.
        end: One past the last byte.
        masking_key: The same for all partitions, so that equal values have equal pseudonyms.
        hosts: Further hosts that serve this API.
    """
    outcome = group(kit, [(path, start, end)], masking_key, hosts)[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def groups(work: Iterable[Partition]) -> Iterator[tuple[Partition, ...]]:
    """Divide partitions into groups: small whole files together, everything else by itself."""
    together: list[Partition] = []
    size = 0
    for each in work:
        length = (each.end - each.start) * (_UNPACKED if is_packed(Path(each.path)) else 1)
        if together and (len(together) == _MOST_FILES or size + length > _MOST_BYTES or not each.is_whole):
            yield tuple(together)
            together, size = [], 0
        together.append(each)
        size += length if each.is_whole else _MOST_BYTES
    if together:
        yield tuple(together)


def group(
    kit: str, ranges: Sequence[tuple[str, int, int]], masking_key: str = "", hosts: Collection[str] = ()
) -> list[PartitionOutcome | Exception]:
    """Validate several partitions, each given by its path, start and end, as ``partition`` does one.

    Of sound answers, a sample of all together is returned. An exception, which is a bug, stands for its partition only.
    """
    samples = _Samples()
    opened_contract = _contract(kit)
    masker = Masker.of(opened_contract, masking_key)
    validator = Validator(opened_contract, masker, Selection(opened_contract, hosts), samples.take)
    outcomes: list[PartitionOutcome | Exception] = []
    for path, start, end in ranges:
        validator.begin(masker.text(path), goes_on=bool(outcomes))
        samples.begin()
        try:
            outcomes.append(_outcome(path, start, end, validator, samples))
        except Exception as error:
            outcomes.append(error)
    return outcomes


def _outcome(path: str, start: int, end: int, validator: Validator, samples: _Samples) -> PartitionOutcome:
    lines = Lines(validator)
    try:
        with opened(Path(path)) as file:
            if is_packed(Path(path)):
                lines.blocks(blocks(file))
            else:
                lines.blocks(blocks(file, start, end), start)
    except FileError as error:
        validator.tally.complain(validator.masker.text(str(error)))
        return PartitionOutcome(validator.tally, opened=False)
    except MalformedError as error:
        validator.tally.complain(f"{validator.file}: {error}")
    return PartitionOutcome(validator.tally, samples.kept)


class _Samples:
    """Keeps samples: each finding a few times, so that its severity does not depend on how the file is split."""

    def __init__(self) -> None:
        self.kept: list[Sample] = []
        self._seen: Counter[str] = Counter()
        self._space = {True: _MOST_SOUND, False: _MOST_DEVIATING}

    def begin(self) -> None:
        """Begin another partition."""
        self.kept = []
        self._seen.clear()

    def take(self, sample: Sample) -> None:
        """Keep the sample, if it is needed and fits."""
        is_sound, size = not sample.found, len(sample.answer.body)
        is_wanted = is_sound or any(self._seen[each] < MOST_EXAMPLES for each in sample.found)
        # Always keep the first sample, sound or deviating, even if it is larger than the limit.
        if is_wanted and (size <= self._space[is_sound] or self._space[is_sound] in {_MOST_SOUND, _MOST_DEVIATING}):
            self._space[is_sound] -= size
            self._seen.update(sample.found.keys())
            self.kept.append(sample)


@cache
def _contract(kit: str) -> Contract:
    """The contract of a kit, loaded once per process."""
    return contract.load(kit)
