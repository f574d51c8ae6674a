"""Read a YAML file strictly, by the core schema of YAML 1.2, and remember the line of each node.

So ``NO`` is a word and ``1_000`` no number, ``012`` is twelve, dates are text, and keys are always text: ``"200"``.
"""

from __future__ import annotations

import gc
import re
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from contract_kit.errors import FileError

_MOST_DIGITS = 100
_PLAIN = re.compile(r"[A-Za-z_-]{1,40}")

_TAG = "tag:yaml.org,2002:"
_STRING, _MAPPING, _SEQUENCE = f"{_TAG}str", f"{_TAG}map", f"{_TAG}seq"
_CORE = (
    (f"{_TAG}null", re.compile(r"(?:null|Null|NULL|~)?")),
    (f"{_TAG}bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    (f"{_TAG}int", re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")),
    (
        f"{_TAG}float",
        re.compile(
            r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
        ),
    ),
)


@dataclass(frozen=True)
class Limits:
    """Bounds of one file; with aliases, a hundred bytes could stand for thousands of millions of values.

    Attributes:
        characters: The most characters of its text.
        values: The most values in it, with what its aliases stand for.
        levels: The deepest nesting.
    """

    characters: int
    values: int
    levels: int = 200


EDITED = Limits(4 << 20, 200_000)
"""The limits of files that people edit."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes nodes, and tags them by the core schema."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._tags: dict[str, str] = {}

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:
        if kind is not yaml.ScalarNode:
            return _MAPPING if kind is yaml.MappingNode else _SEQUENCE
        if not implicit[0]:
            return _STRING
        assert value is not None
        tag = self._tags.get(value)
        if tag is None:
            tag = next((tag for tag, pattern in _CORE if pattern.fullmatch(value)), _STRING)
            self._tags[value] = tag
        return tag


@dataclass(frozen=True)
class YamlFile:
    """A parsed file: ``data`` is plain dicts, lists and scalars; ``lines`` maps JSON pointers to lines (from 1)."""

    path: Path
    data: Any
    lines: Mapping[str, int]

    def line(self, pointer: str) -> int | None:
        """Return the line of the node at ``pointer`` (``/paths/~1items``), or of its nearest known ancestor."""
        while pointer not in self.lines and pointer:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer)


def escape(key: str) -> str:
    """Escape a key for a JSON pointer: ``/items`` becomes ``~1items``."""
    return key.replace("~", "~0").replace("/", "~1")


def pointers(data: Any, pointer: str = "") -> Iterator[str]:
    """Yield the JSON pointer of each value in ``data``, containers before what they hold."""
    yield pointer
    if isinstance(data, dict):
        for key, value in data.items():
            yield from pointers(value, f"{pointer}/{escape(key)}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from pointers(value, f"{pointer}/{index}")


def load(path: Path) -> YamlFile:
    """Parse the file at ``path``.

    Raises:
        FileError: the file is missing, not UTF-8, not YAML, empty, or has a duplicate key.
    """
    return parse(text_of(path), path)


def text_of(path: Path) -> str:
    """Return the text of a file in UTF-8. Raises FileError as ``load`` does."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileError(path, "no such file") from None
    except UnicodeDecodeError as error:
        raise FileError(path, f"is not UTF-8 (byte {error.start}): save it as UTF-8") from None
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from None


def parse(text: str, path: Path) -> YamlFile:
    """Parse ``text``; errors name it ``path``. Raises FileError as ``load`` does."""
    data, lines = values(text, path, EDITED)
    return YamlFile(path, data, dict(zip(pointers(data), lines, strict=True)))


def values(text: str, path: Path, limits: Limits) -> tuple[Any, Sequence[int]]:
    """Return what ``text`` holds, and the line of each value in the order of ``pointers``. Raises as ``parse`` does."""
    if len(text) > limits.characters:
        raise FileError(path, f"has more than {limits.characters >> 20} MiB: this is no file for people to edit")
    try:
        with no_garbage_collection():
            node = _composed(text)
            if node is None:
                raise FileError(path, "is empty")
            builder = _Builder(path, limits)
            return builder.built(node), builder.lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"is not YAML: {error.problem or error.context}"
        raise FileError(path, problem, mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise FileError(path, f"is not YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise FileError(path, f"is nested too deeply: more than {limits.levels} levels") from None


def shown(key: object) -> str:
    """A key for a message: ``key 'owner'``, or only ``key`` where it may be a secret in the place of one."""
    return f"key {key!r}" if _PLAIN.fullmatch(str(key)) else "key"


def _composed(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return node


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Where much is made and kept: to look for garbage in it takes longer than to make it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Builder:
    """Makes plain values of nodes; ``lines`` has the line of each value, in the order of ``pointers``."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self.lines: array[int] = array("I")

    def built(self, node: yaml.Node, level: int = 0) -> Any:
        line = node.start_mark.line + 1
        self.lines.append(line)
        if len(self.lines) > self._limits.values:
            raise FileError(self._path, f"has more than {self._limits.values} values, with what its aliases stand for")
        if level > self._limits.levels:  # an alias may even stand for what it is in
            raise FileError(self._path, f"is nested too deeply: more than {self._limits.levels} levels", line)
        if node.tag == _STRING and isinstance(node, yaml.ScalarNode):
            return sys.intern(node.value)
        if node.tag == _MAPPING and isinstance(node, yaml.MappingNode):
            pairs = self._pairs(node)
            return {key: self.built(value, level + 1) for key, value in pairs.items()}
        if node.tag == _SEQUENCE and isinstance(node, yaml.SequenceNode):
            return [self.built(each, level + 1) for each in node.value]
        return self._scalar(node, line)

    def _pairs(self, node: yaml.MappingNode) -> dict[str, yaml.Node]:
        """The keys of a mapping and what they stand for; ``<<`` merges others, whose keys count less than its own."""
        pairs: dict[str, yaml.Node] = {}
        merged: list[yaml.Node] = []
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or not key.tag.startswith(_TAG):
                raise FileError(self._path, "has a tag, or a key that is no text: plain YAML only", line)
            name = sys.intern(key.value)  # The same few stand everywhere.
            if name == "<<" and not key.style:
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
                continue
            if name in pairs:
                raise FileError(self._path, f"the {shown(name)} stands twice in one mapping: keep one", line)
            pairs[name] = value
        for each in merged:
            if not isinstance(each, yaml.MappingNode) or each is node:
                raise FileError(self._path, "<< can only merge mappings", each.start_mark.line + 1)
            pairs = {**self._pairs(each), **pairs}
        return pairs

    def _scalar(self, node: yaml.Node, line: int) -> Any:
        value = node.value
        if isinstance(node, yaml.ScalarNode) and len(value) > _MOST_DIGITS and node.tag == f"{_TAG}int":
            problem = f"has a number of more than {_MOST_DIGITS} digits: put it into quotation marks"
            raise FileError(self._path, problem, line)
        kind = next((tag for tag, pattern in _CORE if tag == node.tag and pattern.fullmatch(str(value))), None)
        match (kind or "").removeprefix(_TAG):
            case "null":
                return None
            case "bool":
                return value.lower() == "true"
            case "int":
                return int(value, 0 if value[:2] in {"0o", "0x"} else 10)
            case "float":
                return float(
                    value.replace(".inf", "inf")
                    .replace(".Inf", "inf")
                    .replace(".INF", "inf")
                    .replace(".n", "n")
                    .replace(".N", "N")
                )
        raise FileError(self._path, "has a tag, or a key that is no text: plain YAML only", line)
