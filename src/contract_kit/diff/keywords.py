"""Keywords of a schema that need no other schema: whether the new value allows less, more, or something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contract_kit.diff import impact
from contract_kit.diff.changes import ADDED, CHANGED, REMOVED, NodeDifference
from contract_kit.diff.composition import canonical
from contract_kit.diff.contract import Schema

_OF_TYPE = {
    key: frozenset(types.split())
    for types, keys in {
        "string": "minLength maxLength pattern contentEncoding contentMediaType",
        "integer number": "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf",
        "array": "minItems maxItems uniqueItems minContains maxContains",
        "object": "minProperties maxProperties dependentRequired discriminator xml",
    }.items()
    for key in keys.split()
}
_LEAST = {"minLength", "minItems", "minProperties", "minContains", "minimum", "exclusiveMinimum"}
_MOST = {"maxLength", "maxItems", "maxProperties", "maxContains", "maximum", "exclusiveMaximum"}
_BOUNDS = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
_OTHER_BOUND = _BOUNDS | {exclusive: plain for plain, exclusive in _BOUNDS.items()}
# What matches every text.
_ANY_TEXT = re.compile(r"\^?(\.\*|\(\.\*\)|\[\\s\\S\]\*|\[\\w\\W\]\*)?\$?")
# The registry of formats of OpenAPI and those of JSON Schema: others narrow nothing, because nobody knows them.
FORMATS = frozenset({
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double", "decimal",
    "decimal128", "double-int", "sf-integer", "sf-decimal", "sf-binary", "sf-boolean", "sf-string", "sf-token",
    "byte", "binary", "base64url", "password", "date", "date-time", "time", "duration", "email", "idn-email",
    "hostname", "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uri-template",
    "json-pointer", "relative-json-pointer", "regex", "uuid", "char", "html", "http-date", "media-range",
    "unixtime", "commonmark",
})  # fmt: skip
_WIDER_FORMATS = {
    ("int8", "int16"), ("int8", "int32"), ("int8", "int64"), ("int16", "int32"), ("int16", "int64"), ("int32", "int64"),
    ("uint8", "uint16"), ("uint8", "uint32"), ("uint8", "uint64"), ("uint16", "uint32"), ("uint16", "uint64"),
    ("uint32", "uint64"), ("float", "double"), ("uint8", "int16"), ("uint8", "int32"), ("uint8", "int64"),
    ("uint16", "int32"), ("uint16", "int64"), ("uint32", "int64"), ("email", "idn-email"), ("hostname", "idn-hostname"),
    ("uri", "uri-reference"), ("uri", "iri"), ("uri", "iri-reference"), ("uri-reference", "iri-reference"),
    ("iri", "iri-reference"),
}  # fmt: skip
_RANGES = {f"int{bits}": (-(1 << bits - 1), (1 << bits - 1) - 1) for bits in (8, 16, 32, 64)} | {
    f"uint{bits}": (0, (1 << bits) - 1) for bits in (8, 16, 32, 64)
}


def of_sets(old: frozenset[str] | None, new: frozenset[str] | None) -> str:
    """How a set of allowed values differs from another; None is any value."""
    if new is None or (old is not None and old < new):
        return impact.WIDER
    if old is None or new < old:
        return impact.NARROWER
    return impact.OTHER


def types_shown(types: frozenset[str] | None) -> Any:
    """Types as a schema says them: ``string``, ``["array", "string"]``; None for any."""
    if types is None:
        return None
    named = sorted(types - {"integer"} if "number" in types else types)
    return named[0] if len(named) == 1 else named


def speaks_of(key: str, types: frozenset[str]) -> bool:
    """Whether a keyword says anything of values of some of these types."""
    return key not in _OF_TYPE or bool(_OF_TYPE[key] & types)


def differences_of_limits(old: Schema, new: Schema) -> Iterator[NodeDifference]:
    """What differs in the keywords without schemas."""
    for key in dict.fromkeys((*old.limits, *new.limits)):
        before, after = old.limits.get(key), new.limits.get(key)
        if (key in old.limits) == (key in new.limits) and canonical(before) == canonical(after):
            continue
        if _is_of_lost_type(key, old, new):
            continue
        other = _OTHER_BOUND.get(key)
        if other and key not in old.limits and other in old.limits:
            continue  # Told with the keyword that went.
        if other and key not in new.limits and other in new.limits:
            yield _of_other_bound(key, other, old, new)
            continue
        change = ADDED if key not in old.limits else REMOVED if key not in new.limits else CHANGED
        case = _case(key, change, before, after, old, new)
        if case:
            places = old.place_of(key), new.place_of(key)
            yield NodeDifference(key, change, case, *places, before=before, after=after)


def _is_of_lost_type(key: str, old: Schema, new: Schema) -> bool:
    """Whether a keyword speaks of types that came or went: this is told already."""
    if old.types is None or new.types is None:
        # Where one side is of any type and does not have the keyword, the type says it.
        lacking = old if old.types is None else new
        is_typed = key in _OF_TYPE or key == "format"
        return old.types != new.types and is_typed and key not in lacking.limits
    if key in {"format", "default"}:
        return old.types.isdisjoint(new.types)
    wanted = _OF_TYPE.get(key)
    return wanted is not None and not (wanted & old.types and wanted & new.types)


def _of_other_bound(key: str, other: str, old: Schema, new: Schema) -> NodeDifference:
    before, after = old.limits[key], new.limits[other]
    least = key in _LEAST
    # Equal bounds: the exclusive one allows less.
    is_narrower = (after > before if least else after < before) or (after == before and other.startswith("exclusive"))
    case = impact.NARROWER if is_narrower else impact.WIDER
    exclusive = key if key.startswith("exclusive") else other
    return NodeDifference(exclusive, CHANGED, case, old.place_of(key), new.place_of(other), before=before, after=after)


def _case(key: str, change: str, before: Any, after: Any, old: Schema, new: Schema) -> str:
    """The case of the rule for a keyword; ``""`` where nothing is to be told."""
    if key == "deprecated":
        return impact.CHANGED
    if key == "default":
        return impact.ADDED if change == ADDED else impact.CHANGED_OR_WENT
    if key == "discriminator":
        return _of_discriminator(change, before, after, old, new)
    if key == "format":
        return _of_formats(before, after, old, new)
    if key == "pattern":
        is_any = [each is None or _all_match_any(each) for each in (before, after)]
        if all(is_any):
            return impact.SAME
        return impact.NARROWER if is_any[0] else impact.WIDER if is_any[1] else impact.UNDECIDED
    if change == ADDED:
        return impact.NARROWER
    if change == REMOVED:
        return impact.WIDER
    if key in _LEAST | _MOST and all(isinstance(each, (int, float)) for each in (before, after)):
        return impact.NARROWER if (after > before) == (key in _LEAST) else impact.WIDER
    if key == "multipleOf" and all(isinstance(each, (int, float)) and each for each in (before, after)):
        if after % before == 0:
            return impact.NARROWER
        return impact.WIDER if before % after == 0 else impact.OTHER
    if key == "dependentRequired" and isinstance(before, dict) and isinstance(after, dict):
        return _of_dependent(before, after)
    return impact.UNDECIDED


def _of_discriminator(change: str, before: Any, after: Any, old: Schema, new: Schema) -> str:
    if change != CHANGED or not isinstance(before, dict) or not isinstance(after, dict):
        return impact.CHANGED
    if before["propertyName"] != after["propertyName"]:
        return "names another property"
    # With branches, their own values are compared.
    return "" if old.unions or new.unions else impact.CHANGED


def _all_match_any(patterns: Any) -> bool:
    return all(_ANY_TEXT.fullmatch(str(each)) for each in (patterns if isinstance(patterns, list) else [patterns]))


def _of_formats(before: Any, after: Any, old: Schema, new: Schema) -> str:
    old_narrows, new_narrows = _narrows(before, old), _narrows(after, new)
    if not old_narrows and not new_narrows:
        return impact.SAME
    if not old_narrows:
        return impact.NARROWER
    if not new_narrows:
        return impact.WIDER
    if (before, after) in _WIDER_FORMATS:
        return impact.WIDER
    return impact.NARROWER if (after, before) in _WIDER_FORMATS else impact.OTHER


def _narrows(formats: Any, schema: Schema) -> bool:
    """Whether a format excludes any value that the schema without it would allow."""
    for each in formats if isinstance(formats, list) else [formats]:
        if not isinstance(each, str) or each not in FORMATS or each == "password":
            continue
        if each in _RANGES and schema.types is not None and schema.types <= {"integer"}:
            least, most = _RANGES[each]
            limits = schema.limits
            low = limits.get("minimum", limits.get("exclusiveMinimum"))
            high = limits.get("maximum", limits.get("exclusiveMaximum"))
            if low is not None and high is not None and low >= least and high <= most:
                continue
        return True
    return False


def _of_dependent(before: dict[str, Any], after: dict[str, Any]) -> str:
    pairs_before, pairs_after = (
        frozenset(f"{key}\0{name}" for key, names in each.items() for name in names) for each in (before, after)
    )
    # More demands allow less.
    return of_sets(pairs_after, pairs_before)
