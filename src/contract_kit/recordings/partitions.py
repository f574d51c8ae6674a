"""One range of one file of NDJSON, judged: a plain function, without state, so that any engine can run it.

>>> partition("my_api.kit:KIT", "items.ndjson", 0, 67108864).tally.judged  # doctest: +SKIP
65536
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
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

# Bytes of a plain file that are one unit of work, and of loss where a run is interrupted.
SIZE = 64 << 20
# What a partition hands on for a second look: bytes of sound records, and of those that deviate, of which each finding
# is to be seen a few times.
_MOST_SOUND = 1 << 20
_MOST_DEVIATING = 16 << 20


@dataclass(frozen=True)
class Partition:
    """A range of a file, as it was when the range was laid.

    Attributes:
        path: The file.
        start: The first byte.
        end: The byte behind the last; for a packed file its size, since it is read whole.
        identity: Size, time of change in ns, and inode: while they stay the same the content does.
    """

    path: str
    start: int
    end: int
    identity: tuple[int, int, int]


@dataclass
class PartitionOutcome:
    """What was met in one partition.

    Attributes:
        tally: Counts and findings.
        samples: What jsonschema and the generated client should see, unmasked: it is never written anywhere.
        opened: Whether the file could be opened; if not, that can be another time.
    """

    tally: Tally
    samples: list[Sample] = field(default_factory=list)
    opened: bool = True


def identity(path: Path) -> tuple[int, int, int]:
    """As in Partition.

    Raises:
        FileError: the file cannot be seen.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from None
    return found.st_size, found.st_mtime_ns, found.st_ino


def partitions(path: Path, size: int = SIZE) -> Iterator[Partition]:
    """The ranges of one file, by byte where it is plain, else one.

    Raises:
        FileError: the file cannot be seen.
    """
    known = identity(path)
    length = known[0]
    step = max(length, 1) if is_packed(path) else size
    for start in range(0, max(length, 1), step):
        yield Partition(str(path), start, min(start + step, length), known)


def partition(
    kit: str, path: str, start: int, end: int, masking_key: str = "", hosts: Collection[str] = ()
) -> PartitionOutcome:
    """Validator the records that begin in ``[start, end)`` of ``path``.

    Args:
        kit: ``module:NAME`` of the kit.
        path: NDJSON, plain or packed; a packed file is read whole, whatever the range.
        start: The first byte.
        end: The byte behind the last.
        masking_key: One for all partitions, so that equal values look equal in the findings of all.
        hosts: Hosts that count as this API besides the known ones.
    """
    samples = _Samples()
    opened_contract = _contract(kit)
    masker = Masker.of(opened_contract, masking_key)
    validator = Validator(opened_contract, masker, Selection(opened_contract, hosts), samples.take)
    validator.begin(masker.text(path))
    lines = Lines(validator)
    try:
        with opened(Path(path)) as file:
            if is_packed(Path(path)):
                lines.blocks(blocks(file))
            else:
                lines.blocks(blocks(file, start, end), start)
    except FileError as error:
        validator.tally.complain(masker.text(str(error)))
        return PartitionOutcome(validator.tally, opened=False)
    except MalformedError as error:
        validator.tally.complain(f"{validator.file}: {error}")
    return PartitionOutcome(validator.tally, samples.kept)


class _Samples:
    """Those that are handed on: of what is found, each thing a few times, so that its severity is the same however the
    file is split."""

    def __init__(self) -> None:
        self.kept: list[Sample] = []
        self._seen: Counter[str] = Counter()
        self._space = {True: _MOST_SOUND, False: _MOST_DEVIATING}

    def take(self, sample: Sample) -> None:
        """Keep the sample, if there is need of it and space for it."""
        is_sound, size = not sample.found, len(sample.answer.body)
        is_wanted = is_sound or any(self._seen[each] < MOST_EXAMPLES for each in sample.found)
        # A page may be larger than what there is space for: one of each kind is kept all the same.
        if is_wanted and (size <= self._space[is_sound] or self._space[is_sound] in {_MOST_SOUND, _MOST_DEVIATING}):
            self._space[is_sound] -= size
            self._seen.update(sample.found.keys())
            self.kept.append(sample)


@cache
def _contract(kit: str) -> Contract:
    """The contract of a kit, read once a process."""
    return contract.load(kit)
