"""Which branch of an old union stands for which of a new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from contract_kit.diff.contract import Branch, Union

Equal = Callable[[Branch, Branch], bool]
Types = frozenset[str] | None


@dataclass
class Matched:
    """Branches that stand for each other, and those that are only in one union."""

    both: list[tuple[Branch, Branch]] = field(default_factory=list)
    old: list[Branch] = field(default_factory=list)
    new: list[Branch] = field(default_factory=list)


def matched(old: Union, new: Union, equal: Equal, types_of: Callable[[Branch, Branch], tuple[Types, Types]]) -> Matched:
    """Match branches by what they mean, then by the discriminator's value, by name or title, and last by position.

    Args:
        old: The union of the old document.
        new: That of the new one.
        equal: Whether two branches mean the same.
        types_of: The types of an old and a new branch; None for any.
    """
    found = Matched(old=list(old.branches), new=list(new.branches))

    def match(fits: Callable[[Branch, Branch], bool]) -> None:
        for before in list(found.old):
            after = next((each for each in found.new if fits(before, each)), None)
            if after is not None:
                found.old.remove(before)
                found.new.remove(after)
                found.both.append((before, after))

    # Those of one name first: in most unions all are the same, and nothing else needs to be tried.
    match(lambda a, b: a.label == b.label and equal(a, b))
    match(equal)
    match(lambda a, b: bool(set(a.values) & set(b.values)))
    match(lambda a, b: a.label == b.label and not a.label.isdigit())

    def have_a_type_in_common(before: Branch, after: Branch) -> bool:
        types = types_of(before, after)
        return types[0] is None or types[1] is None or bool(types[0] & types[1])

    match(lambda a, b: a.label.isdigit() == b.label.isdigit() and have_a_type_in_common(a, b))
    match(have_a_type_in_common)
    return found
