"""The report as Markdown, to paste into a changelog or a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contract_kit.diff import Diff
from contract_kit.diff.impact import Impact
from contract_kit.diff.text import place, verdict

_MOST_PLACES = 10
_SPECIAL = re.compile(r"([\\*_<>\[\]#|])")


def written(diff: Diff, *, with_cosmetic: bool) -> str:
    """The report as text, with a line end."""
    return "\n".join(_lines(diff, with_cosmetic=with_cosmetic)) + "\n"


def _lines(diff: Diff, *, with_cosmetic: bool) -> Iterator[str]:
    yield f"**{_plain(verdict(diff))}** from {_code(diff.old)} to {_code(diff.new)}"
    for impact in Impact:
        changes = diff.of(impact)
        if not changes or (impact is Impact.COSMETIC and not with_cosmetic):
            continue
        yield from ("", f"### {impact.capitalize()}", "")
        for change in changes:
            yield f"- {_sentence(change.sentence)}"
            for each in change.reached[:_MOST_PLACES]:
                yield f"  - {_code(place(each))}"
            if len(change.reached) > _MOST_PLACES:
                yield f"  - and {len(change.reached) - _MOST_PLACES} more places"
    if diff.remarks:
        yield from ("", "### Remarks", "", *(f"- {_plain(each)}" for each in diff.remarks))


def _sentence(text: str) -> str:
    # Every second piece is a value in backquotes.
    pieces = text.split("`")
    return "".join(_code(piece) if number % 2 else _plain(piece) for number, piece in enumerate(pieces))


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}" if text else ""
