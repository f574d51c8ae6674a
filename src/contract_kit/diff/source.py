"""A document and the files that it refers to: each is read once, and lines are looked up for what is reported.

JSON is read as JSON, everything else as YAML. References are followed below the folder of the document, and never to
another machine.
"""

from __future__ import annotations

import json
import posixpath
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from contract_kit import yaml_file
from contract_kit.errors import FileError
from contract_kit.yaml_file import escape

_LIMITS = yaml_file.Limits(64 << 20, 4_000_000)
_BLANKS = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_SECONDS = 30


@dataclass(frozen=True, eq=False)
class SourceFile:
    """One file of a document.

    Attributes:
        path: Where it is, for messages: ``api/openapi.yaml``, or ``v1.2:api/openapi.yaml`` of a git repository.
        name: Where it is below the folder of the document: ``schemas/item.yaml``.
        text: What it holds.
        data: The same as plain dicts, lists and scalars.
    """

    path: Path
    name: str
    text: str = field(repr=False)
    data: Any = field(repr=False)
    _lines: Sequence[int] | None = field(repr=False)

    def lines(self, pointers: Iterable[str]) -> dict[str, int]:
        """Return the line of each JSON pointer, from 1; for one that leads nowhere, that of what is above it."""
        asked = set(pointers)
        wanted = {above for each in asked for above in _with_ancestors(each)}
        if self._lines is None:
            found = dict(_json_lines(self.text, wanted))
        else:
            every = zip(yaml_file.pointers(self.data), self._lines, strict=True)
            found = {pointer: line for pointer, line in every if pointer in wanted}
        return {each: next(found[above] for above in _with_ancestors(each) if above in found) for each in asked}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: the file, and the JSON pointer in it."""

    file: SourceFile
    pointer: str

    def below(self, *steps: str | int) -> Place:
        """The place of a key or an item of the node here."""
        return Place(self.file, "".join((self.pointer, *(f"/{escape(str(step))}" for step in steps))))


class DocumentSource:
    """The files of one document.

    Args:
        read: Returns the bytes of a file by its name below the folder; raises FileError.
        shown: Returns the path of a file for messages.
        name: The name of the document itself: ``openapi.yaml``.
    """

    def __init__(self, read: Callable[[str], bytes], shown: Callable[[str], Path], name: str) -> None:
        self._read = read
        self._shown = shown
        self._files: dict[str, SourceFile] = {}
        self._targets: dict[tuple[str, str], tuple[Any, Place]] = {}
        self.root = self._file(name)

    @property
    def files(self) -> Iterable[SourceFile]:
        """The files that were read up to now."""
        return self._files.values()

    def target(self, reference: str, at: Place) -> tuple[Any, Place]:
        """Return what a ``$ref`` at a place leads to, and where that stands.

        Raises:
            FileError: it leads nowhere, to another machine or out of the document's folder.
        """
        known = self._targets.get((at.file.name, reference))
        if known is None:
            known = self._targets[at.file.name, reference] = self._target(reference, at)
        return known

    def _target(self, reference: str, at: Place) -> tuple[Any, Place]:
        address, _, fragment = reference.partition("#")
        file = at.file
        if address:
            if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:|//", address):
                raise self.error(
                    at, f"the reference {reference!r} leads to another machine: save the file beside this one"
                )
            name = posixpath.normpath(posixpath.join(posixpath.dirname(file.name), unquote(address)))
            if name.startswith(("../", "/")):
                raise self.error(at, f"the reference {reference!r} leads out of the folder of the document")
            try:
                file = self._file(name)
            except FileError as error:
                if error.problem == "no such file":
                    raise self.error(at, f"the reference {reference!r} leads nowhere: no such file") from None
                raise
        pointer = unquote(fragment)
        data: Any = file.data
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(data, dict) and key in data:
                data = data[key]
            elif isinstance(data, list) and key.isascii() and key.isdigit() and int(key) < len(data):
                data = data[int(key)]
            else:
                raise self.error(at, f"the reference {reference!r} leads nowhere")
        if pointer and not pointer.startswith("/"):
            raise self.error(
                at, f"the reference {reference!r} leads nowhere: expected a JSON pointer, such as #/components"
            )
        return data, Place(file, pointer)

    def error(self, at: Place, problem: str) -> FileError:
        """An error at a place."""
        return FileError(at.file.path, problem, at.file.lines([at.pointer])[at.pointer])

    def _file(self, name: str) -> SourceFile:
        if name not in self._files:
            path = self._shown(name)
            self._files[name] = _parsed(self._read(name), path, name)
        return self._files[name]


def opened(argument: str) -> DocumentSource:
    """Read a document: a file, or ``REV:PATH`` of the git repository that the current folder belongs to.

    Raises:
        FileError: it cannot be read, or is neither JSON nor YAML.
    """
    path = Path(argument)
    revision, colon, inner = argument.partition(":")
    if colon and revision and inner and not path.exists():
        return _of_git(argument, revision, inner)
    folder = path.parent

    def read(name: str) -> bytes:
        file = folder / name
        if file.is_dir():
            raise FileError(file, "is a folder: name the document in it")
        if file.exists() and not file.is_file():
            raise FileError(file, "is no regular file")
        if file.exists() and name != path.name and not file.resolve().is_relative_to(folder.resolve()):
            raise FileError(file, "is a link that leads out of the folder of the document")
        try:
            return file.read_bytes()
        except FileNotFoundError:
            raise FileError(file, "no such file") from None
        except OSError as error:
            raise FileError(file, f"cannot be read: {error.strerror}") from None
        except ValueError:
            raise FileError(file, "no such file") from None  # No file can have that name.

    return DocumentSource(read, lambda name: folder / name, path.name)


def _of_git(argument: str, revision: str, inner: str) -> DocumentSource:
    folder, _, last = inner.rpartition("/")

    def shown(name: str) -> Path:
        return Path(f"{revision}:{posixpath.join(folder, name)}")

    def read(name: str) -> bytes:
        command = ["git", "show", "--no-textconv", "--end-of-options", f"{revision}:{posixpath.join(folder, name)}"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            raise FileError(Path(argument), "is no file, and git could not be asked for it") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines() or ["git does not say why"]
            problem = said[-1].removeprefix("fatal: ")
            is_missing = "does not exist" in problem or "exists on disk" in problem
            raise FileError(shown(name), "no such file" if is_missing else f"no file, and git says: {problem}")
        if done.stdout.startswith(b"tree "):
            raise FileError(shown(name), "is a folder: name the document in it")
        return done.stdout

    return DocumentSource(read, shown, last)


def _parsed(content: bytes, path: Path, name: str) -> SourceFile:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(path, f"is not UTF-8 (byte {error.start}): save it as UTF-8") from None
    if not text.strip():
        raise FileError(path, "is empty")
    if len(text) > _LIMITS.characters:
        raise FileError(path, f"has more than {_LIMITS.characters >> 20} MiB")
    if text.lstrip()[0] in "{[":
        try:
            return SourceFile(path, name, text, _json(text, path), None)
        except FileError:
            if not name.endswith((".yaml", ".yml")):
                raise
    data, lines = yaml_file.values(text, path, _LIMITS)
    return SourceFile(path, name, text, data, lines)


class _TwiceError(Exception):
    """A key stands twice in one object."""


def _json(text: str, path: Path) -> Any:
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_refused)
    except _TwiceError as error:
        key = str(error)
        places = [
            found.start() for found in re.finditer(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:", text)
        ]
        line = text.count("\n", 0, places[1]) + 1 if len(places) == 2 else None
        raise FileError(path, f"the {yaml_file.shown(key)} stands twice in one object: keep one", line) from None
    except json.JSONDecodeError as error:
        cut = " (the file seems to be cut off)" if error.pos >= len(text.rstrip()) else ""
        raise FileError(path, f"is not JSON: {error.msg.lower()}{cut}", error.lineno) from None
    except RecursionError:
        raise FileError(path, f"is nested too deeply: more than {_LIMITS.levels} levels") from None
    except ValueError:
        raise FileError(path, "holds a number that cannot be read") from None
    _require_levels(data, path)
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        raise _TwiceError(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return made


def _refused(text: str) -> Any:
    raise ValueError(text)


def _require_levels(data: Any, path: Path) -> None:
    row = [data]
    for _ in range(_LIMITS.levels):
        row = [
            below
            for each in row
            for below in (each.values() if isinstance(each, dict) else each)
            if isinstance(below, (dict, list))
        ]
        if not row:
            return
    raise FileError(path, f"is nested too deeply: more than {_LIMITS.levels} levels")


def _with_ancestors(pointer: str) -> Iterator[str]:
    yield pointer
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def _json_lines(text: str, wanted: set[str]) -> Iterator[tuple[str, int]]:
    """The lines of some pointers; what lies beside them is skipped by the decoder, which is written in C."""
    holders = {pointer.rpartition("/")[0] for pointer in wanted if pointer}
    counted = [0, 1]
    end = 0

    def line(position: int) -> int:
        counted[1] += text.count("\n", counted[0], position)
        counted[0] = position
        return counted[1]

    def value(position: int, pointer: str) -> Iterator[tuple[str, int]]:
        """Yields the lines of a value and of what is wanted in it; ``end`` is then where it ends."""
        nonlocal end
        yield pointer, line(position)
        opening = text[position]
        if opening not in "{[" or pointer not in holders:
            end = _DECODER.raw_decode(text, position)[1]
            return
        position = _blanks(text, position + 1)
        index = 0
        while text[position] not in "}]":
            step = str(index)
            if opening == "{":
                step, position = _DECODER.raw_decode(text, position)
                position = _blanks(text, _blanks(text, position) + 1)
            below = f"{pointer}/{escape(step)}"
            if below in wanted:
                yield from value(position, below)
            else:
                end = _DECODER.raw_decode(text, position)[1]
            position = _blanks(text, end)
            if text[position] == ",":
                position = _blanks(text, position + 1)
            index += 1
        end = position + 1

    yield from value(_blanks(text, 0), "")


def _blanks(text: str, position: int) -> int:
    found = _BLANKS.match(text, position)
    assert found is not None
    return found.end()
