"""Two contracts, held against each other: operation by operation, and each pair of schemas once for each direction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contract_kit.diff import impact
from contract_kit.diff.changes import ADDED, CHANGED, REMOVED, Change, NodeDifference, Reached, folded
from contract_kit.diff.composition import canonical
from contract_kit.diff.contract import (
    ApiContract,
    Body,
    DocumentedOperation,
    MediaType,
    Parameter,
    Security,
    Written,
)
from contract_kit.diff.impact import Direction, Impact, impact_of
from contract_kit.diff.pairs import MOST_TRIES, MOST_WAYS, Pair, Pairs, differences_of_notes
from contract_kit.diff.reading import Reader
from contract_kit.diff.sameness import Sameness
from contract_kit.diff.source import Place


class ContractComparison:
    """Compares two documents.

    Args:
        old: The reader of the old one.
        new: That of the new one.

    Attributes:
        remarks: What is not told.
    """

    def __init__(self, old: Reader, new: Reader) -> None:
        self._old = old
        self._new = new
        self._sameness = Sameness(old, new)
        self._pairs = Pairs(old.composition, new.composition, self._sameness)
        self._met: list[tuple[Impact, NodeDifference, Reached]] = []
        # The pairs of schemas that operations name, where, and which way their values go.
        self._tops: list[tuple[Pair, Reached, Direction]] = []
        self.remarks: list[str] = []

    def changes(self, old: ApiContract, new: ApiContract) -> list[Change]:
        """Every change from one contract to the other."""
        self._notes(
            {key: value for key, (value, _) in old.notes.items()},
            {key: value for key, (value, _) in new.notes.items()},
            Place(self._old.source.root, ""),
            Place(self._new.source.root, ""),
            Reached("", "", ""),
        )
        self._operations(old.operations, new.operations, "/paths")
        named: dict[int, list[tuple[Reached, Direction]]] = {}
        for pair, at, direction in self._tops:
            named.setdefault(id(pair), []).append((at, direction))
        for pair, found, step in self._pairs.reached(pair for pair, _, _ in self._tops):
            for at, direction in named[id(pair)]:
                self._meet(found, Reached(at.operation, at.side, at.place + step), direction)
        if self._pairs.is_cut:
            self.remarks.append(
                f"where a schema holds others in more than {MOST_WAYS} ways, each is listed at the nearest place alone"
            )
        if self._pairs.tried > MOST_TRIES:
            self.remarks.append(
                f"branches of other names were compared {MOST_TRIES} times; the rest is matched by name or position"
            )
        return folded(self._met)

    def _operations(
        self, old: Mapping[str, DocumentedOperation], new: Mapping[str, DocumentedOperation], above: str
    ) -> None:
        for key, operation in old.items():
            if key not in new:
                at = Place(self._new.source.root, above)
                found = NodeDifference("operation", REMOVED, impact.REMOVED, operation.place, at, before=operation.name)
                self._meet(found, Reached(operation.name, "", ""))
            elif not self._sameness.of_operations(operation, new[key]):
                self._operation(operation, new[key])
        for key, operation in new.items():
            if key not in old:
                at = Place(self._old.source.root, above)
                found = NodeDifference("operation", ADDED, impact.ADDED, at, operation.place, after=operation.name)
                self._meet(found, Reached(operation.name, "", ""))

    def _operation(self, old: DocumentedOperation, new: DocumentedOperation) -> None:
        name = new.name
        here = Reached(name, "", "")
        self._notes(old.notes, new.notes, old.place, new.place, here)
        if old.deprecated != new.deprecated:
            self._meet(_flag("deprecated", new.deprecated, old.place, new.place), here)
        self._security(old.security, new.security, Reached(name, "", "security"))
        self._servers(old, new, Reached(name, "", "server"))
        sent = Direction.RESPONSE if new.is_received else Direction.REQUEST
        for key in dict.fromkeys((*old.parameters, *new.parameters)):
            before, after = old.parameters.get(key), new.parameters.get(key)
            either = after or before
            assert either is not None
            place = f"{either.location}:{either.name}"
            self._parameter("parameter", before, after, Reached(name, "request", place), (old.place, new.place), sent)
        self._body(old, new, Reached(name, "request", "body"), sent)
        for status in dict.fromkeys((*old.responses, *new.responses)):
            self._response(status, old, new, sent.other)
        self._operations(old.callbacks, new.callbacks, old.place.below("callbacks").pointer)

    def _parameter(
        self,
        facet: str,
        old: Parameter | None,
        new: Parameter | None,
        at: Reached,
        above: tuple[Place, Place],
        direction: Direction,
    ) -> None:
        if old is None or new is None:
            is_required = bool(new and new.required)
            name = at.place.partition(":")[2]
            self._came_or_went(facet, old, new, at, above, direction, is_required=is_required, name=name)
            return
        places = old.place, new.place
        self._notes(old.notes, new.notes, *places, at)
        if old.required != new.required:
            case = impact.NARROWER if new.required else impact.WIDER
            self._meet(_flag("required", new.required, *places, case=case), at, direction)
        for key, before in old.settings.items():
            after = new.settings[key]
            if before == after or (key == "explode" and not self._is_exploded(old, new)):
                continue
            if key in {"style", "explode"}:
                self._meet(
                    NodeDifference(key, CHANGED, impact.CHANGED, *places, before=before, after=after), at, direction
                )
            elif key == "deprecated":
                self._meet(_flag(key, after, *places), at, direction)
            else:
                case = impact.WIDER if after else impact.NARROWER
                self._meet(_flag(key, after, *places, case=case), at, direction)
        self._schemas(old.schema, new.schema, places, at, direction)
        self._content(old.content, new.content, at, direction, places, shown_in_side=False)

    def _is_exploded(self, old: Parameter, new: Parameter) -> bool:
        """Whether the value may be a list or an object: only then can it be seen how it is taken apart."""
        for reader, schema in ((self._old, old.schema), (self._new, new.schema)):
            types = reader.composition.schema(schema).types if schema else None
            if types is None or types & {"array", "object"}:
                return True
        return False

    def _body(self, old: DocumentedOperation, new: DocumentedOperation, at: Reached, direction: Direction) -> None:
        before, after = old.body, new.body
        if before is None and after is None:
            return
        if before is None or after is None:
            is_required = bool(after and after.required)
            self._came_or_went(
                "request body", before, after, at, (old.place, new.place), direction, is_required=is_required
            )
            return
        places = before.place, after.place
        self._notes(before.notes, after.notes, *places, at)
        if before.required != after.required:
            case = impact.NARROWER if after.required else impact.WIDER
            self._meet(_flag("required", after.required, *places, case=case), at, direction)
        self._content(before.content, after.content, Reached(at.operation, "request", ""), direction, places)

    def _response(self, status: str, old: DocumentedOperation, new: DocumentedOperation, direction: Direction) -> None:
        before, after = old.responses.get(status), new.responses.get(status)
        side = f"response {status}"
        at = Reached(new.name, side, "status")
        if before is None or after is None:
            is_success = status.startswith("2") or status[0] in "13"
            case = impact.ERROR_CHANGED
            if is_success:
                case = impact.SUCCESS_ADDED if before is None else impact.SUCCESS_REMOVED
            places = before.place if before else old.place, after.place if after else new.place
            change = ADDED if before is None else REMOVED
            found = NodeDifference(
                "status", change, case, *places, before=status if before else None, after=status if after else None
            )
            self._meet(found, at, direction)
            return
        self._notes(before.notes, after.notes, before.place, after.place, at)
        for name in dict.fromkeys((*before.headers, *after.headers)):
            header = before.headers.get(name), after.headers.get(name)
            either = header[1] or header[0]
            assert either is not None
            reached = Reached(new.name, side, f"header:{either.name}")
            self._parameter("header", *header, reached, (before.place, after.place), direction)
        self._content(
            before.content, after.content, Reached(new.name, side, ""), direction, (before.place, after.place)
        )

    def _content(
        self,
        old: Mapping[str, MediaType],
        new: Mapping[str, MediaType],
        at: Reached,
        direction: Direction,
        above: tuple[Place, Place],
        *,
        shown_in_side: bool = True,
    ) -> None:
        for name in dict.fromkeys((*old, *new)):
            before, after = old.get(name), new.get(name)
            here = Reached(at.operation, f"{at.side} {name}", at.place) if shown_in_side else at
            if before is None or after is None:
                self._came_or_went("media type", before, after, here, above, direction, name=name)
                continue
            places = before.place, after.place
            self._notes(before.notes, after.notes, *places, here)
            if canonical(before.encoding) != canonical(after.encoding):
                change = ADDED if not before.encoding else REMOVED if not after.encoding else CHANGED
                found = NodeDifference(
                    "encoding", change, impact.UNDECIDED, *places, before=before.encoding, after=after.encoding
                )
                self._meet(found, here, direction)
            self._schemas(before.schema, after.schema, places, here, direction)

    def _security(self, old: Security, new: Security, at: Reached) -> None:
        places = old.place, new.place
        before, after = list(old.alternatives), list(new.alternatives)
        left = [each for each in before if each not in after]
        came = [each for each in after if each not in before]
        names = {**old.names, **new.names}
        # One name for two schemes: then what they are is told, too.
        twice = {name for name in names.values() if list(names.values()).count(name) > 1}
        names = {key: f"{name} {key}" if name in twice else name for key, name in names.items()}

        def told(alternative: Mapping[str, frozenset[str]]) -> str:
            scopes = {key: f" ({', '.join(sorted(each))})" if each else "" for key, each in alternative.items()}
            return " and ".join(sorted(names[key] + scopes[key] for key in alternative)) or "no credentials"

        def meet(change: str, case: str, **what: Any) -> None:
            self._meet(NodeDifference("security", change, case, *places, **what), at)

        if before == [{}] and {} not in after:
            meet(ADDED, impact.DEMANDED, after=" or ".join(sorted(map(told, after))))
            return
        if after == [{}] and {} not in before:
            meet(REMOVED, impact.FREED, before=" or ".join(sorted(map(told, before))))
            return
        for each in list(left):
            other = next((one for one in came if one.keys() == each.keys()), None)
            if other is not None:
                left.remove(each)
                came.remove(other)
                more = any(other[key] - each[key] for key in each)
                case = impact.SCOPE_ADDED if more else impact.SCOPE_REMOVED
                meet(CHANGED, case, before=told(each), after=told(other))
        for each in left:
            meet(REMOVED, impact.REMOVED, value=told(each), before=told(each))
        for each in came:
            meet(ADDED, impact.ADDED, value=told(each), after=told(each))

    def _servers(self, old: DocumentedOperation, new: DocumentedOperation, at: Reached) -> None:
        either = next(iter(old.servers.values()))[1], next(iter(new.servers.values()))[1]
        for url in dict.fromkeys((*old.servers, *new.servers)):
            before, after = old.servers.get(url), new.servers.get(url)
            if before and after:
                if canonical(before[0]) != canonical(after[0]):
                    places = before[1], after[1]
                    case = impact.MORE_VALUES if _takes_more(before[0], after[0]) else impact.CHANGED
                    found = NodeDifference("server", CHANGED, case, *places, before=before[0], after=after[0])
                    self._meet(found, at)
            elif before:
                found = NodeDifference("server", REMOVED, impact.REMOVED, before[1], either[1], value=url, before=url)
                self._meet(found, at)
            elif after:
                found = NodeDifference("server", ADDED, impact.ADDED, either[0], after[1], value=url, after=url)
                self._meet(found, at)

    def _came_or_went(
        self,
        facet: str,
        old: Parameter | Body | MediaType | None,
        new: Parameter | Body | MediaType | None,
        at: Reached,
        above: tuple[Place, Place],
        direction: Direction,
        *,
        is_required: bool = False,
        name: str = "",
    ) -> None:
        if new is not None:
            case = impact.ADDED_REQUIRED if is_required and facet != "header" else impact.ADDED
            found = NodeDifference(facet, ADDED, case, above[0], new.place, after=name or None)
        else:
            assert old is not None
            found = NodeDifference(facet, REMOVED, impact.REMOVED, old.place, above[1], before=name or None)
        self._meet(found, at, direction)

    def _notes(
        self, old: Mapping[str, Any], new: Mapping[str, Any], old_place: Place, new_place: Place, at: Reached
    ) -> None:
        for found in differences_of_notes(old, new, old_place, new_place):
            self._meet(found, at)

    def _meet(self, found: NodeDifference, at: Reached, direction: Direction = Direction.REQUEST) -> None:
        reached = Reached(at.operation, at.side, at.place + found.step)
        self._met.append((impact_of(found.facet, found.case, direction), found, reached))

    def _schemas(
        self,
        old: tuple[Written, ...],
        new: tuple[Written, ...],
        above: tuple[Place, Place],
        at: Reached,
        direction: Direction,
    ) -> None:
        if (old or new) and not self._sameness.of_written(old, new):
            # What has no schema allows any value.
            pair = self._pairs.pair(old or (Written({}, above[0]),), new or (Written({}, above[1]),), direction)
            self._tops.append((pair, at, direction))


def _takes_more(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the variables of a server take what they took, and more."""

    def takes(before: Any, after: Any) -> bool:
        values, wider = before.get("enum"), after.get("enum")
        rest = [{key: value for key, value in each.items() if key != "enum"} for each in (before, after)]
        return rest[0] == rest[1] and (wider is None or (values is not None and all(each in wider for each in values)))

    pairs = [(old[name], new.get(name)) for name in old]
    return old.keys() == new.keys() and all(
        isinstance(before, dict) and isinstance(after, dict) and takes(before, after) for before, after in pairs
    )


def _flag(facet: str, after: object, old: Place, new: Place, case: str = impact.CHANGED) -> NodeDifference:
    """A NodeDifference of something that is there or not."""
    change, told = (ADDED, {"after": True}) if after else (REMOVED, {"before": True})
    return NodeDifference(facet, change, case, old, new, before=told.get("before"), after=told.get("after"))
