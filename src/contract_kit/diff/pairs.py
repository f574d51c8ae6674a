"""Schemas of two documents, held against each other: each pair once a direction, however often it is referred to."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contract_kit.diff import impact
from contract_kit.diff.changes import ADDED, CHANGED, REMOVED, NodeDifference
from contract_kit.diff.composition import Composition, canonical, type_of
from contract_kit.diff.contract import Branch, Schema, Union, Written
from contract_kit.diff.impact import Direction, Impact, impact_of
from contract_kit.diff.keywords import differences_of_limits, of_sets, speaks_of, types_shown
from contract_kit.diff.matching import matched
from contract_kit.diff.sameness import Sameness
from contract_kit.diff.source import Place

_MOST_NESTED = 20
MOST_WAYS = 500
MOST_TRIES = 100_000


@dataclass(eq=False)
class Pair:
    """Two schemas that stand for each other.

    Attributes:
        old: The schema of the old document.
        new: That of the new one.
        direction: Which way such values go.
        is_branch: Whether it is one of several alternatives: null is then a matter of all of them.
        differences: What differs in the two themselves.
        below: What stands below them, and how the place goes on: ``/name``, ``/*``, ``/{}``, ``<Card>``.
        state: How far it was compared.
        is_equal: Whether nothing in or below it differs on the wire, where that is known.
        is_other: Whether something does, where that is known.
        is_hot: Whether anything in or below it differs.
        is_tangled: Whether there are too many ways from it, or from what is below it, to tell them all.
        above: Those that it stands below of.
    """

    old: Schema
    new: Schema
    direction: Direction
    is_branch: bool
    differences: list[NodeDifference] = field(default_factory=list)
    below: list[tuple[str, Pair]] = field(default_factory=list)
    state: str = "new"
    is_equal: bool = False
    is_other: bool = False
    is_hot: bool = False
    is_tangled: bool = False
    above: list[tuple[str, Pair]] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        """Whether the two themselves differ in what can be seen on the wire."""
        return any(
            impact_of(each.facet, each.case, Direction.REQUEST) is not Impact.COSMETIC for each in self.differences
        )


class Pairs:
    """All pairs of schemas of two documents that were asked for.

    Args:
        old: Makes the normal form of the old document's schemas.
        new: The same of the new one.
        sameness: Tells what is written the same in both.

    Attributes:
        is_cut: Whether a schema reaches more places than are told.
        tried: How many branches of other names were compared, to find those that mean the same.
    """

    def __init__(self, old: Composition, new: Composition, sameness: Sameness) -> None:
        self.old = old
        self.new = new
        self.sameness = sameness
        self._made: dict[tuple[int, int, Direction, bool], Pair] = {}
        self._of_types: dict[tuple[int, frozenset[str]], Schema] = {}
        self._equal: dict[tuple[int, int, Direction], bool] = {}
        self.tried = 0
        self._nested = 0
        self._searched = 0
        self._may_be_hidden = False
        self.is_cut = False

    @property
    def may_be_hidden(self) -> bool:
        """Whether a property may be there in one direction alone; most documents have none, and are read faster."""
        files = [*self.old.source.files, *self.new.source.files]
        if len(files) != self._searched:
            self._searched = len(files)
            self._may_be_hidden = any(word in file.text for file in files for word in ("readOnly", "writeOnly"))
        return self._may_be_hidden

    def pair(
        self, old: tuple[Written, ...], new: tuple[Written, ...], direction: Direction, *, is_branch: bool = False
    ) -> Pair:
        """The pair of two schemas, which is not compared before it must be."""
        return self.pair_of(self.old.schema(old), self.new.schema(new), direction, is_branch=is_branch)

    def pair_of(self, first: Schema, second: Schema, direction: Direction, *, is_branch: bool) -> Pair:
        """The pair of two schemas that are merged already."""
        key = (id(first), id(second), direction, is_branch)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Pair(first, second, direction, is_branch)
        return found

    def of_types(self, schema: Schema, types: frozenset[str]) -> Schema:
        """What a schema says of values of some of its types."""
        if types == schema.types:
            return schema
        key = id(schema), types
        if key not in self._of_types:
            enum = schema.enum and {name: each for name, each in schema.enum.items() if type_of(each) in types}
            limits = {name: each for name, each in schema.limits.items() if speaks_of(name, types)}
            self._of_types[key] = replace(schema, types=types, enum=enum, limits=limits)
        return self._of_types[key]

    def differ(self, top: Pair) -> bool:
        """Whether two schemas differ in what can be seen on the wire, themselves or below."""
        row, is_open = [top], False
        above: dict[int, Pair | None] = {id(top): None}
        seen = [top]
        while row:
            pair = row.pop()
            if pair.is_equal:
                continue
            if not self._compare(pair):
                is_open = True  # It is being compared just now: equal, unless something else says otherwise.
            if pair.is_other or pair.differs:
                reaching: Pair | None = pair
                while reaching is not None:
                    reaching.is_other = True
                    reaching = above[id(reaching)]
                return True
            for _, below in pair.below:
                if id(below) not in above:
                    above[id(below)] = pair
                    seen.append(below)
                    row.append(below)
        if not is_open:
            for pair in seen:
                pair.is_equal = True
        return False

    def reached(self, tops: Iterable[Pair]) -> Iterator[tuple[Pair, NodeDifference, str]]:
        """The differences in and below pairs with their places; what contains itself is entered once.

        Schemas that refer to each other can be reached in more ways than there are atoms: then each of them is entered
        once, where it is reached in the fewest steps.
        """
        tops = list({id(each): each for each in tops}.values())
        differing = self._settle(tops)
        hot = [each for each in tops if each.is_hot]
        for top in hot:
            if not top.is_tangled and _ways(top) is None:
                _mark_above(top, "is_tangled")
        for top in hot:
            for pair, step in () if top.is_tangled else _ways(top) or ():
                for found in pair.differences:
                    yield top, found, step
        tangled = {id(each): each for each in hot if each.is_tangled}
        self.is_cut = bool(tangled)
        for pair in differing if tangled else ():
            for top, step in _shortest(pair, tangled):
                for found in pair.differences:
                    yield top, found, step

    def _settle(self, tops: Iterable[Pair]) -> list[Pair]:
        """Compare pairs with all that is below them; return those that differ themselves."""
        row = list(tops)
        seen = {id(each) for each in row}
        differing: list[Pair] = []
        while row:
            pair = row.pop()
            self._compare(pair)
            if pair.differences:
                differing.append(pair)
            for step, below in pair.below:
                if id(below) not in seen:
                    seen.add(id(below))
                    row.append(below)
                below.above.append((step, pair))
        for pair in differing:
            _mark_above(pair, "is_hot")
        return differing

    def _compare(self, pair: Pair) -> bool:
        """Compare the two schemas of a pair themselves; return False where that is being done just now."""
        if pair.state == "new":
            pair.state = "open"
            if not self.sameness.of_schemas(pair.old, pair.new):
                _Comparing(self, pair).compare()
            pair.state = "done"
        return pair.state == "done"

    def equal_branches(self, old: Branch, new: Branch, direction: Direction) -> bool:
        """Whether two branches mean the same."""
        key = id(old.schema.raw), id(new.schema.raw), direction
        known = self._equal.get(key)
        if known is not None:
            return known
        if self.sameness.of_written((old.schema,), (new.schema,)):
            return True
        if self._nested >= _MOST_NESTED:
            return False
        pair = self.pair((old.schema,), (new.schema,), direction, is_branch=True)
        self._nested += 1
        try:
            is_equal = not self.differ(pair)
        finally:
            self._nested -= 1
        if pair.is_equal or pair.is_other:
            self._equal[key] = is_equal
        return is_equal

    def sketch(self, branch: Branch, *, is_old: bool) -> Hashable:
        """What two branches that mean the same have in common."""
        schema = (self.old if is_old else self.new).schema((branch.schema,))
        return schema.types, None if self.may_be_hidden else frozenset(schema.properties)

    def may_try(self) -> bool:
        """Whether two more branches of other names may be compared: where all unions hold all others, it has to end."""
        self.tried += 1
        return self.tried <= MOST_TRIES


def _mark_above(pair: Pair, flag: str) -> None:
    """Set a flag of a pair, and of all from which it is reached."""
    row = [pair]
    while row:
        each = row.pop()
        if not getattr(each, flag):
            setattr(each, flag, True)
            row += [above for _, above in each.above]


def _ways(top: Pair) -> list[tuple[Pair, str]] | None:
    """Each way from a pair to those that differ, through none twice; None if there are too many."""
    visits: list[tuple[Pair, str]] = []
    # None marks the end of what is below a pair.
    stack: list[tuple[Pair | None, str]] = [(top, "")]
    entered: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    while stack:
        pair, step = stack.pop()
        if pair is None:
            entered.pop()
        elif (core := (pair.old.core, pair.new.core)) not in entered:
            if len(visits) == MOST_WAYS:
                return None
            visits.append((pair, step))
            entered.append(core)
            stack.append((None, ""))
            stack += [(below, step + further) for further, below in reversed(pair.below) if below.is_hot]
    return visits


def _shortest(pair: Pair, tops: Mapping[int, Pair]) -> Iterator[tuple[Pair, str]]:
    """The pairs from which one is reached, and how in the fewest steps."""
    steps = {id(pair): ""}
    row = deque([pair])
    while row:
        each = row.popleft()
        step = steps[id(each)]
        if id(each) in tops:
            yield each, step
        for further, above in each.above:
            if id(above) not in steps:
                steps[id(above)] = further + step
                row.append(above)


class _Comparing:
    """The comparison of one pair."""

    def __init__(self, pairs: Pairs, pair: Pair) -> None:
        self._pairs = pairs
        self._pair = pair
        self._old = pair.old
        self._new = pair.new

    def compare(self) -> None:
        old, new = self._old, self._new
        places = old.place, new.place
        self._pair.differences += differences_of_notes(old.notes, new.notes, *places)
        self._types()
        is_typed = old.types is not None and new.types is not None
        if is_typed and old.is_nullable != new.is_nullable and not self._pair.is_branch:
            self._null()
        if self._is_one_of_branches(old, new) or self._is_one_of_branches(new, old):
            return
        if old.types is None or new.types is None or old.types & new.types:
            self._enum()
        self._pair.differences += differences_of_limits(old, new)
        if self._both_allow("object"):
            self._properties()
            self._additional()
        if self._both_allow("array"):
            self._items()
        self._unions()
        self._inner()

    def _both_allow(self, kind: str) -> bool:
        if any(each.types is not None and kind not in each.types for each in (self._old, self._new)):
            return False
        # Where one side is of any type and says no more, the type says it.
        return self._old.types == self._new.types or not any(
            each.types is None and _is_silent(each, kind) for each in (self._old, self._new)
        )

    def _tell(self, facet: str, change: str, case: str, *steps: str, **what: Any) -> None:
        places = self._old.place_of(*(steps or (facet,))), self._new.place_of(*(steps or (facet,)))
        self._pair.differences.append(NodeDifference(facet, change, case, *places, **what))

    def _go_on(self, step: str, old: tuple[Written, ...], new: tuple[Written, ...]) -> None:
        """Compare what stands below, if it is not written the same."""
        if not self._pairs.sameness.of_written(old, new):
            self._pair.below.append((step, self._pairs.pair(old, new, self._pair.direction)))

    def _types(self) -> None:
        old, new = self._old.types, self._new.types
        if old == new:
            return
        change = ADDED if old is None else REMOVED if new is None else CHANGED
        before, after = types_shown(old), types_shown(new)
        self._tell("type", change, of_sets(old, new), before=before, after=after)

    def _null(self) -> None:
        is_new = self._new.is_nullable
        case = impact.WIDER if is_new else impact.NARROWER
        self._tell(
            "null",
            ADDED if is_new else REMOVED,
            case,
            "type",
            before=None if is_new else True,
            after=True if is_new else None,
        )

    def _enum(self) -> None:
        old, new = self._old.enum, self._new.enum
        if old is None and new is None:
            return
        if old is None or new is None:
            change, case = (ADDED, impact.NARROWER) if old is None else (REMOVED, impact.WIDER)
            before, after = (list(each.values()) if each is not None else None for each in (old, new))
            self._tell("enum", change, case, before=before, after=after)
            return
        steps = ("enum",)
        for key, value in old.items():
            if key not in new:
                self._tell("enum", REMOVED, impact.NARROWER, *steps, value=value, before=value)
        for key, value in new.items():
            if key not in old:
                self._tell("enum", ADDED, impact.WIDER, *steps, value=value, after=value)

    def _is_sent(self, schema: Schema) -> bool:
        """Whether values of this schema are there in the direction of the pair."""
        return not (schema.is_write_only if self._pair.direction is Direction.RESPONSE else schema.is_read_only)

    def _kept(self, schema: Schema, composition: Composition) -> dict[str, tuple[Written, ...]]:
        return {
            name: written
            for name, written in schema.properties.items()
            if not self._pairs.may_be_hidden or self._is_sent(composition.schema(written))
        }

    def _properties(self) -> None:
        old, new = self._old, self._new
        before, after = self._kept(old, self._pairs.old), self._kept(new, self._pairs.new)
        hidden = (old.properties.keys() | new.properties.keys()) - before.keys() - after.keys()
        for name in dict.fromkeys((*before, *after)):
            step = f"/{name}"
            if name not in after:
                self._tell("property", REMOVED, impact.REMOVED, "properties", name, step=step, before=name)
            elif name not in before:
                case = impact.ADDED
                if name in new.required and self._pair.direction is Direction.REQUEST:
                    case = impact.ADDED_REQUIRED
                elif old.closed:
                    case = impact.ADDED_TO_CLOSED
                self._tell("property", ADDED, case, "properties", name, step=step, after=name)
            else:
                self._go_on(step, before[name], after[name])
        came_or_went = before.keys() ^ after.keys()
        for name in sorted((old.required ^ new.required) - came_or_went - hidden):
            is_new = name in new.required
            case = impact.NARROWER if is_new else impact.WIDER
            self._pair.differences.append(
                NodeDifference(
                    "required",
                    ADDED if is_new else REMOVED,
                    case,
                    self._of_required(old, name),
                    self._of_required(new, name),
                    before=None if is_new else True,
                    after=True if is_new else None,
                    step=f"/{name}",
                )
            )

    def _of_required(self, schema: Schema, name: str) -> Place:
        """Where the entry of a list of required keys stands."""
        for part in schema.parts:
            required = part.raw.get("required")
            if isinstance(required, list) and name in required:
                return part.place.below("required", required.index(name))
        return schema.place_of("properties", name)

    def _additional(self) -> None:
        old, new = self._old, self._new
        facet = "additionalProperties"
        before, after = (False if each.closed else _raw(each.additional) for each in (old, new))
        if old.closed != new.closed:
            case = impact.NARROWER if new.closed else impact.WIDER
            change = ADDED if before is None else REMOVED if after is None else CHANGED
            self._tell(facet, change, case, before=before, after=after)
        elif not old.closed:
            self._held(facet, "/{}", "", old.additional, new.additional)

    def _items(self) -> None:
        self._held("items", "/*", "/*", self._old.items, self._new.items)

    def _held(self, facet: str, step: str, told_at: str, old: tuple[Written, ...], new: tuple[Written, ...]) -> None:
        """Compare the schemas of what a list or a map holds; one that allows anything is the same as none."""
        if self._pairs.sameness.of_written(old, new):
            return
        old = old if _says_something(old, self._pairs.old) else ()
        new = new if _says_something(new, self._pairs.new) else ()
        if old and new:
            self._go_on(step, old, new)
        elif old or new:
            change, case = (ADDED, impact.NARROWER) if new else (REMOVED, impact.WIDER)
            self._tell(facet, change, case, step=told_at, before=_raw(old), after=_raw(new))

    def _unions(self) -> None:
        old, new = self._old.unions, self._new.unions
        for first, second in zip(old, new, strict=False):
            self._union(first, second)
        for union in old[len(new) :]:
            self._tell(union.keyword, REMOVED, impact.WIDER, before=_labels(union))
        for union in new[len(old) :]:
            self._tell(union.keyword, ADDED, impact.NARROWER, after=_labels(union))

    def _union(self, old: Union, new: Union) -> None:
        found = matched(old, new, self)
        if old.keyword != new.keyword and not self._is_disjoint(old, new):
            case = impact.NARROWER if new.keyword == "oneOf" else impact.WIDER
            places = old.place, new.place
            self._pair.differences.append(
                NodeDifference("oneOf", ADDED if case is impact.NARROWER else REMOVED, case, *places)
            )
        mapped_differently = False
        for before, after in found.both:
            step = f"<{after.label}>"
            if not self._pairs.sameness.of_written((before.schema,), (after.schema,)):
                pair = self._pairs.pair((before.schema,), (after.schema,), self._pair.direction, is_branch=True)
                self._pair.below.append((step, pair))
            mapped_differently |= old.is_mapped and new.is_mapped and set(before.values) != set(after.values)
        for branch in found.old:
            if self._is_untold(branch, self._pairs.old, self._new):
                self._branch(branch, REMOVED, impact.NARROWER, branch.schema.place, new.place)
        for branch in found.new:
            if self._is_untold(branch, self._pairs.new, self._old):
                self._branch(branch, ADDED, impact.WIDER, old.place, branch.schema.place)
        if old.discriminator and new.discriminator and old.discriminator == new.discriminator and mapped_differently:
            values = [{each.label: list(each.values) for each in union.branches} for union in (old, new)]
            self._pair.differences.append(
                NodeDifference(
                    "discriminator", CHANGED, impact.CHANGED, old.place, new.place, before=values[0], after=values[1]
                )
            )

    def _branch(self, branch: Branch, change: str, case: str, old: Place, new: Place) -> None:
        told = {"after" if change == ADDED else "before": branch.label}
        found = NodeDifference("branch", change, case, old, new, step=f"<{branch.label}>", **told)
        self._pair.differences.append(found)

    def _is_untold(self, branch: Branch, composition: Composition, other: Schema) -> bool:
        """Whether a branch that came or went is more than a type that did, which is told already."""
        types = _types(branch, composition)
        return types is None or other.types is None or not types or bool(types & other.types)

    def are_equal(self, old: Branch, new: Branch) -> bool:
        """Whether two branches mean the same."""
        return self._pairs.equal_branches(old, new, self._pair.direction)

    def may_be_equal(self, old: Branch, new: Branch) -> bool:
        """Whether two branches mean the same, as far as may be tried."""
        return self._pairs.may_try() and self.are_equal(old, new)

    def sketch(self, branch: Branch, *, is_old: bool) -> Hashable:
        """What two branches that mean the same have in common."""
        return self._pairs.sketch(branch, is_old=is_old)

    def have_a_type_in_common(self, old: Branch, new: Branch) -> bool:
        """Whether a value may match both branches, by its type."""
        return _meet(_types(old, self._pairs.old), _types(new, self._pairs.new))

    def _is_disjoint(self, old: Union, new: Union) -> bool:
        """Whether a value can match one branch at most, by its type or the discriminator."""
        for union, composition in ((old, self._pairs.old), (new, self._pairs.new)):
            types = [_types(branch, composition) for branch in union.branches]
            if not union.discriminator and not _are_disjoint(types):
                return False
        return True

    def _is_one_of_branches(self, single: Schema, several: Schema) -> bool:
        """Compare a schema with the branches of another that is nothing but branches; return whether it is so."""
        if single.unions or len(several.unions) != 1 or not _is_bare(several):
            return False
        is_old = single is self._old
        composition = self._pairs.new if is_old else self._pairs.old
        branches = several.unions[0].branches

        def pair(branch: Branch, own: Schema) -> Pair:
            schema = composition.schema((branch.schema,))
            old, new = (own, schema) if is_old else (schema, own)
            return self._pairs.pair_of(old, new, self._pair.direction, is_branch=True)

        by_type = [_types(each, composition) for each in branches]
        if single.types and None not in by_type and _are_disjoint(by_type):
            # A branch for each type: what is said of that type stands for it. Types that came or went are told already.
            for branch, types in zip(branches, by_type, strict=True):
                common = (types or frozenset()) & single.types
                if common:
                    self._pair.below.append((f"<{branch.label}>", pair(branch, self._pairs.of_types(single, common))))
            return True
        candidates = [each for each in branches if _types(each, composition) == single.types]
        candidates = candidates or [each for each in branches if _meet(_types(each, composition), single.types)]
        if not candidates:
            return False
        best = next((each for each in candidates if not self._pairs.differ(pair(each, single))), candidates[0])
        self._pair.below.append((f"<{best.label}>", pair(best, single)))
        for branch in branches:
            if branch is not best and self._is_untold(branch, composition, single):
                if is_old:
                    self._branch(branch, ADDED, impact.WIDER, single.place, branch.schema.place)
                else:
                    self._branch(branch, REMOVED, impact.NARROWER, branch.schema.place, single.place)
        return True

    def _inner(self) -> None:
        """Keywords with schemas that have no finer rule: each is told as a whole."""
        groups: dict[str, list[tuple[str, ...]]] = {}
        for steps in dict.fromkeys((*self._old.inner, *self._new.inner)):
            groups.setdefault("if" if steps[0] in {"then", "else"} else steps[0], []).append(steps)
        for facet, each in groups.items():
            old, new = (any(steps in schema.inner for steps in each) for schema in (self._old, self._new))
            told = {"before": self._told(self._old, each), "after": self._told(self._new, each)}
            if not old or not new:
                change, case = (ADDED, impact.NARROWER) if new else (REMOVED, impact.WIDER)
                self._tell(facet, change, case, **told)
            elif any(self._inner_differs(steps) for steps in each):
                self._tell(facet, CHANGED, impact.UNDECIDED, **told)

    def _inner_differs(self, steps: tuple[str, ...]) -> bool:
        old, new = self._old.inner.get(steps), self._new.inner.get(steps)
        if old is None or new is None:
            return True
        return self._pairs.differ(self._pairs.pair(old, new, self._pair.direction))

    def _told(self, schema: Schema, each: list[tuple[str, ...]]) -> Any:
        found = {"/".join(steps): _raw(schema.inner[steps]) for steps in each if steps in schema.inner}
        return found or None


def _is_bare(schema: Schema) -> bool:
    """Whether a schema is nothing but its branches."""
    return not (
        schema.limits
        or schema.enum is not None
        or schema.properties
        or schema.required
        or schema.closed
        or schema.additional
        or schema.items
        or schema.inner
    )


def _is_silent(schema: Schema, kind: str) -> bool:
    """Whether a schema says nothing of objects, or of arrays."""
    if kind == "array":
        return not schema.items
    return not (schema.properties or schema.required or schema.closed or schema.additional)


def _are_disjoint(types: Iterable[frozenset[str] | None]) -> bool:
    """Whether no value has two of these types."""
    listed = list(types)
    known = [each for some in listed for each in some or ()]
    return None not in listed and len(known) == len(set(known))


def _says_something(written: tuple[Written, ...], composition: Composition) -> bool:
    """Whether schemas allow less than anything."""
    if not written:
        return False
    schema = composition.schema(written)
    return schema.types is not None or bool(schema.unions) or not _is_bare(schema)


def _types(branch: Branch, composition: Composition) -> frozenset[str] | None:
    return composition.types(branch.schema)[0]


def _meet(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return one is None or other is None or bool(one & other)


def _raw(written: tuple[Written, ...]) -> Any:
    if not written:
        return None
    return written[0].raw if len(written) == 1 else [each.raw for each in written]


def _labels(union: Union) -> list[str]:
    return [branch.label for branch in union.branches]


def differences_of_notes(
    old: Mapping[str, Any], new: Mapping[str, Any], old_place: Place, new_place: Place
) -> Iterator[NodeDifference]:
    """What differs in what cannot be seen on the wire."""
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        if before is after or canonical(before) == canonical(after):
            continue
        change = ADDED if key not in old else REMOVED if key not in new else CHANGED
        yield NodeDifference(key, change, impact.CHANGED, old_place, new_place, before=before, after=after)
