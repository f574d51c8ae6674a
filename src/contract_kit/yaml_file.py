"""Read a YAML file strictly, and remember the line of each node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError

from contract_kit.errors import FileError

# Bounds of one file; with aliases, a hundred bytes could stand for thousands of millions of values.
_LONGEST = 4 << 20
_MOST_VALUES = 200_000
_DEEPEST = 200
_MOST_DIGITS = 100
_PLAIN = re.compile(r"[A-Za-z_-]{1,40}")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A strict loader: dates stay text. ``parse`` also refuses duplicate keys, which YAML would drop silently."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


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


def load(path: Path) -> YamlFile:
    """Parse the file at ``path``.

    Raises:
        FileError: the file is missing, not UTF-8, not YAML, empty, or has a duplicate key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileError(path, "no such file") from None
    except UnicodeDecodeError as error:
        raise FileError(path, f"is not UTF-8 (byte {error.start}): save it as UTF-8") from None
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from None
    return parse(text, path)


def parse(text: str, path: Path) -> YamlFile:
    """Parse ``text``; errors name it ``path``. Raises FileError as ``load`` does."""
    if len(text) > _LONGEST:
        raise FileError(path, f"has more than {_LONGEST >> 20} MiB: this is no file for people to edit")
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise FileError(path, "is empty")
        lines = dict(_bounded(_lines(node, "", path), path))
        data = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"is not YAML: {error.problem or error.context}"
        if isinstance(error, ConstructorError):
            # The problem quotes the tag, which may be anything.
            problem = "has a tag, or a key that is no text: plain YAML only"
        raise FileError(path, problem, mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise FileError(path, f"is not YAML: {str(error).splitlines()[0]}") from None
    except (ValueError, OverflowError, RecursionError):
        raise FileError(path, "holds a value that cannot be read, or is nested too deeply") from None
    finally:
        loader.dispose()
    return YamlFile(path, data, lines)


def shown(key: object) -> str:
    """A key for a message: ``key 'owner'``, or only ``key`` where it may be a secret in the place of one."""
    return f"key {key!r}" if _PLAIN.fullmatch(str(key)) else "key"


def _bounded(lines: Iterator[tuple[str, int]], path: Path) -> Iterator[tuple[str, int]]:
    for number, each in enumerate(lines):
        if number > _MOST_VALUES:
            raise FileError(path, f"has more than {_MOST_VALUES} values, with what its aliases stand for")
        yield each


def _lines(node: yaml.Node, pointer: str, path: Path, level: int = 0) -> Iterator[tuple[str, int]]:
    yield pointer, node.start_mark.line + 1
    line = node.start_mark.line + 1
    if level > _DEEPEST:  # an alias may even stand for what it is in
        raise FileError(path, f"is nested too deeply: more than {_DEEPEST} levels", line)
    if node.tag == "tag:yaml.org,2002:int" and len(node.value) > _MOST_DIGITS:
        raise FileError(path, f"has a number of more than {_MOST_DIGITS} digits: put it into quotation marks", line)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise FileError(
                    path, f"the {shown(name)} stands twice in one mapping: keep one", key.start_mark.line + 1
                )
            seen.add(name)
            yield from _lines(value, f"{pointer}/{escape(name)}", path, level + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, f"{pointer}/{index}", path, level + 1)
