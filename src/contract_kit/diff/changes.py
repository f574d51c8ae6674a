"""A change of contract: what it is, and all the places that it reaches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from contract_kit.diff import impact
from contract_kit.diff.impact import Impact
from contract_kit.diff.source import Place

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
# What the rest of a sentence says already.
_UNSAID = {
    impact.ADDED, impact.REMOVED, impact.CHANGED, impact.CHANGED_OR_WENT,
    impact.SUCCESS_ADDED, impact.SUCCESS_REMOVED, impact.ERROR_CHANGED,
}  # fmt: skip
_WORST_FIRST = list(Impact)


class Reached(NamedTuple):
    """A place that a change reaches.

    Attributes:
        operation: ``GET /v1/items``.
        side: ``""`` for the operation itself, ``request``, ``request application/json``, ``response 200``,
            ``response 200 application/json``.
        place: ``/items/*/status``, ``query:tag/*``, ``header:Retry-After``, ``body``, ``status``, ``security``,
            ``server``; ``""`` for an operation or a whole body.
    """

    operation: str
    side: str
    place: str

    def __str__(self) -> str:
        return " ".join(filter(None, (self.operation, self.side, self.place)))


@dataclass(frozen=True)
class NodeDifference:
    """What differs between two nodes that stand for each other.

    Attributes:
        facet: ``enum``, ``property``, ``status`` and so on.
        change: ``added``, ``removed`` or ``changed``.
        case: The case of the rule that tells the impact.
        value: The one value or server that came or went.
        before: What the old document says.
        after: What the new one says.
        old: Where the old document says so, or what is above.
        new: Where the new one does.
        step: How the place of the difference goes on from that of the nodes: ``/name``.
    """

    facet: str
    change: str
    case: str
    old: Place
    new: Place
    value: Any = None
    before: Any = None
    after: Any = None
    step: str = ""


@dataclass(frozen=True)
class Change:
    """One change, with all that it reaches; a NodeDifference whose impact is known.

    Attributes:
        impact: How it concerns those who use the API.
        difference: What it is.
        reached: Where, sorted.
    """

    impact: Impact
    difference: NodeDifference
    reached: tuple[Reached, ...]

    @cached_property
    def id(self) -> str:
        """Twelve hexadecimal digits, made of what it is; the same whatever it is called and wherever it is written."""
        what = self.difference
        told = [self.impact, what.facet, what.change, what.value, what.before, what.after]
        places = [[each.operation, each.side, each.place] for each in self.reached]
        text = json.dumps([*told, places], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def sentence(self) -> str:
        """What happened, in a sentence."""
        what = self.difference
        name = what.facet
        if name == "null":
            return "null is allowed now" if what.change == ADDED else "null is no longer allowed"
        if name == "required":
            return "it must be there now" if what.change == ADDED else "it may be missing now"
        if what.value is not None:
            text = f"{name} {shown(what.value)} {'came' if what.change == ADDED else 'went'}"
        elif what.change == CHANGED:
            text = f"{name} was {shown(what.before)}, and is {shown(what.after)}"
        else:
            told = what.after if what.change == ADDED else what.before
            told = "" if told is None or isinstance(told, bool) else f" {shown(told)}"
            text = f"{name}{told} {'came' if what.change == ADDED else 'went'}"
        if what.case in _UNSAID:
            return text
        if what.case.startswith("came"):
            return f"{text.removesuffix('came')}{what.case}"
        return f"{text}; {what.case}"


def shown(value: Any) -> str:
    """A value as a sentence shows it, on one line and not too long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    text = " ".join(text.split())
    return f"`{text if len(text) <= 80 else text[:79] + '…'}`"


def folded(met: Iterable[tuple[Impact, NodeDifference, Reached]]) -> list[Change]:
    """Each difference once, with all places that it reaches; worst first."""
    places: dict[tuple[Impact, int], tuple[NodeDifference, set[Reached]]] = {}
    for rated, what, place in met:
        places.setdefault((rated, id(what)), (what, set()))[1].add(place)
    causes: dict[tuple[object, ...], tuple[Impact, NodeDifference, set[Reached]]] = {}
    for (rated, _), (what, reached) in places.items():
        text = json.dumps([what.value, what.before, what.after], sort_keys=True, default=str)
        # Where it is missing, a place says only what is above, and that may be another one in each operation.
        sides = {ADDED: (what.new,), REMOVED: (what.old,)}.get(what.change, (what.old, what.new))
        key = (rated, what.facet, what.change, text, *((each.file.name, each.pointer) for each in sides))
        causes.setdefault(key, (rated, what, set()))[2].update(reached)
    changes = [Change(rated, what, tuple(sorted(each))) for rated, what, each in causes.values()]
    return sorted(
        changes, key=lambda each: (_WORST_FIRST.index(each.impact), each.reached[0], each.difference.facet, each.id)
    )
