"""Which branch of an old union stands for which of a new one."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Protocol

from contract_kit.diff.contract import Branch, Union


class BranchComparison(Protocol):
    """What has to be known of the branches of two unions."""

    def are_equal(self, old: Branch, new: Branch) -> bool:
        """Whether two branches mean the same."""

    def may_be_equal(self, old: Branch, new: Branch) -> bool:
        """Whether two branches mean the same, as far as may be tried."""

    def sketch(self, branch: Branch, *, is_old: bool) -> Hashable:
        """What two branches that mean the same have in common."""

    def have_a_type_in_common(self, old: Branch, new: Branch) -> bool:
        """Whether a value may match both branches, by its type."""


@dataclass
class Matched:
    """Branches that stand for each other, and those that are only in one union."""

    both: list[tuple[Branch, Branch]] = field(default_factory=list)
    old: list[Branch] = field(default_factory=list)
    new: list[Branch] = field(default_factory=list)


def matched(old: Union, new: Union, comparison: BranchComparison) -> Matched:
    """Match branches by what they mean, then by the discriminator's value, by name or title, and last by position.

    Args:
        old: The union of the old document.
        new: That of the new one.
        comparison: Knows the schemas of the branches.
    """
    found = Matched(old=list(old.branches), new=list(new.branches))

    def match(before: Branch, after: Branch | None) -> None:
        if after is not None:
            found.old.remove(before)
            found.new.remove(after)
            found.both.append((before, after))

    def match_all(fits: Callable[[Branch, Branch], bool]) -> None:
        for before in list(found.old):
            match(before, next((each for each in found.new if fits(before, each)), None))

    # Those of one name first: in most unions all are the same, and nothing else needs to be tried.
    match_all(lambda a, b: a.label == b.label and comparison.are_equal(a, b))
    alike: dict[Hashable, list[Branch]] = {}
    for each in found.new if found.old else ():
        alike.setdefault(comparison.sketch(each, is_old=False), []).append(each)
    for before in list(found.old) if alike else ():
        candidates = alike.get(comparison.sketch(before, is_old=True), [])
        after = next((each for each in candidates if comparison.may_be_equal(before, each)), None)
        if after is not None:
            candidates.remove(after)
        match(before, after)
    match_all(lambda a, b: bool(set(a.values) & set(b.values)))
    match_all(lambda a, b: a.label == b.label and not a.label.isdigit())
    match_all(lambda a, b: a.label.isdigit() == b.label.isdigit() and comparison.have_a_type_in_common(a, b))
    match_all(comparison.have_a_type_in_common)
    return found
