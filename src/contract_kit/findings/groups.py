"""Group findings by cause: what another finding of the same answers explains is listed under it.

A finding explains another one if it is nearer the root, by ``_rank``, and

* both say the same of two operations: one value, of one property, in the list and in the detail;
* or it shows in every answer that shows the other (of a comparison: in one of the compared answers), and

  * the answer as a whole is not what it should be: no answer, the wrong status or media type, another body;
  * or their locations are the same or nested;
  * or the other judges by the property that is wrong: a filter by a value that is not there, a sum, a reading;
  * or both compare several answers, and it is about access or paging;

* or rows are not there, or should not be, by paging or access, and the other compares which rows lists have;
* or a list shows rows that are not the caller's, and the other compares its answers;
* or whoever has no credentials gets in: then anybody does;
* or a request with the same value for the same parameter was accepted;
* or the answer should have been a refusal, and the other judges what it holds;
* or a filter selects other rows than it should, and the other compares lists that were asked for with this filter;
* or both contradict one assumption of the ledger: then the assumption is wrong, and not each of them.

Nothing is hidden by this: an explained finding keeps its fingerprint, state and severity.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from contract_kit.findings.finding import Finding, Kind, ordered

# The findings of an operation, from the root, that are tried as causes; those of one location are tried besides.
_MOST_CANDIDATES = 200

_FAILURES = frozenset({Kind.STATUS, Kind.SERVER_FAILURE})
_SHAPES = frozenset({Kind.MISSING_FIELD, Kind.NULL, Kind.WRONG_TYPE, Kind.UNDOCUMENTED_FIELD, Kind.ERROR_SHAPE})
_VALUES = frozenset(
    {
        *(Kind.UNDOCUMENTED_VALUE, Kind.FORMAT, Kind.PATTERN, Kind.BOUND),
        *(Kind.WITHDRAWN_VALUE, Kind.INTERNAL_VALUE, Kind.OBSERVED_VALUE),
    }
)
_REFUSALS = frozenset({Kind.VALIDATION, Kind.AUTHENTICATION, Kind.METHOD})
_COMPARISONS = frozenset({Kind.PAGING, Kind.FILTER, Kind.CONSISTENCY, Kind.CLIENT})
_ACCESS = 3  # the rank of findings about who sees what
_NOBODY, _NO_SECRET = "no credentials", "wrong secret"


@dataclass(frozen=True)
class Group:
    """A finding, and those that it explains.

    Attributes:
        root: The finding that is counted.
        explained: The findings listed under it.
    """

    root: Finding
    explained: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, the root first."""
        return self.root, *self.explained

    @property
    def alike(self) -> tuple[Finding, ...]:
        """The root, and what says the same of another operation: any of them may be the root of another run."""
        twin = _Subject(self.root).twin
        return self.root, *(each for each in self.explained if _Subject(each).twin == twin)

    @property
    def worst(self) -> Finding:
        """The finding that decides whether the group fails a run: of the open ones the most severe, or the root."""
        return ordered(self.findings)[0]


