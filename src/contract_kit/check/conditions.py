"""Say under which condition a finding shows: ``only at limit above 500``, ``only in answers without status``.

The answers of an operation in which a location was judged are compared: those that show the finding, and those that do
not. A condition is the simplest single feature of request or answer that separates them completely. There must be at
least ``LEAST`` answers on each side and ``TOGETHER`` in all, because among a few answers chance separates as well.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from contract_kit.check.observed_response import ObservedResponse
from contract_kit.findings.finding import MOST_ANSWERS, Finding, Kind

LEAST, TOGETHER = 3, 12
# The answers of each operation whose features are kept: a random sample, drawn in the same way in each run.
_SAMPLE = 1000
# A list of more values would be no condition that a person can act on.
_MOST_VALUES = 2
_BEHAVIOUR = frozenset(
    {Kind.AUTHENTICATION, Kind.PAGING, Kind.FILTER, Kind.CONSISTENCY, Kind.VALIDATION, Kind.METHOD, Kind.DOCUMENT}
)

# Names of features: of the answer, a query parameter, or the location of an enum whose value all rows share.
_METHOD, _STATUS, _CALLER = "the method", "the status", "the caller"
Features = Mapping[str, str]


@dataclass(frozen=True)
class _Answer:
    number: int
    status: int
    paths: frozenset[str]
    features: Features


class Conditions:
    """A sample of the answers of each operation, with their features.

    Args:
        shown: Whether reports may show the value of a query parameter.
        of_pages: The query parameters that only requests for later pages have.
    """

    def __init__(self, shown: Callable[[str], bool], of_pages: Collection[str] = ()) -> None:
        self._shown = shown
        self._of_pages = of_pages
        self._samples: dict[str, list[_Answer]] = {}
        self._seen: dict[str, int] = {}
        self._random = random.Random(0)  # noqa: S311  no secret

    def observe(self, answer: ObservedResponse, things: Iterable[tuple[str, str]]) -> None:
        """Keep the features of an answer.

        Args:
            answer: The answer, with its number.
            things: The fields and enum values in it, named as in CoverageResult.
        """
        sample = self._samples.setdefault(answer.operation, [])
        seen = self._seen[answer.operation] = self._seen.get(answer.operation, 0) + 1
        place = len(sample) if len(sample) < _SAMPLE else self._random.randrange(seen)
        if place >= _SAMPLE:
            return
        things = list(things)
        paths = frozenset(name for aspect, name in things if aspect == "field")
        features = dict(self._features(answer, things))
        sample[place : place + 1] = [_Answer(answer.number, answer.status, paths, features)]

    def _features(self, answer: ObservedResponse, things: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        values: dict[str, list[str]] = {}
        for name, value in answer.query:
            shown = answer.masker.key(name)
            # A time is of one run, and no condition that anybody can act on.
            is_said = self._shown(name) and not re.match(r"\d{4}-\d\d-\d\d", value)
            values.setdefault(shown, []).append(value if is_said else "")
        for name, given in values.items():
            yield name, ",".join(sorted(given))[:80]
        yield _METHOD, answer.method
        yield _STATUS, str(answer.status)
        yield _CALLER, answer.caller or "the account"
        of_path: dict[str, set[str]] = {}
        for aspect, name in things:
            if aspect == "enum value":
                path, _, value = name.partition("=")
                of_path.setdefault(path, set()).add(value)
        for path, found in of_path.items():
            # Rows of several values would not tell which of them shows the finding.
            if len(found) == 1:
                yield path, found.pop()

    def condition(self, finding: Finding, held: int | None) -> str:
        """Return the condition of a finding; ``""`` if it always shows, or nothing separates.

        Args:
            finding: The merged finding, with its answers.
            held: The answers in which what it is about was judged and held, as a set of bits; None for findings that
                no judgement made: the answers that have its location count then.
        """
        if held is None and finding.kind in _BEHAVIOUR:
            return ""
        sample = self._samples.get(finding.operation, [])
        showing = [each for each in sample if _has(finding.answers, each.number)]
        families = {each.status // 100 for each in showing}
        others = [
            each
            for each in sample
            if not _has(finding.answers, each.number)
            and (_is_judged(each, finding, families) if held is None else _has(held, each.number))
        ]
        if min(len(showing), len(others)) < LEAST or len(showing) + len(others) < TOGETHER:
            return ""
        # What the finding itself is about would separate trivially.
        own = _STATUS if finding.location in {"status", "connection"} else finding.location
        features = [
            [{name: value for name, value in each.features.items() if name != own} for each in side]
            for side in (showing, others)
        ]
        return self._said(separation(*features))

    def _said(self, found: str) -> str:
        """Say in words what a token or number of a page means."""
        for name in self._of_pages:
            found = found.replace(f"only in answers with {name} (", "only on later pages (")
            found = found.replace(f"only in answers without {name} (", "only on first pages (")
        return found


def _has(answers: int, number: int) -> bool:
    return 0 < number < MOST_ANSWERS and bool(answers >> number & 1)


def _is_judged(answer: _Answer, finding: Finding, families: set[int]) -> bool:
    """Whether an answer has what a finding of its body or headers is about, or the object that would have it."""
    location = finding.location
    if location in {"status", "connection"}:
        return True
    if answer.status // 100 not in families:
        return False
    parent = location.rpartition("/")[0] if location.startswith("/") else ""
    # Of a list that must have a row; the rows themselves are no fields.
    return not parent or any(path == parent or path.startswith(f"{parent}/") for path in answer.paths)


def separation(showing: Sequence[Features], others: Sequence[Features]) -> str:
    """Return the simplest feature that all of ``showing`` have and none of ``others`` has, as words; or ``""``.

    Simplest is: having something at all, then a number above or below a bound, then one or two values.
    """
    names = sorted({name for each in (*showing, *others) for name in each}, key=lambda name: (name[:1] == "/", name))
    for judge in (_presence, _bound, _values):
        for name in names:
            if words := judge(name, [each.get(name) for each in showing], [each.get(name) for each in others]):
                return f"{words} ({len(showing)} answers; not in {len(others)} others)"
    return ""


def _presence(name: str, showing: list[str | None], others: list[str | None]) -> str:
    if name.startswith("/"):
        return ""  # a property without a value may be null, or of no row
    if None not in showing and others.count(None) == len(others):
        return f"only in answers with {name}"
    if None not in others and showing.count(None) == len(showing):
        return f"only in answers without {name}"
    return ""


def _bound(name: str, showing: list[str | None], others: list[str | None]) -> str:
    shown = [int(each) for each in showing if each is not None and re.fullmatch(r"\d{1,18}", each)]
    held = [int(each) for each in others if each is not None and re.fullmatch(r"\d{1,18}", each)]
    if name == _STATUS or len(shown) < len(showing) or not held or len(held) < sum(each is not None for each in others):
        return ""
    if min(shown) > max(held):
        return f"only at {name} above {max(held)}"
    return f"only at {name} below {min(held)}" if max(shown) < min(held) else ""


def _values(name: str, showing: list[str | None], others: list[str | None]) -> str:
    values = sorted({each for each in showing if each})
    if None in showing or "" in showing or len(values) > _MOST_VALUES or not set(values).isdisjoint(others):
        return ""
    name = name.rpartition("/")[2]
    return f"only where {name} is {' or '.join(values)}"
