"""Compare two OpenAPI documents by what they mean::

    result = compare("old.yaml", "v1.2:api/openapi.yaml")
    result.verdict                  Impact.BREAKING
    [change.sentence for change in result.changes]

Data flows from `source` (files) through `reading` and `composition` (the contract, in a normal form) to `comparing`,
`pairs` and `impact` (differences and their impact); `changes` folds these, so that each cause is told once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from contract_kit.diff.changes import Change
from contract_kit.diff.impact import Impact
from contract_kit.diff.source import Place
from contract_kit.errors import FileError

FORMAT = 1
"""The version of the JSON report."""


@dataclass(frozen=True)
class Diff:
    """What changed from one document to another.

    Attributes:
        old: The old document, as it was named.
        new: The new one.
        changes: Every change, worst first.
        remarks: What was read as meant though the letter says otherwise, and what is not told.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    remarks: tuple[str, ...]

    @property
    def verdict(self) -> Impact | None:
        """The worst impact; None where nothing changed."""
        return self.changes[0].impact if self.changes else None

    def of(self, impact: Impact) -> list[Change]:
        """The changes of one impact."""
        return [each for each in self.changes if each.impact is impact]

    @cached_property
    def lines(self) -> dict[tuple[str, str], int]:
        """The line of each node that a change names, by file and JSON pointer."""
        from contract_kit.yaml_file import no_garbage_collection

        places: dict[int, tuple[Place, set[str]]] = {}
        for change in self.changes:
            for place in (change.difference.old, change.difference.new):
                places.setdefault(id(place.file), (place, set()))[1].add(place.pointer)
        with no_garbage_collection():
            return {
                (str(place.file.path), pointer): line
                for place, pointers in places.values()
                for pointer, line in place.file.lines(pointers).items()
            }

    def line(self, place: Place) -> int:
        """The line of a place that a change names."""
        return self.lines[str(place.file.path), place.pointer]


def compare(old: str, new: str, only: Sequence[str] = ()) -> Diff:
    """Compare two documents.

    Args:
        old: A file, or ``REV:PATH`` of the git repository that the current folder belongs to.
        new: The same.
        only: Globs of path templates: ``*`` within a segment, ``**`` across; empty for all.

    Raises:
        FileError: a document cannot be read.
        UsageError: a glob matches nothing.
    """
    try:
        return _compared(old, new, only)
    except RecursionError:
        raise FileError(Path(new), "has schemas, or is compared with some, that hold others too deeply") from None


def _compared(old: str, new: str, only: Sequence[str]) -> Diff:
    from contract_kit.diff.comparing import ContractComparison
    from contract_kit.diff.reading import Reader, require_matches
    from contract_kit.diff.source import opened
    from contract_kit.yaml_file import no_garbage_collection

    with no_garbage_collection():
        before, after = Reader(opened(old), only), Reader(opened(new), only)
        for one, other in ((before, after), (after, before)):
            one.composition.is_modernised = one.composition.is_old and not other.composition.is_old
        contracts = before.contract(), after.contract()
        require_matches(before, after, only)
        comparison = ContractComparison(before, after)
        changes = comparison.changes(*contracts)
    remarks = dict.fromkeys((*before.remarks, *after.remarks, *comparison.remarks))
    return Diff(old, new, tuple(changes), tuple(remarks))