def groups(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Return the groups of findings whose ``cause`` is set; a cause that is not there makes a group of its own."""
    findings = ordered(findings)
    known = {finding.fingerprint for finding in findings}
    explained: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.cause in known:
            explained.setdefault(finding.cause, []).append(finding)
    found = [Group(each, tuple(explained.get(each.fingerprint, ()))) for each in findings if each.cause not in known]
    places = {id(finding): index for index, finding in enumerate(ordered(group.worst for group in found))}
    return tuple(sorted(found, key=lambda group: places[id(group.worst)]))


def explained(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with ``cause`` set, where another one of them explains it."""
    findings = list(findings)
    subjects = sorted(map(_Subject, findings), key=lambda each: each.order)
    causes: dict[str, str] = {}
    earlier: dict[str, list[_Subject]] = {}
    twins: dict[tuple[str, ...], _Subject] = {}
    for subject in subjects:
        before = earlier.setdefault(subject.finding.operation, [])
        causing = twins.get(subject.twin) or next(
            (each for each in _candidates(subject, before, earlier) if _explains(each, subject)), None
        )
        own = subject.finding.fingerprint
        if causing is not None:
            causes[own] = causes.get(causing.finding.fingerprint) or causing.finding.fingerprint
        twins.setdefault(subject.twin, subject)
        before.append(subject)
    causes |= dict(_of_assumptions(subjects, causes))
    return [replace(each, cause=causes.get(each.fingerprint, "")) for each in findings]


def _of_assumptions(subjects: Iterable[_Subject], causes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the findings whose group is rooted in an assumption that an earlier group is rooted in, with its root."""
    first: dict[str, str] = {}
    roots: dict[str, str] = {}
    for finding in (each.finding for each in subjects):
        if finding.assumption and finding.fingerprint not in causes:
            roots[finding.fingerprint] = first.setdefault(finding.assumption, finding.fingerprint)
    for finding in (each.finding for each in subjects):
        own = finding.fingerprint
        root = roots.get(causes.get(own, own), own)
        if root != own:
            yield own, root


class _Subject:
    """A finding, with what decides whether it explains another one."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.rank = _rank(finding)
        self.steps = tuple(step for step in finding.location.split("/") if step != "*")
        self.is_whole = self.rank == 0
        first = (finding.answers & -finding.answers).bit_length()
        # Who gets in without credentials comes before who gets in with wrong ones.
        open_to = (_NOBODY, _NO_SECRET).index(finding.value) if finding.value in {_NOBODY, _NO_SECRET} else 2
        # Of list and detail the list is the root, in each run; else what was seen first.
        is_detail = "*" not in finding.location
        # A filter that is asked for alone comes before those that are asked for with it.
        depth = _SUBRANKS.get(finding.kind, len(self.asked))
        self.order = (self.rank, depth, open_to, is_detail, first, *self.identity)

    @property
    def identity(self) -> tuple[str, ...]:
        finding = self.finding
        return finding.operation, finding.location, finding.kind, finding.value

    @cached_property
    def twin(self) -> tuple[str, ...]:
        """The same for findings that say the same of several operations."""
        finding = self.finding
        if self.is_whole:
            return finding.kind, finding.value, finding.location
        leaf = "" if finding.kind is Kind.PAGING else self.leaf
        return finding.kind, finding.value, leaf, finding.basis, "" if self.is_request else finding.expected

    @property
    def is_request(self) -> bool:
        """Whether it is about a part of the request, not of the answer."""
        return self.finding.location.startswith(("path:", "query:", "header:Authorization", "method", "request:"))

    @property
    def leaf(self) -> str:
        location = self.finding.location
        return self.steps[-1] if location.startswith("/") else location

    @cached_property
    def keys(self) -> frozenset[str]:
        """The properties and parameters that it judges by, without case and separators."""
        location = self.finding.location
        names = location.partition(":")[2].split(" with ") if location.startswith("query:") else [self.leaf]
        about = (key for example in self.finding.examples for key in example.about)
        return frozenset(filter(None, map(_folded, (*names, *about))))

    @property
    def filters(self) -> frozenset[str]:
        """The parameters that a finding about filters names: ``{"Tag", "Since"}`` for ``query:Tag with Since``."""
        return frozenset(self.finding.location.partition(":")[2].split(" with "))

    @cached_property
    def asked(self) -> frozenset[str]:
        """Of a filter, the parameters that all requests of its examples have."""
        if self.finding.kind is not Kind.FILTER:
            return frozenset()
        names = [frozenset(re.findall(r"[?&](\w+)=", each.request)) for each in self.finding.examples]
        return frozenset[str].intersection(*names) if names else frozenset()

    @property
    def involved(self) -> int:
        """All answers that it rests on."""
        answers = self.finding.answers
        for each in self.finding.compared:
            answers |= each
        return answers

    @property
    def sent(self) -> frozenset[str]:
        """The values of its parameter in its examples."""
        name = re.escape(self.finding.location.partition(":")[2])
        return frozenset(
            value for each in self.finding.examples for value in re.findall(rf"[?&]{name}=([^&]*)", each.request)
        )


_SUBRANKS: Mapping[Kind, int] = {
    kind: index
    for index, kind in enumerate(
        (
            *(Kind.SERVER_FAILURE, Kind.STATUS, Kind.CONTENT_TYPE, Kind.MALFORMED_BODY, Kind.ERROR_SHAPE),
            *(Kind.MISSING_FIELD, Kind.NULL, Kind.WRONG_TYPE, Kind.UNDOCUMENTED_FIELD),
        )
    )
}


def _is_unrefused(finding: Finding) -> bool:
    """Whether the answer should have been a refusal, so that nothing can be said of what it holds."""
    return finding.kind in {Kind.VALIDATION, Kind.METHOD} or (
        finding.kind in {Kind.STATUS, Kind.PAGING} and finding.location.startswith(("path:", "query:"))
    )


def _rank(finding: Finding) -> int:
    """How far from the root it is, from 0: the answer as a whole, its shape, its values, access, rows, the rest."""
    kind, location = finding.kind, finding.location
    if kind in _FAILURES and (location == "connection" or (location == "status" and finding.value.isdigit())):
        return 0
    if kind in {Kind.CONTENT_TYPE, Kind.MALFORMED_BODY} or (kind is Kind.ERROR_SHAPE and not location):
        return 0
    if kind in _SHAPES:
        return 1
    if kind in _VALUES or kind is Kind.MISSING_HEADER:
        return 2
    if kind is Kind.AUTHENTICATION or _is_unrefused(finding):
        return _ACCESS
    return 4 if kind is Kind.PAGING else 5


def _candidates(subject: _Subject, before: list[_Subject], earlier: Mapping[str, list[_Subject]]) -> Iterator[_Subject]:
    """Yield the findings that may explain one: those of its operation, from the root, the nearest in place first."""
    first = before[:_MOST_CANDIDATES]
    if len(before) > _MOST_CANDIDATES:
        first += [each for each in before[_MOST_CANDIDATES:] if each.steps == subject.steps][:_MOST_CANDIDATES]
    yield from sorted(first, key=lambda each: (each.rank, not _is_nested(each, subject)))
    if subject.finding.kind is Kind.CONSISTENCY or subject.finding.counts_rows:
        for operation, others in earlier.items():
            if operation != subject.finding.operation:
                yield from others[:_MOST_CANDIDATES]


def _explains(cause: _Subject, other: _Subject) -> bool:
    one, two = cause.finding, other.finding
    if one.counts_rows and one.kind is Kind.AUTHENTICATION and one.operation == two.operation:
        return two.kind in _COMPARISONS
    if one.counts_rows and two.counts_rows and one.kind in {Kind.AUTHENTICATION, Kind.PAGING}:
        return True
    # A property that is known to be wrong in some answers differs from others, in the list or in the detail.
    is_field = cause.rank in {1, 2} and one.kind is not Kind.ERROR_SHAPE and one.location.startswith("/")
    if is_field and two.kind is Kind.CONSISTENCY and cause.leaf == other.leaf:
        return True
    if one.operation != two.operation:
        return False
    if one.kind is two.kind is Kind.AUTHENTICATION and one.location == two.location:
        return one.value == _NOBODY or (one.value == _NO_SECRET and two.value != _NOBODY)
    if one.kind is two.kind is Kind.VALIDATION and one.location == two.location:
        return not cause.sent.isdisjoint(other.sent)
    if one.kind is two.kind is Kind.FILTER and cause.filters <= other.asked and not other.filters <= cause.asked:
        return True
    if not _covers(cause, other):
        return False
    if cause.is_whole:
        return _explains_whole(one.kind, other)
    if _is_unrefused(one) and two.kind in _COMPARISONS:
        return True
    if _is_nested(cause, other):
        # Two values, or two keys, of one place are two things.
        return one.kind is not two.kind or cause.rank > 2
    if one.kind is Kind.MISSING_FIELD and two.kind is Kind.UNDOCUMENTED_FIELD:
        return one.answers == two.answers and _is_renamed(cause, other)
    if two.kind is Kind.CLIENT and two.value != "changed" and cause.rank in {1, 2}:
        return cause.steps[:-1] == other.steps[:-1]
    if two.kind not in _COMPARISONS:
        return False
    if cause.rank in {1, 2}:
        return _are_related(cause.leaf, other.keys)
    if one.kind is Kind.CONSISTENCY:
        return two.kind is Kind.CONSISTENCY and _are_related(cause.leaf, other.keys)
    return one.kind in {Kind.AUTHENTICATION, Kind.PAGING} and not cause.is_request


def _explains_whole(kind: Kind, other: _Subject) -> bool:
    """Whether an answer that is wrong as a whole explains a finding of that answer."""
    if kind in {Kind.MALFORMED_BODY, Kind.ERROR_SHAPE}:
        return True  # it holds nothing that could be judged
    unread = other.is_whole or other.finding.kind is Kind.CLIENT
    if kind is Kind.CONTENT_TYPE:
        return unread
    return unread or other.finding.kind in _REFUSALS | _FAILURES or other.finding.kind is Kind.MISSING_HEADER


def _covers(cause: _Subject, other: _Subject) -> bool:
    """Whether the cause shows wherever the other does: in each answer, or in one of those that were compared."""
    two = other.finding
    if not two.answers:
        # Recordings have no numbers: the same place must be enough.
        return not cause.finding.answers and not cause.is_whole and _is_nested(cause, other)
    # From here on a finding rests on comparisons.
    shown = cause.finding.answers if cause.rank < _ACCESS else cause.involved
    alone = two.answers & ~shown
    for compared in two.compared:
        if compared & shown:
            alone &= ~compared
    return not alone


def _is_nested(cause: _Subject, other: _Subject) -> bool:
    """Whether both are at one location, or one within the other; the whole body is nested with nothing."""
    one, two = cause.finding.location, other.finding.location
    if one == two:
        return bool(one)
    if not (one.startswith("/") and two.startswith("/")):
        return False
    shorter = min(len(cause.steps), len(other.steps))
    return cause.steps[:shorter] == other.steps[:shorter]


def _is_renamed(cause: _Subject, other: _Subject) -> bool:
    one, two = _folded(cause.leaf), _folded(other.leaf)
    return cause.steps[:-1] == other.steps[:-1] and difflib.SequenceMatcher(None, one, two).ratio() >= 0.6


def _are_related(leaf: str, keys: Iterable[str]) -> bool:
    """Whether a property is one of those keys; a parameter may be in the singular: ``tags`` and ``Tag``."""
    name = _folded(leaf)
    return any(name == key or (len(key) > 3 and name.startswith(key)) for key in keys)


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))[:80]
