"""The report for a terminal: worst first, a change a line, its places below."""

from __future__ import annotations

from collections.abc import Iterator

from contract_kit.diff import Diff
from contract_kit.diff.changes import Change, Reached
from contract_kit.diff.impact import Impact

_MOST_PLACES = 3


def written(diff: Diff, *, with_cosmetic: bool) -> str:
    """The report as text, with a line end."""
    return "\n".join(_lines(diff, with_cosmetic=with_cosmetic)) + "\n"


def verdict(diff: Diff) -> str:
    """One line: ``2 breaking, 1 compatible; 3 cosmetic``."""
    counted = {impact: len(diff.of(impact)) for impact in Impact}
    if not diff.changes:
        return "no change"
    told = [f"{counted[each]} {each}" for each in (Impact.BREAKING, Impact.COMPATIBLE) if counted[each]]
    cosmetic = f"{counted[Impact.COSMETIC]} cosmetic" if counted[Impact.COSMETIC] else ""
    return "; ".join(filter(None, (", ".join(told) or "no change of contract", cosmetic)))


def _lines(diff: Diff, *, with_cosmetic: bool) -> Iterator[str]:
    for impact in Impact:
        changes = diff.of(impact)
        if not changes or (impact is Impact.COSMETIC and not with_cosmetic):
            continue
        yield f"{impact.upper()} ({len(changes)})"
        for change in changes:
            yield from _of_change(change, diff)
        yield ""
    for remark in diff.remarks:
        yield f"remark: {remark}"
    hint = " (--all shows them)" if diff.of(Impact.COSMETIC) and not with_cosmetic else ""
    yield f"{diff.old} → {diff.new}: {verdict(diff)}{hint}"


def _of_change(change: Change, diff: Diff) -> Iterator[str]:
    first, *others = change.reached
    new = change.difference.new
    yield f"  {change.id}  {change.sentence}"
    for each in (first, *others[: _MOST_PLACES - 1]):
        yield f"      {place(each)}"
    if len(others) >= _MOST_PLACES:
        yield f"      and {len(others) - _MOST_PLACES + 1} more places"
    yield f"      {new.file.path}:{diff.line(new)}"


def place(reached: Reached) -> str:
    """A place on one line: ``GET /v1/items · response 200 application/json · /items/*/status``."""
    return " · ".join(filter(None, (reached.operation or "the document", reached.side, reached.place)))
